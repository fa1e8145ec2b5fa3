import type { Backup, Hold } from "../catalog/backup.ts";
import { isHanging } from "../catalog/catalog.ts";
import type { Totals } from "../datocms/contents.ts";
import type { PlanRoom } from "../datocms/environments.ts";
import type { Scheduler } from "../schedule/scheduler.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import type { Figures, Read } from "./figures.ts";

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

/** What a project holds, from one reading of it. Pure. */
export function inventoryOf(
  { catalog, scheduler, now }: Pick<Read, "catalog" | "scheduler" | "now">,
  cadences: Figures,
  room: PlanRoom,
  totals: ReadonlyMap<string, Totals> = new Map(),
): Inventory {
  return {
    now,
    scheduler,
    coverage: coverageOf(catalog, now),
    cadences,
    backups: catalog.backups.map((backup) => ({
      backup,
      is: shown(backup, now),
      totals: totals.get(backup.id),
    })),
    others: catalog.environments
      .filter(({ id, primary }) => !primary && catalog.backup(id) === undefined)
      .map(({ id }) => id),
    room,
  };
}

function shown({ state, hold, environment }: Backup, now: number): StateShown {
  if (state === "creating")
    return { state, percentage: environment.percentage, hangs: isHanging(environment, now) };
  if (state === "removing") return { state: "destroying" };
  if (hold !== undefined) return { state: "held", because: hold.because, until: hold.until };
  return { state: state === "superseded" ? state : "ready" };
}
