import { describe, expect, test } from "vitest";
import { planSchema } from "../../services/archive/restore/schema/plan.ts";
import type { Mode } from "../../services/archive/restore/words.ts";
import type { ContentWrites } from "../../services/sources/datocms/contentWrites.ts";
import { fieldDamages } from "./damageToFields.ts";
import { modelDamages } from "./damageToModels.ts";
import { projectDamages } from "./damageToProject.ts";
import type { EnvironmentState } from "./judge.ts";
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

/** A project without its products: their model, its menu, a locale, an order, a key that is taken. */
async function damagedSite(mode: Mode) {
  const here = nastySite({ contentUnknowns: { integerIds: "accept" } });
  const before = here.state();
  const desired = await documentsOf(here);
  const damages = [
    modelDamages.modelDeleted,
    fieldDamages.titleFieldDeleted,
    projectDamages.menuFolderDeleted,
    projectDamages.localeRemoved,
    ...(mode === "add"
      ? []
      : [fieldDamages.fieldKeyTaken, fieldDamages.fieldsMoved, projectDamages.menuItemsEdited]),
  ];
  for (const damage of damages) await damage.inflict(here.editor()).catch(() => {});
  const wanted = wishes(mode);
  const plan = planSchema(desired, await documentsOf(here), wanted);
  return { here, before, desired, wishes: wanted, plan };
}

async function writesOf(mode: Mode): Promise<number> {
  const { here, ...given } = await damagedSite(mode);
  const { writes } = access(here);
  let calls = 0;
  const counted: ContentWrites = {
    ...writes,
    send: (...request) => {
      calls += 1;
      return writes.send(...request);
    },
  };
  await restored(here, { ...given, writes: counted });
  return calls;
}

function expectEqual(mode: Mode, before: EnvironmentState, after: EnvironmentState, when: string) {
  const lines = schemaDifferences(before, after);
  expect(lines, `${mode}, ${when}`).toEqual([]);
}

describe("a restore that dies at a request ends equal when it is called again:", () => {
  test.each(["add", "mirror"] as const)("%s", { timeout: 240_000 }, async (mode) => {
    const calls = await writesOf(mode);
    expect(calls).toBeGreaterThan(20);
    for (let call = 1; call <= calls; call += 1) {
      const isSent = call % 2 === 0;
      const { here, before, ...given } = await damagedSite(mode);
      const killed = await restored(here, { ...given, writes: dyingAt(access(here).writes, call, isSent) });
      expect(killed.ok).toBe(false);
      const again = await restored(here, given);
      expect(again).toMatchObject({ ok: true, value: { refused: [] } });
      expectEqual(mode, before, here.state(), `killed at call ${call}`);
    }
  });
});

test("a run that is gone on with knows by its journal what it had created", async () => {
  for (const call of [3, 9, 16, 22]) {
    const { here, before, ...given } = await damagedSite("add");
    const journal = memoryJournal();
    await restored(here, { ...given, journal, writes: dyingAt(access(here).writes, call, true) });
    const plan = planSchema(given.desired, await documentsOf(here), given.wishes);
    const again = await restored(here, { ...given, plan, journal, earlier: [...journal.entries] });
    expect(again).toMatchObject({ ok: true, value: { refused: [] } });
    expectEqual("add", before, here.state(), `killed at call ${call}`);
  }
});

describe("an answer that is lost", () => {
  test.each([
    ["itemTypes.create"],
    ["fields.create"],
    ["fields.update"],
    ["itemTypes.update"],
    ["site.update"],
    ["menuItems.create"],
    ["fields.destroy"],
  ] as const)("of %s changes nothing of the end", async (operation) => {
    for (const when of ["before", "after"] as const) {
      const { here, before, ...given } = await damagedSite("mirror");
      const lost = here.project.faults.add({ operation, times: 3, effect: { kind: "drop", when } });
      const done = await restored(here, given);
      expect(done).toMatchObject({ ok: true, value: { refused: [] } });
      expect(lost.hits).toBeGreaterThan(0);
      expectEqual("mirror", before, here.state(), `${operation} lost ${when} its effect`);
    }
  });
});

test("called again after its end, a restore writes nothing", async () => {
  const { here, ...given } = await damagedSite("mirror");
  await restored(here, given);
  expect(await restored(here, given)).toMatchObject({ ok: true, value: { written: [], refused: [] } });
});
