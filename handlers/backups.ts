import type {
  CadenceFigures,
  Coverage,
  Inventory,
  StoredBackup,
  Timeliness,
} from "../services/backupService.ts";
import { byCadence, CADENCES } from "../utils/config.ts";
import { iso } from "./answers.ts";
import { orThrow } from "./failures.ts";
import { lookingService, type RequestContext } from "./requestContext.ts";
import { respondTextOrJson } from "./respond.ts";

/** Somebody who looks at a browser or a terminal has the answer within eight seconds. */
const LOOK_MS = 7_500;

/** Lists what exists and what can be returned to: as text, or as JSON where that is asked for. */
export async function backups(context: RequestContext): Promise<Response> {
  const found = orThrow(await lookingService(context, LOOK_MS).inventory(true));
  const named = context.req.query("others") === "names";
  return respondTextOrJson(
    context,
    () => asJson(found, named),
    () => asText(found, named),
  );
}

/** Recovery coverage, as answers write it. */
export function coverageAnswer({ points, newestAt, oldestAt, largestGap, sentence }: Coverage) {
  return {
    points,
    newestAt: isoOrNull(newestAt),
    oldestAt: isoOrNull(oldestAt),
    largestGapSeconds: largestGap === undefined ? null : seconds(largestGap),
    sentence,
  };
}

/** Timeliness, as answers write it; null where the cadence is not enabled. */
export function timelinessAnswer(timeliness: Timeliness | undefined) {
  const lateSince = timeliness?.kind === "late" ? iso(timeliness.since) : null;
  return { timeliness: timeliness?.kind ?? null, lateSince };
}

function asJson({ now, coverage, cadences, backups, others, room }: Inventory, named: boolean): object {
  return {
    ok: true,
    coverage: coverageAnswer(coverage),
    cadences: byCadence((cadence) => cadenceAnswer(cadences[cadence])),
    copies: backups.map((stored) => backupAnswer(stored, now)),
    others: others.length,
    ...(named && { otherNames: others }),
    room: {
      sandboxes: backups.length + others.length,
      limit: room.limit === Number.POSITIVE_INFINITY ? "unlimited" : (room.limit ?? null),
      overageThreshold: room.overageThreshold ?? null,
    },
    checkedAt: iso(now),
  };
}

function cadenceAnswer({ enabled, timeliness, nextAt, expectedInterval }: CadenceFigures) {
  return {
    enabled,
    ...timelinessAnswer(timeliness),
    nextBackupAt: isoOrNull(nextAt),
    expectedIntervalSeconds: seconds(expectedInterval),
  };
}

/** One backup, as answers write it. */
export function backupAnswer({ backup, is, totals }: StoredBackup, now: number) {
  const { id, cadence, date, takenAt } = backup;
  return {
    environmentId: id,
    cadence,
    date,
    takenAt: iso(takenAt),
    ageSeconds: Math.max(0, seconds(now - takenAt)),
    ...is,
    ...("until" in is && { until: iso(is.until) }),
    ...("percentage" in is && { percentage: is.percentage ?? null }),
    totals: totals ?? null,
  };
}

function asText({ now, coverage, cadences, backups, others, room }: Inventory, named: boolean): string {
  const width = Math.max(0, ...backups.map(({ backup }) => backup.id.length));
  const rows = backups.map(({ backup: { id, takenAt }, is, totals }) => {
    const holds = totals === undefined ? "" : `, ${totals.records} records, ${totals.uploads} uploads`;
    return `${id.padEnd(width)}  ${iso(takenAt)}  ${stateText(is)}${holds}`;
  });
  const times = CADENCES.flatMap((cadence) => {
    const { timeliness, lateSince } = timelinessAnswer(cadences[cadence].timeliness);
    if (timeliness === null) return [];
    return `${cadence.padEnd(8)}  ${timeliness}${lateSince === null ? "" : ` since ${lateSince}`}`;
  });
  const names = named && others.length > 0 ? `: ${others.join(", ")}` : "";
  const plan = room.limit === undefined ? "" : `; the plan allows ${limitText(room.limit)}`;
  return [
    coverage.sentence,
    "",
    ...times,
    "",
    ...rows,
    ...(rows.length === 0 ? [] : [""]),
    `Other sandboxes: ${others.length}${names}${plan}`,
    `Looked at ${iso(now)}`,
  ].join("\n");
}

function stateText(is: StoredBackup["is"]): string {
  if ("hangs" in is && is.hangs) return "creating, and hangs";
  if (is.state === "held") return `held until ${iso(is.until)} (${is.because})`;
  return is.state === "creating" && is.percentage !== undefined ? `creating, ${is.percentage} %` : is.state;
}

function limitText(limit: number): string {
  return limit === Number.POSITIVE_INFINITY ? "any number" : String(limit);
}

/** An instant that there may not be, as answers write it. */
export function isoOrNull(instant: number | undefined): string | null {
  return instant === undefined ? null : iso(instant);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
