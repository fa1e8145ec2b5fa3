import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Mode } from "../../services/archive/restore/words.ts";
import { fieldDamages } from "./damageToFields.ts";
import { modelDamages } from "./damageToModels.ts";
import { differencesOf } from "./differences.ts";
import { restoresOnDisk, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

test.each([
  ["mirror", [fieldDamages.fieldsetDeleted, fieldDamages.defaultChanged]],
  ["add", [modelDamages.treeModelDeleted]],
  ["overwrite", [fieldDamages.blocksNarrowed]],
  ["overwrite", [fieldDamages.fieldTypeChanged]],
  ["overwrite", [modelDamages.modelRenamed]],
] as const)("restore undo puts the schema back, and its records: %s", async (mode: Mode, damages) => {
  const here = nastySite();
  await here.clock.run(() => here.client.environments.fork("main", { id: "sandbox" }));
  const restores = await restoresOnDisk(here);
  await here.clock.run(() => restores.archive("sandbox"));
  for (const { inflict } of damages) await inflict(here.editor("sandbox"));
  const damaged = here.state("sandbox");
  const done = await here.clock.run(() => restores.service.apply(restores.request({ wishes: { mode } })));
  const { id } = valueFrom(done);
  expect(differencesOf(damaged, here.state("sandbox"))).not.toEqual([]);
  const undone = valueFrom(await here.clock.run(() => restores.service.undo(id, 1_000)));
  expect(undone.refused).toEqual([]);
  expect(differencesOf(damaged, here.state("sandbox"))).toEqual([]);
});

test.each(["archive", "environment"] as const)(
  "restore undo works when its source is gone: %s",
  async (kind) => {
    const here = nastySite();
    const restores = await restoresOnDisk(here);
    await here.clock.run(async () => {
      for (const id of ["sandbox", "good"]) await here.client.environments.fork("main", { id });
      await restores.archive("sandbox");
    });
    for (const { inflict } of [fieldDamages.fieldsetDeleted, modelDamages.treeModelDeleted])
      await inflict(here.editor("sandbox"));
    const damaged = here.state("sandbox");
    const undone = await here.clock.run(async () => {
      const source =
        kind === "archive" ? ({ kind, name: "latest" } as const) : ({ kind, id: "good" } as const);
      const { id } = valueFrom(await restores.service.apply(restores.request({ source })));
      expect(differencesOf(damaged, here.state("sandbox"))).not.toEqual([]);
      if (kind === "environment") await here.client.environments.destroy("good");
      else await rm(`${restores.folder}/store/archives`, { recursive: true });
      return valueFrom(await restores.service.undo(id, 1_000));
    });
    expect(undone.refused).toEqual([]);
    expect(differencesOf(damaged, here.state("sandbox"))).toEqual([]);
  },
);
