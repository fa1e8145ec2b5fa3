import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { environmentNotFound, type Refusal } from "../../utils/refusals.ts";
import type { Backup } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { SandboxRecord } from "../history/record.ts";
import { backupInUse, backupNotReady, backupReplaced, notABackup } from "./refusals.ts";

/** Somebody who keeps or removes a backup. */
export type DeedBy = Pick<SandboxRecord, "by" | "trigger">;

/** The backup that somebody names. */
export interface NamedBackup {
  readonly environmentId: string;
  /** When DatoCMS made it, ms since the epoch, where it was looked at before: a newer one of its name is another. */
  readonly createdAt?: number | undefined;
}

/** Finds the backup that is meant, ready and in nobody's use. Pure. */
export function targetIn(
  catalog: Catalog,
  { environmentId, createdAt }: NamedBackup,
): Result<Backup, Refusal> {
  const environment = catalog.find(environmentId);
  const backup = catalog.backup(environmentId);
  if (environment === undefined)
    return failed(
      environmentNotFound(
        environmentId,
        catalog.backups.map(({ id }) => id),
      ),
    );
  if (backup === undefined) return failed(notABackup(environmentId));
  if (createdAt !== undefined && environment.createdAt !== createdAt)
    return failed(backupReplaced(environmentId));
  if (environment.status !== "ready") return failed(backupNotReady(environmentId, environment.status));
  return catalog.isForkSource(environmentId) ? failed(backupInUse(environmentId)) : succeeded(backup);
}

/**
 * Tells whether a backup that is gone from under its names lives on under a new one: then nobody has removed it.
 *
 * @param first what there was before
 */
export function hasMoved(catalog: Catalog, first: Catalog, { environment: { createdAt } }: Backup): boolean {
  return catalog.environments.some(
    (each) =>
      each.createdAt === createdAt && each.status !== "destroying" && first.find(each.id) === undefined,
  );
}
