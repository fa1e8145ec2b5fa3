import { byCadence, CADENCES, type Cadence } from "../utils/config.ts";
import { type Result, succeeded } from "../utils/failures.ts";
import { guardedIn, shrinkGuardFor } from "./backup/shrinkGuard.ts";
import type { Backup } from "./catalog/backup.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { startOf } from "./catalog/names.ts";
import { type BackupContext, connect, type Dato, readProject } from "./context.ts";
import { cadenceFinding } from "./findings/cadence.ts";
import type { Finding } from "./findings/finding.ts";
import { hangingFindings } from "./findings/hanging.ts";
import { heldFindings } from "./findings/held.ts";
import { pluginFinding } from "./findings/plugin.ts";
import { scheduleFindings, whyStopped } from "./findings/schedule.ts";
import { shrunkFindings } from "./findings/shrunk.ts";
import { type Coverage, coverageOf } from "./recovery/coverage.ts";
import { type CadenceFigures, figuresOf } from "./recovery/figures.ts";
import type { Timeliness } from "./recovery/timeliness.ts";
import { isDue } from "./schedule/due.ts";
import type { Schedule } from "./schedule/schedule.ts";
import type { Scheduler } from "./schedule/scheduler.ts";

/** One cadence as its owner sees it; instants in ms since the epoch. */
export interface CadenceStatus {
  /** Whether the schedule makes it by itself. */
  readonly enabled: boolean;
  /**
   * When the newest restore point was made, always within its name's own UTC day: the plugin computes the name from it.
   * Where none counts, a held one's: the plugin would say "Never" of it.
   */
  readonly lastBackupAt: number | undefined;
  /** That backup's name. */
  readonly environmentId: string | undefined;
  /** Whether a run by date would make one at this moment: today's, or a missed one. */
  readonly dueNow: boolean;
  /** The tick that will make the next one; undefined where none will. */
  readonly nextBackupAt: number | undefined;
  /** `creating` while a backup is being made, whatever stands beside it. */
  readonly state: "ready" | "creating" | "missing";
  /** Restore points, superseded ones included. */
  readonly copies: number;
  /** Whether its backups come when they should; undefined where it is not enabled. */
  readonly timeliness: Timeliness | undefined;
  /** Names of backups that are kept, and do not count, because somebody has worked in them or forked from them. */
  readonly held: readonly string[];
  /** Names of forks that DatoCMS has been at for six hours or more. */
  readonly hanging: readonly string[];
}

export interface Status {
  readonly scheduler: Scheduler;
  readonly schedule: Schedule;
  readonly checkedAt: number;
  readonly slots: Readonly<Record<Cadence, CadenceStatus>>;
  /** What can be returned to. */
  readonly coverage: Coverage;
  /** What `/api/check` would warn of, as far as the two calls reveal it. */
  readonly problems: readonly Finding[];
}

/**
 * Reads what exists and says when each cadence comes next. Two calls in one round trip, and more only while
 * there are backups beyond the count, to say why; writes nothing.
 */
export async function readStatus(context: BackupContext): Promise<Result<Status>> {
  const { catchUp } = context.project.policy;
  const dato = connect(context);
  const project = await readProject(context, dato);
  if (!project.ok) return project;
  const { catalog, scheduler, schedule, plugin, slots, now } = project.value;
  const figures = figuresOf(project.value, catchUp, context.cron);
  const stopped = whyStopped(scheduler);
  const read = (cadence: Cadence): CadenceStatus => {
    const query = { cadence, now, slots, catchUp, mode: "date" } as const;
    return statusOf(figures[cadence], isDue(query, schedule, catalog, scheduler).due, now);
  };
  const findings = [
    pluginFinding(succeeded(plugin)),
    ...scheduleFindings(schedule, scheduler),
    ...hangingFindings(catalog.hanging(now)),
    ...heldFindings(catalog.held),
    ...shrunkFindings(await readShrunk(context, dato, catalog)),
    ...CADENCES.filter((cadence) => figures[cadence].enabled).map((cadence) =>
      cadenceFinding(figures[cadence], { now, stopped }),
    ),
  ];
  return succeeded({
    scheduler,
    schedule,
    checkedAt: now,
    coverage: coverageOf(catalog, now),
    slots: byCadence(read),
    problems: findings.filter(({ level }) => level !== "ok"),
  });
}

function statusOf(figures: CadenceFigures, dueNow: boolean, now: number): CadenceStatus {
  const { enabled, newest, restorePoints, nextAt, timeliness, held, creating, hanging } = figures;
  const shown = newest ?? held.find(({ state }) => state === "held");
  return {
    enabled,
    lastBackupAt: shown && shownAt(shown, now),
    environmentId: shown?.originalId,
    dueNow,
    nextBackupAt: nextAt,
    state: creating.length > 0 ? "creating" : newest === undefined ? "missing" : "ready",
    copies: restorePoints.length,
    timeliness,
    held: held.map(({ id }) => id),
    hanging: hanging.map(({ id }) => id),
  };
}

/** The backups that the shrink guard keeps: costs no call unless a backup exceeds `keep`. */
function readShrunk({ project: { policy } }: BackupContext, { contents, budget }: Dato, catalog: Catalog) {
  return guardedIn(catalog, policy, shrinkGuardFor(contents, policy.shrinkLimit, budget));
}

/**
 * Within its name's UTC day, from which the plugin computes the name back; but never in the future, where
 * only somebody's renaming can have put it.
 */
function shownAt({ takenAt, date }: Backup, now: number): number {
  return startOf(date) <= now ? Math.max(takenAt, startOf(date)) : takenAt;
}
