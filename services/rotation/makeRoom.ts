import type { Failure } from "../../utils/failures.ts";
import type { WriteOutcome } from "../datocms/calls.ts";
import type { Environment } from "../datocms/environments.ts";
import { isShort, later, setBack, TO_FREE, TO_MARK } from "./attempts.ts";
import { successorOf } from "./brake.ts";
import { type Effects, LOOK, LOOK_NOW, type Next, PLAN } from "./effects.ts";
import { newestBackup } from "./held.ts";
import { type Copy, identityOf, supersededId } from "./names.ts";
import { askForRemoval, brakedIn, compareWith } from "./removal.ts";
import { excess } from "./retention.ts";
import type { TargetRun } from "./run.ts";
import { CHANGING, CUT } from "./sentences.ts";

/** The steps by which a copy gives way to one that has no room. */

/** Makes room by one copy: marks it, so that no other run counts on it, or destroys it once that is seen. */
export async function letGiveWay(
  copy: Copy,
  how: "mark" | "free",
  run: TargetRun,
  effects: Effects,
): Promise<Next> {
  const { world, allowance } = effects;
  const learnt = await learnLimit(effects);
  if (learnt.kind === "failed") run.memory.refused = learnt.failure;
  if (learnt.kind !== "known") return PLAN;
  const needed = how === "mark" ? TO_MARK : TO_FREE;
  const isCompared = run.memory.compared === copy.environment.id;
  const next = isCompared ? undefined : await weigh(copy, run, effects, needed.calls);
  if (next !== undefined) return next;
  if (run.memory.freed === undefined && isShort(run, allowance, needed)) return PLAN;
  if (how === "free") return free(copy, run, effects);
  if (world.isStale(allowance.clock.monotonic())) return LOOK_NOW;
  const outcome = await mark(copy, run, effects);
  if (outcome.kind === "accepted" || outcome.kind === "unknown") run.memory.compared = run.memory.marked;
  // What it rests on must be seen with the mark in place.
  return outcome.kind === "accepted" ? LOOK_NOW : later(outcome, run, effects);
}

/** Renames a copy, so that every run can see that something is to come in its place. */
export async function mark(
  copy: Copy,
  run: TargetRun,
  { environments, world, logger }: Effects,
): Promise<WriteOutcome> {
  const { id } = copy.environment;
  const newId = supersededId(copy);
  const outcome = await environments.rename(id, newId);
  logger.info("copy_set_aside", { environmentId: id, newId, outcome: outcome.kind });
  if (outcome.kind === "accepted" || outcome.kind === "unknown") run.memory.marked = newId;
  if (outcome.kind === "accepted") world.renamed(id, newId);
  return outcome;
}

/** Whether the content of a copy speaks against letting it give way; undefined where nothing does. */
async function weigh(
  copy: Copy,
  run: TargetRun,
  effects: Effects,
  reserved: number,
): Promise<Next | undefined> {
  const verdict = await compareWith(standInFor(copy, effects), copy, run, effects, reserved);
  if (verdict === "clear") return undefined;
  if (verdict === "shrunk") return PLAN;
  if (verdict === "gone") return setBack(run, CHANGING);
  if (verdict === "out-of-calls")
    return mayGoUncompared(copy, effects) ? undefined : passOver(copy, run, effects);
  // Another run has just sent it away.
  if (verdict.cause === "DATOCMS_BUSY") return setBack(run, verdict);
  run.memory.refused = verdict;
  return PLAN;
}

async function free(copy: Copy, run: TargetRun, effects: Effects): Promise<Next> {
  const asksForIt = effects.policy.rotation === "delete-first";
  const reason = asksForIt ? "BACKUP_ROTATION asks for it" : "the plan has no room for both";
  const asked = await askForRemoval(copy, run, effects, reason);
  if (asked === "stale") return LOOK_NOW;
  if (asked === "spent") return LOOK;
  if (asked.kind !== "accepted" && asked.kind !== "unknown") return later(asked, run, effects);
  // Of unknown effect counts too: at most one copy may give way, whatever an answer hides.
  run.memory.freed = identityOf(copy.environment);
  return asked.kind === "accepted" ? PLAN : later(asked, run, effects);
}

/**
 * What a copy gives way to: a fork, which will hold what the primary does. Only one beyond the count is compared with
 * the newest, as whoever tidies up does: so that two runs never keep another one each.
 */
function standInFor(copy: Copy, { world, policy }: Effects): Environment | undefined {
  const { remove } = excess(world.environments, copy.cadence, policy, new Set());
  const isBeyond = remove.some(({ environment }) => environment.id === copy.environment.id);
  return isBeyond
    ? successorOf(copy, world.environments, policy)?.environment
    : world.environments.find((each) => each.primary);
}

/**
 * Where the brake keeps another copy of the cadence, that one stays whatever happens, so the newest may go without a
 * comparison.
 */
function mayGoUncompared(copy: Copy, effects: Effects): boolean {
  const newest = newestBackup(effects.world.environments, copy.cadence, effects.policy.holdDays);
  return brakedIn(copy.cadence, effects).length > 0 && newest?.environment.id === copy.environment.id;
}

/**
 * No calls are left to compare a copy. Unless the brake keeps another, none goes: another run could remove the copies
 * that this one passes over at the same moment, and then nothing would be left.
 */
function passOver(copy: Copy, run: TargetRun, effects: Effects): Next {
  if (brakedIn(copy.cadence, effects).length > 0) effects.unsure.add(copy.environment.id);
  else run.memory.refused = CUT.OUT_OF_CALLS;
  return PLAN;
}

type Learnt =
  | { readonly kind: "known" }
  /** Something is known now that the plan did not rest on. */
  | { readonly kind: "changed" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** A copy must not go because a limit could not be read quickly: before the first does, it is asked for several times. */
async function learnLimit(effects: Effects): Promise<Learnt> {
  if (effects.limit !== "unread") return { kind: "known" };
  const read = await effects.environments.sandboxLimit();
  if (!read.ok) return { kind: "failed", failure: read.failure };
  effects.limit = read.value;
  return { kind: effects.limit === "untold" ? "known" : "changed" };
}
