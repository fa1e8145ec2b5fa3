import { describe, expect, test } from "vitest";
import type { FaultEffect } from "../../emulator/emulator.ts";
import { block, blog, ofType } from "../emulator/content/support.ts";
import { archive, archived, keysOf, memoryStore } from "./support.ts";

const PATIENCE_MS = 120_000;

const SILENCE: readonly (readonly [string, FaultEffect])[] = [
  ["hangs up", { kind: "drop", when: "before" }],
  ["never answers", { kind: "hang", when: "before" }],
  ["answers errors only", { kind: "status", status: 503 }],
];

describe("where DatoCMS", () => {
  test.each(SILENCE)(
    "%s from some call on, an archive ends within two minutes, without a manifest",
    async (_, effect) => {
      const world = await blog();
      const { client, ids, clock, project } = world;
      for (let count = 0; count < 40; count += 1)
        await client.items.create({
          item_type: ofType(ids.article),
          title: { en: `${count}` },
          sections: [block(ids.section, { heading: "H" })],
        });
      for (const skip of [0, 6, 17]) {
        const store = memoryStore(world);
        const fault = project.faults.add({ skip, times: Number.POSITIVE_INFINITY, effect });
        const from = clock.monotonic();
        const made = await archive(world, store);
        expect(made).toMatchObject({ ok: false, failure: { cause: "DATOCMS_UNAVAILABLE" } });
        // The calls before the silence take a moment.
        expect(clock.monotonic() - from).toBeLessThanOrEqual(PATIENCE_MS + 1_000);
        expect(await keysOf(store, "archives/")).toEqual([]);
        fault.remove();
      }
    },
  );

  test("is silent for less than that, the archive is whole", async () => {
    const world = await blog();
    world.project.faults.add({ skip: 5, times: 8, effect: { kind: "status", status: 503 } });
    expect((await archived(world, memoryStore(world))).partial).toBe(false);
  });
});
