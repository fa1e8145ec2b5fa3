import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createEmulator, type Emulator, type Listening } from "../../emulator/emulator.ts";
import { VERSION } from "../../utils/version.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOKEN = "token-of-a-packed-project";
const MOST_BYTES = 2 * 1024 * 1024;

let folder = "";
let tarball = "";
let emulator: Emulator;
let datocms: Listening;

/** Packs the repository, and installs the package in a folder of its own as a user would. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "package-"));
  const packed = run("npm", ["pack", "--silent", "--pack-destination", folder], ROOT);
  tarball = join(folder, packed.out.trim().split("\n").at(-1) ?? "");
  emulator = createEmulator();
  emulator.addProject({ token: TOKEN });
  datocms = await emulator.listen();
  await mkdir(join(folder, "own"));
}, 300_000);
afterAll(async () => {
  await datocms.close();
  await rm(folder, { recursive: true });
});

function run(command: string, line: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(command, line, { cwd, encoding: "utf8", env: environment() });
  return { exit: status, out: stdout, err: stderr };
}

/** npm waits for five minutes where a registry's connection hangs: a test asks again sooner. */
const IMPATIENT = { npm_config_fetch_timeout: "20000", npm_config_fetch_retries: "5" };

/** The process's own, for npm, without what this test's npm and any service read. */
function environment(): Record<string, string | undefined> {
  const ours = /^(?:npm_|BACKUP_|ALERT_|HEARTBEAT_|DATOCMS_|RESEND_|CRON_SECRET$)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name) || /^npm_config_/.test(name));
  return { ...Object.fromEntries(kept), ...IMPATIENT, ...(datocms && settings()) };
}

function settings() {
  return { DATOCMS_CMA_BASE_URL: datocms.url, DATOCMS_FULLACCESS_API_TOKEN: TOKEN };
}

/** A call does not stop the emulator, which lives in this process. */
async function npx(...line: string[]) {
  const child = spawn("npx", ["--yes", `--package=${tarball}`, "--", "datocms-backups", ...line], {
    cwd: join(folder, "own"),
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text.out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text.err += chunk;
  });
  await once(child, "close");
  return { exit: child.exitCode, ...text };
}

describe("the package", { timeout: 300_000 }, () => {
  test("holds compiled commands and nothing else, under 2 MB", async () => {
    expect((await stat(tarball)).size).toBeLessThan(MOST_BYTES);
    const { out } = run("tar", ["tzf", tarball], folder);
    const files = out
      .trim()
      .split("\n")
      .map((path) => path.replace("package/", ""));
    expect(files).toContain("dist/datocms-backups.js");
    expect(files.filter((path) => !/^(?:dist\/.+\.js|package\.json|README\.md|LICENSE)$/.test(path))).toEqual(
      [],
    );
    const code = run("tar", ["xzOf", tarball], folder).out;
    expect(code).not.toContain("emulator/environments.ts");
  });

  test("runs by npx from a folder of its own", async () => {
    const version = await npx("--version");
    expect(version).toMatchObject({ exit: 0, out: `${VERSION}\n` });
    const made = await npx("backup", "daily", "--wait", "--json", "--quiet");
    expect({ exit: made.exit, err: made.err }).toEqual({ exit: 0, err: "" });
    expect(JSON.parse(made.out)).toMatchObject({ ok: true, results: [{ scope: "daily", state: "ready" }] });
    const environments = emulator.project(TOKEN)?.environments() ?? [];
    expect(environments.filter(({ primary }) => !primary)).toHaveLength(1);
    const status = await npx("status");
    expect(status.out).toMatch(/^✔ Everything is backed up\n/);
    expect((await npx("stauts")).err).toBe("Unknown command 'stauts'. Did you mean 'status'?\n");
  });

  test("explains its settings, and says where the demo is", async () => {
    expect((await npx("config", "--explain")).out).toMatch(/^BACKUP_KEEP_DAILY = 1 \(default\)$/m);
    const { exit, err } = await npx("demo");
    expect(exit).toBe(1);
    expect(err).toBe(
      "The demo is part of the repository, not of this package. In a clone of it, run: npm run demo\n",
    );
  });

  test("serves", async () => {
    const own = join(folder, "installed");
    await mkdir(own);
    expect(run("npm", ["install", "--no-audit", "--no-fund", "--silent", tarball], own).exit).toBe(0);
    const child = spawn(join(own, "node_modules/.bin/datocms-backups"), ["serve", "--port", "0"], {
      cwd: own,
      env: environment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let log = "";
    child.stdout.on("data", (chunk) => {
      log += String(chunk);
    });
    await vi.waitFor(() => expect(log).toContain('"event":"listening"'), { timeout: 60_000 });
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });
});
