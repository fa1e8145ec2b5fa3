import type { Clock } from "../utils/clock.ts";

export type JobResult = { status: number; payload: unknown };

export type Job = {
  readonly id: string;
  doneAt: number;
  result: JobResult | null;
  /** How often it will be asked for in vain, though it is done. */
  pollsLeft: number;
  /** What it changes, where only one job at a time may. */
  about: string | undefined;
};

export type Jobs = {
  /**
   * Begins a job that is not done until `finish`.
   *
   * @param polls how often it is asked for in vain after that; default 0
   */
  begin(polls?: number, about?: string): Job;
  /** Whether a job is under way that changes this; nobody waits for one that nobody asks for. */
  isUnderWay(about: string): boolean;
  /** Ends a job at a time, in milliseconds since 1970, which may lie ahead. The first end counts. */
  finish(job: Job | null, doneAt: number, result: JobResult): void;
  /** The result of a job that is done; undefined while it runs, and for an unknown id: they look the same. */
  result(id: string): JobResult | undefined;
};

/** A job whose answer was lost is over after this time, whoever asks. */
const LONGEST_MS = 10_000;

const statusTexts: Readonly<Record<number, string>> = { 200: "OK", 201: "Created" };

/**
 * @param clock its wall time decides what is done
 * @param nextId makes ids of 24 hexadecimal digits, as real jobs have
 */
export function jobRegister(clock: Clock, nextId: () => string): Jobs {
  const jobs = new Map<string, Job>();
  return {
    isUnderWay(about) {
      const now = clock.now();
      return [...jobs.values()].some(
        (job) => job.about === about && job.pollsLeft > 0 && now < job.doneAt + LONGEST_MS,
      );
    },
    begin(polls = 0, about) {
      const doneAt = Number.POSITIVE_INFINITY;
      const job: Job = { id: nextId(), doneAt, result: null, pollsLeft: polls, about };
      jobs.set(job.id, job);
      return job;
    },
    finish(job, doneAt, result) {
      if (job === null || job.result !== null) return;
      job.doneAt = doneAt;
      job.result = result;
    },
    result(id) {
      const job = jobs.get(id);
      if (!job?.result || clock.now() < job.doneAt) return undefined;
      return job.pollsLeft-- > 0 ? undefined : job.result;
    },
  };
}

/** @returns the document of an accepted job (HTTP 202) */
export function jobDocument(job: Job): object {
  return { data: { id: job.id, type: "job" } };
}

/** @returns the document of a job that is done */
export function jobResultDocument(id: string, result: JobResult): object {
  const statusText = statusTexts[result.status] ?? "Error";
  return {
    data: {
      id,
      type: "job_result",
      attributes: { status: result.status, statusText, payload: result.payload },
    },
  };
}
