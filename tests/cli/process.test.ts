import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createEmulator, type Emulator, type Listening } from "../../emulator/emulator.ts";
import { bareVariables, RUNNER } from "../../scripts/runner.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const TOKEN = "token-of-a-terminal-project";

let folder = "";
let emulator: Emulator;
let datocms: Listening;
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-"));
  emulator = createEmulator();
  emulator.addProject({ token: TOKEN });
  datocms = await emulator.listen();
  await writeFile(
    join(folder, ".env"),
    `DATOCMS_CMA_BASE_URL=${datocms.url}\nDATOCMS_FULLACCESS_API_TOKEN=${TOKEN}\n`,
  );
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  await datocms.close();
  await rm(folder, { recursive: true });
});

/** Starts a command in the folder of its `.env`, as `npm run cli` does. */
function start(...line: string[]) {
  const child = spawn(process.execPath, ["--", RUNNER, MAIN, ...line], {
    cwd: folder,
    env: bareVariables(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const text = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text.out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text.err += chunk;
  });
  const ended = once(child, "close").then(() => ({ exit: child.exitCode, ...text }));
  return { child, ended, text };
}

describe("a command in a process of its own", { timeout: 60_000 }, () => {
  test("takes its settings from .env, and prints all of a document into a pipe", async () => {
    const { exit, out, err } = await start("check", "--json").ended;
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({ ok: true, verdict: "warn" });
  });

  test("ends by Ctrl-C with 130, and leaves the fork to DatoCMS", async () => {
    const project = emulator.project(TOKEN);
    if (project !== undefined) project.settings.forkMs = 60_000;
    const { child, ended, text } = start("backup", "--wait");
    await vi.waitFor(() => expect(text.err).toContain("daily: "), { timeout: 30_000 });
    child.kill("SIGINT");
    const { exit, out } = await ended;
    expect(exit).toBe(130);
    expect(out).toContain("is being made");
    expect(project?.environments().map(({ status }) => status)).toContain("creating");
  });

  test("that only looks ends by Ctrl-C at once", async () => {
    const project = emulator.project(TOKEN);
    if (project !== undefined) project.settings.latencyMs = 30_000;
    const { child, ended } = start("status");
    await vi.waitFor(() => expect(emulator.requests).not.toHaveLength(0), { timeout: 30_000 });
    child.kill("SIGINT");
    expect(await ended).toEqual({ exit: 130, out: "", err: "Interrupted.\n" });
  });

  test("ends quietly where nobody reads on", async () => {
    const child = spawn(
      "/bin/sh",
      ["-c", `"$0" "$@" | head -c 20`, process.execPath, RUNNER, MAIN, "config", "--explain"],
      {
        cwd: folder,
        env: bareVariables(),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += String(chunk);
    });
    await once(child, "close");
    expect({ exit: child.exitCode, err }).toEqual({ exit: 0, err: "" });
  });

  test("takes a file of settings, and refuses one that is not there with 2", async () => {
    await writeFile(join(folder, "shop.env"), "BACKUP_KEEP_DAILY=7\n");
    const { out } = await start("config", "--env-file", "shop.env").ended;
    expect(out).toMatch(/^BACKUP_KEEP_DAILY +7 +shop\.env$/m);
    const { exit, err } = await start("config", "--env-file", "absent.env").ended;
    expect({ exit, err }).toEqual({ exit: 2, err: "There is no file absent.env.\n" });
  });

  test("serves until it is told to end", async () => {
    const { child, ended, text } = start("serve", "--port", "0");
    const port = await vi.waitFor(
      () => {
        const [, found] = /"event":"listening","url":"http:\/\/localhost:(\d+)"/.exec(text.out) ?? [];
        expect(found).toBeDefined();
        return found;
      },
      { timeout: 30_000 },
    );
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const second = await start("serve", "--port", String(port)).ended;
    expect({ exit: second.exit, err: second.err }).toEqual({
      exit: 1,
      err: "The port is in use. Set PORT to another one.\n",
    });
    child.kill("SIGTERM");
    expect((await ended).exit).toBe(0);
  });

  test("shows the demo to its end", async () => {
    const { exit, out, err } = await start("demo", "--once", "--port", "0").ended;
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toMatch(/^A demo of DatoCMS backups\./);
  });

  test("runs as npm run cli", async () => {
    const npm = spawn("npm", ["run", "--silent", "cli", "--", "config", "--env-file", "absent.env"], {
      cwd: ROOT,
      env: { ...bareVariables(), HOME: folder },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let err = "";
    npm.stderr.on("data", (chunk) => {
      err += String(chunk);
    });
    await once(npm, "close");
    expect({ exit: npm.exitCode, err }).toEqual({ exit: 2, err: "There is no file absent.env.\n" });
  });
});
