import { type Failure, failed, type Result, succeeded } from "../utils/failures.ts";
import type { Refusal } from "../utils/refusals.ts";
import type { Backup } from "./catalog/backup.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { type BackupContext, connect, type Dato, readCatalog, singleFlight } from "./context.ts";
import { forTheCaller } from "./deeds/refusals.ts";
import { markedIdOf, planRemoval, type RemovalStep } from "./deeds/removal.ts";
import { type DeedBy, type NamedBackup, targetIn } from "./deeds/target.ts";
import { createWrites, type Writes } from "./deeds/writes.ts";
import { type Ended, recordedDeed } from "./history/recordedDeed.ts";

/** A backup that is gone, or on its way out. */
export interface Removed {
  readonly environmentId: string;
  /** When it was taken, ms since the epoch. */
  readonly takenAt: number;
}

/** DatoCMS shows a destruction that it has accepted at once, as far as is known. */
const PAUSES_MS = [0, 250, 750, 2_000];

/** One removal on its way. */
interface Removal {
  readonly dato: Dato;
  readonly context: BackupContext;
  readonly target: Backup;
  readonly first: Catalog;
  readonly writes: Writes;
  hasMarked: boolean;
  isAccepted: boolean;
  /** How often it was looked for since. */
  looks: number;
}

/**
 * Removes one backup for good. Never the primary, what is not ours, what is in the making or in use, nor the last backup
 * that is sure to stay, whoever removes another one at the same time; see `deeds/removal.ts`.
 *
 * @returns once DatoCMS shows that it is gone or going; the refusals are in `deeds/refusals.ts`, and
 *   `ENVIRONMENT_NOT_FOUND`
 */
export function removeBackup(
  context: BackupContext,
  { by, trigger, ...named }: NamedBackup & DeedBy,
): Promise<Result<Removed, Failure | Refusal>> {
  const { environmentId, createdAt = "" } = named;
  return singleFlight(context, `remove: ${environmentId} ${createdAt}`, async () => {
    const dato = connect(context);
    return recordedDeed(context, dato.budget, () => remove(context, dato, named, { by, trigger }));
  });
}

async function remove(
  context: BackupContext,
  dato: Dato,
  named: NamedBackup,
  asked: DeedBy,
): Promise<Ended<Removed>> {
  const read = await readCatalog(context, dato);
  if (!read.ok) return { about: undefined, result: failed(forTheCaller(read.failure)) };
  const first = read.value.catalog;
  const found = targetIn(first, named);
  if (!found.ok) return { about: undefined, result: found };
  const target = found.value;
  const writes = createWrites(dato.budget);
  const removal = { context, dato, target, first, writes, hasMarked: false, isAccepted: false, looks: 0 };
  const result = await seeThrough(removal);
  if (!result.ok) await nameBack(removal);
  const { id, cadence, takenAt } = target;
  const about = { kind: "remove", ...asked, cadence, environmentId: id, name: undefined } as const;
  return {
    about: writes.hasSent() ? about : undefined,
    result: result.ok ? succeeded({ environmentId: id, takenAt }) : result,
  };
}

/** Takes one step after the other, each on a list of its own. */
async function seeThrough(removal: Removal): Promise<Result<undefined, Failure | Refusal>> {
  const { context, dato, target, first } = removal;
  const { policy } = context.project;
  for (let catalog = first; ; ) {
    const { isAccepted, looks } = removal;
    const memory = { first, isAccepted, isOverdue: looks >= PAUSES_MS.length };
    const step = planRemoval(catalog, target, memory, policy);
    if (step.do === "done") return succeeded(undefined);
    const failure = step.do === "refuse" ? step.failure : await take(step, removal);
    if (failure !== undefined) return failed(failure);
    if (removal.isAccepted) await dato.budget.sleep(PAUSES_MS[removal.looks++] ?? 0);
    const read = await readCatalog(context, dato);
    // DatoCMS has accepted it, and that is all that can be known then.
    if (!read.ok) return removal.isAccepted ? succeeded(undefined) : failed(forTheCaller(read.failure));
    catalog = read.value.catalog;
  }
}

/** @returns why it came to nothing; undefined where a look comes next */
async function take(
  step: Extract<RemovalStep, { do: "mark" | "destroy" | "wait" }>,
  removal: Removal,
): Promise<Failure | undefined> {
  const { dato, writes } = removal;
  const cut = removal.isAccepted ? undefined : writes.cut();
  if (step.do === "wait" || cut !== undefined) return cut;
  const { id } = step.backup;
  const { environments } = dato;
  const outcome = await writes.send(() =>
    step.do === "mark" ? environments.rename(id, step.newId) : environments.destroy(id),
  );
  const isDone = outcome.kind === "accepted";
  if (step.do === "mark") removal.hasMarked ||= isDone || outcome.kind === "unknown";
  else removal.isAccepted = isDone;
  return outcome.kind === "refused" ? forTheCaller(outcome.failure) : undefined;
}

/** Undoes the mark of a removal that comes to nothing; should that fail, the next run does it. */
async function nameBack({ hasMarked, target, dato, context }: Removal): Promise<void> {
  if (!hasMarked || target.isMarked) return;
  const outcome = await dato.environments.rename(markedIdOf(target), target.id);
  context.logger.info("backup_named_back", { environmentId: target.id, outcome: outcome.kind });
}
