import { cp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { generatedContent } from "../../emulator/content/seeds/generated.ts";
import { entriesOf, relined, tarWith } from "../archive/tarsByHand.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { type CallOptions, openTerminal, type Terminal, unwrapped } from "./support.ts";

let store = "";
let terminal: Terminal;
let made: object;
const environment: Record<string, string> = {};
/** Somebody at a terminal with a store on disk that holds one archive. */
beforeAll(async () => {
  store = await scratchFolder("store-");
  environment.BACKUP_STORE = `file://${store}`;
  terminal = await openTerminal({ content: generatedContent({ records: 5 }), rateLimit: null });
  const { exit, document } = await json("archive create");
  expect(exit).toBe(0);
  made = z.object({ ok: z.literal(true), archive: z.looseObject({}) }).parse(document);
});
afterAll(() => rm(store, { recursive: true }));

let folder = "";
let tar = "";
let elsewhere = {};
beforeEach(async () => {
  folder = await scratchFolder("tars-");
  tar = join(folder, "archive.tar");
  elsewhere = { BACKUP_STORE: `file://${folder}/elsewhere` };
});
afterEach(() => rm(folder, { recursive: true }));

const run = (line: string, options: CallOptions = {}) => terminal.run(line, { environment, ...options });
const json = (line: string, options: CallOptions = {}) => terminal.json(line, { environment, ...options });

describe("archive download", () => {
  test("writes a tar that archive upload takes into another store, where it answers as create", async () => {
    const downloaded = await json(`archive download latest --output ${tar}`);
    const bytes = (await readFile(tar)).length;
    expect(downloaded).toMatchObject({
      exit: 0,
      document: { ok: true, download: { file: tar, bytes, partial: false } },
    });
    expect(await json(`archive upload ${tar}`, { environment: elsewhere })).toMatchObject({
      exit: 0,
      document: made,
    });
    expect(await json("archive verify latest --level deep", { environment: elsewhere })).toMatchObject({
      exit: 0,
      document: { ok: true },
    });
    await json(`archive download latest --output ${tar}.again`, { environment: elsewhere });
    expect((await readFile(`${tar}.again`)).equals(await readFile(tar))).toBe(true);
  });

  test("into a pipe writes the same bytes, and nothing else on standard output", async () => {
    await run(`archive download latest --output ${tar}`);
    const { exit, out, bytes } = await run("archive download latest --output -");
    expect({ exit, out }).toEqual({ exit: 0, out: "" });
    expect(bytes?.equals(await readFile(tar))).toBe(true);
  });

  test("replaces no file unless it is told to, and leaves none beside it", async () => {
    await writeFile(tar, "mine");
    expect(await json(`archive download latest --output ${tar}`)).toMatchObject({
      exit: 1,
      document: { ok: false, error: { code: "FILE_EXISTS" } },
    });
    expect(await readFile(tar, "utf8")).toBe("mine");
    const { exit, out } = await run(`archive download latest --output ${tar} --force`);
    expect(exit).toBe(0);
    expect(unwrapped(out)).toContain("README.txt");
    expect((await readdir(folder)).sort()).toEqual(["archive.tar"]);
  });

  test("of a damaged archive names the file, and leaves nothing that looks whole", async () => {
    await cp(store, join(folder, "elsewhere"), { recursive: true });
    const objects = join(folder, "elsewhere/objects");
    const [object = ""] = (await readdir(objects)).filter((name) => name.endsWith(".ndjson.gz"));
    await truncate(join(objects, object), 10);
    const line = `archive download latest --output ${tar}`;
    const { exit, document } = await json(line, { environment: elsewhere });
    expect({ exit, document }).toMatchObject({
      exit: 1,
      document: {
        ok: false,
        error: { code: "ARCHIVE_DAMAGED", message: expect.stringMatching(/\w+\/\S+\.ndjson\.gz/) },
      },
    });
    expect(await readdir(folder)).toEqual(["elsewhere"]);
  });

  test("that is interrupted leaves nothing that looks whole", async () => {
    const { exit } = await run(`archive download latest --output ${tar}`, {
      interruptAfterMs: 0,
    });
    expect(exit).toBe(130);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ["archive download latest", 2, "INVALID_USAGE"],
    ["archive download --output x.tar", 2, "INVALID_USAGE"],
    ["archive download latest --output -", 2, "INVALID_USAGE"],
    ["archive download 2020-01-01 --output FOLDER/x.tar", 1, "ARCHIVE_NOT_FOUND"],
    ["archive download latest --output FOLDER", 1, "FILE_EXISTS"],
    ["archive download latest --output FOLDER --force", 1, "FILE_EXISTS"],
    ["archive download latest --output FOLDER/nowhere/x.tar", 1, "FILE_NOT_WRITTEN"],
    ["archive upload", 2, "INVALID_USAGE"],
    ["archive upload FOLDER/x.tar", 1, "FILE_NOT_READ"],
    ["archive upload FOLDER", 1, "FILE_NOT_READ"],
  ])("%s ends with %i", async (line, exit, code) => {
    expect(await json(line.replace("FOLDER", folder))).toMatchObject({
      exit,
      document: { ok: false, error: { code } },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test("writes no tar to a terminal", async () => {
    const { exit, bytes } = await run("archive download latest --output -", {
      isTerminal: true,
    });
    expect({ exit, bytes }).toEqual({ exit: 2, bytes: undefined });
  });
});

describe("archive upload", () => {
  test("refuses what was cut or changed with a sentence, and writes nothing", async () => {
    await json(`archive download latest --output ${tar}`);
    const whole = await readFile(tar);
    const changed = Buffer.from(whole);
    changed.write("X", 600);
    for (const bytes of [whole.subarray(0, 5_000), changed]) {
      await writeFile(tar, bytes);
      expect(await json(`archive upload ${tar}`, { environment: elsewhere })).toMatchObject({
        exit: 1,
        document: { ok: false, error: { code: "ARCHIVE_TAR_REFUSED" } },
      });
    }
    expect(await readdir(join(folder, "elsewhere"))).toEqual([".incoming"]);
  });

  test("refuses an archive that is there", async () => {
    await json(`archive download latest --output ${tar}`);
    expect(await json(`archive upload ${tar}`)).toMatchObject({
      exit: 1,
      document: { ok: false, error: { code: "ARCHIVE_EXISTS" } },
    });
  });

  test("is not what the next archive is made of, however new it says that it is", async () => {
    await json(`archive download latest --output ${tar}`);
    const entries = entriesOf(await readFile(tar));
    const path = "records/article/00001.ndjson.gz";
    const lines = linesIn(entries.find(({ name }) => name === path)?.bytes);
    const forged = lines.map((line) => line.replace(/"title":\{"en":"[^"]*"/, '"title":{"en":"Forged"'));
    expect(forged).not.toEqual(lines);
    await writeFile(tar, tarWith(relined(entries, path, forged)));
    expect((await json(`archive upload ${tar}`, { environment: elsewhere })).exit).toBe(0);
    expect((await json("archive create", { environment: elsewhere })).exit).toBe(0);
    await json(`archive download latest --output ${tar} --force`, { environment: elsewhere });
    const made = entriesOf(await readFile(tar)).filter(({ name }) => name.startsWith("records/article/"));
    const titles = made.flatMap(({ bytes }) => linesIn(bytes)).map((line) => titleIn(line));
    expect(titles.sort()).toEqual(lines.map(titleIn).sort());
  });
});

const titleIn = (line: string) => /"title":\{"en":"([^"]*)"/.exec(line)?.[1];

function linesIn(packed: Buffer | undefined): string[] {
  return gunzipSync(packed ?? "")
    .toString()
    .trimEnd()
    .split("\n");
}
