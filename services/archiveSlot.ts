import { type Result, succeeded } from "../utils/failures.ts";
import type { ListedArchive } from "./archive/archives.ts";
import type { ArchiveFailure } from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import { dueSlot, type Schedule, type ScheduleTimes } from "./archive/schedules/schedule.ts";
import type { Schedules } from "./archive/schedules/schedules.ts";
import type { ArchiveService } from "./archiveService.ts";

/** What schedules are looked at with. */
export interface SchedulesHost {
  readonly schedules: Schedules;
  readonly times: ScheduleTimes;
  readonly now: () => number;
}

/** What a schedule's job has to do now. */
export type ScheduledStep =
  /** The schedule is gone, switched off or changed, or somebody else has made it. */
  | { readonly kind: "nothing" }
  | { readonly kind: "make"; readonly slot: number; readonly schedule: Schedule }
  /** Whoever had the job before was killed behind it. */
  | { readonly kind: "made"; readonly slot: number; readonly archive: Manifest };

/** Decides it by what lies in the store: the job may have been opened long ago, or twice. */
export async function scheduledStep(
  id: string,
  archives: ArchiveService,
  { schedules, times, now }: SchedulesHost,
): Promise<Result<ScheduledStep, ArchiveFailure>> {
  const found = await schedules.get(id);
  if (!found.ok) return found;
  const schedule = found.value;
  if (schedule === undefined) return succeeded({ kind: "nothing" });
  const slot = dueSlot(schedule, now(), times);
  if (slot === undefined) return succeeded({ kind: "nothing" });
  const listed = await archives.list();
  if (!listed.ok) return listed;
  const archive = archiveOf(id, slot, listed.value);
  return succeeded(
    archive === undefined ? { kind: "make", slot, schedule } : { kind: "made", slot, archive },
  );
}

function archiveOf(id: string, slot: number, archives: readonly ListedArchive[]): Manifest | undefined {
  const manifests = archives.flatMap(({ manifest: read }) => (read.kind === "read" ? [read.manifest] : []));
  return manifests.find(
    ({ scope: { schedule } }) => schedule?.id === id && Date.parse(schedule.slot) === slot,
  );
}
