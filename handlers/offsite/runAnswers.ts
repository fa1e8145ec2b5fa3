import type { ArchiveFate, RunSummary, StoredRun } from "../../services/offsite.ts";
import { iso } from "../answers.ts";

/** A run in a list. */
export function summaryAnswer({
  id,
  kind,
  status,
  trigger,
  startedAt,
  durationMs,
  bytes,
  cadences,
}: RunSummary) {
  return { id, kind, status, trigger, startedAt: iso(startedAt), durationMs, bytes, cadences };
}

/** @param fate of the archive that the run has made; undefined where it made none */
export function runAnswer({ format: _, archive, ...run }: StoredRun, fate: ArchiveFate | undefined) {
  const answer = { ...run, startedAt: iso(run.startedAt) };
  if (archive === undefined) return answer;
  const at = fate?.kind === "expired" ? fate.at : undefined;
  const expiredAt = at === undefined ? null : iso(at);
  return { ...answer, archive: { ...archive, gone: fate?.kind === "expired", expiredAt } };
}
