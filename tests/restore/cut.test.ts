import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { type DamageName, damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { editItem } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite, type Site } from "./support.ts";

/** A restore whose process dies, or whose answers are lost, at whatever call: the same command ends it. */

type Fetch = typeof fetch;

/** Everything from a call on fails before it is sent: what a process that dies leaves behind. */
function dyingAt(real: Fetch, call: number): { readonly fetch: Fetch; calls(): number } {
  let calls = 0;
  return {
    calls: () => calls,
    fetch: (input, init) => {
      calls += 1;
      return calls > call ? Promise.reject(new Error("died")) : real(input, init);
    },
  };
}

/** One call is carried out, and its answer never comes. */
function losing(real: Fetch, call: number): { readonly fetch: Fetch; calls(): number } {
  let calls = 0;
  return {
    calls: () => calls,
    async fetch(input, init) {
      calls += 1;
      const isLost = calls === call;
      const answer = await real(input, init);
      if (isLost) throw new Error("connection reset");
      return answer;
    },
  };
}

const CASES: readonly (readonly [DamageName, "single" | "whole"])[] = [
  ["referredDeleted", "single"],
  ["parentDeleted", "single"],
  ["slugsSwapped", "whole"],
  ["fieldOfBlockDeleted", "whole"],
  ["usedUploadDeleted", "whole"],
];

async function damaged(name: DamageName, how: "single" | "whole") {
  const site: Site = nastySite();
  const healthy = await restoresOf(site);
  const before = await site.clock.run(async () => {
    await healthy.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" }, { immediate_return: true });
    await site.clock.sleep(60_000);
    const before = site.state("sandbox");
    await damages[name].inflict(site.editor("sandbox"));
    return before;
  });
  const left = site.state("sandbox").records;
  const gone = Object.keys(before.records).filter((id) => !(id in left));
  const only = gone.map((id) => ({ kind: "record", id }) as const);
  const request = healthy.request(
    how === "single" ? { wishes: { mode: "add", only, relinks: true } } : { wishes: { mode: "mirror" } },
  );
  return { site, healthy, before, request };
}

describe.each(CASES)("a restore after %s, %s", (name, how) => {
  it("ends equal when it is called again, wherever its process died", async () => {
    const whole = await damaged(name, how);
    const counting = dyingAt(whole.site.emulator.fetch, Number.POSITIVE_INFINITY);
    const counted = await restoresOf(whole.site, counting.fetch, whole.healthy.folder);
    await whole.site.clock.run(async () => valueFrom(await counted.service.apply(whole.request)));
    const all = counting.calls();
    for (const call of momentsOf(name, all)) {
      const { site, healthy, before, request } = await damaged(name, how);
      const dying = await restoresOf(site, dyingAt(site.emulator.fetch, call).fetch, healthy.folder);
      const ended = await site.clock.run(async () => {
        await dying.service.apply(request);
        return healthy.service.apply(request);
      });
      expect({ call, refused: valueFrom(ended).refused }).toEqual({ call, refused: [] });
      expect({ call, differences: differencesOf(before, site.state("sandbox")) }).toEqual({
        call,
        differences: [],
      });
    }
  }, 180_000);

  it("ends equal by itself, whichever answer is lost", async () => {
    const whole = await damaged(name, how);
    const counting = losing(whole.site.emulator.fetch, Number.POSITIVE_INFINITY);
    const counted = await restoresOf(whole.site, counting.fetch, whole.healthy.folder);
    await whole.site.clock.run(async () => valueFrom(await counted.service.apply(whole.request)));
    for (const call of momentsOf(name, counting.calls())) {
      const { site, healthy, before, request } = await damaged(name, how);
      const lossy = await restoresOf(site, losing(site.emulator.fetch, call).fetch, healthy.folder);
      const ended = valueFrom(await site.clock.run(() => lossy.service.apply(request)));
      expect({ call, refused: ended.refused }).toEqual({ call, refused: [] });
      expect({ call, differences: differencesOf(before, site.state("sandbox")) }).toEqual({
        call,
        differences: [],
      });
    }
  }, 180_000);
});

/** `RESTORE_CUTS=1` cuts the small restore at every call of it, which takes minutes. */
const STEP = Number(process.env.RESTORE_CUTS ?? 4);

/** Many calls of one small restore; of the others a few. */
function momentsOf(name: DamageName, calls: number): number[] {
  const step = name === "referredDeleted" ? STEP : 17;
  return Array.from({ length: Math.ceil(calls / step) }, (_, index) => 1 + index * step);
}

describe("what somebody edits while a restore is cut off", () => {
  it("stays, and is told", async () => {
    const counted = await damaged("slugsSwapped", "whole");
    const counting = dyingAt(counted.site.emulator.fetch, Number.POSITIVE_INFINITY);
    const whole = await restoresOf(counted.site, counting.fetch, counted.healthy.folder);
    await counted.site.clock.run(async () => valueFrom(await whole.service.apply(counted.request)));
    let met = 0;
    for (let call = 40; call < counting.calls(); call += 6) {
      const { site, healthy, request } = await damaged("slugsSwapped", "whole");
      const dying = await restoresOf(site, dyingAt(site.emulator.fetch, call).fetch, healthy.folder);
      const ended = await site.clock.run(async () => {
        await dying.service.apply(request);
        const hasNoted = (await healthy.files()).some((path) => path.includes("/journal/"));
        if (!hasNoted) return undefined;
        await editItem(site.editor("sandbox"), nastyIds.swap[0], { kicker: "Mine" });
        return valueFrom(await healthy.service.apply(request));
      });
      if (ended === undefined) continue;
      met += 1;
      expect(site.state("sandbox").records[nastyIds.swap[0]]).toMatchObject({ current: { kicker: "Mine" } });
      expect(ended.refused).toContainEqual(expect.objectContaining({ code: "CHANGED_SINCE" }));
    }
    expect(met).toBeGreaterThan(0);
  }, 120_000);
});
