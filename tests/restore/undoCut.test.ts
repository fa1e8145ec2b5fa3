import { expect, test } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { ContentUnknowns } from "../../emulator/content/unknowns.ts";
import { differencesOf } from "./differences.ts";
import type { Editor } from "./editor.ts";
import { bulk, createField, duplicate, editItem, newId, publish } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** An undo that is cut off at whatever write: the next one ends it. */

const { article } = nastyIds.models;
const [one, two] = nastyIds.swap;

interface Cut {
  readonly unknowns: Partial<ContentUnknowns>;
  /** What is in the sandbox that the archive does not have. */
  damage(editor: Editor): Promise<unknown>;
}

const cuts: Readonly<Record<string, Cut>> = {
  "of fields, where DatoCMS makes versions when a schema changes": {
    unknowns: { schemaChangesMakeVersions: true },
    damage: async (editor) => {
      for (const name of ["badge", "motto"])
        await createField(editor, newId(name), article, { label: name, api_key: name, field_type: "string" });
      await editItem(editor, one, { badge: "One", motto: "First" });
      await publish(editor, one);
    },
  },
  "of records that have a published body and a draft": {
    unknowns: {},
    damage: async (editor) => {
      for (const id of [one, two]) {
        await editItem(editor, id, { kicker: "Public" });
        await publish(editor, id);
        await editItem(editor, id, { kicker: "Draft" });
      }
    },
  },
  "of a record that the restore has deleted": {
    unknowns: {},
    damage: async (editor) => {
      await duplicate(editor, one);
      await editItem(editor, two, { kicker: "Changed" });
      await bulk(editor, "publish", [two]);
    },
  },
};

async function restored({ unknowns, damage }: Cut) {
  const site = nastySite({ contentUnknowns: unknowns });
  const healthy = await restoresOf(site);
  const { id, before } = await site.clock.run(async () => {
    await healthy.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" });
    await damage(site.editor("sandbox"));
    const before = site.state("sandbox");
    return { before, ...valueFrom(await healthy.service.apply(healthy.request({}))) };
  });
  /** Calls after the last write that is let through are never sent. */
  const undoUpTo = async (most: number) => {
    let writes = 0;
    const dying: typeof fetch = (input, init) => {
      if ((init?.method ?? "GET") !== "GET") writes += 1;
      return writes > most ? Promise.reject(new Error("died")) : site.emulator.fetch(input, init);
    };
    const { service } = await restoresOf(site, dying, healthy.folder);
    await site.clock.run(() => service.undo(id, 1_000));
    return writes;
  };
  const undo = () => site.clock.run(async () => valueFrom(await healthy.service.undo(id, 1_000)));
  return { site, before, undoUpTo, undo };
}

test.each(Object.entries(cuts))("an undo that was cut off is ended by the next: %s", async (_what, cut) => {
  const writes = await (await restored(cut)).undoUpTo(Number.POSITIVE_INFINITY);
  expect(writes).toBeGreaterThan(1);
  for (let most = 1; most < writes; most += 1) {
    const { site, before, undoUpTo, undo } = await restored(cut);
    await undoUpTo(most);
    expect([most, (await undo()).refused]).toEqual([most, []]);
    expect([most, differencesOf(before, site.state("sandbox"))]).toEqual([most, []]);
  }
});

test("what somebody edits while an undo is cut off stays, and is told", async () => {
  for (const cut of Object.values(cuts).slice(1)) {
    const { site, undoUpTo, undo } = await restored(cut);
    await undoUpTo(1);
    await site.clock.run(() => editItem(site.editor("sandbox"), two, { kicker: "Mine" }));
    expect((await undo()).refused).toMatchObject([{ what: "record", id: two, code: "CHANGED_SINCE" }]);
    expect(site.state("sandbox").records[two]).toMatchObject({ current: { kicker: "Mine" } });
  }
});
