import type { Job, Offsite } from "../../services/offsite.ts";
import { iso } from "../answers.ts";
import type { OffsiteHandlers } from "../offsite.ts";
import { ServiceError } from "../serviceError.ts";
import { opened, storeFailed } from "./opened.ts";

/** The routes about long work. */
export function jobHandlers(offsite: Offsite): Pick<OffsiteHandlers, "jobs" | "job"> {
  return {
    async jobs(context) {
      const jobs = await (await opened(offsite)).jobs.list();
      if (!jobs.ok) throw storeFailed(jobs.failure);
      return context.json({ ok: true, jobs: jobs.value.map(jobAnswer) });
    },

    async job(context) {
      const found = await (await opened(offsite)).jobs.get(context.req.param("jobId") ?? "");
      if (!found.ok) throw storeFailed(found.failure);
      if (found.value === undefined)
        throw new ServiceError("JOB_NOT_FOUND", 404, "There is no job of this id.");
      return context.json({ ok: true, job: jobAnswer(found.value) });
    },
  };
}

/** Long work as every answer has it. */
export function jobAnswer({ id, kind, state, createdAt, endedAt, progress, cancelRequested, failure }: Job) {
  const times = { createdAt: iso(createdAt), endedAt: endedAt === null ? null : iso(endedAt) };
  return { id, kind, state, ...times, progress, cancelRequested, failure };
}
