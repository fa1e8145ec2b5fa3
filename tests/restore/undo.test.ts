import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { type DamageName, damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { editItem } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** What a restore did is taken back: judged by what lies in the emulator. */

const DAMAGES: readonly DamageName[] = [
  "referredDeleted",
  "publishedEdited",
  "blockEdited",
  "slugsSwapped",
  "unpublished",
  "recordCreated",
  "metadataEdited",
  "fieldsetEdited",
  "menuItemsEdited",
  "rowsMoved",
];

async function damaged(name: DamageName) {
  const site = nastySite();
  const restores = await restoresOf(site);
  await site.clock.run(async () => {
    await restores.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" }, { immediate_return: true });
    await site.clock.sleep(60_000);
    await damages[name].inflict(site.editor("sandbox"));
  });
  return { site, ...restores };
}

describe("a restore that is taken back", () => {
  it.each(DAMAGES)(
    "leaves what was there before it: %s",
    async (name) => {
      const { site, service, request } = await damaged(name);
      const before = site.state("sandbox");
      const undone = await site.clock.run(async () => {
        const { id } = valueFrom(await service.apply(request({})));
        expect(differencesOf(before, site.state("sandbox"))).not.toEqual([]);
        return valueFrom(await service.undo(id, 1_000));
      });
      expect(undone.refused).toEqual([]);
      expect(differencesOf(before, site.state("sandbox"))).toEqual([]);
    },
    60_000,
  );

  it("leaves alone what somebody has changed since, and tells it", async () => {
    const { site, service, request } = await damaged("referredDeleted");
    const { undone, id } = await site.clock.run(async () => {
      const { id } = valueFrom(await service.apply(request({})));
      await editItem(site.editor("sandbox"), nastyIds.deletable, { kicker: "Mine" });
      return { id, undone: valueFrom(await service.undo(id, 1_000)) };
    });
    expect(undone.refused).toMatchObject([{ id: nastyIds.deletable, code: "CHANGED_SINCE" }]);
    expect(site.state("sandbox").records[nastyIds.deletable]).toMatchObject({ current: { kicker: "Mine" } });
    const [run] = valueFrom(await service.runs());
    expect(run).toMatchObject({ id, undoneAt: null });
  });

  it("takes the sandbox along that it had made, unless somebody has changed that", async () => {
    const { site, service, request } = await damaged("referredDeleted");
    const made = request({ into: { kind: "new", id: "back" }, wishes: { mode: "add" } });
    await site.clock.run(async () => {
      const { id } = valueFrom(await service.apply(made));
      await site.clock.sleep(60_000);
      await editItem(site.editor("back"), nastyIds.deletable, { kicker: "Mine" });
      const refused = await service.undo(id, 1_000);
      expect(refused).toMatchObject({ ok: false, failure: { cause: "CHANGED_SINCE" } });
    });
    expect(site.project.environment("back")).toBeDefined();
    const second = request({ into: { kind: "new", id: "again" }, wishes: { mode: "add" } });
    await site.clock.run(async () => {
      const { id } = valueFrom(await service.apply(second));
      valueFrom(await service.undo(id, 1_000));
      await site.clock.sleep(60_000);
    });
    expect(site.project.environment("again")).toBeUndefined();
  });
});
