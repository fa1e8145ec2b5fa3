import { expect, test } from "vitest";
import { readLines } from "../../services/archive/restore/records/line.ts";
import { restoreRecords } from "../../services/archive/restore/records/restore.ts";
import { KINDS } from "../../services/archive/restore/schema/kinds.ts";
import {
  loosenValidators,
  type OriginalValidators,
  tightenValidators,
} from "../../services/archive/restore/schema/loosen.ts";
import { planSchema } from "../../services/archive/restore/schema/plan.ts";
import {
  restoreSchemaAfter,
  restoreSchemaBefore,
} from "../../services/archive/restore/schema/restoreSchema.ts";
import { mapped, type Result, succeeded } from "../../utils/failures.ts";
import type { Damage } from "./damage.ts";
import { fieldDamages } from "./damageToFields.ts";
import { modelDamages } from "./damageToModels.ts";
import { projectDamages } from "./damageToProject.ts";
import { differencesOf } from "./differences.ts";
import { access, documentsOf, memoryJournal, wishes } from "./schemaSupport.ts";
import { nastySite, type Site } from "./support.ts";

function ok<T>(result: Result<T, { readonly sentence: string }>): T {
  if (!result.ok) throw new Error(result.failure.sentence);
  return result.value;
}

/** Both phases of the schema, and between them those records that the damage has changed. */
async function restoredWhole(here: Site, damage: Damage) {
  const { reader, writes } = access(here);
  const was = here.state().records;
  const ids = Object.keys(was);
  const lines = ok(await here.clock.run(() => readLines(reader, ids)));
  const desired = await documentsOf(here);
  await damage.inflict(here.editor());
  const wanted = wishes("mirror", { kinds: KINDS, allowPluginHost: true });
  const plan = planSchema(desired, await documentsOf(here), wanted);
  const restore = {
    reader,
    writes,
    journal: memoryJournal(),
    clock: here.clock,
    desired,
    wishes: wanted,
    plan,
  };
  const originals: OriginalValidators[] = [];
  const keep = async (some: readonly OriginalValidators[]) => succeeded(originals.push(...some));
  return here.clock.run(async () => {
    ok(await restoreSchemaBefore(restore));
    const now = here.state();
    const changed = ids.filter((id) => JSON.stringify(now.records[id]) !== JSON.stringify(was[id]));
    const schema = ok(await reader.schema());
    const records = await restoreRecords(
      {
        ...restore,
        schema,
        comparing: { schema, locales: undefined },
        records: new Set(ids),
        drafts: new Set(),
        uploads: new Set(Object.keys(now.uploads)),
        loosen: async (models) =>
          mapped(await loosenValidators(restore, models, keep), ({ length }) => length > 0),
        onProgress: () => {},
        // Each telling is written to the store, whole.
        onRead: async (versions) => {
          expect(versions).not.toEqual({});
          return succeeded(undefined);
        },
      },
      new Map([...lines].filter(([id]) => changed.includes(id))),
      ok(await readLines(reader, changed)),
    );
    const tight = ok(await tightenValidators(restore, originals));
    return [...ok(records).refused, ...tight, ...ok(await restoreSchemaAfter(restore)).refused];
  });
}

const damages: Readonly<Record<string, Damage>> = {
  "case 6: records that need each other, of a model that is gone": modelDamages.selfLinkedModelDeleted,
  "case 8: rules that were tightened": fieldDamages.validatorsTightened,
  "case 10: locales given to a field and taken from one": fieldDamages.fieldLocalized,
  "case 13: a block model that is gone": modelDamages.outerBlockModelDeleted,
  "case 17: a tree whose model is gone": modelDamages.treeModelDeleted,
  "case 19: ids that are numbers": modelDamages.legacyModelDeleted,
  "a key that something newer has": modelDamages.modelKeyTaken,
  "keys that were exchanged": fieldDamages.fieldKeysSwapped,
  "another type of a field": fieldDamages.fieldTypeChanged,
  "a narrowed list of blocks": fieldDamages.blocksNarrowed,
  "a workflow that is gone": projectDamages.workflowDeleted,
};

test.each(Object.entries(damages))("records come back between the two phases: %s", async (_what, damage) => {
  const here = nastySite({ contentUnknowns: { integerIds: "accept" } });
  const before = here.state();
  expect(await restoredWhole(here, damage)).toEqual([]);
  const [records, all] = [new Set(Object.keys(before.records)), here.state()];
  const known = Object.entries(all.records).filter(([id]) => records.has(id));
  expect(differencesOf(before, { ...all, records: Object.fromEntries(known) })).toEqual([]);
});
