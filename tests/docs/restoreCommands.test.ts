import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { emptyContent } from "../../emulator/content/seed.ts";
import { createEmulator, type Emulator, type Listening } from "../../emulator/emulator.ts";
import { bareVariables } from "../../scripts/runner.ts";
import { differencesOf } from "../restore/differences.ts";
import { type Editor, editorOf } from "../restore/editor.ts";
import { stateOf } from "../restore/judge.ts";
import { deleteItem, deleteUpload, editItem, newId, putBytes, resource } from "../restore/requests.ts";
import { textOf } from "./support.ts";

/** The answers of docs/restore.md to its three questions, command by command as they stand there. */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GUIDE = textOf("docs/restore.md");
const TOKEN = "token-of-a-project-to-restore";

/** The commands that answer a question. */
function commandsOf(question: string): string[] {
  const section = GUIDE.split(/^## /m).find((part) => part.startsWith(`${question}\n`)) ?? "";
  const [, block = ""] = /^```sh\n(.*?)^```$/ms.exec(section) ?? [];
  const commands = block.trim().split("\n");
  expect(commands).toHaveLength(3);
  return commands;
}

let folder = "";
let emulator: Emulator;
let editor: Editor;
let listening: Listening[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "way-back-"));
  emulator = createEmulator();
  emulator.addProject({ token: TOKEN, content: emptyContent, forkMs: 500, rateLimit: null });
  editor = editorOf(emulator, TOKEN);
  await furnish();
  listening = [await emulator.listen(), await emulator.listenAssets()];
  await run("npm run -s cli -- archive create");
}, 120_000);
afterEach(async () => {
  await Promise.all(listening.map((server) => server.close()));
  await rm(folder, { recursive: true });
});

const [product, shelf, jacket, winter, photo] = [
  newId("product"),
  newId("shelf"),
  newId("jacket"),
  newId("winter"),
  newId("photo"),
];

/** A winter jacket with a photo, and a shelf that holds it. */
async function furnish(): Promise<void> {
  const model = (id: string, name: string) => {
    const attributes = { name, api_key: name.toLowerCase(), draft_mode_active: true };
    return editor.call("POST", "/item-types", resource("item_type", id, attributes));
  };
  const field = (of: string, api_key: string, field_type: string, validators: object = {}) => {
    const attributes = { label: api_key, api_key, field_type, validators };
    return editor.call(
      "POST",
      `/item-types/${of}/fields`,
      resource("field", newId(`${of} ${api_key}`), attributes),
    );
  };
  await model(product, "Product");
  await model(shelf, "Shelf");
  await field(product, "name", "string");
  await field(product, "photo", "file");
  await field(shelf, "name", "string");
  await field(shelf, "products", "links", { items_item_type: { item_types: [product] } });
  const path = await putBytes(editor, "jacket.txt", "a photo of a jacket");
  await editor.call("POST", "/uploads", resource("upload", photo, { path }));
  const create = async (id: string, of: string, attributes: object) => {
    const document = resource("item", id, { ...attributes }, { item_type: ["item_type", of] });
    await editor.call("POST", "/items", document);
    await editor.call("PUT", `/items/${id}/publish`);
  };
  await create(jacket, product, { name: "Winter jacket", photo: { upload_id: photo } });
  await create(winter, shelf, { name: "Winter", products: [jacket] });
}

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in a clone with the simulated DatoCMS's address; what it writes lies in the folder. */
function run(command: string, variables: Readonly<Record<string, string>> = {}, cwd = ROOT): Promise<Ran> {
  const env = {
    ...bareVariables(),
    HOME: folder,
    DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
    DATOCMS_CMA_BASE_URL: listening[0]?.url,
    DATOCMS_ASSETS_BASE_URL: listening[1]?.url,
    BACKUP_STORE: `file://${join(folder, "store")}`,
    ...variables,
  };
  const script = command.replace("--output ", `--output ${folder}/`);
  return new Promise((resolve) => {
    execFile("bash", ["-eo", "pipefail", "-c", script], { cwd, env }, (error, out, err) => {
      resolve({ exit: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const state = (environment = "main") => stateOf(emulator, TOKEN, environment);

const Found = z.object({ find: z.object({ records: z.array(z.object({ id: z.string() })).length(1) }) });
const Planned = z.object({ plan: z.object({ hash: z.string() }) });

test("one record: it is found, shown, and back with its id, its upload and its links", {
  timeout: 120_000,
}, async () => {
  const before = state();
  await deleteItem(editor, jacket);
  await deleteUpload(editor, photo);
  const [find = "", preview = "", apply = ""] = commandsOf("One record was changed or deleted?");
  const found = Found.parse(JSON.parse((await run(`${find} --json`)).out));
  const [{ id: RECORD = "" } = {}] = found.find.records;
  expect(RECORD).toBe(jacket);
  const deleted = state();
  expect(await run(preview, { RECORD })).toMatchObject({
    exit: 0,
    out: expect.stringContaining("Winter jacket"),
  });
  expect(differencesOf(deleted, state())).toEqual([]);
  expect(await run(apply, { RECORD })).toMatchObject({ exit: 0 });
  expect(differencesOf(before, state())).toEqual([]);

  // And back again, as `restore undo` says.
  const status = await run("npm run -s cli -- restore status --json");
  const { restores } = z
    .object({ restores: z.array(z.object({ id: z.string() })) })
    .parse(JSON.parse(status.out));
  const undo = await run(`npm run -s cli -- restore undo ${restores[0]?.id}`);
  expect(undo, undo.out + undo.err).toMatchObject({ exit: 0 });
  expect(differencesOf(deleted, state())).toEqual([]);
});

test("much is wrong: a new sandbox holds what was archived, and the primary is as it was", {
  timeout: 180_000,
}, async () => {
  const before = state();
  await editItem(editor, winter, { name: "Summer" });
  await deleteItem(editor, jacket);
  await editor.call("DELETE", `/item-types/${product}`);
  const wrong = state();
  const [diff = "", preview = "", apply = ""] = commandsOf("Much is wrong?");
  expect(await run(diff)).toMatchObject({ exit: 0, out: expect.stringContaining("Product") });
  const { hash: PLAN } = Planned.parse(JSON.parse((await run(`${preview} --json`)).out)).plan;
  const applied = await run(apply, { PLAN });
  expect(applied, applied.err).toMatchObject({ exit: 0 });
  expect(differencesOf(before, state("restored"))).toEqual([]);
  expect(differencesOf(wrong, state())).toEqual([]);
});

test("the project is gone: its archive is whole, and read without this service", {
  timeout: 120_000,
}, async () => {
  const [verify = "", download = "", read = ""] = commandsOf("The project is gone?");
  await Promise.all(listening.splice(0).map((server) => server.close()));
  expect(await run(verify)).toMatchObject({ exit: 0 });
  expect(await run(download)).toMatchObject({ exit: 0 });
  const [find = ""] = commandsOf("One record was changed or deleted?");
  expect(await run(find)).toMatchObject({ exit: 0, out: expect.stringContaining(jacket) });
  const { out } = await run(read, {}, folder);
  expect(out.trim().split("\n").sort()).toEqual([`${product}\t${jacket}`, `${shelf}\t${winter}`].sort());
  expect(await readdir(join(folder, "assets", photo))).toEqual(["jacket.txt"]);
});
