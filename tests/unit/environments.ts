import type { Backup } from "../../services/catalog/backup.ts";
import { Catalog } from "../../services/catalog/catalog.ts";
import type { Environment } from "../../services/datocms/environments.ts";

export const HOUR_MS = 60 * 60 * 1_000;
export const DAY_MS = 24 * HOUR_MS;

/** An instant in ms since the epoch; UTC. */
export function at(text: string): number {
  const instant = Date.parse(`${text.replace(" ", "T")}Z`);
  if (!Number.isFinite(instant)) throw new Error(`"${text}" is no instant`);
  return instant;
}

/** The primary environment. */
export const MAIN: Environment = environment("main", { primary: true, createdAt: at("2025-01-01 09:00") });

/** A ready sandbox, created when its name says (noon), or long ago where it does not. */
export function environment(id: string, change: Partial<Environment> = {}): Environment {
  const noon = Date.parse(`${/\d{4}-\d{2}-\d{2}/.exec(id)?.[0]}T12:00:00Z`);
  const createdAt = change.createdAt ?? (Number.isFinite(noon) ? noon : at("2025-06-01 12:00"));
  return {
    id,
    status: "ready",
    percentage: undefined,
    createdAt,
    lastDataChangeAt: createdAt,
    primary: false,
    forkedFrom: "main",
    ...change,
  };
}

/** Ids of backups, in their order. */
export function idsOf(backups: readonly Backup[]): string[] {
  return backups.map(({ id }) => id);
}

/** A listing, understood. */
export function catalogOf(listed: readonly Environment[], holdDays = 30): Catalog {
  return new Catalog(listed, { holdDays });
}

/** An environment as a backup of ours; undefined where it is none. */
export function asBackup(found: Environment): Backup | undefined {
  return catalogOf([found], 0).backup(found.id);
}

/** One of our backups. */
export function backupOf(found: Environment): Backup {
  const backup = asBackup(found);
  if (backup === undefined) throw new Error(`${found.id} is no backup of ours`);
  return backup;
}
