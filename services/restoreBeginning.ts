import { type Result, succeeded } from "../utils/failures.ts";
import { type KeptRun, keyOfRun, type RunKey, restoreRunsIn } from "./archive/restore/runFile.ts";
import { scopeText } from "./archive/restore/scope.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import { environmentExists, unfinishedSandbox } from "./restoreFailures.ts";
import type { Opened } from "./restoreOpening.ts";
import type { RestoreRequest } from "./restoreRequest.ts";
import type { RestoreHost } from "./restoreSides.ts";
import type { Store } from "./stores/store.ts";

/**
 * An unfinished run of the same command, which is gone on with.
 *
 * @returns undefined where there is none
 */
export async function unfinishedRun(
  store: Store,
  request: RestoreRequest,
  opened: Opened,
): Promise<Result<KeptRun | undefined, RestoreFailure>> {
  const runs = restoreRunsIn(store);
  const listed = await runs.list();
  if (!listed.ok) return listed;
  const key = keyOfRun(commandOf(request, opened));
  const same = listed.value.find((run) => run.key === key && run.endedAt === null && run.undoneAt === null);
  return same === undefined ? succeeded(undefined) : runs.open(same.id);
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
