import fc from "fast-check";
import type { Fault } from "../../../emulator/emulator.ts";
import { type Cadence, DAY_MS, HOUR_MS } from "./ours.ts";
import { asked } from "./requests.ts";
import type { Act, Part, Pause, Scene, UserAct } from "./script.ts";
import { mostly, twice } from "./setting.ts";
import { fault, maybeKill } from "./troubles.ts";

export const pick = fc.nat({ max: 11 });
const userAct: fc.Arbitrary<UserAct> = fc.oneof(
  fc.record({
    user: fc.constant("rename" as const),
    pick,
    to: fc.constantFrom("foreign", "ours", ...twice("back")),
  }),
  fc.record({
    user: fc.constant("promote" as const),
    pick,
    whom: fc.constantFrom("any", "today", "foreign"),
  }),
  fc.record({ user: fc.constant("destroy" as const), pick }),
  fc.record({
    user: fc.constant("fork" as const),
    pick,
    as: mostly<"foreign" | "today">(3, "foreign", "today"),
    ready: fc.boolean(),
  }),
  fc.record({ user: fc.constant("edit" as const), pick, to: fc.constantFrom("less", "more", "same") }),
  fc.record({ user: fc.constant("disconnect" as const) }),
  fc.record({ user: fc.constant("reconnect" as const) }),
  fc.record({
    user: fc.constant("save" as const),
    cadences: fc.subarray<Cadence>(["daily", "weekly", "biweekly", "monthly"], { minLength: 1 }),
    timezone: fc.constantFrom("UTC", "Asia/Kathmandu"),
  }),
);

export const tick: fc.Arbitrary<Act> = fc.record({
  do: fc.constant("tick" as const),
  job: mostly<"daily" | "weekly">(2, "daily", "weekly"),
  kill: maybeKill,
});
const ask: fc.Arbitrary<Act> = fc.record({ do: fc.constant("ask" as const), what: asked, kill: maybeKill });
export const user: fc.Arbitrary<Act> = fc.record({ do: fc.constant("user" as const), what: userAct });
const jump: fc.Arbitrary<Act> = fc.record({
  do: fc.constant("jump" as const),
  ms: fc.constantFrom(-3 * DAY_MS, -HOUR_MS, -90_000, 90_000, 5 * HOUR_MS, 2 * DAY_MS, 40 * DAY_MS),
});
const limit: fc.Arbitrary<Act> = fc.record({
  do: fc.constant("limit" as const),
  spare: mostly(4, 0, 0, 1, -1, 2),
});

export const act = fc.oneof(
  { weight: 5, arbitrary: tick },
  { weight: 6, arbitrary: ask },
  { weight: 4, arbitrary: user },
  { weight: 1, arbitrary: jump },
  { weight: 1, arbitrary: limit },
);

const pause: fc.Arbitrary<Pause> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      wait: fc.constant("ms" as const),
      ms: fc.constantFrom(0, 3_000, 45_000, 15 * 60_000, 2 * HOUR_MS),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      wait: fc.constant("slot" as const),
      of: mostly<"daily" | "weekly">(3, "daily", "weekly"),
      hours: mostly(4, 0, 1, 5, 9),
    }),
  },
);
const offset = mostly(4, 0, 1, 60, 130, 400, 900, 2_500, 6_000);
const process = mostly<0 | 1 | undefined>(3, undefined, 0, 1);

/** Often something is about to go wrong. */
export const scene: fc.Arbitrary<Scene> = fc
  .record({
    pause,
    fault: fc.option(fault, { nil: undefined, freq: 2 }),
    parts: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(part(act)) },
      { weight: 2, arbitrary: fc.array(part(act), { minLength: 2, maxLength: 3 }) },
    ),
  })
  .map(({ pause: begin, fault: hit, parts }) => ({ pause: begin, parts: [...faulty(hit), ...parts] }));

function faulty(hit: Fault | undefined): Part[] {
  return hit === undefined ? [] : [alone({ do: "fault", fault: hit })];
}

export function part(of: fc.Arbitrary<Act>): fc.Arbitrary<Part> {
  return fc.record({ after: offset, process, act: of });
}

export function alone(one: Act): Part {
  return { after: 0, process: undefined, act: one };
}
