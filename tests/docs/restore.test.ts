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

/** The shell blocks of a part of a section, one by one, without what a list indents them by. */
function partOf(section: string, title: string): string[] {
  const whole = DOC.split(/^## /m).find((each) => each.startsWith(`${section}\n`)) ?? "";
  const part = whole.split(/^### /m).find((each) => each.startsWith(`${title}\n`)) ?? "";
  const blocks = [...part.matchAll(/^( *)```sh\n(.*?)^ *```$/gms)].map(([, indent = "", block = ""]) =>
    block.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
  expect(blocks).not.toHaveLength(0);
  return blocks;
}

function modelOf(id: string) {
  return { item_type: { data: { id, type: "item_type" } } } as const;
}

/** A block as it is read with `nested=true`. */
function blockOf(id: string, attributes: object) {
  return { type: "item", id, attributes, relationships: modelOf("block") };
}

const WAY_BACK = blocksOf("Before you begin");
/** What the document's other commands need: `dato`, and the two environments. */
const SET_UP = [
  WAY_BACK.slice(0, WAY_BACK.indexOf("\n}\n") + 3),
  WAY_BACK.split("\n").find((line) => line.startsWith("export PRIMARY=")),
].join("\n");

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

async function readJson(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(directory, name), "utf8"));
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
    const before = project.environments();
    await run(SET_UP, partOf("Single records", "Many records, to read")[0] ?? "");
    const records = await readJson("records.json");
    expect(records).toMatchObject({ meta: { total_count: 40 } });
    expect(Reflect.get(Object(records), "data")).toHaveLength(30);
    expect(project.environments()).toEqual(before);
  });
});

describe("a deleted record, brought back with the document's own commands", () => {
  const RECORD = "Winter-jacket-AbCdEfGh";
  const seed = {
    type: "item",
    id: RECORD,
    attributes: {
      title: { en: "Winter jacket", de: "Winterjacke" },
      content: [blockOf("block-in-a-list", { text: "Warm" })],
      body: {
        schema: "dast",
        document: {
          type: "root",
          children: [{ type: "block", item: blockOf("block-in-a-text", { inner: [blockOf("deep", {})] }) }],
        },
      },
      related: ["item-3"],
    },
    relationships: modelOf("product"),
    meta: {
      created_at: "2024-05-06T07:08:09.123+00:00",
      first_published_at: "2024-05-07T00:00:00.000+00:00",
    },
  } as const;
  const [bringBack = "", underNewId = "", withNewBlocks = ""] = partOf(
    "Single records",
    "A record that was deleted",
  );
  const FIRST = bringBack.replace("id-of-the-record", RECORD);

  const recordsOf = (id: string) => project.environment(id)?.records ?? [];

  it("is a draft under its old id again, with its blocks under theirs, and was first published when it was", async () => {
    await open({ records: [seed] });
    project.user.edit("main", { deletedRecords: [RECORD] });
    expect(recordsOf("main")).toEqual([]);
    const [before] = recordsOf(COPY);
    const output = await run(SET_UP, FIRST);
    expect(JSON.parse(output)).toMatchObject({ data: { id: RECORD, meta: { status: "draft" } } });
    const [after] = recordsOf("main");
    expect(after).toEqual({ ...before, updatedAt: after?.updatedAt });
    expect(after).toMatchObject({ id: RECORD, attributes: seed.attributes, itemTypeId: "product" });
    expect(project.environment("main")).toMatchObject({ primary: true, items: 2 });
    expect(recordsOf(COPY)).toEqual([before]);
  });

  it("is refused where it is still there, and can be made anew under another id", async () => {
    await open({ records: [seed] });
    await expect(run(SET_UP, FIRST)).rejects.toMatchObject({
      stdout: expect.stringContaining("VALIDATION_UNIQUENESS"),
    });
    expect(recordsOf("main")).toHaveLength(1);
    const again = `${FIRST.slice(0, FIRST.lastIndexOf("dato POST"))}\n`;
    await run(SET_UP, again, underNewId);
    await run(SET_UP, again, withNewBlocks);
    const [, renamed, renewed] = recordsOf("main");
    expect(renamed?.attributes).toEqual(seed.attributes);
    expect(JSON.stringify(renewed?.attributes)).toContain("Warm");
    for (const id of [RECORD, "block-in-a-list", "block-in-a-text", "deep"])
      expect(JSON.stringify(renewed)).not.toContain(id);
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
});
