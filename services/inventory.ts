import type { Cadence } from "../utils/config.ts";
import { type Result, succeeded } from "../utils/failures.ts";
import { type BackupContext, connect, type Dato, readProject } from "./context.ts";
import { withoutRetries } from "./datocms/budget.ts";
import { contentsOf, type Totals } from "./datocms/contents.ts";
import type { PlanRoom } from "./datocms/environments.ts";
import { type Coverage, coverageOf } from "./recovery/coverage.ts";
import { expectedInterval, type Timeliness, timelinessOf } from "./recovery/timeliness.ts";
import { hangingIn, isHanging } from "./rotation/hanging.ts";
import { backupsIn, type Hold, holdsIn } from "./rotation/held.ts";
import { type Copy, copiesIn } from "./rotation/names.ts";
import { nextRun } from "./schedule/nextRun.ts";
import type { Scheduler } from "./schedule/scheduler.ts";

/** What has become of a copy. */
export type CopyState =
  | { readonly state: "ready" | "superseded" | "destroying" }
  /** `hangs`: DatoCMS has been at it for six hours or more. */
  | { readonly state: "creating"; readonly percentage: number | undefined; readonly hangs: boolean }
  /** Kept, and no backup, until then (ms since the epoch). */
  | { readonly state: "held"; readonly because: Hold["because"]; readonly until: number };

/** One copy of ours. */
export interface StoredCopy {
  readonly copy: Copy;
  readonly is: CopyState;
  /** Undefined where it was not read. */
  readonly totals: Totals | undefined;
}

/** One cadence in figures; instants and spans in ms. */
export interface CadenceFigures {
  readonly enabled: boolean;
  /** Ready copies that count, superseded ones included. */
  readonly copies: number;
  readonly held: number;
  /** Forks that DatoCMS has been at for six hours or more. */
  readonly hanging: number;
  readonly newestAt: number | undefined;
  /** The tick that will make the next one; undefined where none will. */
  readonly nextAt: number | undefined;
  /** Undefined where it is not enabled. */
  readonly timeliness: Timeliness | undefined;
  /** From one due date to the next. */
  readonly expectedInterval: number;
}

/** All that there is at a moment. */
export interface Inventory {
  /** Ms since the epoch. */
  readonly now: number;
  readonly scheduler: Scheduler;
  readonly coverage: Coverage;
  readonly cadences: Readonly<Record<Cadence, CadenceFigures>>;
  /** The newest first. */
  readonly copies: readonly StoredCopy[];
  /** Ids of sandboxes that are no copies of ours. */
  readonly others: readonly string[];
  readonly room: PlanRoom;
}

/** Copies that are counted at most, and at a time; two calls each. */
const MOST_COUNTED = 20;
const LANES = 4;

/**
 * Reads what exists: four calls side by side, a fifth where the schedule's time zone is invalid, then two for
 * each copy whose contents are counted. Writes nothing.
 *
 * @param counts whether contents are counted, as far as calls and time go
 */
export async function readInventory(context: BackupContext, counts: boolean): Promise<Result<Inventory>> {
  const { config, cron } = context;
  const { holdDays, catchUp } = config;
  const dato = connect(context);
  const [read, room] = await Promise.all([readProject(context, dato), dato.environments.planRoom()]);
  if (!read.ok) return read;
  const { listed, scheduler, schedule, plugin, slots, now } = read.value;
  const copies = copiesIn(listed);
  const totals = counts ? await readTotals(dato, copies) : NOTHING;
  const holds = holdsIn(listed, holdDays);
  const holdOf = new Map(holds.map((hold) => [hold.copy.environment.id, hold]));
  const held = new Set(holdOf.keys());
  const ours = new Set(copies.map(({ environment }) => environment.id));
  const backups = backupsIn(listed, holdDays);
  const hanging = hangingIn(listed, now);
  const judged = { schedule, listed, holdDays, cron, parameters: plugin?.parameters };
  const figures = (cadence: Cadence): CadenceFigures => {
    const query = { cadence, now, slots, catchUp };
    const enabled = schedule.enabledCadences.includes(cadence);
    const ready = backups.filter((copy) => copy.cadence === cadence && copy.environment.status === "ready");
    return {
      enabled,
      copies: ready.length,
      held: holds.filter(({ copy }) => copy.cadence === cadence).length,
      hanging: hanging.filter((copy) => copy.cadence === cadence).length,
      newestAt: ready[0]?.takenAt,
      nextAt: scheduler.enabled ? nextRun(query, schedule, cron, listed, held) : undefined,
      timeliness: enabled ? timelinessOf(query, judged) : undefined,
      expectedInterval: expectedInterval(cadence, schedule, now),
    };
  };
  return succeeded({
    now,
    scheduler,
    coverage: coverageOf(backups, holds, now),
    cadences: {
      daily: figures("daily"),
      weekly: figures("weekly"),
      biweekly: figures("biweekly"),
      monthly: figures("monthly"),
    },
    copies: copies.map((copy) => {
      const { id } = copy.environment;
      return { copy, is: stateOf(copy, holdOf.get(id), now), totals: totals.get(id) };
    }),
    others: listed.filter(({ id, primary }) => !primary && !ours.has(id)).map(({ id }) => id),
    room,
  });
}

const NOTHING: ReadonlyMap<string, Totals> = new Map();

function stateOf(copy: Copy, hold: Hold | undefined, now: number): CopyState {
  const { status, percentage } = copy.environment;
  if (status === "creating") return { state: status, percentage, hangs: isHanging(copy.environment, now) };
  if (status === "destroying") return { state: status };
  if (hold !== undefined) return { state: "held", because: hold.because, until: hold.until };
  return { state: copy.superseded ? "superseded" : "ready" };
}

/** The newest copies' contents, some at a time. Whatever refuses one answer is not asked for more. */
async function readTotals(
  { budget, options }: Dato,
  copies: readonly Copy[],
): Promise<ReadonlyMap<string, Totals>> {
  const oneTry = withoutRetries(budget);
  const contents = contentsOf(options, oneTry);
  const most = Math.min(MOST_COUNTED, Math.floor(budget.callsLeft() / 2));
  const queue = copies
    .filter(({ environment }) => environment.status === "ready")
    .slice(0, most)
    .map(({ environment }) => environment.id);
  const found = new Map<string, Totals>();
  const lane = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const totals = await contents.totals(id);
      if (!totals.ok || totals.value === "withheld") queue.length = 0;
      else if (totals.value !== undefined) found.set(id, totals.value);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found;
}
