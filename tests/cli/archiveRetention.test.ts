import { readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emptyContent } from "../../emulator/content/seed.ts";
import { callers } from "../emulator/support.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { openTerminal } from "./support.ts";

let folder: string;
beforeEach(async () => {
  folder = await scratchFolder("retention-");
});
afterEach(() => rm(folder, { recursive: true }));

/** Somebody at a terminal with a project of one author, and a store on disk with two archives of one day. */
async function withTwoArchives() {
  const {
    world,
    json: typed,
    run: typedText,
  } = await openTerminal({ content: emptyContent, rateLimit: null });
  const { client } = callers(world.emulator.fetch, "https://site-api.datocms.com", world.clock);
  const model = await world.clock.run(() => client.itemTypes.create({ name: "Author", api_key: "author" }));
  const author = await world.clock.run(() =>
    client.items.create({ item_type: { type: "item_type", id: model.id } }),
  );
  const options = { environment: { BACKUP_STORE: `file://${folder}` } };
  const json = (line: string) => typed(line, options);
  const run = (line: string) => typedText(line, options);
  const create = async () => {
    const { document } = await json("archive create");
    await world.clock.run(() => world.clock.sleep(60_000));
    return (document as { archive: { id: string } }).archive.id;
  };
  return { json, run, author: author.id, older: await create(), newer: await create() };
}

const lying = (where: string) => readdir(join(folder, where)).catch(() => []);

describe("archive prune", () => {
  test("shows what would go, and why, and does it", async () => {
    const { json, run, older, newer } = await withTwoArchives();
    const prune = {
      kept: [{ id: newer, because: ["newest", "daily", "weekly", "monthly", "yearly"] }],
      deleted: [older],
      removed: [{ id: older, successor: newer }],
    };
    expect(await json("archive prune --dry-run")).toMatchObject({ exit: 0, document: { ok: true, prune } });
    expect(await lying("archives")).toHaveLength(2);
    expect((await run("archive prune --dry-run")).out).toContain("1 of 2 archives would be deleted.");
    expect(await json("archive prune")).toMatchObject({ exit: 0, document: { ok: true, prune } });
    expect(await json("archive list")).toMatchObject({ document: { total: 1, archives: [{ id: newer }] } });
    expect(await json("archive prune")).toMatchObject({ document: { prune: { deleted: [] } } });
  });

  test("keeps what is pinned", async () => {
    const { json, older } = await withTwoArchives();
    expect(await json(`archive pin ${older}`)).toMatchObject({
      document: { ok: true, pin: { archive: older, pinned: true } },
    });
    expect(await json("archive prune")).toMatchObject({ document: { prune: { deleted: [] } } });
    expect(await json("archive list")).toMatchObject({
      document: { archives: [{ pinned: false }, { id: older, pinned: true }] },
    });
    await json(`archive unpin ${older}`);
    expect(await json("archive prune")).toMatchObject({ document: { prune: { deleted: [older] } } });
  });

  test("deletes nothing where a setting cannot be understood", async () => {
    const terminal = await openTerminal({ content: emptyContent });
    for (const wrong of ["daily", "daily:0", "hourly:3", "daily:7,daily:5", "daily:7;weekly:2"])
      expect(
        await terminal.json("archive prune", {
          environment: { BACKUP_STORE: `file://${folder}`, BACKUP_ARCHIVE_KEEP: wrong },
        }),
      ).toMatchObject({
        exit: 2,
        document: {
          error: { code: "INVALID_CONFIGURATION", message: expect.stringContaining("BACKUP_ARCHIVE_KEEP") },
        },
      });
  });

  test("says that objects were left where an archive cannot be read", async () => {
    const { json, run, older } = await withTwoArchives();
    await writeFile(join(folder, "archives", older, "manifest.json"), "{}");
    expect(await json("archive prune")).toMatchObject({
      exit: 1,
      document: {
        ok: false,
        prune: {
          kept: [{ id: older, because: ["not readable"] }, { because: expect.arrayContaining(["newest"]) }],
          deleted: [],
          refused: { code: "SWEEP_REFUSED" },
        },
      },
    });
    expect((await run("archive prune")).out).toContain(older);
  });

  test("touches no store of another project", async () => {
    const { json, older } = await withTwoArchives();
    const root = join(folder, "dato-archive.json");
    const text = await readFile(root, "utf8");
    await writeFile(root, text.replace(/"project":"\w+"/, '"project":"another"'));
    for (const line of ["archive prune", `archive delete ${older}`, "archive pin latest"])
      expect(await json(line)).toMatchObject({
        exit: 1,
        document: { error: { code: "STORE_OF_ANOTHER_PROJECT" } },
      });
    expect(await lying("archives")).toHaveLength(2);
  });
});

describe("archive delete", () => {
  test("can be undone for seven days", async () => {
    const { json, older, newer } = await withTwoArchives();
    expect(await json(`archive delete ${older}`)).toMatchObject({
      exit: 0,
      document: { ok: true, prune: { deleted: [older] } },
    });
    expect(await json(`archive show ${older}`)).toMatchObject({ exit: 1 });
    expect(await json("archive delete latest --undo")).toMatchObject({
      exit: 0,
      document: { prune: { kept: [{ id: older }] } },
    });
    expect(await json(`archive verify ${older} --level deep`)).toMatchObject({ exit: 0 });
    expect(await json(`archive delete ${older}`)).toMatchObject({
      exit: 1,
      document: { error: { code: "ARCHIVE_PINNED" } },
    });

    await json(`archive delete ${newer}`);
    const eightDaysAgo = new Date(Date.now() - 8 * 24 * 60 * 60_000);
    await utimes(join(folder, "trash", newer, "manifest.json"), eightDaysAgo, eightDaysAgo);
    await json("archive prune");
    expect(await json(`archive delete ${newer} --undo`)).toMatchObject({
      exit: 1,
      document: { error: { code: "ARCHIVE_NOT_FOUND" } },
    });
  });
});

describe("archive forget", () => {
  test("notes a record that an archive holds, and refuses others", async () => {
    const { json, author, older, newer } = await withTwoArchives();
    expect(await json(`archive forget --record ${author}`)).toMatchObject({
      exit: 0,
      document: { ok: true, forget: { kind: "record", id: author, archives: [newer, older] } },
    });
    expect(await json(`archive forget --upload ${author}`)).toMatchObject({
      exit: 1,
      document: { error: { code: "UPLOAD_NOT_FOUND" } },
    });
    for (const line of [
      "archive forget",
      "archive forget --record a --upload b",
      "archive forget --record ../x",
    ])
      expect(await json(line)).toMatchObject({ exit: 2, document: { error: { code: "INVALID_USAGE" } } });
    expect(await lying(".")).toContain("erased.json");
  });
});
