import { byCadence, CADENCES, type Cadence } from "../../utils/config.ts";
import type { CronFrequency } from "../../utils/cron.ts";
import type { Backup, HeldBackup } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { nextRun } from "../schedule/nextRun.ts";
import type { Schedule } from "../schedule/schedule.ts";
import type { Scheduler } from "../schedule/scheduler.ts";
import type { Slots } from "../schedule/slots.ts";
import { expectedInterval, type Timeliness, timelinessOf } from "./timeliness.ts";

/** One cadence in figures: status, check, inventory and metrics all read these. Lists are the newest first. */
export interface CadenceFigures {
  readonly cadence: Cadence;
  /** The schedule makes it by itself. */
  readonly enabled: boolean;
  /** Superseded ones included. */
  readonly restorePoints: readonly Backup[];
  readonly newest: Backup | undefined;
  /** The tick that will make the next one, ms since the epoch; undefined where none will. */
  readonly nextAt: number | undefined;
  /** Undefined where it is not enabled. */
  readonly timeliness: Timeliness | undefined;
  /** From one due date to the next, ms. */
  readonly expectedInterval: number;
  /** In whatever state; they do not count. */
  readonly held: readonly HeldBackup[];
  readonly creating: readonly Backup[];
  /** The part of them that DatoCMS has been at for six hours or more. */
  readonly hanging: readonly Backup[];
}

export type Figures = Readonly<Record<Cadence, CadenceFigures>>;

/** A project as it was read, and what its runs go by. */
export interface Read {
  readonly catalog: Catalog;
  readonly schedule: Schedule;
  readonly scheduler: Scheduler;
  readonly slots: Slots;
  /** The plugin's. */
  readonly parameters: unknown;
  /** Ms since the epoch; see `referenceTime`. */
  readonly now: number;
}

/** Works out the figures of every cadence. Pure. */
export function figuresOf(read: Read, catchUp: boolean, cron: CronFrequency): Figures {
  return byCadence((cadence) => figuresOfOne(cadence, read, catchUp, cron));
}

/** The tick that makes the next backup of any kind, ms since the epoch; undefined where none will. Pure. */
export function earliestNext(figures: Figures): number | undefined {
  const next = Math.min(...CADENCES.map((cadence) => figures[cadence].nextAt ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(next) ? next : undefined;
}

function figuresOfOne(
  cadence: Cadence,
  { catalog, schedule, scheduler, slots, parameters, now }: Read,
  catchUp: boolean,
  cron: CronFrequency,
): CadenceFigures {
  const query = { cadence, now, slots, catchUp } as const;
  const enabled = schedule.enabledCadences.includes(cadence);
  const { restorePoints } = catalog.of(cadence);
  const isOwn = (backup: Backup) => backup.cadence === cadence;
  return {
    cadence,
    enabled,
    restorePoints,
    newest: restorePoints[0],
    nextAt: scheduler.enabled ? nextRun(query, schedule, cron, catalog) : undefined,
    timeliness: enabled ? timelinessOf(query, { schedule, catalog, cron, parameters }) : undefined,
    expectedInterval: expectedInterval(cadence, schedule, now),
    held: catalog.held.filter(isOwn),
    creating: catalog.creating.filter(isOwn),
    hanging: catalog.hanging(now).filter(isOwn),
  };
}
