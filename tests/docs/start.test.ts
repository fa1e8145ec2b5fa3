import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { createEmulator } from "../../emulator/emulator.ts";
import { bareVariables, RUNNER } from "../../scripts/runner.ts";
import { LISTENING, startCommand } from "./npm.ts";
import { textOf } from "./support.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOKEN = "token-of-a-started-project";
const SECRET = "a-secret-of-started-tests";
const SCRIPTS = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(textOf("package.json")));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "start-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("a script of package.json", () => {
  const started = Object.entries(SCRIPTS.scripts).filter(([, line]) => line.includes(".ts"));

  it.each(started)("%s runs TypeScript on a Node that does not read it", (_, line) => {
    expect(line).toMatch(/^(?:exec )?node (?:-- )?scripts\/run\.cjs [a-zA-Z/]+\.ts(?: [a-z ]+)?$/);
  });

  it.each(["start", "demo", "cli", "emulator"])("%s leaves no shell between npm and what serves", (name) => {
    expect(SCRIPTS.scripts[name]).toMatch(/^exec /);
  });
});

describe("a Node that is too old", () => {
  it.each(["16.20.2", "18.20.8", "20.9.0", "20.10.0"])("%s is told so in one sentence", async (version) => {
    const pretend = join(folder, "pretend.cjs");
    await writeFile(
      pretend,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`,
    );
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["-r", pretend, RUNNER, "node/demo.ts", "--help"],
      { cwd: ROOT, encoding: "utf8" },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: `This needs Node 20.11 or newer, and runs on ${version}.\n`,
    });
  });
});

describe("before anything is installed", () => {
  it("says which command installs it, in one sentence", async () => {
    await mkdir(join(folder, "scripts"));
    await copyFile(RUNNER, join(folder, "scripts/run.cjs"));
    const { status, stderr } = spawnSync(process.execPath, ["scripts/run.cjs", "node/server.ts"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "The packages are not installed yet. Run: npm ci --omit=dev\n",
    });
  });
});

describe("what Node has compiled", () => {
  /** Runs a line of JavaScript in a clone whose packages are installed. */
  async function ran(code: string, variables: NodeJS.ProcessEnv = {}) {
    for (const name of ["scripts", "node_modules"]) await mkdir(join(folder, name), { recursive: true });
    await copyFile(RUNNER, join(folder, "scripts/run.cjs"));
    await writeFile(join(folder, "line.cjs"), code);
    const env = { PATH: process.env.PATH, ...variables };
    const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/run.cjs", "line.cjs"], {
      ...{ cwd: folder, encoding: "utf8", env },
    });
    return { status, stdout, stderr };
  }
  const where = `process.stdout.write(require("module").getCompileCacheDir())`;
  const test = it.runIf("enableCompileCache" in module);

  test("is kept beside the packages, or where NODE_COMPILE_CACHE says", async () => {
    const { stdout: beside } = await ran(where);
    expect(beside.startsWith(join(await realpath(folder), "node_modules/.cache/compiled/"))).toBe(true);
    expect(await readdir(beside)).not.toEqual([]);
    const elsewhere = join(folder, "elsewhere");
    expect((await ran(where, { NODE_COMPILE_CACHE: elsewhere })).stdout.startsWith(elsewhere)).toBe(true);
  });

  test("is done without where it cannot be kept", async () => {
    await mkdir(join(folder, "node_modules"));
    await writeFile(join(folder, "node_modules/.cache"), "");
    expect(await ran(`process.stdout.write("hello")`)).toEqual({ status: 0, stdout: "hello", stderr: "" });
  });
});

describe("npm start", { timeout: 60_000 }, () => {
  it("ends, and leaves nobody on the port, when npm is told to end", async () => {
    const npm = await start({});
    process.kill(npm.pid, "SIGTERM");
    expect(await npm.ended).toBe(0);
    expect(npm.output()).toContain('"event":"stopping","signal":"SIGTERM"');
    await expect(fetch(`${npm.url}/healthz`)).rejects.toThrow();
  });

  it("takes a Ctrl-C, which the terminal and npm both send it, as one", async () => {
    const emulator = createEmulator();
    emulator.addProject({ token: TOKEN, latencyMs: 300 });
    const { url, close } = await emulator.listen();
    try {
      const npm = await start({ DATOCMS_CMA_BASE_URL: url });
      const answer = fetch(`${npm.url}/api/check`, { headers: { "X-Datocms-Backups-Auth": SECRET } });
      await vi.waitFor(() => expect(emulator.requests).not.toHaveLength(0));
      // What a terminal does: it signals the whole group of processes.
      process.kill(-npm.pid, "SIGINT");
      expect((await answer).status).toBe(200);
      expect(await npm.ended).toBe(0);
    } finally {
      await close();
    }
  });
});

/** `npm start` on a free port. */
async function start(variables: Readonly<Record<string, string>>) {
  const env = {
    ...{ ...bareVariables(), HOME: folder, PORT: "0", BACKUP_CRON: "off" },
    ...{ DATOCMS_FULLACCESS_API_TOKEN: TOKEN, DATOCMS_BACKUPS_SHARED_SECRET: SECRET, ...variables },
  };
  const npm = await startCommand("npm start", { cwd: ROOT, env, until: LISTENING });
  return { ...npm, url: `http://127.0.0.1:${npm.found[1]}` };
}
