import { describe, expect, test } from "vitest";
import { KINDS } from "../../services/archive/restore/schema/kinds.ts";
import { planSchema } from "../../services/archive/restore/schema/plan.ts";
import type { Damage } from "./damage.ts";
import { fieldDamages } from "./damageToFields.ts";
import { modelDamages } from "./damageToModels.ts";
import { projectDamages } from "./damageToProject.ts";
import { documentsOf, restored, schemaDifferences, wishes } from "./schemaSupport.ts";
import { nastySite } from "./support.ts";

const all: readonly [string, Damage][] = Object.entries({
  ...fieldDamages,
  ...modelDamages,
  ...projectDamages,
});
const everything = { kinds: KINDS, allowPluginHost: true };

describe("a mirror makes the schema what it was, whatever was done to it:", () => {
  test.each(all)("%s", async (_name, damage) => {
    const here = nastySite({ contentUnknowns: { integerIds: "accept" } });
    const before = here.state();
    const desired = await documentsOf(here);
    await damage.inflict(here.editor());
    const wanted = wishes("mirror", everything);
    const plan = planSchema(desired, await documentsOf(here), wanted);
    const done = await restored(here, { desired, wishes: wanted, plan });
    if (damage === projectDamages.settingsEdited) {
      // The archived favicon was gone already: all other settings come back.
      expect(done).toMatchObject({ value: { refused: [{ what: "site", code: "VALIDATION_INVALID" }] } });
      expect(schemaDifferences(before, here.state())).toEqual([expect.stringContaining("site/favicon")]);
      return;
    }
    expect(done).toMatchObject({ ok: true, value: { refused: [] } });
    expect(schemaDifferences(before, here.state())).toEqual([]);
    const again = planSchema(desired, await documentsOf(here), wanted);
    expect([again.create, again.change, again.delete]).toEqual([[], [], []]);
  });
});
