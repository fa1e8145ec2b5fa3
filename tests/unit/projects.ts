import fc from "fast-check";
import type { PlanInput } from "../../services/backup/situation.ts";
import { identityOf } from "../../services/catalog/backup.ts";
import type { Environment } from "../../services/datocms/environments.ts";
import { refusedByDatoCms } from "../../utils/failures.ts";
import { DAY_MS, environment } from "./environments.ts";

/** Dates that random projects and runs share, so that they meet. */
export const DATES = ["2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27"] as const;

const names = ["daily", "weekly"].flatMap((cadence) =>
  DATES.flatMap((date) => {
    const id = `backup-plugin-${cadence}-${date}`;
    return [id, id, `${id}-superseded-101112131`, `${id}-superseded-202122232`];
  }),
);
const foreign = [
  "staging",
  "backup-plugin-daily-keep-before-launch",
  "backup-plugin-daily-2026-02-30",
  "Backup-plugin-weekly-2026-02-25",
  "backup-plugin-daily-2026-02-25-superseded-1",
  "copy-of-backup-plugin-daily-2026-02-25",
];
const anId = fc.constantFrom(...names, ...foreign);
const chance = (percent: number) => fc.nat(99).map((drawn) => drawn < percent);

const sandbox: fc.Arbitrary<Environment> = fc
  .record({
    id: anId,
    status: fc.constantFrom("ready", "ready", "ready", "creating", "destroying"),
    forkedFrom: fc.option(fc.oneof(fc.constant("main"), anId), { nil: undefined }),
    // Created on its date, a little after it, or at some other time altogether.
    shift: fc.oneof(
      fc.nat(DAY_MS - 1),
      fc.nat(2 * DAY_MS),
      fc.integer({ min: -9 * DAY_MS, max: 9 * DAY_MS }),
    ),
  })
  .map(({ id, shift, ...rest }) => {
    const noon = environment(id).createdAt;
    return environment(id, { ...rest, createdAt: noon - DAY_MS / 2 + shift });
  });

/** What a project may list: now and then without a primary, or with one that was a copy of ours. */
export const project: fc.Arbitrary<readonly Environment[]> = fc
  .record({
    sandboxes: fc.uniqueArray(sandbox, { maxLength: 8, selector: ({ id }) => id }),
    primary: fc.oneof(
      { weight: 6, arbitrary: fc.constant("main") },
      { weight: 2, arbitrary: anId },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
  })
  .chain(({ sandboxes, primary }) => {
    const others = sandboxes.filter(({ id }) => id !== primary);
    const all = primary === undefined ? others : [...others, environment(primary, { primary: true })];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });

/** What a run may have been asked for, and may have seen. */
export const anyRun: fc.Arbitrary<PlanInput> = fc.record({
  target: fc.record({
    cadence: fc.constantFrom("daily", "weekly"),
    date: fc.constantFrom(...DATES),
    want: fc.constantFrom("ensure", "ensure", "ensure", "replace", "force"),
  }),
  memory: fc.record({
    forkStarted: chance(20),
    forksSent: fc.constantFrom(0, 0, 0, 1, 3),
    inUseAtFork: fc.option(fc.nat(9), { nil: undefined, freq: 2 }),
    forkMayExist: chance(20),
    hasWaited: chance(20),
    setAside: fc.option(fc.constantFrom(...names.map((id) => environment(id).createdAt)), {
      nil: undefined,
      freq: 2,
    }),
    compared: fc.constant(undefined),
    marked: fc.option(fc.constantFrom(...names), { nil: undefined, freq: 2 }),
    turnsAwaited: fc.nat(6),
    namedBack: chance(20),
    fullAt: fc.option(fc.nat(9), { nil: undefined, freq: 3 }),
    limitRefusals: fc.nat(6),
    limitRefusalsAsOnly: fc.nat(3),
    evicted: fc.option(fc.constantFrom(...names.map((id) => identityOf(environment(id)))), {
      nil: undefined,
      freq: 2,
    }),
    newestSeen: fc.constantFrom(0, environment(names[0] ?? "").createdAt),
    madeAt: fc.option(fc.constantFrom(...names.map((id) => environment(id).createdAt)), {
      nil: undefined,
      freq: 3,
    }),
    conflicts: fc.constant(0),
    lastFailure: fc.constant(undefined),
    finalFailure: fc.constantFrom(undefined, undefined, undefined, refusedByDatoCms(422)),
  }),
  policy: fc.record({
    keep: fc.record({
      daily: fc.integer({ min: 1, max: 4 }),
      weekly: fc.integer({ min: 1, max: 4 }),
      biweekly: fc.constant(1),
      monthly: fc.constant(1),
    }),
    rotation: fc.constantFrom("auto", "fork-first", "delete-first"),
    holdDays: fc.constantFrom(0, 30),
    forkMode: fc.constant("normal"),
    shrinkLimit: fc.constant(undefined),
  }),
  guarded: fc.subarray(names, { maxLength: 2 }).map((ids) => new Set(ids)),
  capacity: fc.oneof(fc.constantFrom(undefined, Number.POSITIVE_INFINITY), fc.nat(9)),
  othersAtWork: chance(20),
  hasFreed: chance(20),
  surplus: fc.constant(undefined),
  prunesFirst: fc.boolean(),
  waysBack: fc.subarray(names, { maxLength: 1 }).map((ids) => new Set(ids)),
  removes: fc.constantFrom("all", "all", "all", "own", "nothing"),
  now: fc.constantFrom(...[0, 7].map((hours) => environment(names[0] ?? "").createdAt + hours * 3_600_000)),
  claims: fc.constantFrom([], [], [], ["daily" as const]),
});

/** Whether a name is one of ours, found without the service's own rule. */
export function isOurs({ id, primary }: Environment): boolean {
  return !primary && names.includes(id);
}

/** Cadence and original name of one of ours, found the same way. */
export function partsOf({ id }: Environment): { cadence: string; originalId: string } {
  const [, , cadence = "", year, month, day] = id.split("-");
  return { cadence, originalId: `backup-plugin-${cadence}-${year}-${month}-${day}` };
}
