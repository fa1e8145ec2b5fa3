import { type Result, succeeded } from "../utils/failures.ts";
import { type KeptRun, keyOfRun, restoreRunsIn } from "./archive/restore/runFile.ts";
import { scopeText } from "./archive/restore/scope.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import type { Opened } from "./restoreOpening.ts";
import type { RestoreRequest } from "./restoreRequest.ts";
import type { RestoreHost } from "./restoreSides.ts";
import type { Store } from "./stores/store.ts";

/** Goes on with an open run of the same command, or begins one. */
export async function beginRun(
  store: Store,
  host: RestoreHost,
  { source, into, wishes, planHash }: RestoreRequest,
  { from }: Opened,
): Promise<Result<{ readonly run: KeptRun; readonly isResumed: boolean }, RestoreFailure>> {
  const runs = restoreRunsIn(store);
  const { mode, isDraft, relinks, withShell } = wishes;
  const command = {
    source: { kind: source.kind, name: from.name },
    into: into.id,
    makesTarget: into.kind === "new",
    mode,
    only: wishes.only.map(scopeText),
    flags: { draft: isDraft, relink: relinks, shell: withShell },
  };
  const key = keyOfRun(command);
  const listed = await runs.list();
  if (!listed.ok) return listed;
  const same = listed.value.find((run) => run.key === key && run.endedAt === null);
  if (same !== undefined) {
    const run = await runs.open(same.id);
    return run.ok ? succeeded({ run: run.value, isResumed: true }) : run;
  }
  const now = host.clock.now();
  const begun = await runs.begin({
    format: 1,
    id: `restore_${now.toString(36)}${crypto.randomUUID().slice(0, 8)}`,
    key,
    ...command,
    planHash: planHash ?? null,
    startedAt: new Date(now).toISOString(),
    endedAt: null,
    undoneAt: null,
    loosened: [],
    left: {},
    leftAt: null,
    applied: { records: 0, uploads: 0, schema: 0 },
    refused: [],
  });
  return begun.ok ? succeeded({ run: begun.value, isResumed: false }) : begun;
}
