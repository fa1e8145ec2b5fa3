import { describe, expect, test } from "vitest";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { KINDS } from "../../services/archive/restore/schema/kinds.ts";
import { loosenValidators } from "../../services/archive/restore/schema/loosen.ts";
import { planSchema } from "../../services/archive/restore/schema/plan.ts";
import { undoSchemaAfter, undoSchemaBefore } from "../../services/archive/restore/schema/undo.ts";
import type { Mode } from "../../services/archive/restore/words.ts";
import type { ContentWrites } from "../../services/sources/datocms/contentWrites.ts";
import { succeeded } from "../../utils/failures.ts";
import type { Damage } from "./damage.ts";
import { fieldDamages } from "./damageToFields.ts";
import { modelDamages } from "./damageToModels.ts";
import { projectDamages } from "./damageToProject.ts";
import { createField, createItem, editField, editModel, newId } from "./requests.ts";
import {
  access,
  documentsOf,
  dyingAt,
  memoryJournal,
  restored,
  schemaDifferences,
  wishes,
} from "./schemaSupport.ts";
import { nastySite } from "./support.ts";

const damages: Readonly<Record<string, Damage>> = { ...fieldDamages, ...modelDamages, ...projectDamages };

/** A damaged project that was restored, and how that is undone. */
async function restoredSite(all: readonly Damage[], mode: Mode) {
  const here = nastySite({ contentUnknowns: { integerIds: "accept" } });
  const desired = await documentsOf(here);
  for (const damage of all) await damage.inflict(here.editor());
  const damaged = here.state();
  const journal = memoryJournal();
  const wanted = wishes(mode, { kinds: KINDS, allowPluginHost: true });
  const plan = planSchema(desired, await documentsOf(here), wanted);
  await restored(here, { desired, wishes: wanted, plan, journal });
  const undo = (writes: ContentWrites = access(here).writes) =>
    here.clock.run(async () => {
      const given = { ...access(here), writes, clock: here.clock, desired, wishes: wanted };
      const before = await undoSchemaBefore({ ...given, entries: journal.entries });
      return before.ok ? undoSchemaAfter({ ...given, entries: journal.entries }) : before;
    });
  return { here, damaged, undo, effects: { ...access(here), journal, clock: here.clock } };
}

describe("an undone restore leaves the schema as it was before it:", () => {
  test.each(Object.keys(damages))("%s", async (name) => {
    for (const mode of name.endsWith("Deleted") ? (["mirror", "add"] as const) : (["mirror"] as const)) {
      const { here, damaged, undo } = await restoredSite([damages[name] as Damage], mode);
      const done = await undo();
      expect([mode, done.ok && done.value.refused]).toEqual([mode, []]);
      // A slug whose source is gone names what nobody can name: that is left out.
      const left = schemaDifferences(damaged, here.state()).filter(
        (line) => !line.includes("slug_title_field"),
      );
      expect([mode, left]).toEqual([mode, []]);
    }
  });
});

test("an undoing that dies at a request ends equal when it is called again", {
  timeout: 240_000,
}, async () => {
  const all = [modelDamages.modelKeyTaken, fieldDamages.fieldKeysSwapped, fieldDamages.fieldsMoved];
  for (let call = 1; ; call += 1) {
    const { here, damaged, undo } = await restoredSite(all, "mirror");
    const killed = await undo(dyingAt(access(here).writes, call, call % 2 === 0));
    const again = await undo();
    expect([call, again.ok && again.value.refused]).toEqual([call, []]);
    expect([call, schemaDifferences(damaged, here.state())]).toEqual([call, []]);
    if (killed.ok) break;
  }
});

test("an undoing puts back validators that were loosened, too", async () => {
  const { here, damaged, undo, effects } = await restoredSite([fieldDamages.fieldRenamed], "overwrite");
  const models = new Set([nastyIds.models.article]);
  const loose = await here.clock.run(() =>
    loosenValidators(effects, models, async () => succeeded(undefined)),
  );
  expect(loose.ok && loose.value.length).toBeGreaterThan(2);
  expect(await undo()).toMatchObject({ ok: true, value: { refused: [] } });
  expect(schemaDifferences(damaged, here.state())).toEqual([]);
});

describe("what somebody changed since a restore stays as it is:", () => {
  const { product } = furnitureIds.models;
  const { models } = nastyIds;

  test("a member that the restore had written, and nothing else keeps from being undone", async () => {
    const { here, damaged, undo } = await restoredSite([fieldDamages.defaultChanged], "overwrite");
    const [[id = ""] = []] = Object.entries(here.state().fields).filter(
      ([, field]) => field.model === models.article && field.api_key === "kicker",
    );
    await editField(here.editor(), id, { hint: "Mine" });
    const done = await undo();
    expect(done.ok && done.value.refused).toEqual([
      expect.objectContaining({ what: "field", id, code: "CHANGED_SINCE" }),
    ]);
    const left = schemaDifferences(damaged, here.state());
    expect(left.filter((line) => !line.includes(id))).toEqual([]);
    expect(here.state().fields[id]).toMatchObject({ hint: "Mine" });
  });

  test("a member that the restore had not written is nobody's business", async () => {
    const { here, undo } = await restoredSite([fieldDamages.fieldsMoved], "overwrite");
    const [[id = ""] = []] = Object.entries(here.state().fields).filter(
      ([, field]) => field.model === models.article && field.api_key === "title",
    );
    await editField(here.editor(), id, { hint: "Mine" });
    const done = await undo();
    expect(done).toMatchObject({ ok: true, value: { refused: [] } });
    expect(here.state().fields[id]).toMatchObject({ hint: "Mine" });
  });

  test("a model that came back and that has got records or fields", async () => {
    for (const use of ["record", "field"]) {
      const { here, undo } = await restoredSite([modelDamages.modelDeleted], "add");
      const editor = here.editor();
      const field = { label: "Mine", api_key: "mine", field_type: "string" };
      await (use === "field"
        ? createField(editor, newId("mine"), product, field)
        : editModel(editor, product, { draft_saving_active: true }).then(() =>
            createItem(editor, newId("mine"), product, {}),
          ));
      const done = await undo();
      expect(done.ok && done.value.refused).toContainEqual(
        expect.objectContaining({ what: "model", id: product, code: "CHANGED_SINCE" }),
      );
      expect(here.state().models).toHaveProperty(product);
    }
  });
});
