import type { Clock } from "../utils/clock.ts";
import { mapped, type Result, succeeded } from "../utils/failures.ts";
import { type KeptRun, keyOfRun, type RunKey, restoreRunsIn } from "./archive/restore/runFile.ts";
import { scopeText } from "./archive/restore/scope.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import { environmentExists, unfinishedSandbox } from "./restoreFailures.ts";
import type { Opened } from "./restoreOpening.ts";
import type { RestoreRequest } from "./restoreRequest.ts";
import type { RestoreHost } from "./restoreSides.ts";
import type { Store } from "./stores/store.ts";

/** How long a run is gone on with without another look at its plan, ms. */
export const DAY_MS = 24 * 60 * 60_000;

/**
 * An unfinished run of the same command, which is gone on with. One that has written nothing is ended where another plan
 * was looked at since, or a day has passed: the copy that it made of the primary is not how the primary was before.
 *
 * @returns undefined where there is none
 */
export async function unfinishedRun(
  store: Store,
  { clock }: RestoreHost,
  request: RestoreRequest,
  opened: Opened,
): Promise<Result<KeptRun | undefined, RestoreFailure>> {
  const runs = restoreRunsIn(store);
  const listed = await runs.list();
  if (!listed.ok) return listed;
  const key = keyOfRun(commandOf(request, opened));
  const same = listed.value.find((run) => run.key === key && run.endedAt === null && run.undoneAt === null);
  if (same === undefined) return succeeded(undefined);
  const opening = await runs.open(same.id);
  const isOld =
    clock.now() - Date.parse(same.startedAt) >= DAY_MS || same.planHash !== (request.planHash ?? null);
  if (!opening.ok || same.schemaPlan !== null || same.makesTarget || !isOld) return opening;
  return mapped(await endUnwritten(opening.value, clock), () => undefined);
}

/** Ends a run that has written nothing: the same command begins another one. */
export function endUnwritten(run: KeptRun, clock: Clock): Promise<Result<void, RestoreFailure>> {
  return run.change({ endedAt: new Date(clock.now()).toISOString() });
}

/** Why a sandbox cannot be made anew: it is there, made by an unfinished run or not. */
export async function takenName(store: Store, id: string): Promise<RestoreFailure> {
  const listed = await restoreRunsIn(store).list();
  if (!listed.ok) return listed.failure;
  const making = listed.value.find(
    (run) => run.makesTarget && run.into === id && run.endedAt === null && run.undoneAt === null,
  );
  return making === undefined ? environmentExists(id) : unfinishedSandbox(making);
}

/** Begins a run: from now on the same command goes on with it. */
export function beginRun(
  store: Store,
  { clock }: RestoreHost,
  request: RestoreRequest,
  opened: Opened,
): Promise<Result<KeptRun, RestoreFailure>> {
  const command = commandOf(request, opened);
  const now = clock.now();
  return restoreRunsIn(store).begin({
    format: 1,
    id: `restore_${now.toString(36)}${crypto.randomUUID().slice(0, 8)}`,
    key: keyOfRun(command),
    ...command,
    planHash: request.planHash ?? null,
    startedAt: new Date(now).toISOString(),
    endedAt: null,
    undoneAt: null,
    schemaPlan: null,
    deletes: [],
    loosened: [],
    loosenedModels: [],
    left: { records: {}, uploads: {} },
    moved: [],
    undoing: { schema: [], records: [] },
    leftAt: null,
    applied: { records: 0, uploads: 0, schema: 0 },
    refused: [],
  });
}

function commandOf({ source, into, wishes }: RestoreRequest, { from }: Opened): RunKey {
  const { mode, isDraft, relinks, withShell } = wishes;
  return {
    source: { kind: source.kind, name: from.name },
    into: into.id,
    makesTarget: into.kind === "new",
    mode,
    only: wishes.only.map(scopeText),
    flags: { draft: isDraft, relink: relinks, shell: withShell },
  };
}
