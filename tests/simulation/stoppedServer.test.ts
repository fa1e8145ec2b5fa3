import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, type Listening, type Project } from "../../emulator/emulator.ts";
import { rawSocket } from "./rawSocket.ts";
import { type ServerProcess, startServer } from "./serverProcess.ts";

/** The real server, in real time, told to stop. */

const TOKEN = "token-of-the-stopped-server";
/** Docker kills after ten seconds; two of them are left to whoever else must stop. */
const ALL_OVER_MS = 8_000;
const PATIENCE_MS = 10_000;

let emulator: Emulator;
let datocms: Listening;
let project: Project;
let server: ServerProcess;

beforeEach(async () => {
  emulator = createEmulator();
  datocms = await emulator.listen();
  project = emulator.addProject({ token: TOKEN, forkMs: 60_000, rateLimit: null });
});

afterEach(async () => {
  await server.kill();
  await datocms.close();
});

const variables = () => ({ DATOCMS_CMA_BASE_URL: datocms.url, DATOCMS_FULLACCESS_API_TOKEN: TOKEN });

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await isSo()); await delay(10))
    if (Date.now() > end) throw new Error("It never came to that.");
}

/** Ms until a promise is kept, and what with. */
async function timed<T>(promise: Promise<T>): Promise<{ ms: number; value: T }> {
  const began = performance.now();
  const value = await promise;
  return { ms: performance.now() - began, value };
}

const isCreating = () => project.environments().some(({ status }) => status === "creating");

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("close", () => socket.destroy());
  });
}

describe("the server that is told to stop", { timeout: 30_000 }, () => {
  it("lets a run go on for four seconds, then answers that the copy is in the making", async () => {
    server = await startServer(variables());
    const answer = server.post("/api/datocms/backup-now");
    await until(isCreating);
    const signalled = [timed(answer), timed(server.gone)] as const;
    server.child.kill("SIGTERM");
    const [answered, gone] = await Promise.all(signalled);
    expect(answered.value).toMatchObject({ status: 200, body: { result: { state: "creating" } } });
    expect(answered.ms).toBeGreaterThan(3_500);
    expect(answered.ms).toBeLessThan(6_000);
    expect(gone.value).toBe(0);
    expect(gone.ms).toBeLessThan(ALL_OVER_MS);
    expect(isCreating()).toBe(true);
  });

  it("ends at once the connections on which nothing is to be answered", async () => {
    server = await startServer(variables());
    const { port } = server;
    const connections = await Promise.all([
      rawSocket(port),
      rawSocket(port, "GET /heal"),
      rawSocket(port, "POST /api/datocms/backup-now HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"),
      rawSocket(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ]);
    await until(() => connections[3].received().includes("200 OK"));
    server.child.kill("SIGTERM");
    const { ms, value } = await timed(server.gone);
    expect(value).toBe(0);
    expect(ms).toBeLessThan(1_500);
    await Promise.all(connections.map(({ closed }) => closed));
    expect(emulator.requests).toEqual([]);
  });

  it("ends at once on a second signal", async () => {
    server = await startServer(variables());
    const answer = server.post("/api/datocms/backup-now").catch(() => "cut");
    await until(isCreating);
    server.child.kill("SIGTERM");
    await delay(200);
    server.child.kill("SIGTERM");
    const { ms, value } = await timed(server.gone);
    expect(value).toBe(1);
    expect(ms).toBeLessThan(1_000);
    expect(await answer).toBe("cut");
  });

  it("stops when only the shell gets the signal through which npm has started it", async () => {
    server = await startServer({ ...variables(), npm_lifecycle_event: "start" }, { inShell: true });
    const answer = server.post("/api/datocms/backup-now");
    await until(isCreating);
    const answered = timed(answer);
    server.child.kill("SIGTERM");
    const { ms } = await timed(server.gone);
    expect(ms).toBeLessThan(ALL_OVER_MS + 500);
    expect((await answered).value).toMatchObject({ status: 200, body: { result: { state: "creating" } } });
    expect(await isListening(server.port)).toBe(false);
  });

  it("takes one signal that npm passes on beside the terminal's own for one", async () => {
    server = await startServer({ ...variables(), npm_lifecycle_event: "start" });
    const answer = server.post("/api/datocms/backup-now");
    await until(isCreating);
    server.child.kill("SIGINT");
    await delay(20);
    server.child.kill("SIGINT");
    expect(await answer).toMatchObject({ status: 200, body: { result: { state: "creating" } } });
    expect(await server.gone).toBe(0);
  });
});
