import type { Step } from "../../../services/backup/plan.ts";
import type { PlanInput } from "../../../services/backup/situation.ts";
import { UNKNOWNS } from "./setting.ts";
import { EFFECTS, FORK_EFFECTS, LASTING_EFFECTS } from "./troubles.ts";

/** How often each thing that matters was met, by group and name. */
export type Reach = Map<string, Map<string, number>>;

export function count(reach: Reach, group: string, name: string, times = 1): void {
  const names = reach.get(group) ?? new Map<string, number>();
  names.set(name, (names.get(name) ?? 0) + times);
  reach.set(group, names);
}

/** The row of the plan that a step of a run comes from. */
export function rowOf(step: Step, { memory, othersAtWork, policy, target }: PlanInput): string {
  switch (step.do) {
    case "wait":
      if (step.otherwise?.facts?.creating !== undefined) return "wait: room, beside a fork of ours";
      if (step.otherwise !== undefined) return "wait: room, until another is named back";
      return `wait: ${step.for}${step.for === "room" && othersAtWork ? ", others are at work" : ""}`;
    case "evict":
      if (memory.evicted !== undefined) return "evict: once more";
      return policy.rotation === "delete-first" ? "evict: delete-first" : "evict: for room";
    case "set-aside":
      return target.want === "force" ? "set-aside: forced" : "set-aside";
    case "reuse":
      return `reuse: ${step.because}`;
    case "fail":
      return `fail: ${step.failure.cause}${step.failure.facts?.creating === undefined ? "" : ", beside a fork of ours"}`;
    case "finish":
      return step.prune.remove.length > 0 ? "finish: with something to remove" : "finish";
    default:
      return step.do;
  }
}

const KILLED = [
  "environments.list",
  "environments.find",
  "environments.fork",
  "environments.rename",
  "environments.destroy",
  "plugins.list",
  "users.me",
  "subscriptionLimits.list",
  "publicInfo.find",
  "items.list",
  "uploads.list",
];

/** All that has to be met for the histories to prove anything. */
export const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  plan: [
    "stop",
    "fork",
    "mark",
    "evict: for room",
    "evict: once more",
    "evict: delete-first",
    "prune",
    "set-aside",
    "set-aside: forced",
    "finish",
    "finish: with something to remove",
    "wait: copy",
    "wait: removal",
    "wait: room",
    "wait: notice",
    "wait: room, others are at work",
    "wait: room, beside a fork of ours",
    "fail: ENVIRONMENT_LIMIT_REACHED, beside a fork of ours",
    "reuse: no-room",
    "reuse: present",
    ...[
      "FORK_FAILED",
      "ENVIRONMENT_LIMIT_REACHED",
      "OUT_OF_TIME",
      "OUT_OF_CALLS",
      "DATOCMS_UNAVAILABLE",
      "DATOCMS_REFUSED",
      "DATOCMS_BUSY",
      "INSUFFICIENT_PERMISSIONS",
      "INVALID_API_TOKEN",
      "PRIMARY_NOT_FOUND",
    ].map((cause) => `fail: ${cause}`),
  ],
  fault: [...EFFECTS, ...LASTING_EFFECTS, ...FORK_EFFECTS].map((effect) => JSON.stringify(effect)),
  kill: [
    ...KILLED.flatMap((operation) => [`before ${operation}`, `after ${operation}`]),
    "while waiting",
    "while a call is under way",
    "no answer any more",
  ],
  user: [
    "rename: foreign",
    "rename: ours",
    "rename: back",
    "promote: any",
    "promote: today",
    "promote: foreign",
    "destroy",
    "fork: foreign",
    "fork: today",
    "edit: less",
    "edit: more",
    "edit: same",
    "disconnect",
    "reconnect",
    "save",
  ],
  happening: ["the host's clock jumps", "the plan changes"],
  unknown: Object.entries(UNKNOWNS).flatMap(([name, values]) =>
    values.map((value) => `${name}: ${JSON.stringify(value)}`),
  ),
};

/** What was met less often than so many times. */
export function missed(reach: Reach, least: number): string[] {
  return Object.entries(EXPECTED).flatMap(([group, names]) =>
    names
      .map((name) => ({ name, times: reach.get(group)?.get(name) ?? 0 }))
      .filter(({ times }) => times < least)
      .map(({ name, times }) => `${group}: ${name} (${times})`),
  );
}

/** Everything that was met, for people. */
export function tableOf(reach: Reach): string {
  const lines = [...reach].flatMap(([group, names]) => [
    `  ${group}`,
    ...[...names]
      .sort(([, a], [, b]) => a - b)
      .map(([name, times]) => `  ${String(times).padStart(8)}  ${name}`),
  ]);
  return lines.join("\n");
}
