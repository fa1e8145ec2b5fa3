import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createEmulator,
  type Listening,
  type Project,
  type ProjectOptions,
} from "../../emulator/emulator.ts";
import { textOf } from "./support.ts";

const DOC = textOf("docs/restore.md");
const COPY = "backup-plugin-daily-2026-03-07";
const TOKEN = "token-of-somebody-who-may-promote";
const TODAY = new Date().toISOString().slice(0, 10);

/** The shell blocks of a section. */
function blocksOf(title: string): string {
  const section = DOC.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";
  const blocks = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
  expect(blocks).not.toHaveLength(0);
  return blocks.join("\n");
}

const WAY_BACK = blocksOf("Before you begin");

let server: Listening | undefined;
let project: Project;
let directory: string;

async function open(options: Partial<ProjectOptions> = {}): Promise<void> {
  const emulator = createEmulator();
  project = emulator.addProject({
    token: TOKEN,
    items: 40,
    uploads: 5,
    createdAt: Date.parse("2026-03-01T00:00:00Z"),
    plugin: { parameters: { lambdaAuthSecret: "old" } },
    buildTriggers: [{}, {}],
    ...options,
  });
  project.user.fork(null, COPY, { createdAt: Date.parse("2026-03-07T04:05:00Z"), ready: true });
  if (options.plugin !== null) project.user.setParameters("main", { lambdaAuthSecret: "of today" });
  project.user.edit("main", { items: 2 });
  await server?.close();
  server = await emulator.listen();
}

beforeEach(async () => {
  await open();
  directory = await mkdtemp(join(tmpdir(), "restore-"));
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(directory, { recursive: true });
});

/** Runs commands of the document as one script that stops at the first failure. */
async function run(...blocks: string[]): Promise<string> {
  const commands = blocks.join("\n");
  const script = commands.replaceAll("https://site-api.datocms.com", server?.url ?? "");
  expect(script).not.toBe(commands);
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
    cwd: directory,
    env: { PATH: process.env.PATH },
  });
  return stdout;
}

describe("docs/restore.md, done with its own commands", () => {
  it("restores the copy", async () => {
    const output = await run(WAY_BACK);
    const restored = project.environment(`restored-${TODAY}`);
    expect(restored).toMatchObject({ primary: true, items: 40 });
    expect(restored?.plugins[0]?.parameters).toEqual({ lambdaAuthSecret: "of today" });
    expect(project.environment("main")).toMatchObject({ primary: false, items: 2 });
    expect(project.environment(COPY)).toBeUndefined();
    expect(project.settings.maintenanceMode).toBe(false);
    expect(project.buildTriggers.map(({ triggeredAt }) => triggeredAt.length)).toEqual([1, 1]);
    expect(output).toContain(`${COPY}: 40 items`);
    expect(output).toContain("main: 2 items");
    expect(output).not.toContain("of today");
  });

  it("keeps a primary that has a copy's name from being taken for a copy", async () => {
    project.user.fork(null, "backup-plugin-weekly-2026-03-02", { ready: true });
    project.user.promote("backup-plugin-weekly-2026-03-02");
    await run(WAY_BACK);
    expect(project.environment(`former-${TODAY}`)).toMatchObject({ primary: false, items: 2 });
    expect(project.environment("backup-plugin-weekly-2026-03-02")).toBeUndefined();
  });

  it("does without the plugin", async () => {
    await open({ plugin: null });
    await run(WAY_BACK);
    expect(project.environment(`restored-${TODAY}`)).toMatchObject({ primary: true, plugins: [] });
  });

  it("undoes it", async () => {
    await run(WAY_BACK, blocksOf("Undo it"));
    expect(project.environment("main")).toMatchObject({ primary: true, items: 2 });
    expect(project.environment(`restored-${TODAY}`)).toMatchObject({ primary: false, items: 40 });
    expect(project.settings.maintenanceMode).toBe(false);
    expect(project.buildTriggers.map(({ triggeredAt }) => triggeredAt.length)).toEqual([2, 2]);
  });

  it("reads records out of a copy and changes nothing", async () => {
    const setUp = WAY_BACK.slice(0, WAY_BACK.indexOf("\n}\n") + 3);
    const before = project.environments();
    await run(setUp, blocksOf("Single records"));
    const records = JSON.parse(await readFile(join(directory, "records.json"), "utf8"));
    expect(records.data).toHaveLength(30);
    expect(records.meta.total_count).toBe(40);
    expect(project.environments()).toEqual(before);
  });
});

describe("docs/restore.md", () => {
  it("explains the codes of the route", () => {
    for (const code of [
      "INVALID_ENVIRONMENT_ID",
      "ENVIRONMENT_NOT_FOUND",
      "ENVIRONMENT_NOT_READY",
      "ENVIRONMENT_IS_PRIMARY",
    ])
      expect(DOC).toContain(`\`${code}\``);
  });

  it("links to its own sections", () => {
    const anchors = [...DOC.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title.toLowerCase().replaceAll(" ", "-"),
    );
    const targets = [...DOC.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target);
    expect(targets).not.toHaveLength(0);
    for (const target of targets) expect(anchors).toContain(target);
  });
});
