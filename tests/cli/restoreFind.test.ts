import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emptyContent } from "../../emulator/content/seed.ts";
import { field } from "../emulator/content/support.ts";
import { callers } from "../emulator/support.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { openTerminal, writesTo } from "./support.ts";

let folder: string;
beforeEach(async () => {
  folder = await scratchFolder("restores-");
});
afterEach(() => rm(folder, { recursive: true }));

/** Two products in an archive. */
async function shop() {
  const terminal = await openTerminal({ content: emptyContent, rateLimit: null });
  const { emulator, clock } = terminal.world;
  const { client, raw } = callers(emulator.fetch, "https://site-api.datocms.com", clock);
  const environment = { BACKUP_STORE: `file://${folder}` };
  const { ids, product } = await clock.run(async () => {
    const model = await client.itemTypes.create({ name: "Product", api_key: "product" });
    await field(raw, model.id, "name", "string");
    await field(raw, model.id, "about", "text");
    const create = async (name: string) =>
      (await client.items.create({ item_type: { type: "item_type", id: model.id }, name, about: "Warm" })).id;
    return { product: model.id, ids: [await create("Winter jacket"), await create("Summer hat")] as const };
  });
  await terminal.run("archive create", { environment });
  return { ...terminal, client, environment, ids, product };
}

describe("restore find", () => {
  test("finds a record that was deleted, in the newest archive where no other place is named", async () => {
    const { world, json, run, client, environment, ids, product } = await shop();
    const [jacket] = ids;
    await world.clock.run(() => client.items.destroy(jacket));
    const before = writesTo(world).length;
    const address = `https://shop.admin.datocms.com/editor/item_types/${product}/items/${jacket}/edit`;
    for (const words of ["JACKET", "winter jacket", jacket, address])
      expect(await json(`restore find ${words}`, { environment }), words).toMatchObject({
        exit: 0,
        document: { ok: true, find: { total: 1, records: [{ id: jacket, title: "Winter jacket" }] } },
      });
    const { out } = await run("restore find jacket --archive latest", { environment });
    expect(out).toContain(`${jacket}  product “Winter jacket”, published`);
    expect(out).toContain(`restore preview --archive latest --into main --only record=${jacket}`);
    expect(await json("restore find jacket --from main", { environment })).toMatchObject({
      exit: 0,
      document: { find: { total: 0, records: [] } },
    });
    expect(writesTo(world)).toHaveLength(before);
  });

  test("shows as many as it is asked for, and says how many there are", async () => {
    const { run, environment } = await shop();
    const { out } = await run("restore find product --limit 1", { environment });
    expect(out.match(/product “/g)).toHaveLength(1);
    expect(out).toContain("and 1 more");
  });

  test("says what is wrong with what it was asked", async () => {
    const { json, environment } = await shop();
    expect(await json("restore find jacket --limit none", { environment })).toMatchObject({ exit: 2 });
    expect(await json("restore find jacket --archive latest --from main", { environment })).toMatchObject({
      exit: 2,
    });
    expect(await json("restore find jacket --archive 2020-01-01", { environment })).toMatchObject({
      exit: 1,
      document: { ok: false, error: { code: "ARCHIVE_NOT_FOUND" } },
    });
  });
});

test("restore preview shows a record beside what it is today", async () => {
  const { world, json, run, client, environment, ids } = await shop();
  const [jacket] = ids;
  await world.clock.run(() => client.items.update(jacket, { about: "Cold", name: "Jacket" }));
  const line = `restore preview --archive latest --into main --mode overwrite --only record=${jacket}`;
  const { out } = await run(line, { environment });
  expect(out).toContain("name: “Jacket” → “Winter jacket”");
  expect(out).toContain("about: “Cold” → “Warm”");
  const change = { field: "about", locale: null, from: "Cold", to: "Warm", blocks: [] };
  expect(await json(line, { environment })).toMatchObject({
    document: {
      plan: { models: [{ records: [{ id: jacket, changes: expect.arrayContaining([change]) }] }] },
    },
  });
});
