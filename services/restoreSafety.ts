import { failed, failure, type Result, succeeded } from "../utils/failures.ts";
import type { RestoreRun } from "./archive/restore/runFile.ts";
import type { RestoreFailure, Warning } from "./archive/restore/words.ts";
import { type ArchiveService, createArchiveService, type Manifest } from "./archiveService.ts";
import type { Environment } from "./datocms/environments.ts";
import { isStoreSet } from "./offsiteStore.ts";
import type { Project } from "./project.ts";
import type { RestoreRequest } from "./restoreRequest.ts";
import type { RestoreHost } from "./restoreSides.ts";
import { environmentsFor, forkAndWait } from "./restoreTarget.ts";

/**
 * Copies the primary before much of it is changed, so that all of it can be had back: forks it, and where the price plan
 * has no place for that, or it would cost more, archives it. It is ready before the first write; nobody but a person
 * deletes it.
 *
 * @param run names the fork
 * @returns what people are to know of it; `NO_SAFETY` where neither can be had
 */
export async function safetyCopy(
  project: Project,
  host: RestoreHost,
  { callsPerSecond }: Pick<RestoreRequest, "callsPerSecond">,
  primary: Environment,
  { id: runId, startedAt }: Pick<RestoreRun, "id" | "startedAt">,
): Promise<Result<Warning, RestoreFailure>> {
  const id = safetyName(runId);
  const room = await hasPlace(project, host, id);
  if (!room.ok) return room;
  if (room.value) {
    const wanted = { source: primary.id, id, since: Date.parse(startedAt) };
    const forked = await forkAndWait(project, host, wanted, () => {});
    if (forked.ok) return succeeded(told(`${id} holds the primary as it was before.`, id));
    if (forked.failure.cause !== "ENVIRONMENT_LIMIT_REACHED") return forked;
  }
  if (!isStoreSet(host)) return failed(NO_SAFETY);
  const archives = await createArchiveService(project, host);
  return archives.ok ? archivedCopy(archives.value, primary.id, callsPerSecond) : archives;
}

/** What the fork is called that a run makes of the primary. */
export function safetyName(runId: string): string {
  return `restore-safety-${runId.replace(/^restore_/, "")}`;
}

/** Whether a fork of a name is there already, or can be made without extra cost, as far as DatoCMS tells. */
async function hasPlace(project: Project, host: RestoreHost, id: string) {
  const environments = environmentsFor(project, host);
  const listed = await environments.list();
  if (!listed.ok) return listed;
  if (listed.value.some((each) => each.id === id)) return succeeded(true);
  const { limit = Number.POSITIVE_INFINITY, overageThreshold = limit } = await environments.planRoom();
  const sandboxes = listed.value.filter(({ primary }) => !primary).length;
  return succeeded(sandboxes < Math.min(limit, overageThreshold));
}

async function archivedCopy(
  archives: ArchiveService,
  from: string,
  callsPerSecond: number,
): Promise<Result<Warning, RestoreFailure>> {
  const made = await archives.create({
    ...{ from, withAssets: true, isFull: false, callsPerSecond, isAccepted: true },
    onProgress: () => {},
  });
  if (!made.ok) return failed(noArchive(made.failure.sentence));
  if (!isComplete(made.value)) return failed(noArchive("The archive of it does not hold everything."));
  const pinned = await archives.pin(made.value.id);
  if (!pinned.ok) return pinned;
  const { id } = made.value;
  const sentence = `The archive ${id} holds the primary as it was before. It stays until \`archive unpin ${id}\`.`;
  return succeeded(told(sentence, id));
}

function isComplete({ partial, scope: { assets, excludedModels } }: Manifest): boolean {
  return !partial && assets && excludedModels.length === 0;
}

function told(sentence: string, id: string): Warning {
  return { code: "SAFETY_COPY", sentence, ids: [id] };
}

const ADVICE =
  "Delete a sandbox that nobody needs, or run `archive create --from` the primary and say --no-safety.";
const NO_SAFETY = failure(
  "NO_SAFETY",
  "The DatoCMS plan has no place for a fork of the primary environment, so nothing was changed.",
  ADVICE,
);

function noArchive(why: string) {
  return failure(
    "NO_SAFETY",
    `The DatoCMS plan has no place for a fork of the primary environment, and nothing was changed. ${why}`,
    ADVICE,
  );
}
