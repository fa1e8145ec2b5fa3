import type { Failure } from "../../utils/failures.ts";
import { type Backup, identityOf } from "../catalog/backup.ts";
import type { Environment } from "../datocms/environments.ts";
import { conflict, isShort, later, TO_EVICT, TO_MARK } from "./attempts.ts";
import { LOOK_NOW, type Next, PLAN, type RunContext } from "./context.ts";
import { CHANGING, CUT } from "./messages.ts";
import { surplusOf } from "./prune/plan.ts";
import { askForRemoval, guardedOf } from "./prune/run.ts";
import { mark } from "./rename.ts";
import { type Run, remember } from "./run.ts";
import { replacementOf } from "./shrinkGuard.ts";

/** Makes room by one backup: marks it, so that no other run counts on it, or destroys it once that is seen. */
export async function evict(
  backup: Backup,
  how: "mark" | "evict",
  run: Run,
  context: RunContext,
): Promise<Next> {
  const { world, budget } = context;
  const learnt = await learnCapacity(context);
  if (learnt.kind === "failed") remember(run, { event: "gave-up", failure: learnt.failure });
  if (learnt.kind !== "known") return PLAN;
  const needed = how === "mark" ? TO_MARK : TO_EVICT;
  const isCompared = run.memory.compared === backup.id;
  const next = isCompared ? undefined : await weigh(backup, run, context, needed.calls);
  if (next !== undefined) return next;
  if (run.memory.evicted === undefined && isShort(run, budget, needed)) return PLAN;
  if (how === "evict") return destroy(backup, run, context);
  if (world.isStale(budget.clock.monotonic())) return LOOK_NOW;
  const outcome = await mark(backup, run, context, { isCompared: true });
  // What it rests on must be seen with the mark in place.
  return outcome.kind === "accepted" ? LOOK_NOW : later(outcome, run, context);
}

/** Tells whether the content of a backup speaks against its eviction; undefined where nothing does. */
async function weigh(
  backup: Backup,
  run: Run,
  context: RunContext,
  reserved: number,
): Promise<Next | undefined> {
  if (run.target.want === "force") return undefined;
  const verdict = await context.guard.compare(backup, successorOf(backup, context), reserved);
  switch (verdict.kind) {
    case "clear":
      return undefined;
    case "shrunk":
      return PLAN;
    case "out-of-calls":
      // One that it keeps stays in any case: for the others of the cadence the guard is off then.
      if (guardedOf(backup.cadence, context).length > 0) return undefined;
      remember(run, { event: "gave-up", failure: CUT.OUT_OF_CALLS });
      return PLAN;
    case "unread": {
      const { failure } = verdict;
      // Another run has just sent it away.
      if (failure === undefined || failure.cause === "DATOCMS_BUSY")
        return conflict(run, failure ?? CHANGING);
      remember(run, { event: "gave-up", failure });
      return PLAN;
    }
  }
}

async function destroy(backup: Backup, run: Run, context: RunContext): Promise<Next> {
  const asksForIt = context.policy.rotation === "delete-first";
  const reason = asksForIt ? "BACKUP_ROTATION asks for it" : "the plan has no room for both";
  const asked = await askForRemoval(backup, run, context, { because: "no-room", reason });
  if (asked === "stale") return LOOK_NOW;
  if (asked === "spent") {
    remember(run, { event: "gave-up", failure: run.memory.lastFailure ?? CHANGING });
    return PLAN;
  }
  if (asked.kind !== "accepted" && asked.kind !== "unknown") return later(asked, run, context);
  // Of unknown effect counts too: at most one backup may be evicted, whatever an answer hides.
  remember(run, { event: "evicted", identity: identityOf(backup.environment) });
  return asked.kind === "accepted" ? PLAN : later(asked, run, context);
}

/**
 * Finds what a backup is evicted for: a fork, which will hold what the primary does. Only one beyond the count is
 * compared with the newest, as whoever prunes does: so that two runs never keep another one each.
 */
function successorOf(backup: Backup, { world: { catalog }, policy }: RunContext): Environment | undefined {
  const isBeyond = surplusOf(catalog, policy).some(({ id }) => id === backup.id);
  return isBeyond ? replacementOf(backup, catalog)?.environment : catalog.primary;
}

type Learnt =
  | { readonly kind: "known" }
  /** Something is known now that the plan did not rest on. */
  | { readonly kind: "changed" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** A backup must not go because a capacity could not be read quickly: before the first does, it is asked for again. */
async function learnCapacity(context: RunContext): Promise<Learnt> {
  if (context.capacity !== "unread") return { kind: "known" };
  const read = await context.environments.sandboxLimit();
  if (!read.ok) return { kind: "failed", failure: read.failure };
  context.capacity = read.value;
  return { kind: context.capacity === "untold" ? "known" : "changed" };
}
