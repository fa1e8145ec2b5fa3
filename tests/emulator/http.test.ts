import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { buildClient } from "@datocms/cma-client-node";
import { describe, expect, test } from "vitest";
import { createEmulator } from "../../emulator/emulator.ts";
import { RUNNER } from "../../scripts/runner.ts";
import { TOKEN } from "./support.ts";

const run = promisify(execFile);
const main = new URL("../../emulator/main.ts", import.meta.url).pathname;

describe("over HTTP, on real time", () => {
  test("the client forks by job, with its own polling", async () => {
    const emulator = createEmulator();
    emulator.addProject({ token: TOKEN, forkMs: 0, destroyMs: 0 });
    const server = await emulator.listen();
    const client = buildClient({ apiToken: TOKEN, baseUrl: server.url });
    expect(await client.environments.fork("main", { id: "copy" })).toMatchObject({
      meta: { status: "ready" },
    });
    expect(await client.environments.destroy("copy")).toMatchObject({ meta: { status: "destroying" } });
    expect(await client.environments.list()).toHaveLength(1);
    await server.close();
  });

  test("close cuts calls that hang", async () => {
    const emulator = createEmulator();
    const project = emulator.addProject({ token: TOKEN });
    project.faults.add({ effect: { kind: "hang", when: "before" } });
    const server = await emulator.listen();
    const call = fetch(`${server.url}/site`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const cut = expect(call).rejects.toThrow("fetch failed");
    await expect.poll(() => emulator.requests.length).toBe(1);
    await server.close();
    await cut;
  });

  test("a port that is taken is an error", async () => {
    const emulator = createEmulator();
    const server = await emulator.listen();
    await expect(emulator.listen({ port: server.port })).rejects.toThrow("EADDRINUSE");
    await server.close();
  });

  test("serving leaves the globals of the process alone", async () => {
    const before = [globalThis.Response, globalThis.Request];
    const server = await createEmulator().listen();
    await server.close();
    expect([globalThis.Response, globalThis.Request]).toEqual(before);
  });
});

describe("the command", () => {
  test("explains itself", async () => {
    const { stdout } = await run(process.execPath, [RUNNER, main, "--help"]);
    expect(stdout).toContain("--fork-ms");
  });

  test("serves a project, tells how to try it, and stops on SIGINT", async () => {
    const child = spawn(process.execPath, [
      RUNNER,
      main,
      "--port",
      "0",
      "--token",
      TOKEN,
      "--sandbox-limit",
      "2",
    ]);
    let printed = "";
    for await (const chunk of child.stdout) {
      printed += chunk;
      if (printed.includes("Ctrl-C")) break;
    }
    const baseUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? "";
    const limits = await buildClient({ apiToken: TOKEN, baseUrl }).subscriptionLimits.list();
    expect(limits).toContainEqual(expect.objectContaining({ code: "sandbox_environments", limit: 2 }));
    expect((await fetch(`${baseUrl}/__emulator/projects`)).status).toBe(200);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("refuses unknown flags and values that are no numbers", async () => {
    await expect(run(process.execPath, [RUNNER, main, "--speed", "1"])).rejects.toMatchObject({
      code: 2,
      stderr: "Unknown option '--speed'. See: npm run emulator -- --help\n",
    });
    await expect(run(process.execPath, [RUNNER, main, "--port", "many"])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--port must be a whole number from 0 to 65535, not 'many'"),
    });
  });
});
