import fc from "fast-check";
import { expect, test } from "vitest";
import { plan as planFor, type Step } from "../../services/backup/plan.ts";
import type { PlanInput } from "../../services/backup/situation.ts";
import { identityOf } from "../../services/catalog/backup.ts";
import type { Environment } from "../../services/datocms/environments.ts";
import { catalogOf } from "./environments.ts";
import { anyRun, isOurs, partsOf, project } from "./projects.ts";
import { holds } from "./properties.ts";

const RUNS = 6_000;
/** Chance brings them too seldom; `planAbsent.test.ts` does. */
const RARE: ReadonlySet<string> = new Set(["name-back", "wait for turn"]);
const plan = (listed: readonly Environment[], run: PlanInput) =>
  planFor(catalogOf(listed, run.policy.holdDays), run);
const targetOf = ({ target }: PlanInput) => `backup-plugin-${target.cadence}-${target.date}`;
const sandboxes = (listed: readonly Environment[]) => listed.filter(({ primary }) => !primary).length;
const isSource = (listed: readonly Environment[], id: string) =>
  listed.some((each) => each.status === "creating" && each.forkedFrom === id);

function isFull(listed: readonly Environment[], { capacity, memory }: PlanInput): boolean {
  return Math.min(capacity ?? Infinity, memory.fullAt ?? Infinity) <= sandboxes(listed);
}

/** Ids that a step destroys, or is about to. */
function condemned(step: Step): string[] {
  if (step.do === "evict" || step.do === "mark") return [step.backup.environment.id];
  return step.do === "finish" ? step.prune.remove.map(({ backup }) => backup.id) : [];
}

/** Ids that a step renames. */
function renamed(step: Step): string[] {
  if (step.do === "set-aside" || step.do === "mark") return [step.backup.environment.id];
  if (step.do === "reuse" && step.backup.isMarked) return [step.backup.environment.id];
  return step.do === "fail" ? step.restore.map(({ environment }) => environment.id) : [];
}

/** Checks one thing on the plan of many runs in many projects. */
function always(check: (step: Step, listed: readonly Environment[], run: PlanInput) => void): Promise<void> {
  return holds(
    fc.property(situation, ([listed, run]) => check(plan(listed, run), listed, run)),
    RUNS,
  );
}

/** Any run in any project; often one whose plan is just full, which chance alone would seldom bring. */
const situation = fc
  .tuple(project, anyRun, fc.boolean())
  .map(([listed, run, isJustFull]): [readonly Environment[], PlanInput] => {
    if (!isJustFull) return [listed, run];
    const memory = { ...run.memory, forkStarted: false, finalFailure: undefined };
    return [listed, { ...run, memory, capacity: sandboxes(listed), othersAtWork: false }];
  });

test("every situation has a step, the same each time, and none is changed by looking", async () => {
  const met = new Set<string>();
  await holds(
    fc.property(situation, ([listed, run]) => {
      const before = structuredClone({ listed, run });
      const step = plan(listed, run);
      expect(plan(listed, run)).toEqual(step);
      expect({ listed, run }).toEqual(before);
      met.add(step.do === "wait" ? `wait for ${step.for}` : step.do);
    }),
    RUNS,
  );
  expect([...met].filter((each) => !RARE.has(each)).sort()).toEqual([
    "evict",
    "fail",
    "finish",
    "fork",
    "mark",
    "reuse",
    "set-aside",
    "stop",
    "wait for copy",
    "wait for notice",
    "wait for removal",
    "wait for room",
  ]);
});

test("only ready copies of ours and of the run's cadence are ever destroyed or renamed", async () => {
  await always((step, listed, run) => {
    for (const id of [...condemned(step), ...renamed(step)]) {
      const environment = listed.find((each) => each.id === id);
      expect(environment).toMatchObject({ status: "ready", primary: false });
      if (environment === undefined) continue;
      expect(isOurs(environment)).toBe(true);
      expect(partsOf(environment).cadence).toBe(run.target.cadence);
    }
  });
});

test("the source of a running fork is never destroyed", async () => {
  await always((step, listed) => {
    for (const id of condemned(step)) expect(isSource(listed, id)).toBe(false);
  });
});

test("the target is never destroyed, and renamed only where a fresh one is wanted that this run has not made", async () => {
  await always((step, _, run) => {
    expect(condemned(step)).not.toContain(targetOf(run));
    if (!renamed(step).includes(targetOf(run))) return;
    expect(step.do).toBe("set-aside");
    expect(run.target.want).not.toBe("ensure");
    if (step.do !== "set-aside") return;
    const { createdAt } = step.backup.environment;
    const { forkStarted, forkMayExist, hasWaited, madeAt, setAside, newestSeen } = run.memory;
    // The copy that this run has set aside before may be back under its name.
    if (createdAt === setAside) return;
    expect(createdAt).not.toBe(madeAt);
    const since = Math.max(newestSeen, madeAt ?? 0);
    if (forkStarted || forkMayExist || hasWaited) expect(createdAt).toBeLessThanOrEqual(since);
  });
});

