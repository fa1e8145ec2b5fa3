import { expect, test } from "vitest";
import { idFrom } from "../../emulator/content/ids.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { TOKEN } from "../emulator/support.ts";
import { damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { type Editor, editorOf } from "./editor.ts";
import { createField, editItem, newId } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** Undo moves what the restore moved, and a restore takes nobody's work for what it has left. */

const row = (name: number | string) => idFrom(`nasty row ${name}`);

async function damagedBy(damage: (editor: Editor) => Promise<unknown>, movesMakeVersions = false) {
  const site = nastySite({ contentUnknowns: { movesMakeVersions } });
  const editor = editorOf(site.emulator, TOKEN, "sandbox");
  /** Replaced by what an editor does before a call. */
  const beside = { before: async (_method: string, _path: string): Promise<unknown> => undefined };
  const busy: typeof fetch = async (input, init) => {
    await beside.before(
      init?.method ?? "GET",
      new URL(input instanceof Request ? input.url : input).pathname,
    );
    return site.emulator.fetch(input, init);
  };
  const restores = await restoresOf(site, busy);
  await site.clock.run(async () => {
    await restores.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" });
    await damage(editor);
  });
  const before = site.state("sandbox");
  const apply = () =>
    site.clock.run(async () => valueFrom(await restores.service.apply(restores.request({}))).id);
  const undo = (id: string) => site.clock.run(async () => valueFrom(await restores.service.undo(id, 1_000)));
  return { site, editor, beside, before, apply, undo };
}

test("undo leaves the places of records that the restore changed but did not move", async () => {
  const { site, editor, apply, undo } = await damagedBy(async (editor) => {
    for (const nth of [2, 4, 6]) await editItem(editor, row(nth), { name: `Changed ${nth}` });
  });
  const id = await apply();
  await site.clock.run(() => editItem(editor, row(4), { position: 1 }));
  const sorted = site.state("sandbox").orders;
  expect((await undo(id)).refused).toEqual([]);
  expect(site.state("sandbox").orders).toEqual(sorted);
  expect(site.state("sandbox").records[row(4)]).toMatchObject({ current: { name: "Changed 4" } });
});

test.each([false, true])("undo puts moved records back, moves make versions: %s", async (makes) => {
  for (const inflict of [damages.rowsMoved.inflict, damages.pagesMoved.inflict]) {
    const { site, before, apply, undo } = await damagedBy(inflict, makes);
    const id = await apply();
    expect((await undo(id)).refused).toEqual([]);
    expect(differencesOf(before, site.state("sandbox"))).toEqual([]);
  }
});

async function reversed(editor: Editor) {
  for (const nth of [1, 2, 3, 4, 5, 6, 7]) await editItem(editor, row(nth), { position: 1 });
  await editItem(editor, row(3), { name: "Changed" });
}

test("what somebody edits after it was restored, while the restore goes on, is not taken for its own", async () => {
  const { site, editor, beside, apply, undo } = await damagedBy(reversed);
  let isWritten = false;
  let isEdited = false;
  beside.before = async (method, path) => {
    if (isWritten && !isEdited) {
      const { records } = site.state("sandbox");
      if (JSON.stringify(records[row(3)]).includes("Changed") || method !== "PUT" || path.endsWith(row(3)))
        return;
      isEdited = true;
      await editItem(editor, row(3), { name: "Mine" });
    }
    isWritten ||= method === "PUT" && path.endsWith(row(3));
  };
  const id = await apply();
  beside.before = async () => undefined;
  expect(isEdited).toBe(true);
  expect((await undo(id)).refused).toContainEqual(
    expect.objectContaining({ what: "record", id: row(3), code: "CHANGED_SINCE" }),
  );
  expect(site.state("sandbox").records[row(3)]).toMatchObject({ current: { name: "Mine" } });
});

test("nor what somebody edits before the restore takes a field from the record", async () => {
  const { article } = nastyIds.models;
  const [one] = nastyIds.swap;
  const { site, editor, beside, apply, undo } = await damagedBy(async (editor) => {
    const badge = { label: "Badge", api_key: "badge", field_type: "string" };
    await createField(editor, newId("badge"), article, badge);
    await editItem(editor, one, { badge: "One", kicker: "Changed" });
  });
  let isWritten = false;
  let isEdited = false;
  beside.before = async (method, path) => {
    isWritten ||= method === "PUT" && path.endsWith(one);
    if (!isWritten || isEdited || !path.includes("/environments")) return;
    isEdited = true;
    await editItem(editor, one, { kicker: "Mine" });
  };
  const id = await apply();
  beside.before = async () => undefined;
  expect(isEdited).toBe(true);
  expect((await undo(id)).refused).toContainEqual(
    expect.objectContaining({ what: "record", id: one, code: "CHANGED_SINCE" }),
  );
  expect(site.state("sandbox").records[one]).toMatchObject({ current: { kicker: "Mine" } });
});
