/** A version of the service that is wrong in one place. */
export interface WrongVersion {
  readonly name: string;
  /** Path inside the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

const PLAN = "services/rotation/plan.ts";
const ROOM = "services/rotation/room.ts";
const GIVING_WAY = "services/rotation/givingWay.ts";
const RETENTION = "services/rotation/retention.ts";

/** Mistakes that a service like this one has been seen to make, or nearly. */
export const WRONG_VERSIONS: readonly WrongVersion[] = [
  {
    name: "always deletes first",
    file: PLAN,
    find: 'const deletesFirst = run.policy.rotation === "delete-first" && memory.freed === undefined;',
    replace: "const deletesFirst = memory.freed === undefined;",
  },
  {
    name: "takes whatever begins like ours for ours",
    file: "services/rotation/names.ts",
    find: "(-superseded-\\\\d{9})?$`",
    replace: "(-superseded-\\\\d{9})?`",
  },
  {
    name: "counts a copy in the making",
    file: RETENTION,
    find: 'if (copy.environment.status === "ready" && isBetter) bearers.set(copy.originalId, copy);',
    replace: "if (isBetter) bearers.set(copy.originalId, copy);",
  },
  {
    name: "sends a fork again after a time-out",
    file: "services/rotation/steps.ts",
    find: `if (run.memory.forksSent >= MAX_FORKS || allowance.retryTimeLeft() === 0)
        run.memory.refused = outcome.failure;
      return { kind: "look", ms: DOUBT_PAUSE_MS };`,
    replace: `if (run.memory.forksSent >= MAX_FORKS || allowance.retryTimeLeft() === 0)
        run.memory.refused = outcome.failure;
      return PLAN;`,
  },
  {
    name: "prunes before the new copy is ready",
    file: PLAN,
    find: 'if (environment.status === "creating") return { do: "wait", for: "copy" };',
    replace: `const making = environment.status === "creating" ? asCopy(environment) : undefined;
  const older = copiesIn(environments).filter(
    (each) => each.cadence === run.target.cadence && each.environment.status === "ready",
  );
  if (making !== undefined) return { do: "finish", copy: making, remove: older };`,
  },
  {
    name: "takes the date in a name for the copy's age",
    file: "services/rotation/names.ts",
    find: "takenAt: Math.min(environment.createdAt, start + DAY_MS - 1),",
    replace: "takenAt: start + DAY_MS - 1,",
  },
  {
    name: "prunes held copies",
    file: RETENTION,
    find: "backupsIn(environments, holdDays)",
    replace: "backupsIn(environments, 0 * holdDays)",
  },
  {
    name: "takes a name that is taken for a failure",
    file: "services/datocms/calls.ts",
    find: 'if (codes.has("VALIDATION_UNIQUENESS")) return { kind: "taken" };',
    replace: "",
  },
  {
    name: "knows the primary by the name main",
    file: PLAN,
    find: "const primary = environments.find((each) => each.primary);",
    replace: 'const primary = environments.find((each) => each.id === "main");',
  },
  {
    name: "retries without bound",
    file: "services/datocms/calls.ts",
    find: "if (pause >= Math.min(budget.retryTimeLeft(), budget.timeLeft())) return",
    replace: "if (pause >= budget.timeLeft()) return",
  },
  {
    name: "judges the room while copies are on their way out",
    file: PLAN,
    find: 'if (isFreeing(environments) || run.othersAtWork) return { do: "wait", for: "room" };',
    replace: 'if (run.othersAtWork) return { do: "wait", for: "room" };',
  },
  {
    name: "forgets superseded copies",
    file: RETENTION,
    find: "newest !== -1 && index > newest && !keptOnes.has(copy))",
    replace: "newest !== -1 && index > newest && !keptOnes.has(copy) && !copy.superseded)",
  },
  {
    name: "ignores the brake",
    file: "services/rotation/removal.ts",
    find: 'if (brake.isOff || run?.target.forced || standIn === undefined) return "clear";',
    replace: 'if (brake !== undefined || run?.target.forced || standIn === undefined) return "clear";',
  },
  {
    name: "compares what gives way with nothing",
    file: "services/rotation/makeRoom.ts",
    find: "await compareWith(standInFor(copy, effects), copy, run, effects, reserved);",
    replace: "await compareWith(standInFor(copy, effects) && undefined, copy, run, effects, reserved);",
  },
  {
    name: "lets a copy give way before what is dispensable",
    file: "services/rotation/sharing.ts",
    find: "if (allowance.callsLeft() === 0) return undefined;",
    replace: "if (allowance.callsLeft() >= 0) return undefined;",
  },
  {
    name: "gives a free place to whoever comes",
    file: ROOM,
    find: "if (owed === 0 || memory.freed",
    replace: "if (owed >= 0 || memory.freed",
  },
  {
    name: "deletes on an old list",
    file: "services/rotation/world.ts",
    find: "return now - this.seenAt > STALE_AFTER_MS;",
    replace: "return now - this.seenAt > 1e9 * STALE_AFTER_MS;",
  },
  {
    name: "lets a copy give way where that makes no room",
    file: ROOM,
    find: "if (limit !== undefined) return sandboxesIn(environments) === limit;",
    replace: "if (limit !== undefined) return true;",
  },
  {
    name: "lets the last copy of all give way",
    file: GIVING_WAY,
    find: 'if (stays) return copy.superseded ? "now" : "once-marked";',
    replace:
      'if (stays || !copy.superseded || others.length > 0) return copy.superseded ? "now" : "once-marked";',
  },
  {
    name: "counts on a copy that is marked to give way",
    file: GIVING_WAY,
    find: "!(other.superseded || surplus.has(other.environment.id)),",
    replace: "!surplus.has(other.environment.id),",
  },
  {
    name: "lets a copy give way beside a fork that hangs",
    file: "services/rotation/planRoom.ts",
    find: 'if (creating.length > 0) return { do: "fail", failure: fails("creating"), restore };',
    replace: "",
  },
  {
    name: "leaves no way back by hand",
    file: "services/rotation/removal.ts",
    find: "if (!byHand) return new Set();",
    replace: "if (byHand || !byHand) return new Set();",
  },
  {
    name: "removes what it likes for anybody",
    file: "services/runs.ts",
    find: 'if (askedBy === "anybody") return "nothing";',
    replace: "",
  },
];
