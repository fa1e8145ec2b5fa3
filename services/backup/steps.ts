import type { Backup } from "../catalog/backup.ts";
import { conflict, isShort, later, TO_FORK, TO_FORK_AFTER_EVICTING, TO_SET_ASIDE } from "./attempts.ts";
import { missingBefore } from "./claims.ts";
import { DOUBT_PAUSE_MS, LOOK, LOOK_NOW, type Next, PLAN, type RunContext } from "./context.ts";
import { evict } from "./evictRun.ts";
import { CHANGING, HIDDEN, NO_ROOM_FOR_REPLACEMENT, overage } from "./messages.ts";
import type { Step } from "./plan.ts";
import type { Pruning } from "./prune/plan.ts";
import { prune, reportGuarded } from "./prune/run.ts";
import { mark, renameBack } from "./rename.ts";
import { endDone, endFailed, endPromoted, type Run, remember } from "./run.ts";
import { isOutdated } from "./target.ts";
import type { World } from "./world.ts";

/** With fewer left, none is spent on a sentence. */
const CALLS_TO_SPARE = 6;

const MAX_FORKS = 3;
/** Between the price plan's first refusal after a removal and the second try. */
const FIRST_NOTICE_MS = 1_000;

/** Takes one step. The run's outcome is set when that was its last. */
export async function apply(step: Step, run: Run, context: RunContext): Promise<Next> {
  switch (step.do) {
    case "stop":
      endPromoted(run);
      return PLAN;
    case "fail":
      for (const backup of step.restore) if ((await renameBack(backup, context)) === "stale") return LOOK_NOW;
      reportGuarded(run, context);
      endFailed(run, step.failure);
      return PLAN;
    case "wait":
      if (step.for === "copy") rememberCreating(run, context.world);
      else remember(run, { event: "waited", for: step.for });
      if (step.otherwise !== undefined) remember(run, { event: "failed", failure: step.otherwise });
      return step.for === "notice" ? untilNoticed(run) : LOOK;
    case "prune": {
      const owner = step.surplus.backup.cadence === run.target.cadence ? run : undefined;
      return prune({ keep: [], remove: [step.surplus] }, owner, context);
    }
    case "name-back":
      return nameBack(step.backup, run, context);
    case "mark":
    case "evict":
      return evict(step.backup, step.do, run, context);
    case "fork":
      return fork(step.source, run, context);
    case "set-aside":
      return setAside(step.backup, run, context);
    case "reuse":
      if (step.backup.isMarked && (await renameBack(step.backup, context)) === "stale") return LOOK_NOW;
      if (step.because === "no-room") run.problems.push(NO_ROOM_FOR_REPLACEMENT);
      endDone(run, step.backup);
      return PLAN;
    case "finish":
      return finish(step.backup, step.prune, run, context);
  }
}

/** Another run's backup is named back once at most; this run's own may be marked again later. */
async function nameBack(backup: Backup, run: Run, context: RunContext): Promise<Next> {
  const isOwn = backup.id === run.memory.marked;
  const outcome = await renameBack(backup, context);
  if (outcome === "stale") return LOOK_NOW;
  if (isOwn) return outcome.kind === "accepted" ? LOOK_NOW : later(outcome, run, context);
  remember(run, { event: "named-back" });
  return LOOK_NOW;
}

/** Each pause is twice the one before: fifteen seconds in all, which most removals do not take. */
function untilNoticed({ memory }: Run): Next {
  return { kind: "look", ms: FIRST_NOTICE_MS * 2 ** Math.max(0, memory.limitRefusals - 1) };
}

async function finish(backup: Backup, pruning: Pruning, run: Run, context: RunContext): Promise<Next> {
  const next = await prune(pruning, run, context);
  if (next.kind === "look") return next;
  reportGuarded(run, context);
  endDone(run, backup);
  return PLAN;
}

/** A backup that costs extra is made all the same; the plan's threshold is asked only afterwards, and once. */
async function reportOverage(run: Run, context: RunContext): Promise<void> {
  const { budget, environments, world } = context;
  if (context.threshold === undefined && budget.callsLeft() < CALLS_TO_SPARE) return;
  context.threshold ??= environments.overageThreshold();
  const threshold = await context.threshold;
  const sandboxes = world.catalog.sandboxes;
  if (threshold !== undefined && sandboxes > threshold) run.problems.push(overage(sandboxes, threshold));
}

/** The target is being made, by this run or by one that it joins. */
function rememberCreating(run: Run, world: World): void {
  const creating = world.catalog.find(run.id);
  if (creating !== undefined && isOutdated(run.target, creating)) return;
  remember(run, { event: "seen-creating", createdAt: creating?.createdAt });
}

async function fork(source: string, run: Run, context: RunContext): Promise<Next> {
  const { budget, world, logger } = context;
  if (isShort(run, budget, run.memory.evicted === undefined ? TO_FORK : TO_FORK_AFTER_EVICTING)) return PLAN;
  // A place may be kept for others. One more try: where the capacity cannot be read, the backup is made, and at once.
  if (context.capacity === "unread" && missingBefore(run, context).length > 0) {
    context.capacity = await context.environments.limitIfOffered();
    if (typeof context.capacity === "number") return PLAN;
  }
  const outcome = await context.environments.fork(source, run.id, context.policy.forkMode);
  const hasLooked = run.memory.forkMayExist;
  const inUse = world.catalog.sandboxes;
  // A single backup must not go because of a fork that has come meanwhile: the list tells.
  const isOnly = typeof context.capacity !== "number" && world.catalog.unheld.length <= 1;
  remember(run, { event: "fork-sent", answer: outcome.kind, inUse, isOnly });
  logger.info("fork_sent", { environmentId: run.id, source, outcome: outcome.kind });
  switch (outcome.kind) {
    case "accepted": {
      const [taken] = context.freed;
      if (taken !== undefined) context.freed.delete(taken);
      world.add(outcome.value);
      rememberCreating(run, world);
      await reportOverage(run, context);
      return PLAN;
    }
    case "taken":
      // Only who has looked for it in vain may say that it is hidden.
      return conflict(run, hasLooked ? HIDDEN : CHANGING);
    case "no-room":
      context.fullAt = inUse;
      return isOnly && run.memory.limitRefusalsAsOnly === 1 ? LOOK_NOW : PLAN;
    case "refused":
      remember(run, { event: "gave-up", failure: outcome.failure });
      return PLAN;
    case "unknown":
      remember(run, { event: "failed", failure: outcome.failure });
      if (run.memory.forksSent >= MAX_FORKS || budget.retryTimeLeft() === 0)
        remember(run, { event: "gave-up", failure: outcome.failure });
      return { kind: "look", ms: DOUBT_PAUSE_MS };
    case "busy":
    case "gone":
      return later(outcome, run, context);
  }
}

async function setAside(backup: Backup, run: Run, context: RunContext): Promise<Next> {
  const { budget, world } = context;
  if (world.isStale(budget.clock.monotonic())) return LOOK_NOW;
  if (isShort(run, budget, TO_SET_ASIDE)) return PLAN;
  remember(run, { event: "set-aside", createdAt: backup.environment.createdAt });
  const outcome = await mark(backup, run, context, { isCompared: false });
  // Gone from under this name: somebody else is replacing it at this moment, and that is the new backup.
  if (outcome.kind === "gone") remember(run, { event: "overtaken" });
  return outcome.kind === "accepted" ? PLAN : later(outcome, run, context);
}
