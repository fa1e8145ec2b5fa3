/** A version of the service that is wrong in one place. */
export interface WrongVersion {
  readonly name: string;
  /** Path inside the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** A file of tests that must fail where the histories meet the situation too rarely: two runs at once on a full plan. */
  readonly test?: string;
}

const PLAN = "services/backup/plan.ts";
const PLACES = "services/backup/places.ts";
const SITUATION = "services/backup/situation.ts";
const EVICT = "services/backup/evict.ts";
const PRUNE_PLAN = "services/backup/prune/plan.ts";
const PRUNE = "services/backup/prune/run.ts";

/** Mistakes that a service like this one has been seen to make, or nearly. */
export const WRONG_VERSIONS: readonly WrongVersion[] = [
  {
    name: "always deletes first",
    file: PLAN,
    find: 'const deletesFirst = policy.rotation === "delete-first" && memory.evicted === undefined;',
    replace: "const deletesFirst = memory.evicted === undefined;",
  },
  {
    name: "deletes another one first where the oldest stays",
    file: PLAN,
    find: "first !== undefined && first === points.at(-1) ?",
    replace: "first !== undefined ?",
    test: "tests/simulation/deleteFirst.test.ts",
  },
  {
    name: "takes whatever begins like ours for ours",
    file: "services/catalog/names.ts",
    find: "(-superseded-\\\\d{9})?$`",
    replace: "(-superseded-\\\\d{9})?`",
  },
  {
    name: "counts a copy in the making",
    file: PRUNE_PLAN,
    find: "const points = catalog.of(cadence).restorePoints;",
    replace: "const points = catalog.of(cadence).unheld;",
  },
  {
    name: "sends a fork again after a time-out",
    file: "services/backup/steps.ts",
    find: `if (run.memory.forksSent >= MAX_FORKS || budget.retryTimeLeft() === 0)
        remember(run, { event: "gave-up", failure: outcome.failure });
      return { kind: "look", ms: DOUBT_PAUSE_MS };`,
    replace: `if (run.memory.forksSent >= MAX_FORKS || budget.retryTimeLeft() === 0)
        remember(run, { event: "gave-up", failure: outcome.failure });
      return PLAN;`,
  },
  {
    name: "prunes before the new copy is ready",
    file: PLAN,
    find: '["creating", ({ bearer }) => (bearer?.status === "creating" ? { do: "wait", for: "copy" } : undefined)],',
    replace: `[
    "creating",
    ({ bearer, catalog, run, id }) => {
      const making = bearer?.status === "creating" ? catalog.backup(id) : undefined;
      const older = catalog.of(run.target.cadence).backups.filter(
        (each) => each.environment.status === "ready",
      );
      const remove = older.map((backup) => ({ backup, because: "beyond-count" as const }));
      return making && { do: "finish", backup: making, prune: { restore: [], keep: [], remove } };
    },
  ],`,
  },
  {
    name: "takes the date in a name for the copy's age",
    file: "services/catalog/backup.ts",
    find: "takenAt: Math.min(createdAt, endsAt),",
    replace: "takenAt: endsAt,",
  },
  {
    name: "prunes held copies",
    file: PRUNE_PLAN,
    find: "const points = catalog.of(cadence).restorePoints;",
    replace:
      'const points = catalog.of(cadence).backups.filter(({ environment }) => environment.status === "ready");',
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
    find: '["absent", ({ catalog, id }) => catalog.primary && { do: "fork", source: catalog.primary.id, id }],',
    replace: '["absent", ({ catalog, id }) => catalog.find("main") && { do: "fork", source: "main", id }],',
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
    find: "lacksRoom(room) && (isFreeing(catalog) || run.othersAtWork)",
    replace: "lacksRoom(room) && run.othersAtWork",
  },
  {
    name: "forgets superseded copies",
    file: PRUNE_PLAN,
    find: 'else if (newest === -1 || index < newest) keeps("no-newer");',
    replace: 'else if (newest === -1 || index < newest || backup.isMarked) keeps("no-newer");',
  },
  {
    name: "ignores the shrink guard",
    file: "services/backup/shrinkGuard.ts",
    find: "if (limit === undefined || replacement === undefined) return CLEAR;",
    replace: "if (limit === undefined || replacement === undefined || guarded) return CLEAR;",
  },
  {
    name: "compares what is evicted with nothing",
    file: "services/backup/evictRun.ts",
    find: "await context.guard.compare(backup, successorOf(backup, context), reserved);",
    replace: "await context.guard.compare(backup, successorOf(backup, context) && undefined, reserved);",
  },
  {
    name: "evicts what it has no calls to compare",
    file: "services/backup/evictRun.ts",
    find: "if (guardedOf(backup.cadence, context).length > 0) return undefined;",
    replace: "if (guardedOf(backup.cadence, context).length >= 0) return undefined;",
    test: "tests/simulation/fewCalls.test.ts",
  },
  {
    name: "evicts a backup before what is dispensable",
    file: PRUNE,
    find: "if (budget.callsLeft() === 0) return undefined;",
    replace: "if (budget.callsLeft() >= 0) return undefined;",
    test: "tests/simulation/fullPlans.test.ts",
  },
  {
    name: "gives a free place to whoever comes",
    file: PLACES,
    find: "return claims.length > 0 && !places.includes(cadence);",
    replace: "return claims.length < 0 && !places.includes(cadence);",
  },
  {
    name: "deletes on an old list",
    file: "services/backup/world.ts",
    find: "return now - this.seenAt > STALE_AFTER_MS;",
    replace: "return now - this.seenAt > 1e9 * STALE_AFTER_MS;",
  },
  {
    name: "lets a copy give way where that makes no room",
    file: PLACES,
    find: "if (capacity !== undefined) return catalog.sandboxes === capacity;",
    replace: "if (capacity !== undefined) return true;",
  },
  {
    name: "lets the last copy of all give way",
    file: EVICT,
    find: 'if (stays) return backup.isMarked ? "now" : "once-marked";',
    replace:
      'if (stays || !backup.isMarked || others.length > 0) return backup.isMarked ? "now" : "once-marked";',
    test: "tests/simulation/lastBackups.test.ts",
  },
  {
    name: "keeps its mark beside an older one of its kind",
    file: EVICT,
    find: 'return backup.isMarked && backup !== setAside ? "once-unmarked" : "in-turn";',
    replace: 'return "in-turn";',
    test: "tests/unit/planAbsent.test.ts",
  },
  {
    name: "evicts what is newer than the way back",
    file: SITUATION,
    find: ".filter(mayGo) : [];",
    replace: " : [];",
    test: "tests/simulation/rivals.test.ts",
  },
  {
    name: "forced runs choose different backups",
    file: EVICT,
    find: "(backup === setAside ? 0 : backup.id === marked ? 1 : 2)",
    replace: "(backup.id === marked ? 0 : backup === setAside ? 2 : 1)",
    test: "tests/simulation/rivals.test.ts",
  },
  {
    name: "evicts beside another run of its kind",
    file: EVICT,
    find: 'if (stays && rivals.length > 0) return "in-turn";',
    replace: "",
    test: "tests/simulation/rivals.test.ts",
  },
  {
    name: "counts on a copy that is marked to give way",
    file: EVICT,
    find: "!(other.isMarked || surplus.has(other))",
    replace: "!surplus.has(other)",
    test: "tests/simulation/lastBackups.test.ts",
  },
  {
    name: "evicts a backup beside a fork that hangs",
    file: SITUATION,
    find: 'if (catalog.creating.length > 0) return nothing("creating");',
    replace: "",
  },
  {
    name: "takes a plan for full that has not noticed a removal",
    file: PLAN,
    find: "const isFreed = hasFreed || hasEvicted(memory, room);",
    replace: "const isFreed = hasEvicted(memory, room);",
    test: "tests/simulation/regressions.test.ts",
  },
  {
    name: "leaves no way back by hand",
    file: PRUNE,
    find: "if (!byHand) return new Set();",
    replace: "if (byHand || !byHand) return new Set();",
  },
  {
    name: "removes what it likes for anybody",
    file: "services/rotation.ts",
    find: 'if (askedBy === "anybody") return "nothing";',
    replace: "",
  },
  {
    name: "counts on a backup that somebody else is removing by hand",
    file: "services/deeds/removal.ts",
    find: "!other.isMarked && ",
    replace: "",
    test: "tests/simulation/deedsRaces.test.ts",
  },
  {
    name: "counts on a surplus backup where one is removed by hand",
    file: "services/deeds/removal.ts",
    find: "!surplus.has(other) && ",
    replace: "",
    test: "tests/simulation/deedsRaces.test.ts",
  },
];
