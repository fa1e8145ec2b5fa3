import { describe, expect, it } from "vitest";
import { type DamageName, damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { brokenPromises } from "./promises.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** Records that are too many for the memory are restored portion by portion: it comes to the same. */

const DAMAGES: readonly DamageName[] = [
  "circleDeleted",
  "manyDeleted",
  "referredDeleted",
  "treeDeleted",
  "slugsSwapped",
  "recordCreated",
  "rowsMoved",
  "pagesMoved",
];

describe("a restore with two records in memory at a time", () => {
  it.each(DAMAGES)(
    "puts right what one with all of them does: %s",
    async (name) => {
      const site = nastySite();
      const { service, archive, request } = await restoresOf(site, undefined, undefined, {
        recordsAtOnce: 2,
      });
      await site.clock.run(async () => {
        await archive("main");
        const source = site.state();
        site.project.user.fork(null, "sandbox", { ready: true });
        await damages[name].inflict(site.editor("sandbox"));
        const before = site.state("sandbox");
        const asked = request({});
        const { refused, id } = valueFrom(await service.apply(asked));
        const after = site.state("sandbox");
        expect(brokenPromises({ wishes: asked.wishes, source, before, after, refused })).toEqual([]);
        expect(refused).toEqual([]);
        valueFrom(await service.undo(id, 1_000));
        expect(differencesOf(before, site.state("sandbox"))).toEqual([]);
      });
    },
    60_000,
  );
});
