import { execFile } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createEmulator, type Listening, type Project } from "../../emulator/emulator.ts";
import { CALLS, CONTRACT_VERSION, PLUGIN_NAME, type PluginCall } from "../../utils/healthContract.ts";
import { LISTENING, startCommand } from "./npm.ts";
import { textOf } from "./support.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const INSTALL = "npm ci --omit=dev";
const TOKEN = "token-of-a-reader-of-the-readme";
const SECRET = "secret-of-a-reader-of-the-readme";
const run = promisify(execFile);

let folder: string;
let clone: string;
let project: Project;
let datocms: Listening;
/** Texts that arrived in the reader's Slack. */
const messages: string[] = [];
const slack = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  messages.push(body);
  response.end("ok");
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "readme-"));
  clone = join(folder, "clone");
  await run("git", ["clone", "--quiet", ROOT, clone]);
  // In place of `npm ci`, which `.ci/run` does in a clone of its own.
  await symlink(join(ROOT, "node_modules"), join(clone, "node_modules"));
  const emulator = createEmulator();
  project = emulator.addProject({ token: TOKEN, forkMs: 50 });
  datocms = await emulator.listen();
  await once(slack.listen(0, "127.0.0.1"), "listening");
});
afterAll(async () => {
  slack.close();
  await datocms?.close();
  await rm(folder, { recursive: true });
});

/** What README tells to run, block by block. */
async function blocksOfTheClone(): Promise<string[]> {
  const readme = await readFile(join(clone, "README.md"), "utf8");
  return [...readme.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = ""]) => block.trim());
}

test("whoever follows README has the demo, a server, backups, an alert and a connected plugin", async () => {
  const [demo = "", server = "", check = "", ...calls] = await blocksOfTheClone();
  const home = { PATH: process.env.PATH, HOME: folder };

  expect(textOf(".ci/run")).toContain(INSTALL);
  expect(demo).toBe(`${INSTALL} && npm run demo`);
  const until = /^export URL=\S+ SECRET=\S+$/m;
  const show = await startCommand("npm run demo", { cwd: clone, env: home, until });
  process.kill(-show.pid, "SIGINT");
  expect(await show.ended).toBe(0);

  const [install, copy = "", start = ""] = server.split("\n");
  expect([install, start]).toEqual([INSTALL, "npm start"]);
  await run("bash", ["-c", copy], { cwd: clone });
  await fillIn(join(clone, ".env"));
  const { pid, found, ended } = await startCommand(start, { cwd: clone, env: home, until: LISTENING });
  const url = `http://127.0.0.1:${found[1]}`;

  const [exports = "", first = ""] = check.split("\n");
  expect(exports).toMatch(/^export URL=\S+ SECRET=\S+$/);
  const call = (line: string) => run("bash", ["-c", line], { env: { ...home, URL: url, SECRET } });
  expect((await call(first)).stdout).toMatch(/^Backups will be made/);

  for (const line of calls) expect(JSON.parse((await call(line)).stdout)).toMatchObject({ ok: true });
  const kinds = () => project.environments().map(({ id }) => id.replace(/\d.*/, ""));
  expect(kinds().toSorted()).toEqual(["backup-plugin-daily-", "backup-plugin-weekly-", "main"]);
  expect(messages).toHaveLength(1);

  for (const name of ["health", "status", "backupNow"] as const) await askAsThePlugin(url, name);
  await vi.waitFor(() => expect(kinds()).toContain("backup-plugin-monthly-"));

  process.kill(-pid, "SIGINT");
  expect(await ended).toBe(0);
}, 120_000);

/** As an editor would: the token, the secret and Slack's address; and, for the test, a DatoCMS and a port of its own. */
async function fillIn(path: string): Promise<void> {
  const text = await readFile(path, "utf8");
  const address = slack.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await writeFile(
    path,
    text
      .replace(/^DATOCMS_FULLACCESS_API_TOKEN=$/m, `$&${TOKEN}`)
      .replace(/^DATOCMS_BACKUPS_SHARED_SECRET=$/m, `$&${SECRET}`)
      .replace(/^# (ALERT_SLACK_WEBHOOK_URL=)$/m, `$1http://127.0.0.1:${port}/hook`),
  );
  await appendFile(path, `\nDATOCMS_CMA_BASE_URL=${datocms.url}\nPORT=0\n`);
}

/** One of the plugin's calls, with the browser's question before it. */
async function askAsThePlugin(url: string, name: Exclude<PluginCall, "disconnect">): Promise<void> {
  const path = { health: "plugin-health", status: "backup-status", backupNow: "backup-now" }[name];
  const address = `${url}/api/datocms/${path}`;
  const origin = { Origin: "https://plugins-cdn.datocms.com" };
  const asked = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,x-datocms-backups-auth",
  };
  expect((await fetch(address, { method: "OPTIONS", headers: { ...origin, ...asked } })).status).toBe(204);
  const response = await fetch(address, {
    method: "POST",
    headers: { ...origin, "Content-Type": "application/json", "X-Datocms-Backups-Auth": SECRET },
    body: JSON.stringify({
      event_type: CALLS[name].event,
      mpi: { message: CALLS[name].ask, version: CONTRACT_VERSION, phase: "config_connect" },
      plugin: { name: PLUGIN_NAME, environment: "main" },
      ...(name === "backupNow" ? { slot: { scope: "monthly" } } : {}),
    }),
  });
  expect(await response.json()).toMatchObject({ ok: true, mpi: { message: CALLS[name].answer } });
}
