import type { Cadence } from "../utils/config.ts";
import { type Result, succeeded } from "../utils/failures.ts";
import { findArchive, type ListedArchive, listArchives, manifestIn } from "./archive/archives.ts";
import type { Progress } from "./archive/capture/content.ts";
import type { ArchiveFailure } from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import { type Verification, type VerifyLevel, verifyArchive } from "./archive/verify/verify.ts";
import { createArchive } from "./archiveCreation.ts";
import { archiveRuns, keptIn, type Recording } from "./archiveRuns.ts";
import { type OffsiteStoreHost, openOffsiteStore } from "./offsiteStore.ts";
import type { Project } from "./project.ts";
import type { Store } from "./stores/store.ts";

export type { ListedArchive } from "./archive/archives.ts";
export type { Progress } from "./archive/capture/content.ts";
export type { ArchiveFailure } from "./archive/failures.ts";
export type { Manifest } from "./archive/manifest.ts";
export type { Verification, VerifyLevel } from "./archive/verify/verify.ts";

/** What a host lends to archives. */
export interface ArchiveHost extends OffsiteStoreHost {
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined;
  /** What sets the verbs off, and who; default: somebody who has the token, by hand. */
  readonly asked?: Recording["asked"] | undefined;
  /** Takes the records of runs; default: they are written into the store at once. */
  readonly keep?: Recording["keep"] | undefined;
}

/** Which archive is to be made. */
export interface ArchiveRequest {
  /** An environment; undefined: the newest ready backup, or else the primary. */
  readonly from: string | undefined;
  /** When DatoCMS created it, ms since the epoch: another one of the same name is refused. Default: whichever. */
  readonly createdAt?: number | undefined;
  /** Kinds of backup that the archive stands for; default: none, it is made by hand. */
  readonly cadences?: readonly Cadence[] | undefined;
  readonly withAssets: boolean;
  /** Everything is read anew. */
  readonly isFull: boolean;
  /** DatoCMS calls; 8 leave editors and builds their share of the 20 that DatoCMS allows. */
  readonly callsPerSecond: number;
  readonly onProgress: (progress: Progress) => void;
}

/** The verbs of a project's archives. None throws because of DatoCMS or the store: a failure is a value. */
export interface ArchiveService {
  create(request: ArchiveRequest): Promise<Result<Manifest, ArchiveFailure>>;
  /** The newest first, damaged ones too. */
  list(): Promise<Result<readonly ListedArchive[], ArchiveFailure>>;
  /** @param name an id, `latest`, or a date `YYYY-MM-DD`: the newest of that day */
  show(name: string): Promise<Result<Manifest, ArchiveFailure>>;
  verify(name: string, level: VerifyLevel): Promise<Result<Verification, ArchiveFailure>>;
}

/**
 * Opens a project's archives.
 *
 * @returns `NO_STORE` where none is set, or why it cannot be used
 */
export async function createArchiveService(
  project: Project,
  host: ArchiveHost,
): Promise<Result<ArchiveService, ArchiveFailure>> {
  const store = await openOffsiteStore(host);
  return store.ok ? succeeded(archivesIn(store.value, project, host)) : store;
}

const BY_HAND = { trigger: "hand", by: "holder" } as const;

/** The archives of a store that is open. A verb that does work ends as one record: by `runs`. */
export function archivesIn(store: Store, project: Project, host: ArchiveHost): ArchiveService {
  const { asked = BY_HAND, keep = keptIn(store) } = host;
  const runs = archiveRuns({ ...host, asked, keep });
  return {
    create: (request) =>
      runs.archive({ environmentId: request.from, cadences: request.cadences ?? [] }, () =>
        createArchive(project, host, store, request),
      ),
    list: () => listArchives(store),
    async show(name) {
      const found = await findArchive(store, name);
      return found.ok ? manifestIn(found.value) : found;
    },
    async verify(name, level) {
      const found = await findArchive(store, name);
      if (!found.ok) return found;
      const archive = found.value;
      return runs.verify({ archiveId: archive.id, level }, () => verifyArchive(store, archive, level));
    },
  };
}
