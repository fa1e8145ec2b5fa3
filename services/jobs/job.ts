import * as z from "zod/mini";
import { documentIn } from "../stores/document.ts";

/** Work that may outlive an invocation, as it lies in the store: one object that whoever works on it replaces. */

/** Where all jobs lie. */
export const JOBS = "jobs/";
export const JOB_STATES = ["queued", "running", "done", "partial", "failed"] as const;
export type JobState = (typeof JOB_STATES)[number];

const text = z.string();
const whole = z.number().check(z.gte(0));
const Progress = z.object({ done: whole, total: z.nullable(whole), unit: text, what: text });
/** How far a job is: `done` of `total` (null where nobody knows), in a unit such as records. */
export type Progress = z.infer<typeof Progress>;

export const Job = z.object({
  format: z.literal(1),
  id: text,
  kind: text,
  state: z.enum(JOB_STATES),
  /** Ms since the epoch, by the clock of whoever opened it. */
  createdAt: whole,
  endedAt: z.nullable(whole),
  /** Grows with each claim: what bears a smaller one is from a holder that has lost the job. */
  epoch: whole,
  /** Whoever works on it; null where nobody does. */
  holder: z.nullable(text),
  /** Of this version alone, so that a look tells whose write it is. */
  write: text,
  /** Where the work goes on; its kind's own. */
  cursor: z.unknown(),
  progress: z.nullable(Progress),
  /** When progress was told last, by the clock of whoever works on it. */
  progressAt: z.optional(whole),
  cancelRequested: z.boolean(),
  /** What came of it; its kind's own. */
  result: z.unknown(),
  failure: z.nullable(z.object({ cause: text, sentence: text })),
});
export type Job = z.infer<typeof Job>;

/** Work that stands still for so long is stuck, ms. */
const STUCK_MS = 2 * 60 * 60_000;

/** Whether a job that has not ended has made no progress for two hours. Pure. */
export function isStuck(job: Job, now: number): boolean {
  return !isEnded(job) && now - (job.progressAt ?? job.createdAt) > STUCK_MS;
}

const ID = /^job_[\w.-]{1,100}$/;

/** Undefined where no job can have this id. */
export function jobKey(id: string): string | undefined {
  return ID.test(id) ? `${JOBS}${id}.json` : undefined;
}

export function isEnded({ endedAt }: Job): boolean {
  return endedAt !== null;
}

/** Undefined where the object is damaged, or of a newer format. */
export function jobIn(bytes: Uint8Array): Job | undefined {
  return Job.safeParse(documentIn(bytes)).data;
}
