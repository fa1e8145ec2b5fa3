import type { Logger } from "../utils/logger.ts";
import { dueSlot, type Schedule } from "./archive/schedules/schedule.ts";
import type { SchedulesHost } from "./archiveSlot.ts";
import { ArchiveCursor } from "./archiveWork.ts";
import type { Job } from "./jobs/job.ts";
import type { Jobs } from "./jobs/jobs.ts";

/** What a look at the schedules is done with. */
export interface SchedulesLook extends SchedulesHost {
  readonly jobs: Jobs;
  readonly logger: Logger;
  readonly stopped: AbortSignal;
  /** Works on a job; undefined where somebody else has it. */
  work(job: Job): Promise<Job | undefined>;
}

/** Another archive may be under way first, and be joined. */
const TRIES = 3;

/** Makes the archives whose schedules have come, one after the other. Calls the store alone where none has. */
export async function makeScheduled(look: SchedulesLook): Promise<void> {
  const listed = await look.schedules.list();
  if (!listed.ok) {
    const { cause, sentence } = listed.failure;
    look.logger.error("schedules_not_looked_at", { cause, sentence });
    return;
  }
  for (const each of listed.value) {
    if (each.kind === "unreadable") look.logger.error("schedule_unreadable", { schedule: each.id });
    else if (
      dueSlot(each.schedule, look.now(), look.times) !== undefined &&
      !(await make(each.schedule, look))
    )
      return;
  }
}

/** True where it is over, well or not; false where the rest is another look's to do. */
async function make({ id }: Schedule, { jobs, stopped, work }: SchedulesLook): Promise<boolean> {
  for (let tries = 0; tries < TRIES && !stopped.aborted; tries += 1) {
    const opened = await jobs.openNext({ kind: "archive", cursor: cursorFor(id) });
    if (!opened.ok) return false;
    const job = await work(opened.value);
    if (job === undefined) return false;
    if (ArchiveCursor.safeParse(opened.value.cursor).data?.schedule === id) return true;
  }
  return false;
}

function cursorFor(schedule: string): ArchiveCursor {
  return {
    ...{ trigger: "schedule", by: "schedule" },
    ...{ from: null, createdAt: null, cadences: [] },
    ...{ schedule, withAssets: true, isFull: false, made: null },
  };
}
