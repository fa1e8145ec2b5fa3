import fc from "fast-check";
import type { Fault, FaultEffect, Operation } from "../../../emulator/emulator.ts";
import type { Kill } from "./script.ts";
import { mostly, twice } from "./setting.ts";

/** Calls at which processes are killed, those that change something more often. */
const KILLED_AT: readonly Operation[] = [
  ...twice("environments.list"),
  ...twice("environments.find"),
  ...twice("environments.fork"),
  "environments.fork",
  "environments.list",
  ...twice("environments.rename"),
  ...twice("environments.destroy"),
  ...twice("environments.rename"),
  ...twice("environments.destroy"),
  ...twice("environments.destroy"),
  ...twice("plugins.list"),
  "plugins.list",
  ...twice("users.me"),
  ...twice("users.me"),
  ...twice("users.me"),
  ...twice("users.me"),
  ...twice("users.me"),
  ...twice("subscriptionLimits.list"),
  ...twice("subscriptionLimits.list"),
  ...twice("publicInfo.find"),
  ...twice("publicInfo.find"),
  ...twice("publicInfo.find"),
  ...twice("items.list"),
  ...twice("items.list"),
  ...twice("uploads.list"),
  ...twice("uploads.list"),
];

const kill: fc.Arbitrary<Kill> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      at: fc.constant("call" as const),
      operation: fc.constantFrom(...KILLED_AT),
      nth: mostly(5, 1, 2),
      after: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ at: fc.constant("time" as const), ms: fc.integer({ min: 10, max: 9_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      at: fc.constant("outage" as const),
      from: fc.integer({ min: 1, max: 12 }),
      lands: fc.boolean(),
    }),
  },
);
export const maybeKill = fc.option(kill, { nil: undefined, freq: 2 });

/** Everything that can go wrong with any call. */
export const EFFECTS: readonly FaultEffect[] = [
  { kind: "status", status: 503 },
  { kind: "status", status: 503, when: "after" },
  { kind: "status", status: 500, code: "EXCEPTION", when: "after" },
  { kind: "status", status: 422, code: "CONCURRENT_ENVIRONMENT_UPDATE", transient: true },
  { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "2" } },
  { kind: "status", status: 422, code: "INVALID_FORMAT" },
  { kind: "status", status: 403 },
  { kind: "status", status: 401 },
  { kind: "html", status: 502 },
  { kind: "html", status: 502, when: "after" },
  { kind: "html", status: 200, when: "after" },
  { kind: "broken-json" },
  { kind: "broken-json", when: "after" },
  { kind: "drop", when: "before" },
  { kind: "drop", when: "after" },
  { kind: "hang", when: "before" },
  { kind: "hang", when: "after" },
  { kind: "slow", ms: 1_500 },
  { kind: "slow", ms: 4_500 },
  { kind: "slow-body", ms: 4_000 },
  { kind: "slow-body", ms: 7_000 },
];
/** Those that are met least come twice. */
const anyEffect = fc.constantFrom(...EFFECTS, ...EFFECTS.filter(({ kind }) => kind.startsWith("slow")));
/** What can go wrong with a fork or a removal alone. */
export const LASTING_EFFECTS: readonly FaultEffect[] = [{ kind: "job-fails" }, { kind: "never-ends" }];
export const FORK_EFFECTS: readonly FaultEffect[] = [
  { kind: "status", status: 422, code: "PLAN_UPGRADE_REQUIRED" },
];

const times = mostly(4, 1, 2, 3, Number.POSITIVE_INFINITY);
export const anywhere: fc.Arbitrary<Fault> = fc.record({
  operation: fc.constantFrom<Operation>(
    ...twice("environments.list"),
    "environments.find",
    ...twice("environments.fork"),
    "environments.destroy",
    "plugins.list",
    "subscriptionLimits.list",
    "publicInfo.find",
    "users.me",
    "items.list",
    "uploads.list",
  ),
  skip: mostly(6, 0, 1, 2),
  times,
  effect: anyEffect,
});
export const ofWrites: fc.Arbitrary<Fault> = fc.record({
  operation: fc.constantFrom<Operation>(
    "environments.fork",
    "environments.fork",
    "environments.rename",
    "environments.destroy",
  ),
  skip: mostly(3, 0, 1),
  times,
  effect: anyEffect,
});
export const lasting: fc.Arbitrary<Fault> = fc.record({
  operation: mostly<Operation>(2, "environments.fork", "environments.destroy"),
  skip: mostly(3, 0, 1),
  times: mostly(3, 1, 2),
  effect: fc.constantFrom(...LASTING_EFFECTS),
});
export const ofForks: fc.Arbitrary<Fault> = fc.record({
  operation: fc.constant("environments.fork" as const),
  times: mostly(2, 1, 2, Number.POSITIVE_INFINITY),
  effect: fc.constantFrom(...FORK_EFFECTS),
});
/** Reading takes more calls than it should. */
export const ofReads: fc.Arbitrary<Fault> = fc.record({
  operation: fc.constantFrom<Operation>("environments.list", "plugins.list", "subscriptionLimits.list"),
  times: fc.constantFrom(1, 2, 3),
  effect: fc.constantFrom<FaultEffect>({ kind: "status", status: 503 }, { kind: "drop", when: "before" }),
});
/** A removal is lost on its way, so that it has to be asked for again. */
export const ofRemovals: fc.Arbitrary<Fault> = fc.record({
  operation: fc.constant("environments.destroy" as const),
  times: fc.constantFrom(1, 2),
  effect: fc.constantFrom<FaultEffect>(
    { kind: "status", status: 503 },
    { kind: "drop", when: "before" },
    { kind: "html", status: 502 },
  ),
});
/** DatoCMS refuses a fork, or is not there for it, and that does not pass. */
const noFork: fc.Arbitrary<Fault> = fc.record({
  operation: fc.constant("environments.fork" as const),
  times: fc.constant(Number.POSITIVE_INFINITY),
  effect: fc.constantFrom<FaultEffect>(
    { kind: "status", status: 401 },
    { kind: "status", status: 503 },
    { kind: "html", status: 502 },
  ),
});
const everything: fc.Arbitrary<Fault> = fc.record({
  times: fc.constant(Number.POSITIVE_INFINITY),
  effect: fc.constantFrom(...EFFECTS.filter(({ kind }) => kind !== "slow" && kind !== "slow-body")),
});
export const fault = fc.oneof(
  { weight: 5, arbitrary: anywhere },
  { weight: 5, arbitrary: ofWrites },
  { weight: 2, arbitrary: lasting },
  { weight: 1, arbitrary: ofForks },
  { weight: 1, arbitrary: noFork },
  { weight: 1, arbitrary: everything },
);
