import { failed, failure, type Result, succeeded } from "../utils/failures.ts";
import type { RestoreRun } from "./archive/restore/runFile.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import type { Project } from "./project.ts";
import type { RestoreHost } from "./restoreSides.ts";
import { environmentsFor } from "./restoreTarget.ts";
import type { Undone } from "./restoreUndo.ts";
import { INTERRUPTED } from "./sources/datocms/contentApi.ts";

/** Deletes the sandbox of a restore, unless it has become somebody's. */
export async function deleteMade(
  project: Project,
  host: RestoreHost,
  { id, into, target, leftAt }: RestoreRun,
): Promise<Result<Undone, RestoreFailure>> {
  const nothing = { id, into, applied: { records: 0, uploads: 0 }, refused: [], irreversible: [] };
  const environments = environmentsFor(project, host);
  const listed = await environments.list();
  if (!listed.ok) return listed;
  const made = listed.value.find((each) => each.id === into);
  if (made === undefined) return succeeded({ ...nothing, deletedEnvironment: undefined });
  const isSame = made.createdAt === Date.parse(target?.createdAt ?? "");
  if (!isSame || made.primary) return failed(sandboxTaken(into, "It is another environment by now."));
  if (listed.value.some(({ forkedFrom }) => forkedFrom === into))
    return failed(sandboxTaken(into, "Another environment was forked from it."));
  if (leftAt !== null && made.lastDataChangeAt > Date.parse(leftAt))
    return failed(sandboxTaken(into, "Somebody has changed it since."));
  if ((await host.mayWrite?.()) === false) return failed(INTERRUPTED);
  const deleted = await environments.destroy(into);
  if (deleted.kind !== "accepted" && deleted.kind !== "gone")
    return failed("failure" in deleted ? deleted.failure : sandboxTaken(into, "DatoCMS did not delete it."));
  return succeeded({ ...nothing, deletedEnvironment: into });
}

/** The environment that a restore made or wrote is not as it left it. */
export function sandboxTaken(id: string, why: string) {
  return failure(
    "CHANGED_SINCE",
    `${id} is not what the restore has left. ${why}`,
    "Delete it by hand where nobody needs it.",
    {
      environmentId: id,
    },
  );
}
