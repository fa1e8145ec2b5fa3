import fc from "fast-check";
import type { Fault, Operation } from "../../../emulator/emulator.ts";
import { act, alone, part, pick, tick, user } from "./acts.ts";
import { DAY_MS, HOUR_MS } from "./ours.ts";
import { BY_DATE, bySlot, FORCED, initialize, job, MANUAL, now } from "./requests.ts";
import type { Act, Asked, Kill, Scene, UserAct } from "./script.ts";
import { mostly, twice } from "./setting.ts";
import { anywhere, lasting, maybeKill, ofForks, ofReads, ofRemovals, ofWrites } from "./troubles.ts";

const soon = (ms: number, ...acts: readonly Act[]): Scene => ({
  pause: { wait: "ms", ms },
  parts: acts.map(alone),
});
const atSlot = (...acts: readonly Act[]): Scene => ({
  pause: { wait: "slot", of: "daily", hours: 0 },
  parts: acts.map(alone),
});
const asks = (what: Asked, killed?: Kill): Act => ({ do: "ask", what, kill: killed });
const acts = (what: UserAct): Act => ({ do: "user", what });

/** A replacement that is killed, and what comes next; a person may have named the old copy back before. */
function halfway(
  operations: fc.Arbitrary<Operation>,
  requests: fc.Arbitrary<Asked>,
  naming: fc.Arbitrary<boolean>,
): fc.Arbitrary<readonly Scene[]> {
  return fc
    .tuple(operations, fc.boolean(), requests, fc.option(user, { nil: undefined, freq: 1 }), naming)
    .map(([operation, after, next, other, namesBack]) => [
      atSlot(asks(MANUAL)),
      soon(30 * 60_000, asks(FORCED, { at: "call", operation, nth: 1, after })),
      soon(
        90_000,
        ...(namesBack ? [acts({ user: "rename", pick: 0, to: "back" })] : []),
        ...(other === undefined ? [] : [other]),
        asks(next),
      ),
    ]);
}

const hangs: Fault = { operation: "environments.fork", effect: { kind: "never-ends" } };
const fails: Fault = { operation: "environments.fork", effect: { kind: "job-fails" } };

