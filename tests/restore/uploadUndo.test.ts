import { describe, expect, test } from "vitest";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { deleteUploads } from "../../services/archive/restore/uploads/remove.ts";
import { type UndoneUploads, undoUploads } from "../../services/archive/restore/uploads/undo.ts";
import { value } from "../stores/conformance.ts";
import { uploadDamages } from "./damageToUploads.ts";
import { editItem } from "./requests.ts";
import {
  type ContextOptions,
  contextFor,
  lose,
  type MemoryJournal,
  memoryJournal,
  type Rescue,
  rescue,
  restored,
  unequal,
} from "./uploadsSupport.ts";

const { uploads } = nastyIds;
const { cover } = furnitureIds;

type Left = ReadonlyMap<string, string>;

async function undone(
  site: Rescue,
  journal: MemoryJournal,
  left: Left,
  given: ContextOptions = {},
): Promise<UndoneUploads> {
  const context = await contextFor(site, given);
  return value(await site.clock.run(() => undoUploads(context, journal.entries(), left)));
}

/** What was lost and edited is restored; the state before that is what undo is to bring back. */
async function restoredSite() {
  const site = await rescue();
  await uploadDamages.metadataEdited.inflict(site.editor());
  await lose(site, [uploads.empty]);
  const damaged = site.state();
  const journal = memoryJournal();
  const { left } = value(await restored(site, "overwrite", { journal }));
  expect(unequal(site.before, site.state())).toEqual([]);
  return { site, damaged, journal, left };
}

test("what was changed is as it was, and what was made is gone; again it changes nothing", async () => {
  const { site, damaged, journal, left } = await restoredSite();
  const done = await undone(site, journal, left);
  expect(done).toMatchObject({ refused: [], irreversible: [] });
  expect([...done.undone].sort()).toEqual([uploads.empty, uploads.image, cover].sort());
  expect(unequal(damaged, site.state())).toEqual([]);
  expect((await undone(site, journal, left)).refused).toEqual([]);
  expect(unequal(damaged, site.state())).toEqual([]);
});

test("what was made and a record has since stays, and that is told", async () => {
  const { site, journal, left } = await restoredSite();
  await editItem(site.editor(), nastyIds.values, { files: [{ upload_id: uploads.empty }] });
  const done = await undone(site, journal, left);
  const sentence = expect.stringContaining(nastyIds.values);
  expect(done.refused).toEqual([{ what: "upload", id: uploads.empty, code: "IN_USE", sentence }]);
  expect(site.state().uploads[uploads.empty]).toBeDefined();
});

test("what somebody changed or deleted since stays, and that is told", async () => {
  const { site, journal, left } = await restoredSite();
  await site.editor().call("PUT", `/uploads/${uploads.empty}`, change(uploads.empty, { author: "Somebody" }));
  await site.editor().call("PUT", `/uploads/${uploads.image}`, change(uploads.image, { tags: ["since"] }));
  await lose(site, [cover]);
  const since = site.state();
  const done = await undone(site, journal, left);
  expect(done.refused.map(({ id, code }) => [id, code]).sort()).toEqual(
    [uploads.empty, uploads.image, cover].map((id) => [id, "CHANGED_SINCE"]).sort(),
  );
  expect(unequal(since, site.state())).toEqual([]);
});

describe("bytes", () => {
  test("that were replaced or deleted come back where the store has them", async () => {
    const site = await rescue();
    const context = await contextFor(site, { journal: memoryJournal() });
    const journal = memoryJournal();
    value(await site.clock.run(() => deleteUploads({ ...context, journal }, uploads.twins)));
    const done = await undone(site, journal, new Map());
    expect(done).toMatchObject({ undone: uploads.twins, refused: [], irreversible: [] });
    expect(unequal(site.before, site.state())).toEqual([]);
  });

  test("that nobody has are told, and the rest is put back", async () => {
    const site = await rescue();
    await uploadDamages.bytesReplaced.inflict(site.editor());
    await uploadDamages.metadataEdited.inflict(site.editor());
    const damaged = site.state();
    const journal = memoryJournal();
    const { left } = value(await restored(site, "overwrite", { journal }));
    const done = await undone(site, journal, left);
    expect(done.refused).toEqual([]);
    expect(done.irreversible).toEqual([expect.objectContaining({ id: cover, code: "BYTES_LOST" })]);
    expect(unequal(damaged, site.state()).sort()).toEqual([`${cover}/md5`, `${cover}/size`]);
  });
});

test("a restore that was killed can be undone", async () => {
  for (let calls = 0, wasKilled = true; wasKilled; calls += 1) {
    const site = await rescue();
    await uploadDamages.metadataEdited.inflict(site.editor());
    await lose(site, [uploads.empty]);
    const damaged = site.state();
    const journal = memoryJournal();
    const killed = new AbortController();
    let left = calls;
    const fetchUntil: typeof fetch = async (input, init) => {
      if (left === 0) killed.abort();
      left -= 1;
      return site.emulator.fetch(input, init);
    };
    wasKilled = !(await restored(site, "overwrite", { fetch: fetchUntil, signal: killed.signal, journal }))
      .ok;
    const done = await undone(site, journal, new Map());
    expect(done, `after ${calls} calls`).toMatchObject({ refused: [], irreversible: [] });
    expect(unequal(damaged, site.state()), `after ${calls} calls`).toEqual([]);
  }
});

function change(id: string, attributes: object) {
  return { data: { type: "upload", id, attributes } };
}
