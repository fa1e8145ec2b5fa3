import { type Failure, failed, type Result, succeeded } from "../utils/failures.ts";
import type { Refusal } from "../utils/refusals.ts";
import type { Backup } from "./catalog/backup.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { type BackupContext, connect, type Dato, readCatalog, singleFlight } from "./context.ts";
import type { PlanRoom } from "./datocms/environments.ts";
import { checkedName, planKeeping } from "./deeds/keeping.ts";
import { forTheCaller } from "./deeds/refusals.ts";
import { type DeedBy, type NamedBackup, targetIn } from "./deeds/target.ts";
import { createWrites, type Writes } from "./deeds/writes.ts";
import { type Ended, recordedDeed } from "./history/recordedDeed.ts";

/** A backup that has a name of its own, and what it takes. */
export interface KeptBackup {
  /** What it was called. */
  readonly environmentId: string;
  readonly name: string;
  /** Sandboxes that there are, this one included. */
  readonly sandboxes: number;
  /** What the plan allows. */
  readonly room: PlanRoom;
}

/**
 * Keeps one backup for good, under a name of its own: no run counts or removes it any more, and it takes a place in the
 * plan.
 *
 * @returns the refusals are in `deeds/refusals.ts`, and `ENVIRONMENT_NOT_FOUND`
 */
export async function keepBackup(
  context: BackupContext,
  { by, trigger, name, ...named }: NamedBackup & DeedBy & { readonly name: string },
): Promise<Result<KeptBackup, Failure | Refusal>> {
  const checked = checkedName(name);
  if (!checked.ok) return checked;
  const { environmentId, createdAt = "" } = named;
  return singleFlight(context, `keep: ${environmentId} ${createdAt} ${name}`, async () => {
    const dato = connect(context);
    return recordedDeed(context, dato.budget, () => keep(context, dato, named, { by, trigger, name }));
  });
}

async function keep(
  context: BackupContext,
  dato: Dato,
  named: NamedBackup,
  { name, ...asked }: DeedBy & { readonly name: string },
): Promise<Ended<KeptBackup>> {
  const [read, room] = await Promise.all([readCatalog(context, dato), dato.environments.planRoom()]);
  if (!read.ok) return { about: undefined, result: failed(forTheCaller(read.failure)) };
  const { catalog } = read.value;
  const found = targetIn(catalog, named);
  if (!found.ok) return { about: undefined, result: found };
  const target = found.value;
  const writes = createWrites(dato.budget);
  const done = await seeThrough(context, dato, { target, name, first: catalog, writes });
  const { id, cadence } = target;
  const about = { kind: "keep", ...asked, cadence, environmentId: id, name } as const;
  const { sandboxes } = catalog;
  return {
    about: writes.hasSent() ? about : undefined,
    result: done.ok ? succeeded({ environmentId: id, name, sandboxes, room }) : done,
  };
}

interface Keeping {
  readonly target: Backup;
  readonly name: string;
  readonly first: Catalog;
  readonly writes: Writes;
}

/** Renames it, once; looks before it does so again, for an answer that was lost may have been a yes. */
async function seeThrough(
  context: BackupContext,
  dato: Dato,
  { target, name, first, writes }: Keeping,
): Promise<Result<undefined, Failure | Refusal>> {
  for (let catalog = first; ; ) {
    const step = planKeeping(catalog, target, name);
    if (step.do === "done") return succeeded(undefined);
    const failure = step.do === "refuse" ? step.failure : writes.cut();
    if (failure !== undefined) return failed(failure);
    const outcome = await writes.send(() => dato.environments.rename(target.id, name));
    if (outcome.kind === "accepted") return succeeded(undefined);
    if (outcome.kind === "refused") return failed(forTheCaller(outcome.failure));
    const read = await readCatalog(context, dato);
    if (!read.ok) return failed(forTheCaller(read.failure));
    catalog = read.value.catalog;
  }
}
