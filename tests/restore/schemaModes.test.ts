import { describe, expect, test } from "vitest";
import { KINDS } from "../../services/archive/restore/schema/kinds.ts";
import { planSchema } from "../../services/archive/restore/schema/plan.ts";
import type { Mode } from "../../services/archive/restore/words.ts";
import type { Damage } from "./damage.ts";
import { fieldDamages } from "./damageToFields.ts";
import { modelDamages } from "./damageToModels.ts";
import { projectDamages } from "./damageToProject.ts";
import { documentsOf, restored, schemaDifferences, short, wishes } from "./schemaSupport.ts";
import { nastySite } from "./support.ts";

const damages = { ...fieldDamages, ...modelDamages, ...projectDamages };
type Name = keyof typeof damages;
const names = Object.keys(damages) as Name[];

/** States before a damage, after it and after a restore. */
async function restoredAfter(damage: Damage, mode: Mode) {
  const here = nastySite({ contentUnknowns: { integerIds: "accept" } });
  const before = here.state();
  const desired = await documentsOf(here);
  await damage.inflict(here.editor());
  const damaged = here.state();
  const wanted = wishes(mode, { kinds: KINDS, allowPluginHost: true });
  const plan = planSchema(desired, await documentsOf(here), wanted);
  const done = await restored(here, { desired, wishes: wanted, plan });
  if (!done.ok) throw new Error(done.failure.sentence);
  return { before, damaged, after: here.state(), plan, refused: done.value.refused };
}

describe("overwrite puts back what differs, and leaves what is new:", () => {
  /** The archived favicon was gone already, and newer things have names of old ones. */
  const refusing: Partial<Record<Name, string>> = {
    settingsEdited: "VALIDATION_INVALID",
    fieldKeyTaken: "NAME_TAKEN",
    modelKeyTaken: "NAME_TAKEN",
  };

  test.each(names.filter((name) => !(name in refusing)))("%s", async (name) => {
    const { before, after, refused, damaged } = await restoredAfter(damages[name], "overwrite");
    expect(refused).toEqual([]);
    expect(schemaDifferences(before, after).filter((line) => !line.includes(": nothing → "))).toEqual([]);
    const gone = /^\w+\/[^/]+ \(.* → nothing$/;
    expect(schemaDifferences(damaged, after).filter((line) => gone.test(line))).toEqual([]);
  });

  test.each(Object.entries(refusing))("%s: tells %s", async (name, code) => {
    const { refused } = await restoredAfter(damages[name as Name], "overwrite");
    expect(refused.map((each) => each.code)).toContain(code);
    for (const each of refused) expect([code, "NOT_EQUAL"]).toContain(each.code);
  });
});

describe("add creates what is missing and leaves what is there:", () => {
  test.each(names)("%s", async (name) => {
    const { damaged, after, plan } = await restoredAfter(damages[name], "add");
    const extended = plan.change.flatMap(({ kind, id, members }) =>
      members.map((member) => `${kind === "site" ? kind : id}/${member}`),
    );
    const touched = schemaDifferences(damaged, after).filter(
      (line) => !line.includes(": nothing → ") && !extended.some((member) => line.includes(member)),
    );
    expect([touched, short(plan)]).toEqual([[], short(plan)]);
    expect(plan.delete).toEqual([]);
  });

  test.each(names.filter((name) => name.endsWith("Deleted")))("%s: all of it comes back", async (name) => {
    const { before, after } = await restoredAfter(damages[name], "add");
    expect(schemaDifferences(before, after)).toEqual([]);
  });
});
