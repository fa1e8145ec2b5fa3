import type { LastRun } from "../../../services/backupService.ts";
import type { RecentRuns } from "../../../services/offsite.ts";
import { CADENCES } from "../../../utils/config.ts";

/** The end of the last run for each kind of backup. Pure. */
export function endsOf({ latest, bars }: RecentRuns): LastRun[] {
  return CADENCES.flatMap((cadence) => {
    const attempt = bars[cadence]?.at(-1);
    if (attempt === undefined) return [];
    const run = latest.find(({ id }) => id === attempt.id);
    const own = run?.backups?.find((each) => each.cadence === cadence)?.failure;
    const { id, status, startedAt } = attempt;
    return [{ id, cadence, status, startedAt, why: (own ?? run?.failure)?.sentence }];
  });
}
