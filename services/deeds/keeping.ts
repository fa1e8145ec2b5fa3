import { failed, type Result, succeeded } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";
import type { Backup } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { isReservedName, isSandboxName } from "../catalog/names.ts";
import { backupReplaced, invalidName, nameTaken, reservedName } from "./refusals.ts";

export type KeepingStep =
  | { readonly do: "rename"; readonly backup: Backup }
  | { readonly do: "done" }
  | { readonly do: "refuse"; readonly failure: Refusal };

/** Checks the name that a backup is to be kept under. Pure. */
export function checkedName(name: string): Result<string, Refusal> {
  if (!isSandboxName(name)) return failed(invalidName(name));
  return isReservedName(name) ? failed(reservedName(name)) : succeeded(name);
}

/**
 * Decides the next step of keeping a backup by what DatoCMS lists now. A renamed environment is no backup of this
 * service's any more: no run counts or removes it. Pure.
 */
export function planKeeping(catalog: Catalog, target: Backup, name: string): KeepingStep {
  const { environment } = target;
  const bearer = catalog.find(name);
  if (bearer !== undefined) {
    const isKept = bearer.createdAt === environment.createdAt;
    return isKept ? { do: "done" } : { do: "refuse", failure: nameTaken(name) };
  }
  const present = catalog.findSame(environment);
  return present === undefined
    ? { do: "refuse", failure: backupReplaced(target.id) }
    : { do: "rename", backup: target };
}
