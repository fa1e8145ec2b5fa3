import type { Clock } from "../../utils/clock.ts";
import { type Result, succeeded } from "../../utils/failures.ts";
import type { StoreFailure } from "../stores/failures.ts";
import type { Job, Progress } from "./job.ts";
import type { Jobs } from "./jobs.ts";
import { LEASE_MS, type Lease, MARGIN_MS } from "./lease.ts";

/** What a kind of job does, step by step. */
export interface Work {
  /**
   * Does what comes next: seconds of work, so that little is repeated. Steps are idempotent: one whose end could not be
   * written is done again, by this holder or the next. A step looks at `hold` before it sends anything that changes
   * something.
   */
  step(cursor: unknown, hold: Hold): Promise<Step>;
}

/** The right to act, as a step sees it. */
export interface Hold {
  /** False once the lease is lost, or nearly over: nothing may be sent then. */
  mayAct(): boolean;
  /** Aborted as soon as the lease is lost. */
  readonly lost: AbortSignal;
  /** Tells how far a step that takes long is; it is written with the next renewal. */
  tell(progress: Progress): void;
  /** Writes at once where the work goes on, and so what others see of it. */
  keep(cursor: unknown): Promise<Result<"saved" | "lost", StoreFailure>>;
}

export type Step =
  | { readonly kind: "more"; readonly cursor: unknown; readonly progress?: Progress }
  | { readonly kind: "done" | "partial"; readonly result: unknown }
  | { readonly kind: "failed"; readonly failure: NonNullable<Job["failure"]> };

/** How far an invocation brought a job. */
export type Advanced =
  | { readonly kind: "absent" }
  /** Somebody else works on it: it is joined by looking at it again. */
  | { readonly kind: "held" | "lost"; readonly job: Job }
  /** The time of this invocation is over; whoever calls next goes on at once. */
  | { readonly kind: "more"; readonly job: Job }
  | { readonly kind: "ended"; readonly job: Job };

export interface AdvanceOptions {
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** Ms that the invocation still has; a step that is begun is not cut. */
  readonly timeLeft: () => number;
}

const RENEW_MS = 15_000;
const RETRY_MS = 1_000;
const CANCELLED = { cause: "CANCELLED", sentence: "Somebody has cancelled it." };

/** Does what fits of a job; calling it again, from wherever, goes on where it stopped. */
export async function advance(
  id: string,
  work: Work,
  { jobs, clock, timeLeft }: AdvanceOptions,
): Promise<Result<Advanced, StoreFailure>> {
  const claim = await jobs.claim(id);
  if (!claim.ok) return claim;
  if (claim.value.kind !== "claimed") return succeeded(claim.value);
  const { lease } = claim.value;

  for (;;) {
    const { job } = lease;
    if (job.cancelRequested) return end({ state: "failed", failure: CANCELLED });
    if (timeLeft() <= 0) return leave();
    const step = await whileRenewing(lease, clock, (hold) => work.step(job.cursor, hold));
    if (step.kind !== "more") return end(endOf(step));
    const { cursor, progress = lease.job.progress } = step;
    const saved = await insist({ cursor, progress, progressAt: clock.now() });
    if (!saved.ok) return saved;
    if (saved.value === "lost") return succeeded({ kind: "lost", job: lease.job });
  }

  async function end(change: Partial<Job>): Promise<Result<Advanced, StoreFailure>> {
    const saved = await insist({ ...change, holder: null, endedAt: clock.now() });
    if (!saved.ok) return saved;
    return succeeded({ kind: saved.value === "lost" ? "lost" : "ended", job: lease.job });
  }

  async function leave(): Promise<Result<Advanced, StoreFailure>> {
    const saved = await insist({ holder: null });
    if (!saved.ok) return saved;
    return succeeded({ kind: saved.value === "lost" ? "lost" : "more", job: lease.job });
  }

  /** Writes as long as the lease lasts: what cannot be written is the next holder's to do again. */
  async function insist(change: Partial<Job>) {
    for (;;) {
      const saved = await lease.save(change);
      if (saved.ok || lease.timeLeft() <= MARGIN_MS) return saved;
      await clock.sleep(RETRY_MS);
    }
  }
}

function endOf(step: Exclude<Step, { readonly kind: "more" }>): Partial<Job> {
  return step.kind === "failed"
    ? { state: "failed", failure: step.failure }
    : { state: step.kind, result: step.result ?? null };
}

/** Does a step while the lease is renewed beside it. */
async function whileRenewing(lease: Lease, clock: Clock, step: (hold: Hold) => Promise<Step>): Promise<Step> {
  const lost = new AbortController();
  const over = new AbortController();
  let told: Partial<Job> = {};
  const renewing = renew();
  try {
    return await step({
      mayAct: () => lease.timeLeft() > MARGIN_MS,
      lost: lost.signal,
      tell(progress) {
        told = { progress, progressAt: clock.now() };
      },
      async keep(cursor) {
        const saved = await lease.save({ ...told, cursor });
        if (saved.ok && saved.value === "lost") lost.abort();
        return saved;
      },
    });
  } finally {
    over.abort();
    await renewing;
  }

  async function renew(): Promise<void> {
    while (!over.signal.aborted) {
      // A renewal that failed is tried again sooner.
      const isFresh = lease.timeLeft() > LEASE_MS - RENEW_MS;
      await clock.sleep(isFresh ? RENEW_MS : RETRY_MS, over.signal);
      if (over.signal.aborted) return;
      const saved = await lease.save(told);
      if (saved.ok && saved.value === "lost") return lost.abort();
    }
  }
}
