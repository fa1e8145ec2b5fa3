import { cadenceLine, DISCONNECTED } from "./check/cadence.ts";
import type { Line } from "./check/line.ts";
import { pluginLine } from "./check/plugin.ts";
import { type BackupContext, connect, observe } from "./context.ts";
import type { Scheduler } from "./datocms/pluginSettings.ts";
import { type Copy, copiesIn, startOf } from "./rotation/names.ts";
import { SCHEDULED_CADENCES } from "./schedule/due.ts";
import { slotsFor } from "./schedule/slots.ts";
import { type CronCadence, nextRun } from "./schedule/ticks.ts";

/** One cadence as its owner sees it; instants in ms since the epoch. */
export interface CadenceStatus {
  /** When the newest ready copy was made, always within its name's own UTC day: the plugin computes the name from it. */
  readonly lastBackupAt: number | undefined;
  /** The newest ready copy's name. */
  readonly environmentId: string | undefined;
  /** The tick that will make the next one; undefined while the scheduler is disconnected. */
  readonly nextBackupAt: number | undefined;
}

export interface Status {
  readonly scheduler: Scheduler;
  readonly checkedAt: number;
  readonly slots: Readonly<Record<"daily" | "weekly", CadenceStatus>>;
  /** What `/api/check` would warn of, as far as the two calls reveal it. */
  readonly problems: readonly Line[];
}

/**
 * Reads what exists and says when each cadence comes next. Two calls in one round trip; writes nothing.
 *
 * @param cron how often the host's cron comes round
 * @throws ServiceError 500 when DatoCMS cannot be read
 */
export async function readStatus(context: BackupContext, cron: CronCadence): Promise<Status> {
  const { clock, config, token } = context;
  const [slots, { listed, scheduler, plugin }] = await Promise.all([
    slotsFor(token),
    observe(connect(context)),
  ]);
  const now = clock.now();
  const copies = copiesIn(listed).filter((copy) => copy.environment.status === "ready");
  const statusOf = (cadence: "daily" | "weekly"): CadenceStatus => {
    const newest = copies.find((copy) => copy.cadence === cadence);
    const mode = cron === "hourly" ? "slot" : "date";
    const next = nextRun({ cadence, now, mode, slots, catchUp: config.catchUp }, cron, listed);
    return {
      lastBackupAt: newest && shownAt(newest, now),
      environmentId: newest?.originalId,
      nextBackupAt: scheduler.enabled ? next : undefined,
    };
  };
  const stopped = scheduler.enabled ? undefined : DISCONNECTED;
  const { catchUp } = config;
  const lines = [
    pluginLine({ kind: "read", value: plugin }),
    ...SCHEDULED_CADENCES.map((cadence) =>
      cadenceLine({ cadence, now, slots, cron, catchUp, stopped }, listed),
    ),
  ];
  return {
    scheduler,
    checkedAt: now,
    slots: { daily: statusOf("daily"), weekly: statusOf("weekly") },
    problems: lines.filter(({ level }) => level !== "ok"),
  };
}

/**
 * Within its name's UTC day, from which the plugin computes the name back; but never in the future, where
 * only somebody's renaming can have put it.
 */
function shownAt({ takenAt, date }: Copy, now: number): number {
  return startOf(date) <= now ? Math.max(takenAt, startOf(date)) : takenAt;
}
