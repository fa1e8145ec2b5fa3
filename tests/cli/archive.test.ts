import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emptyContent } from "../../emulator/content/seed.ts";
import { callers } from "../emulator/support.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { openTerminal } from "./support.ts";

let folder: string;
beforeEach(async () => {
  folder = await scratchFolder("archives-");
});
afterEach(() => rm(folder, { recursive: true }));

/** Somebody at a terminal with a store on disk, and two authors in the project. */
async function terminalWithStore() {
  const terminal = await openTerminal({ content: emptyContent, rateLimit: null });
  const { emulator, clock } = terminal.world;
  const { client } = callers(emulator.fetch, "https://site-api.datocms.com", clock);
  const model = await clock.run(() => client.itemTypes.create({ name: "Author", api_key: "author" }));
  const item_type = { type: "item_type" as const, id: model.id };
  for (let count = 0; count < 2; count += 1) await clock.run(() => client.items.create({ item_type }));
  const environment = { BACKUP_STORE: `file://${folder}` };
  return { ...terminal, environment };
}

describe("archive", () => {
  test("create, list, show and verify speak of the same archive", async () => {
    const { json, environment } = await terminalWithStore();
    const made = await json("archive create", { environment });
    const id = expect.stringMatching(/^2\d{3}-\d{2}-\d{2}T\d{6}Z-main-[0-9a-f]{8}$/);
    expect(made).toMatchObject({ document: { archive: { id, counts: { models: 1, records: 2 } } } });
    const { archive } = made.document as { archive: { id: string } };
    expect(await json("archive list", { environment })).toMatchObject({
      exit: 0,
      document: { ok: true, archives: [archive], total: 1 },
    });
    expect(await json("archive show latest", { environment })).toMatchObject({
      exit: 0,
      document: { ok: true, archive },
    });
    expect(await json("archive verify latest --level deep", { environment })).toMatchObject({
      exit: 0,
      document: { ok: true, verify: { archive: archive.id, level: "deep", problems: [] } },
    });
  });

  test("verify tells all damage as such, and ends with 1", async () => {
    const { json, environment } = await terminalWithStore();
    await json("archive create", { environment });
    const [id = ""] = await readdir(join(folder, "archives"));
    const path = join(folder, "archives", id, "manifest.json");
    const text = await readFile(path, "utf8");
    const damaged = {
      exit: 1,
      document: { ok: false, verify: { archive: id, problems: [{ what: "manifest" }] } },
    };
    for (const bad of [
      "",
      "{}",
      text.replace('"version": 1', '"version": 2'),
      text.replace("main", "niam"),
    ]) {
      await writeFile(path, bad);
      for (const line of ["archive verify latest", `archive verify ${id} --sample 5`])
        expect(await json(line, { environment })).toMatchObject(damaged);
    }
  });

  test("verify reads a share where one is asked for", async () => {
    const { json, environment } = await terminalWithStore();
    await json("archive create", { environment });
    expect(await json("archive verify latest --sample 10", { environment })).toMatchObject({
      exit: 0,
      document: { ok: true, verify: { level: "sample", problems: [] } },
    });
  });

  test("without a store says what to set", async () => {
    const { json } = await openTerminal();
    for (const line of ["archive create", "archive list", "archive show latest", "archive verify latest"])
      expect(await json(line)).toMatchObject({
        exit: 2,
        document: {
          ok: false,
          error: { code: "NO_STORE", message: expect.stringContaining("BACKUP_STORE") },
        },
      });
  });

  test.each([
    ["archive show 2020-01-01", 1, "ARCHIVE_NOT_FOUND"],
    ["archive create --from nowhere", 1, "ENVIRONMENT_NOT_FOUND"],
    ["archive verify latest --level deeper", 2, "INVALID_USAGE"],
    ["archive verify latest --sample 0", 2, "INVALID_USAGE"],
    ["archive verify latest --sample all", 2, "INVALID_USAGE"],
    ["archive verify latest --sample 5 --level full", 2, "INVALID_USAGE"],
    ["archive create --level deep", 2, "INVALID_USAGE"],
    ["archive creat", 2, "INVALID_USAGE"],
  ])("%s ends with %i", async (line, exit, code) => {
    const { json, environment } = await terminalWithStore();
    expect(await json(line, { environment })).toMatchObject({
      exit,
      document: { ok: false, error: { code } },
    });
  });
});

test("key prints 32 random bytes that BACKUP_STORE_KEY takes", async () => {
  const { json, environment } = await terminalWithStore();
  const made = await json("key");
  expect(made).toMatchObject({
    exit: 0,
    document: { ok: true, key: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(await json("key")).not.toEqual(made);
  const { key } = made.document as { key: string };
  const keyed = { ...environment, BACKUP_STORE_KEY: key };
  expect(await json("archive create", { environment: keyed })).toMatchObject({ exit: 0 });
  expect(await json("archive verify latest", { environment: keyed })).toMatchObject({ exit: 0 });
  expect(
    await json("archive create", { environment: { ...environment, BACKUP_STORE_KEY: "short" } }),
  ).toMatchObject({
    exit: 2,
    document: { error: { code: "INVALID_CONFIGURATION", message: expect.not.stringContaining("short") } },
  });
});
