import type { Failure } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";
import { surplusOf } from "../backup/prune/plan.ts";
import type { Backup } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { supersededId } from "../catalog/names.ts";
import type { Policy } from "../catalog/policy.ts";
import { backupInUse, backupNotReady, backupReplaced, lastBackup, notRemoved } from "./refusals.ts";
import { hasMoved } from "./target.ts";

/**
 * A backup is removed as one is evicted (see `services/backup/evict.ts`), and for the same reason: of two who remove
 * the last two backups at the same moment, each may think that the other's stays. So it is first renamed to
 * `…-superseded-…`, then DatoCMS is asked for its list again, and only backups without that mark count as staying: of
 * the two at least one sees the other's mark. The destruction names the mark, and so does nothing once somebody has
 * taken it off. A process that dies on the way leaves a superseded backup, which the next run names back.
 */
export type RemovalStep =
  /** To be renamed to this. */
  | { readonly do: "mark"; readonly backup: Backup; readonly newId: string }
  | { readonly do: "destroy"; readonly backup: Backup }
  /** DatoCMS has accepted that, and does not show it yet. */
  | { readonly do: "wait" }
  | { readonly do: "done" }
  | { readonly do: "refuse"; readonly failure: Failure | Refusal };

/** What a removal has done so far. */
export interface RemovalMemory {
  /** What there was when it began. */
  readonly first: Catalog;
  /** DatoCMS has accepted the destruction. */
  readonly isAccepted: boolean;
  /** It has been looked for so often since that it must be there for good. */
  readonly isOverdue: boolean;
}

/** Decides the next step of a removal by what DatoCMS lists now. Pure. */
export function planRemoval(
  catalog: Catalog,
  target: Backup,
  { first, isAccepted, isOverdue }: RemovalMemory,
  policy: Pick<Policy, "keep" | "rotation">,
): RemovalStep {
  const refuse = (failure: Failure | Refusal): RemovalStep => ({ do: "refuse", failure });
  const { id, environment } = target;
  const markedId = markedIdOf(target);
  const bearer = catalog.backup(id);
  const isSame = target.isMarked || bearer?.environment.createdAt === environment.createdAt;
  const present = catalog.backup(markedId) ?? (isSame ? bearer : undefined);
  if (present === undefined)
    return hasMoved(catalog, first, target) ? refuse(backupReplaced(id)) : { do: "done" };
  const { status } = present.environment;
  if (status === "destroying") return { do: "done" };
  if (status === "creating") return refuse(backupNotReady(id, status));
  if (isAccepted) return isOverdue ? refuse(notRemoved(id)) : { do: "wait" };
  if (catalog.isForkSource(present.id)) return refuse(backupInUse(id));
  if (!staysWithout(catalog, present, policy)) return refuse(lastBackup(id));
  return present.isMarked
    ? { do: "destroy", backup: present }
    : { do: "mark", backup: present, newId: markedId };
}

/** The name that a backup is to have when it is destroyed. */
export function markedIdOf({ id, isMarked, originalId, environment }: Backup): string {
  return isMarked ? id : supersededId(originalId, environment.createdAt);
}

/**
 * Tells whether another backup stays for sure: one that no run may remove or evict at this moment. Where runs remove a
 * backup before they make its successor, they may take one at any moment: of two, one stays. A held one counts only where
 * a held one goes: it is somebody's work, and no backup.
 */
function staysWithout(catalog: Catalog, backup: Backup, policy: Pick<Policy, "keep" | "rotation">): boolean {
  const surplus = new Set(surplusOf(catalog, policy));
  const others =
    backup.hold === undefined ? catalog.restorePoints : [...catalog.restorePoints, ...catalog.held];
  const staying = others.filter(
    (other) =>
      other !== backup && !other.isMarked && !surplus.has(other) && other.environment.status === "ready",
  );
  return staying.length >= (policy.rotation === "delete-first" ? 2 : 1);
}
