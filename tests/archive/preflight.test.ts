import { describe, expect, test } from "vitest";
import type { Estimate } from "../../services/archive/capture/preflight.ts";
import { block, blog, ofType } from "../emulator/content/support.ts";
import type { World } from "../emulator/support.ts";
import { archive, archived, keysOf, memoryStore } from "./support.ts";

/** A project of 70 articles with blocks, whose plan has these limits. */
async function planned(limits: Readonly<Record<string, readonly [usage: number, limit: number | null]>>) {
  const world = await blog();
  const { client, ids, emulator } = world;
  for (let count = 0; count < 70; count += 1)
    await client.items.create({
      item_type: ofType(ids.article),
      title: { en: `${count}` },
      sections: [block(ids.section, { heading: "H" })],
    });
  const data = Object.entries(limits).map(([code, [usage, limit]]) => ({
    id: code,
    type: "subscription_limit",
    attributes: { code, usage, limit },
  }));
  const fetch: typeof emulator.fetch = async (input, init) =>
    String(input).includes("/subscription-limits") ? Response.json({ data }) : emulator.fetch(input, init);
  const here: World = { ...world, emulator: { ...emulator, fetch } };
  return { world: here, store: memoryStore(world) };
}

describe("before it stores anything, an archive", () => {
  test("tells how many calls and bytes it will take", async () => {
    const { world, store } = await planned({ uploadable_bytes: [5_000, 10_000] });
    const estimates: Estimate[] = [];
    const onEstimate = (estimate: Estimate) => estimates.push(estimate);
    const first = await archived(world, store, { onEstimate });
    await archived(world, store, { onEstimate, previous: first, random: "00000001" });
    await archived(world, memoryStore(world), { onEstimate, withAssets: false });
    // Three pages of articles with blocks; a listing without them is one.
    expect(estimates).toEqual([
      { calls: 23, bytes: 5_000 },
      { calls: 21, bytes: 5_000 },
      { calls: 23, bytes: 0 },
    ]);
  });

  test.each([
    ["calls", { cma_api_calls: [900, 1_000] }, "23 of 100 calls"],
    ["calls of all kinds", { api_calls: [900, 1_000] }, "23 of 100 calls"],
    ["calls, of which none are left", { cma_api_calls: [1_000, 900] }, "23 of 0 calls"],
    [
      "traffic",
      { traffic_bytes: [0, 10_000], uploadable_bytes: [2_001, null] },
      "2,001 of 10,000 bytes of traffic",
    ],
  ] as const)(
    "refuses to take over a fifth of the plan's %s, unless that is accepted",
    async (_, limits, words) => {
      const { world, store } = await planned(limits);
      expect(await archive(world, store)).toMatchObject({
        ok: false,
        failure: { cause: "PLAN_SHARE_TOO_LARGE", sentence: expect.stringContaining(words) },
      });
      expect((await keysOf(store)).filter((key) => key !== "dato-archive.json")).toEqual([]);
      expect((await archived(world, store, { isAccepted: true })).partial).toBe(false);
    },
  );

  test("goes on where the plan has enough left, no limit, or does not tell", async () => {
    for (const limits of [{}, { cma_api_calls: [0, 200] }, { cma_api_calls: [10, null] }] as const) {
      const { world, store } = await planned(limits);
      expect((await archived(world, store)).partial).toBe(false);
    }
  });
});
