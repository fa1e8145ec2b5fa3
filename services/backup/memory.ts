import type { Failure } from "../../utils/failures.ts";
import type { WriteOutcome } from "../datocms/calls.ts";
import type { Environment } from "../datocms/environments.ts";

/**
 * What a run has itself seen of one target. It ends with the run: everything that must outlive it stands in
 * the environments. Only events change it.
 */
export interface Memory {
  /** The latest that DatoCMS's clock showed when the run began, ms since the epoch: what is new is newer. */
  readonly newestSeen: number;
  /** The fork was accepted, or the target was seen `creating`: its absence now means that the fork failed. */
  readonly forkStarted: boolean;
  /** When DatoCMS began that backup, on its own clock. */
  readonly madeAt: number | undefined;
  /** Forks sent, whatever came of them. */
  readonly forksSent: number;
  /** Sandboxes that existed when this run sent the last one. */
  readonly inUseAtFork: number | undefined;
  /** A fork was sent, or somebody else was seen replacing the target: a ready one may be new. */
  readonly forkMayExist: boolean;
  /** It had to wait for room: what comes under the target's name meanwhile is another run's new backup. */
  readonly hasWaited: boolean;
  /** Creation time of the backup that this run set aside, or tried to: that one is never the new one. */
  readonly setAside: number | undefined;
  /** Id under which a backup that this run has renamed waits to be evicted. */
  readonly marked: string | undefined;
  /** Id of a backup that this run has compared with what is to come before it marked it. */
  readonly compared: string | undefined;
  /** How often it has waited for another run to evict what that has marked, or to give it its name back. */
  readonly turnsAwaited: number;
  /** It has done so itself, in the place of a run that was killed. */
  readonly namedBack: boolean;
  /** Sandboxes that existed when the price plan refused another. */
  readonly fullAt: number | undefined;
  /** How often it refused. */
  readonly limitRefusals: number;
  /** How often it did so while a single backup of ours was there, or none. */
  readonly limitRefusalsAsOnly: number;
  /** Identity of the backup that this run has destroyed to make room. */
  readonly evicted: string | undefined;
  /** Answers that sent it back to look again; bounded. */
  readonly conflicts: number;
  /** The last thing that stood in the way, told when time runs out before the fork began. */
  readonly lastFailure: Failure | undefined;
  /** Why it is of no use to try again. */
  readonly finalFailure: Failure | undefined;
}

/** What a run meets on its way and must not forget. */
export type RunEvent =
  /**
   * A fork was sent. `inUse`: sandboxes that exist; `isOnly`: a single backup of ours is there at most, and the price
   * plan does not tell its capacity.
   */
  | {
      readonly event: "fork-sent";
      readonly answer: WriteOutcome["kind"];
      readonly inUse: number;
      readonly isOnly: boolean;
    }
  /** The target is being made, by this run or by one that it joins. */
  | { readonly event: "seen-creating"; readonly createdAt: number | undefined }
  /** Somebody else is replacing the target at this moment. */
  | { readonly event: "overtaken" }
  | { readonly event: "waited"; readonly for: "removal" | "room" | "notice" | "turn" }
  | { readonly event: "set-aside"; readonly createdAt: number }
  | { readonly event: "marked"; readonly id: string; readonly isCompared: boolean }
  | { readonly event: "evicted"; readonly identity: string }
  | { readonly event: "named-back" }
  /** Somebody else was at work: worth another look, but not for ever. */
  | { readonly event: "conflict"; readonly failure: Failure }
  /** Something stood in the way, and may not the next time. */
  | { readonly event: "failed"; readonly failure: Failure }
  | { readonly event: "gave-up"; readonly failure: Failure };

const MAX_CONFLICTS = 4;

/**
 * The memory of a run that has seen nothing yet but what was listed.
 *
 * @param newestSeen the latest creation that was listed, ms since the epoch
 * @param making the target, where it is in the making
 */
export function freshMemory(newestSeen: number, making: Environment | undefined): Memory {
  return {
    newestSeen,
    forkStarted: making !== undefined,
    madeAt: making?.createdAt,
    forksSent: 0,
    inUseAtFork: undefined,
    forkMayExist: false,
    hasWaited: false,
    setAside: undefined,
    marked: undefined,
    compared: undefined,
    turnsAwaited: 0,
    namedBack: false,
    fullAt: undefined,
    limitRefusals: 0,
    limitRefusalsAsOnly: 0,
    evicted: undefined,
    conflicts: 0,
    lastFailure: undefined,
    finalFailure: undefined,
  };
}

/** The memory after an event. Pure. */
export function remembered(memory: Memory, met: RunEvent): Memory {
  switch (met.event) {
    case "fork-sent":
      return afterFork(memory, met);
    case "seen-creating":
      // Another run may replace what this one has made: that stays its own.
      return { ...memory, forkStarted: true, madeAt: memory.madeAt ?? met.createdAt };
    case "overtaken":
      return { ...memory, forkMayExist: true };
    case "waited": {
      // A backup has gone and the plan has not noticed: the next look is followed by a fork.
      const isFreed = met.for === "notice";
      const turnsAwaited = memory.turnsAwaited + (met.for === "turn" ? 1 : 0);
      return { ...memory, hasWaited: true, turnsAwaited, fullAt: isFreed ? undefined : memory.fullAt };
    }
    case "set-aside":
      return { ...memory, setAside: met.createdAt };
    case "marked":
      return { ...memory, marked: met.id, compared: met.isCompared ? met.id : memory.compared };
    case "evicted":
      return { ...memory, evicted: met.identity };
    case "named-back":
      return { ...memory, namedBack: true };
    case "conflict": {
      const { failure } = met;
      const conflicts = memory.conflicts + 1;
      const finalFailure = conflicts > MAX_CONFLICTS ? failure : memory.finalFailure;
      return { ...memory, conflicts, lastFailure: failure, finalFailure };
    }
    case "failed":
      return { ...memory, lastFailure: met.failure };
    case "gave-up":
      return { ...memory, finalFailure: met.failure };
  }
}

function afterFork(
  memory: Memory,
  { answer, inUse, isOnly }: Extract<RunEvent, { event: "fork-sent" }>,
): Memory {
  const sent = {
    ...memory,
    forksSent: memory.forksSent + 1,
    inUseAtFork: inUse,
    forkStarted: false,
    madeAt: undefined,
    forkMayExist: memory.forkMayExist || ["accepted", "taken", "unknown"].includes(answer),
  };
  if (answer !== "no-room") return sent;
  const limitRefusals = memory.limitRefusals + 1;
  const limitRefusalsAsOnly = memory.limitRefusalsAsOnly + (isOnly ? 1 : 0);
  return { ...sent, fullAt: inUse, limitRefusals, limitRefusalsAsOnly };
}
