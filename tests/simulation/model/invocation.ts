import type { ScheduledRun } from "../../../services/backupService.ts";
import type { Asked, Kill } from "./script.ts";

/** A call that an invocation made, as it went over its own wire. Instants on the true clock, ms since the epoch. */
export interface Call {
  readonly operation: string;
  /** The id in the path; of a fork or a renaming the new one. */
  readonly id: string;
  /** The id in the path of a fork or a renaming. */
  readonly from: string;
  /** Whose content is read. */
  readonly environment: string | undefined;
  readonly sentAt: number;
  endedAt: number | undefined;
  /** HTTP status, or what came instead of an answer. */
  outcome: number | "failed" | "unanswered";
  /** Refused, because the name exists. */
  isTaken: boolean;
  /** Answered with 200 and a body that is no JSON, which tells nothing; looked for where the price plan is asked. */
  isBroken: boolean;
  /** A list of the environments as it was answered. */
  list: string | undefined;
}

/** What an answer says that there is. */
export interface Claims {
  readonly ready: readonly { readonly id: string; readonly reused: boolean }[];
  readonly creating: readonly string[];
  readonly deleted: readonly string[];
}

/** One call of the service, or one tick. */
export interface Invocation {
  readonly number: number;
  readonly title: string;
  readonly asked: Asked;
  readonly isTick: boolean;
  readonly kill: Kill | undefined;
  /** It shared a process, and so may have joined the work of another. */
  readonly shares: boolean;
  /** How far the host's clock was off when it began, ms. */
  readonly hostOffset: number;
  readonly startedAt: number;
  /** What the primary's plugin said when it began. */
  readonly disconnected: boolean;
  readonly budgetMs: number;
  readonly maxCalls: number;
  readonly calls: Call[];
  endedAt: number | undefined;
  /** What it said; undefined where it was killed. */
  answer: unknown;
  claims: Claims | undefined;
}

const NOTHING: Claims = { ready: [], creating: [], deleted: [] };

/** What a tick came to. */
export function claimsOfTick(run: ScheduledRun | undefined): Claims {
  if (run?.kind !== "ran") return NOTHING;
  const outcomes = run.attempts.map(({ outcome }) => outcome);
  return {
    ready: outcomes.flatMap((each) =>
      each.kind === "done" ? [{ id: each.environmentId, reused: each.reused }] : [],
    ),
    creating: outcomes.flatMap((each) => (each.kind === "creating" ? [each.environmentId] : [])),
    deleted: outcomes.flatMap((each) => each.deleted),
  };
}

/** What an answer over HTTP says, wherever in it that stands. */
export function claimsOf(body: unknown): Claims {
  const found = {
    ready: [] as { id: string; reused: boolean }[],
    creating: [] as string[],
    deleted: [] as string[],
  };
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      value.forEach(walk);
      return;
    }
    const fields = value as Readonly<Record<string, unknown>>;
    const { createdEnvironmentId: id, state, deletedEnvironmentIds: deleted } = fields;
    if (typeof id === "string" && state === "ready") found.ready.push({ id, reused: fields.reused === true });
    if (typeof id === "string" && state === "creating") found.creating.push(id);
    if (Array.isArray(deleted)) found.deleted.push(...deleted.filter((each) => typeof each === "string"));
    Object.values(fields).forEach(walk);
  };
  walk(body);
  return found;
}
