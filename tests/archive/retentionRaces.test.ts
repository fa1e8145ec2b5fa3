import fc from "fast-check";
import { expect, test } from "vitest";
import { findManifests, listArchives } from "../../services/archive/archives.ts";
import { moveToTrash, undelete } from "../../services/archive/retention/trash.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Clock } from "../../utils/clock.ts";
import { valueIn } from "../../utils/failures.ts";
import { holds } from "../unit/properties.ts";
import { assetOf, emptyStore, manualClock, prune, WEEK_MS, write } from "./retentionStore.ts";
import { DAY_MS } from "./retentionSupport.ts";
import { keysOf } from "./support.ts";

/** What two processes do with one store, in turns of one call each that come in any order. */
const RUNS = Number(process.env.RACES ?? 150);

/** What one of them does; after so many calls of the store it is killed. */
const deed = fc.record({
  kind: fc.constantFrom("write", "write", "delete", "undelete", "prune", "prune"),
  texts: fc.subarray(["a", "b", "c", "d"], { minLength: 1 }),
  assets: fc.subarray(["x", "y"]),
  which: fc.nat({ max: 3 }),
  calls: fc.option(fc.nat({ max: 40 }), { nil: Number.POSITIVE_INFINITY, freq: 4 }),
});
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;
const only = (kind: Deed["kind"]) => deed.map((each) => ({ ...each, kind }));

const day = fc.record({
  one: fc.array(deed, { maxLength: 3 }),
  other: fc.array(deed, { maxLength: 2 }),
  pass: fc.integer({ min: 0, max: 9 }),
});

/** How long calls take, ms: a disk, a bucket, or one that answers slowly. */
const delay = fc
  .constantFrom(1, 1_000, 30_000)
  .chain((slowest) => fc.infiniteStream(fc.integer({ min: 0, max: slowest })));

class Killed extends Error {}

/** The store as one process sees it, until it is killed. */
function seenBy(store: Store, calls: number, turn: () => Promise<unknown>): Store {
  let left = calls;
  const next = async () => {
    left -= 1;
    if (left < 0) throw new Killed();
    await turn();
  };
  return {
    name: store.name,
    put: (...given) => next().then(() => store.put(...given)),
    get: (...given) => next().then(() => store.get(...given)),
    head: (...given) => next().then(() => store.head(...given)),
    list: (...given) => next().then(() => store.list(...given)),
    delete: (...given) => next().then(() => store.delete(...given)),
    stream: (...given) => next().then(() => store.stream(...given)),
  };
}

async function act(store: Store, clock: Clock, id: string, { kind, texts, assets, which }: Deed) {
  if (kind === "write") return void (await write(store, clock, { id, texts, assets }));
  if (kind === "prune") return void (await prune(store, clock).catch(unlessKilled));
  const found = valueIn(await findManifests(store, kind === "delete" ? "archives" : "trash")) ?? [];
  const chosen = found[which % Math.max(1, found.length)];
  if (chosen === undefined) return;
  if (kind === "delete") await moveToTrash(store, chosen.id);
  else await undelete(store, chosen.id, clock.now());
}

/** A store that could not be used just then is no loss. */
function unlessKilled(error: unknown): void {
  if (error instanceof Killed) throw error;
}

/** What archives name and the store does not hold. */
async function lossesIn(store: Store): Promise<string[]> {
  const listed = valueIn(await listArchives(store)) ?? [];
  const keys = new Set(await keysOf(store));
  return listed.flatMap(({ id, manifest }) => {
    if (manifest.kind !== "read") return [`${id} is not readable`];
    const { files, warnings } = manifest.manifest;
    const names = [...files.map(({ object }) => object), ...(assetsOf.get(id) ?? [])];
    return [
      ...warnings.map(({ code }) => `${id}: ${code}`),
      ...names.filter((name) => !keys.has(name)).map((name) => `${id}: ${name}`),
    ];
  });
}

const assetsOf = new Map<string, string[]>();

/** Two processes of one store, and what archives were found to lack after each of their deeds. */
async function race(scheduler: fc.Scheduler, delays: Iterator<number>) {
  const manual = manualClock();
  const { store } = await emptyStore(manual);
  const turn = async () => {
    await scheduler.schedule(Promise.resolve());
    manual.pass(delays.next().value ?? 0);
  };
  const clock: Clock = { ...manual, sleep: (ms) => turn().then(() => manual.pass(ms)) };
  const losses: string[] = [];
  let archives = 0;
  const process = async (deeds: readonly Deed[]) => {
    for (const each of deeds) {
      archives += 1;
      const id = `archive-${archives}`;
      assetsOf.set(
        id,
        each.assets.map((name) => assetOf(name).key),
      );
      await act(seenBy(store, each.calls, turn), clock, id, each).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      losses.push(...(await lossesIn(store)));
    }
  };
  return {
    store,
    clock: manual,
    losses,
    both: (one: readonly Deed[], other: readonly Deed[]) =>
      scheduler.waitFor(Promise.all([process(one), process(other)])),
  };
}

test("a capture that takes over what is being swept has it in the end", () =>
  holds(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(only("prune"), { minLength: 1, maxLength: 2 }),
      fc.array(only("write"), { minLength: 1, maxLength: 2 }),
      delay,
      async (scheduler, prunes, writes, delays) => {
        const { store, clock, losses, both } = await race(scheduler, delays);
        await write(store, clock, { id: "gone", texts: ["a", "b", "c", "d"], assets: ["x", "y"] });
        await write(store, clock, { id: "stays", texts: ["e"] });
        await moveToTrash(store, "gone");
        clock.pass(WEEK_MS);
        const { sweep } = await prune(store, clock);
        expect(sweep).toMatchObject({ marked: 7, deleted: 0 });
        clock.pass(WEEK_MS);
        await both(prunes, writes);
        expect(losses).toEqual([]);
      },
    ),
    RUNS,
  ));

test("whatever captures, deletions, prunes and sweeps do to each other, every archive has what it names", () =>
  holds(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(day, { minLength: 2, maxLength: 6 }),
      delay,
      async (scheduler, days, delays) => {
        const { clock, losses, both } = await race(scheduler, delays);
        for (const { one, other, pass } of days) {
          await both(one, other);
          clock.pass(pass * DAY_MS);
        }
        expect(losses).toEqual([]);
      },
    ),
    RUNS,
  ));
