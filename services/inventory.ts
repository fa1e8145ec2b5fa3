import { type Result, succeeded } from "../utils/failures.ts";
import type { Backup, Hold } from "./catalog/backup.ts";
import { isHanging } from "./catalog/catalog.ts";
import { type BackupContext, connect, type Dato, readProject } from "./context.ts";
import { withoutRetries } from "./datocms/budget.ts";
import { contentsOf, type Totals } from "./datocms/contents.ts";
import type { PlanRoom } from "./datocms/environments.ts";
import { type Coverage, coverageOf } from "./recovery/coverage.ts";
import { type Figures, figuresOf } from "./recovery/figures.ts";
import type { Scheduler } from "./schedule/scheduler.ts";

/** The state of a backup, in the words of the answers. */
export type StateShown =
  | { readonly state: "ready" | "superseded" | "destroying" }
  /** `hangs`: DatoCMS has been at it for six hours or more. */
  | { readonly state: "creating"; readonly percentage: number | undefined; readonly hangs: boolean }
  /** Kept, and no backup, until then (ms since the epoch). */
  | { readonly state: "held"; readonly because: Hold["because"]; readonly until: number };

/** One backup of ours. */
export interface StoredBackup {
  readonly backup: Backup;
  readonly is: StateShown;
  /** Undefined where it was not read. */
  readonly totals: Totals | undefined;
}

/** All that there is at a moment. */
export interface Inventory {
  /** Ms since the epoch. */
  readonly now: number;
  readonly scheduler: Scheduler;
  readonly coverage: Coverage;
  readonly cadences: Figures;
  /** The newest first. */
  readonly backups: readonly StoredBackup[];
  /** Ids of sandboxes that are no backups. */
  readonly others: readonly string[];
  readonly room: PlanRoom;
}

/** Backups that are counted at most, and at a time; two calls each. */
const MOST_COUNTED = 20;
const LANES = 4;

/**
 * Reads what exists: four calls side by side, a fifth where the schedule's time zone is invalid, then two for
 * each backup whose contents are counted. Writes nothing.
 *
 * @param counts whether contents are counted, as far as calls and time go
 */
export async function readInventory(context: BackupContext, counts: boolean): Promise<Result<Inventory>> {
  const dato = connect(context);
  const [read, room] = await Promise.all([readProject(context, dato), dato.environments.planRoom()]);
  if (!read.ok) return read;
  const { catalog, scheduler, now } = read.value;
  const totals = counts ? await readTotals(dato, catalog.backups) : NOTHING;
  return succeeded({
    now,
    scheduler,
    coverage: coverageOf(catalog, now),
    cadences: figuresOf(read.value, context.project.policy.catchUp, context.cron),
    backups: catalog.backups.map((backup) => ({
      backup,
      is: shown(backup, now),
      totals: totals.get(backup.id),
    })),
    others: catalog.environments
      .filter(({ id, primary }) => !primary && catalog.backup(id) === undefined)
      .map(({ id }) => id),
    room,
  });
}

const NOTHING: ReadonlyMap<string, Totals> = new Map();

function shown({ state, hold, environment }: Backup, now: number): StateShown {
  if (state === "creating")
    return { state, percentage: environment.percentage, hangs: isHanging(environment, now) };
  if (state === "removing") return { state: "destroying" };
  if (hold !== undefined) return { state: "held", because: hold.because, until: hold.until };
  return { state: state === "superseded" ? state : "ready" };
}

/** The newest backups' contents, some at a time. Whatever refuses one answer is not asked for more. */
async function readTotals(
  { budget, options }: Dato,
  backups: readonly Backup[],
): Promise<ReadonlyMap<string, Totals>> {
  const oneTry = withoutRetries(budget);
  const contents = contentsOf(options, oneTry);
  const most = Math.min(MOST_COUNTED, Math.floor(budget.callsLeft() / 2));
  const queue = backups
    .filter(({ environment }) => environment.status === "ready")
    .slice(0, most)
    .map(({ id }) => id);
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
