import type { Clock } from "../utils/clock.ts";

export type JobResult = { status: number; payload: unknown };

export type Job = { readonly id: string; doneAt: number; result: JobResult | null };

export type Jobs = {
  /** Begins a job that is not done until `finish`. */
  begin(): Job;
  /** Ends a job at a time, in milliseconds since 1970, which may lie ahead. The first end counts. */
  finish(job: Job | null, doneAt: number, result: JobResult): void;
  /** The result of a job that is done; undefined while it runs, and for an unknown id: they look the same. */
  result(id: string): JobResult | undefined;
};

const statusTexts: Readonly<Record<number, string>> = { 200: "OK", 201: "Created" };

/**
 * @param clock its wall time decides what is done
 * @param nextId makes ids of 24 hexadecimal digits, as real jobs have
 */
export function jobRegister(clock: Clock, nextId: () => string): Jobs {
  const jobs = new Map<string, Job>();
  return {
    begin() {
      const job: Job = { id: nextId(), doneAt: Number.POSITIVE_INFINITY, result: null };
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
      return job?.result && clock.now() >= job.doneAt ? job.result : undefined;
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
