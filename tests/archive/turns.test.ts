import { describe, expect, test } from "vitest";
import { takeSweepTurn, whileWriting } from "../../services/archive/turns.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Clock } from "../../utils/clock.ts";
import { succeeded } from "../../utils/failures.ts";
import { emptyStore } from "./retentionStore.ts";
import { HOUR_MS } from "./retentionSupport.ts";
import { keysOf } from "./support.ts";

const MINUTE_MS = 60_000;

async function takeTurn(store: Store, clock: Clock) {
  const taken = await takeSweepTurn(store, clock);
  if (!taken.ok || taken.value === undefined) throw new Error("Somebody else has it");
  return taken.value;
}

describe("a sweep", () => {
  test("may go on for as long as it asks in time", async () => {
    const { store, clock } = await emptyStore();
    const turn = await takeTurn(store, clock);
    for (let minutes = 0; minutes < 10; minutes += 0.75) {
      clock.pass(0.75 * MINUTE_MS);
      expect(await turn.mayDelete()).toEqual(succeeded(true));
      expect(await takeSweepTurn(store, clock)).toEqual(succeeded(undefined));
    }
    await turn.end();
    await takeTurn(store, clock);
  });

  test("that was suspended deletes nothing any more, whoever came since", async () => {
    const { store, clock } = await emptyStore();
    const suspended = await takeTurn(store, clock);
    clock.pass(MINUTE_MS);
    expect(await suspended.mayDelete()).toEqual(succeeded(false));
    clock.pass(2 * MINUTE_MS);
    const next = await takeTurn(store, clock);
    await suspended.end();
    expect(await suspended.mayDelete()).toEqual(succeeded(false));
    expect(await next.mayDelete()).toEqual(succeeded(true));
    expect(await keysOf(store, "trash/")).toHaveLength(1);
  });

  test("is not begun while an archive is written, and gives way where one begins", async () => {
    const { store, clock } = await emptyStore();
    await whileWriting(store, clock, async () => {
      expect(await takeSweepTurn(store, clock)).toEqual(succeeded(undefined));
      return succeeded(undefined);
    });
    const turn = await takeTurn(store, clock);
    const answers: unknown[] = [];
    // The sweep goes on while the writer waits.
    const watched: Clock = {
      ...clock,
      async sleep() {
        clock.pass(30_000);
        answers.push(await turn.mayDelete());
        await turn.end();
      },
    };
    const wrote = await whileWriting(store, watched, async () => succeeded("written"));
    expect(wrote).toEqual(succeeded("written"));
    expect(answers).toEqual([succeeded(false)]);
    expect(await keysOf(store, "writing/")).toEqual([]);
  });
});

describe("whoever writes an archive", () => {
  test("waits for a killed sweep as long as its turn lasts", async () => {
    const { store, clock } = await emptyStore();
    await takeTurn(store, clock);
    const began = clock.now();
    await whileWriting(store, clock, async () => succeeded(undefined));
    expect(clock.now() - began).toBe(3 * MINUTE_MS);
  });

  test("gives up where a sweep never ends", async () => {
    const { store, clock } = await emptyStore();
    const turn = await takeTurn(store, clock);
    // It is killed just before it gives way, again and again.
    const renewing: Clock = {
      ...clock,
      async sleep(ms) {
        clock.pass(ms);
        await store.put("trash/sweeping.json", new TextEncoder().encode("{}"));
      },
    };
    const refused = await whileWriting(store, renewing, async () => succeeded(undefined));
    expect(refused).toMatchObject({ ok: false, failure: { cause: "STORE_BUSY" } });
    expect(await keysOf(store, "writing/")).toEqual([]);
    expect(await turn.mayDelete()).toEqual(succeeded(false));
  });

  test("is heeded for a day after it was killed", async () => {
    const { store, clock } = await emptyStore();
    await store.put("writing/killed.json", new TextEncoder().encode("{}"));
    clock.pass(24 * HOUR_MS - 1);
    expect(await takeSweepTurn(store, clock)).toEqual(succeeded(undefined));
    clock.pass(1);
    await takeTurn(store, clock);
    expect(await keysOf(store, "writing/")).toEqual([]);
  });

  test("takes its flag down where it breaks", async () => {
    const { store, clock } = await emptyStore();
    const broken = whileWriting(store, clock, () => Promise.reject(new Error("broken")));
    await expect(broken).rejects.toThrow("broken");
    expect(await keysOf(store, "writing/")).toEqual([]);
  });
});