/** Courses of events that chance alone would take too long to find; each goes on by chance. */
export const recipe: fc.Arbitrary<readonly Scene[]> = fc.oneof(
  // Today's copy is replaced, by one or by two, and something goes wrong.
  fc
    .tuple(
      fc.constantFrom(FORCED, MANUAL, MANUAL, job("weekly", true)),
      maybeKill,
      fc.option(fc.oneof(ofWrites, lasting, ofForks), { nil: undefined, freq: 2 }),
      fc.option(part(act), { nil: undefined, freq: 1 }),
      mostly<number | undefined>(2, undefined, 0, 0, 1),
    )
    .map(([what, killed, hit, other, spare]) => [
      atSlot(asks({ ...what, path: what.path.replace("?force=true", "") })),
      ...(spare === undefined ? [] : [soon(0, { do: "limit", spare } as const)]),
      {
        pause: { wait: "ms" as const, ms: 12 * 60_000 },
        parts: [
          ...(hit === undefined ? [] : [alone({ do: "fault", fault: hit })]),
          alone(asks(what, killed)),
          ...(other === undefined ? [] : [other]),
        ],
      },
    ]),
  // A replacement is killed halfway, and somebody, or the next run, finds what it has left.
  {
    weight: 2,
    arbitrary: halfway(
      fc.constantFrom<Operation>("environments.rename", "environments.fork", "environments.find"),
      fc.constantFrom(initialize, initialize, BY_DATE, initialize, MANUAL, bySlot("weekly")),
      mostly(2, false, true),
    ),
  },
  {
    weight: 2,
    arbitrary: halfway(
      fc.constant("environments.rename"),
      fc.constantFrom(initialize, initialize, BY_DATE, initialize),
      mostly(1, false, true),
    ),
  },
  // A run is killed while it looks into copies, or tidies up.
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom<Operation>(
          ...twice("items.list"),
          ...twice("uploads.list"),
          "environments.destroy",
          "environments.find",
        ),
        fc.boolean(),
        fc.constantFrom(MANUAL, BY_DATE, initialize, FORCED),
        act,
      )
      .map(([operation, after, what, other]) => [
        atSlot(asks(MANUAL)),
        atSlot(asks(what, { at: "call", operation, nth: 1, after })),
        soon(60_000, other),
      ]),
  },
  // The plan is full, or nearly, when the next copy is due.
  fc
    .tuple(
      mostly(3, 0, 1, -1),
      fc.constantFrom<Act>(
        { do: "tick", job: "daily" },
        { do: "tick", job: "weekly" },
        asks(BY_DATE),
        asks(BY_DATE),
        asks(initialize),
        asks(FORCED),
      ),
      maybeKill,
      fc.option(fc.oneof(ofWrites, lasting, ofReads, ofRemovals), { nil: undefined, freq: 2 }),
    )
    .map(([spare, act, killed, hit]) => [
      atSlot({ do: "limit", spare }, { do: "tick", job: "daily" }),
      soon(60_000, { do: "limit", spare }),
      atSlot(
        ...(hit === undefined ? [] : [{ do: "fault" as const, fault: hit }]),
        act.do === "ask" || act.do === "tick" ? { ...act, kill: killed } : act,
      ),
    ]),
  // A copy has to give way, and DatoCMS loses the request.
  fc
    .tuple(
      ofRemovals,
      fc.constantFrom<Act>({ do: "tick", job: "daily" }, asks(BY_DATE), asks(FORCED), asks(MANUAL)),
      act,
    )
    .map(([hit, next, other]) => [
      atSlot({ do: "tick", job: "daily" }),
      soon(HOUR_MS, { do: "limit", spare: 0 }),
      atSlot({ do: "fault", fault: hit }, next),
      soon(HOUR_MS, other),
    ]),
  // Few places are free, and what comes first has no copy yet when another is due.
  fc.tuple(mostly(2, 1, 2), maybeKill, act).map(([spare, killed, other]) => [
    soon(60_000, { do: "limit", spare }),
    {
      pause: { wait: "slot" as const, of: "weekly" as const, hours: 0 },
      parts: [alone({ do: "tick", job: "weekly", kill: killed })],
    },
    soon(HOUR_MS, other),
    atSlot({ do: "tick", job: "daily" }),
  ]),
  // The plan is full, and forks hang: day after day another is due.
  fc
    .tuple(
      mostly(2, 0, 1),
      fc.constantFrom<Act>({ do: "tick", job: "daily" }, asks(BY_DATE), asks(FORCED)),
      act,
    )
    .map(([spare, what, other]) => [
      soon(60_000, { do: "limit", spare }),
      atSlot({ do: "fault", fault: hangs }, what),
      soon(HOUR_MS, { do: "limit", spare: 0 }),
      atSlot({ do: "fault", fault: hangs }, what),
      soon(HOUR_MS, other),
      atSlot(what, asks(BY_DATE)),
    ]),
  // The plan is full, and another cadence's fork is under way when the next is due.
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...twice(hangs), fails),
        fc.constantFrom<Act>({ do: "tick", job: "daily" }, asks(BY_DATE), asks(FORCED)),
        maybeKill,
        act,
      )
      .map(([hit, next, killed, other]) => [
        atSlot({ do: "tick", job: "daily" }),
        {
          pause: { wait: "slot" as const, of: "daily" as const, hours: 0 },
          parts: [
            alone({ do: "fault", fault: hit }),
            alone(asks(now("weekly", true), killed)),
            { ...alone({ do: "limit", spare: 0 }), after: 900 },
            { ...alone(next), after: 1_000 },
          ],
        },
        soon(HOUR_MS, other, asks(BY_DATE)),
      ]),
  },
  // Cadences that meet on a full plan, while forks fail.
  fc
    .tuple(
      fc.subarray([now("daily", true), now("weekly", true), now("monthly", true), FORCED, BY_DATE], {
        minLength: 2,
      }),
      fc.constantFrom(0, 60, 400, 2_500),
      fc.constantFrom(1, 2, 5),
      maybeKill,
      act,
    )
    .map(([wishes, gap, times, killed, other]) => [
      atSlot({ do: "tick", job: "daily" }),
      {
        pause: { wait: "slot" as const, of: "weekly" as const, hours: 0 },
        parts: [alone({ do: "tick", job: "weekly" })],
      },
      soon(60_000, { do: "limit", spare: 0 }, { do: "fault", fault: { ...fails, times } }),
      {
        pause: { wait: "ms" as const, ms: HOUR_MS },
        parts: wishes.map((wish, index) => ({
          ...alone(asks(wish, index === 0 ? killed : undefined)),
          after: index * gap,
        })),
      },
      soon(HOUR_MS, other, asks(BY_DATE)),
    ]),
  // All that is due comes at once, and reading uses up calls.
  fc
    .tuple(mostly(2, 0, 1, 4), ofReads, fc.constantFrom(BY_DATE, FORCED, initialize), act)
    .map(([spare, hit, what, other]) => [
      atSlot({ do: "limit", spare }, { do: "fault", fault: hit }, asks(what)),
      soon(HOUR_MS, asks(BY_DATE), other),
    ]),
  // Today's copy is promoted, worked in, and another takes its place.
  {
    weight: 2,
    arbitrary: fc
      .tuple(mostly(2, 3 * HOUR_MS, 0, 2 * DAY_MS), fc.constantFrom(MANUAL, FORCED, BY_DATE, initialize), act)
      .map(([lived, next, other]) => [
        atSlot(asks(MANUAL)),
        soon(60_000, acts({ user: "promote", pick: 0, whom: "today" })),
        soon(lived, acts({ user: "edit", pick: 0, to: "more" }), asks(next)),
        soon(HOUR_MS, acts({ user: "promote", pick: 1, whom: "any" }), other),
        atSlot(asks(BY_DATE)),
      ]),
  },
  // Much is lost in the primary before the next copy is made.
  fc
    .tuple(fc.constantFrom(MANUAL, FORCED, BY_DATE), fc.option(anywhere, { nil: undefined, freq: 2 }), act)
    .map(([next, hit, other]) => [
      atSlot(asks(MANUAL)),
      soon(60_000, acts({ user: "edit", pick: 0, to: "less" })),
      atSlot(...(hit === undefined ? [] : [{ do: "fault" as const, fault: hit }]), asks(next)),
      soon(HOUR_MS, other),
    ]),
  // Somebody begins to fork from the old copy while its successor is being made.
  fc.tuple(fc.nat({ max: 2 }), fc.constantFrom(900, 2_500, 6_000)).map(([nth, after]) => [
    atSlot({ do: "tick", job: "daily" }),
    {
      pause: { wait: "slot" as const, of: "daily" as const, hours: 0 },
      parts: [
        alone({ do: "tick", job: "daily" }),
        { ...alone(acts({ user: "fork", pick: nth, as: "foreign", ready: false })), after },
      ],
    },
    atSlot({ do: "tick", job: "daily" }),
  ]),
  // Somebody forks from a copy, or works in it, while it is about to go.
  fc
    .tuple(fc.boolean(), fc.boolean(), pick, tick)
    .map(([ready, edits, nth, next]) => [
      atSlot({ do: "tick", job: "daily" }),
      soon(
        2 * HOUR_MS,
        edits
          ? acts({ user: "edit", pick: nth, to: "same" })
          : acts({ user: "fork", pick: nth, as: "foreign", ready }),
      ),
      atSlot(next),
      atSlot({ do: "tick", job: "daily" }),
    ]),
  // The host's clock is wrong for a while.
  fc
    .tuple(
      fc.constantFrom(-3 * DAY_MS, 2 * DAY_MS, 40 * DAY_MS),
      fc.constantFrom(MANUAL, BY_DATE, initialize),
    )
    .map(([ms, what]) => [
      atSlot({ do: "tick", job: "daily" }),
      soon(60_000, { do: "jump", ms }, asks(what)),
      soon(HOUR_MS, { do: "jump", ms: -ms }, asks(BY_DATE)),
    ]),
);
