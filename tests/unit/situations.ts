import fc from "fast-check";
import type { Environment } from "../../services/datocms/environments.ts";
import type { Scheduler } from "../../services/schedule/scheduler.ts";
import type { Slots } from "../../services/schedule/slots.ts";
import { CADENCES } from "../../utils/config.ts";
import type { Known, KnownCopy } from "./calendar.ts";
import { DAY_MS, environment } from "./environments.ts";

/** An hour of the day, 0 to 23. */
export const hour = fc.integer({ min: 0, max: 23 });
/** Any project's slots. */
export const slots: fc.Arbitrary<Slots> = fc.record({
  daily: fc.record({ hour, weekday: fc.constant(null) }),
  weekly: fc.record({ hour, weekday: fc.integer({ min: 0, max: 6 }) }),
  monthlyDay: fc.integer({ min: 1, max: 28 }),
});

/** A copy whose name lies days before or after the moment asked about, and whose creation lies elsewhere again. */
export const copyNear = (instant: number): fc.Arbitrary<KnownCopy> =>
  fc
    .record({
      cadence: fc.constantFrom(...CADENCES),
      days: fc.oneof(fc.integer({ min: -2, max: 1 }), fc.integer({ min: -9, max: 9 })),
      superseded: fc.oneof(
        { weight: 4, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      status: fc.constantFrom("ready" as const, "ready" as const, "creating" as const, "destroying" as const),
      shift: fc.oneof(
        fc.nat(DAY_MS - 1),
        fc.integer({ min: DAY_MS, max: 2 * DAY_MS }),
        fc.integer({ min: -8 * DAY_MS, max: 0 }),
      ),
    })
    .map(({ days, shift, ...rest }) => {
      const date = new Date(instant + days * DAY_MS).toISOString().slice(0, 10);
      return { ...rest, date, createdAt: Date.parse(date) + shift };
    });

/** The name of a copy. */
export function idOf({ cadence: each, date, superseded, createdAt }: KnownCopy): string {
  const digits = new Date(createdAt).toISOString().slice(11, 23).replaceAll(/[:.]/g, "");
  return `backup-plugin-${each}-${date}${superseded ? `-superseded-${digits}` : ""}`;
}

/** What DatoCMS lists of a known world, with environments that are not ours. */
export function listed({ copies, primary }: Known, foreign: readonly string[]): Environment[] {
  return [
    environment(primary, { primary: true }),
    ...foreign.map((id) => environment(id, { createdAt: 0 })),
    ...copies.map((copy) => environment(idOf(copy), { status: copy.status, createdAt: copy.createdAt })),
  ];
}

/** A scheduler that lets runs happen, or one that somebody has disconnected. */
export function schedulerWith(enabled: boolean): Scheduler {
  return enabled ? { enabled } : { enabled, disconnectedAt: "2026-01-01T00:00:00.000Z" };
}