test("a fork is begun from the primary, under the target's free name, where the plan is not known to be full", async () => {
  await always((step, listed, run) => {
    if (step.do !== "fork") return;
    expect(step).toEqual({
      do: "fork",
      source: listed.find(({ primary }) => primary)?.id,
      id: targetOf(run),
    });
    expect(listed.some(({ id }) => id === targetOf(run))).toBe(false);
    if (isFull(listed, run)) {
      // A plan that does not tell its capacity must have refused twice before a single backup is evicted.
      expect(run.capacity).toBeUndefined();
      expect(run.memory.limitRefusalsAsOnly).toBeLessThan(2);
      expect(catalogOf(listed, run.policy.holdDays).unheld).toHaveLength(1);
    }
    expect(run.memory.finalFailure).toBeUndefined();
    // A fork of this run has failed, and the cadence has no copy any more, or there is more room by now.
    const { forkStarted, evicted, inUseAtFork = 0 } = run.memory;
    const hasMoreRoom = run.hasFreed && sandboxes(listed) < inUseAtFork;
    if (forkStarted) expect(evicted !== undefined || hasMoreRoom).toBe(true);
  });
});

test("a copy gives way before its successor only for want of room, or where that is asked for", async () => {
  await always((step, listed, run) => {
    if (step.do !== "evict") return;
    const { rotation } = run.policy;
    if (rotation !== "delete-first") expect(isFull(listed, run)).toBe(true);
    expect(listed.some(({ id }) => id === targetOf(run))).toBe(false);
    expect(listed.some(({ primary }) => primary)).toBe(true);
    if (run.memory.evicted !== undefined)
      expect(identityOf(step.backup.environment)).toBe(run.memory.evicted);
    else expect(rotation).not.toBe("fork-first");
  });
});

test("with a known limit nothing gives way where one copy less would not be enough", async () => {
  await always((step, listed, run) => {
    if (step.do !== "evict" || run.memory.evicted !== undefined || run.policy.rotation === "delete-first")
      return;
    expect(sandboxes(listed) - 1).toBeLessThan(run.capacity ?? Number.POSITIVE_INFINITY);
  });
});

const givesWay = (step: Step) => step.do === "evict" || step.do === "mark";

test("nothing gives way beside a fork of ours, or for a run that may remove nothing", async () => {
  await always((step, listed, run) => {
    if (!givesWay(step) || run.policy.rotation === "delete-first") return;
    expect(listed.some((each) => isOurs(each) && each.status === "creating")).toBe(false);
    expect(run.removes).not.toBe("nothing");
  });
});

test("what is destroyed for room leaves another ready copy, unless it is the only one", async () => {
  await always((step, listed, run) => {
    if (step.do !== "evict" || run.policy.rotation === "delete-first" || run.policy.holdDays > 0) return;
    const others = listed.filter((each) => isOurs(each) && each.id !== step.backup.environment.id);
    if (others.length > 0) expect(others.some(({ status }) => status === "ready")).toBe(true);
  });
});

test("what must stay as a way back never gives way", async () => {
  await always((step, _, run) => {
    if (!givesWay(step) || run.memory.evicted !== undefined) return;
    for (const id of condemned(step)) expect(run.waysBack.has(id)).toBe(false);
  });
});

test("what is reused is ready and the target's own", async () => {
  await always((step, _, run) => {
    if (step.do !== "reuse") return;
    expect(step.backup.originalId).toBe(targetOf(run));
    if (step.because === "present") expect(run.target.want).toBe("ensure");
    else expect(run.target).toMatchObject({ want: "replace" });
  });
});

test("a name that is given back is the target's and is free, or that of what this run has marked", async () => {
  await always((step, listed, run) => {
    for (const copy of step.do === "fail" ? step.restore : step.do === "reuse" ? [step.backup] : []) {
      if (!copy.isMarked || copy.environment.id === run.memory.marked) continue;
      expect(copy.originalId).toBe(targetOf(run));
      expect(listed.some(({ id }) => id === targetOf(run))).toBe(false);
    }
  });
});

test("finishing leaves the count of copies, the newest and the target among them", async () => {
  await always((step, listed, run) => {
    if (step.do !== "finish") return;
    const gone = condemned(step);
    const ready = listed.filter(
      (each) => isOurs(each) && partsOf(each).cadence === run.target.cadence && each.status === "ready",
    );
    const left = ready.filter(({ id }) => !gone.includes(id));
    const count = (of: readonly Environment[]) => new Set(of.map((each) => partsOf(each).originalId)).size;
    expect(count(left)).toBeGreaterThanOrEqual(Math.min(run.policy.keep[run.target.cadence], count(ready)));
    expect(left.map(({ id }) => id)).toContain(targetOf(run));
  });
});
