import type { Cadence } from "../utils/config.ts";
import { mapped, type Result, succeeded } from "../utils/failures.ts";
import { findArchive, type ListedArchive, listArchives, manifestIn } from "./archive/archives.ts";
import type { Progress } from "./archive/capture/content.ts";
import type { Estimate } from "./archive/capture/preflight.ts";
import type { ArchiveFailure } from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import { readArchiveSettings, readSamplePercent } from "./archive/settings.ts";
import { withSignatureChecked } from "./archive/storeKey.ts";
import type { PackedArchive } from "./archive/tar/pack.ts";
import type { TarFile } from "./archive/tar/read.ts";
import { type VerifyDepth, verifyAndNote } from "./archive/verify/noted.ts";
import { isSampleDue, type Sampled, sampleDaily } from "./archive/verify/sample/daily.ts";
import type { Verification } from "./archive/verify/verify.ts";
import { createAlone } from "./archiveAlone.ts";
import { createArchive } from "./archiveCreation.ts";
import { fateOfMade } from "./archiveFate.ts";
import { type ArchiveRetention, retentionIn } from "./archiveRetention.ts";

import { archiveRuns, keptIn, type Recording } from "./archiveRuns.ts";
import { downloadFrom, type OnBytes, uploadInto } from "./archiveTransfer.ts";
import { type History, historyOf } from "./history/history.ts";
import type { StoredRun } from "./history/run.ts";
import type { Holders } from "./jobs/jobs.ts";
import { type OffsiteStoreHost, openOffsiteStore } from "./offsiteStore.ts";
import type { Project } from "./project.ts";
import type { Store } from "./stores/store.ts";

export type { ListedArchive } from "./archive/archives.ts";
export type { Progress } from "./archive/capture/content.ts";
export type { Estimate } from "./archive/capture/preflight.ts";
export { CONSISTENCY } from "./archive/consistency.ts";
export type { ArchiveFailure } from "./archive/failures.ts";
export type { Manifest } from "./archive/manifest.ts";
export type { KeptArchive } from "./archive/retention/plan.ts";
export { type PackedArchive, TarError } from "./archive/tar/pack.ts";
export type { TarFile } from "./archive/tar/read.ts";
export type { VerifyDepth } from "./archive/verify/noted.ts";
export type { Verification, VerifyLevel } from "./archive/verify/verify.ts";
export type { PruneAnswer } from "./archiveRetention.ts";
export { RUN_KINDS, RUN_STATUSES, type RunSummary } from "./history/run.ts";
export type { Holders } from "./jobs/jobs.ts";

/** What a host lends to archives. */
export interface ArchiveHost extends OffsiteStoreHost {
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined;
  /** What sets the verbs off, and who; default: somebody who has the token, by hand. */
  readonly asked?: Recording["asked"] | undefined;
  /** Resolves once no backup run of this process is under way: they go first. Default: there is none. */
  readonly runsOver?: (() => Promise<void>) | undefined;
  /** What the process knows of others that work in the store. */
  readonly holders?: Holders | undefined;
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
  /** The schedule of archives that it is made by, and the time that this had named, as an instant; default: none. */
  readonly schedule?: Manifest["scope"]["schedule"];
  /** Bytes of files that it may fetch, as far as DatoCMS tells; default: any. */
  readonly mostBytes?: number | undefined;
  readonly withAssets: boolean;
  /** Everything is read anew. */
  readonly isFull: boolean;
  /** DatoCMS calls; 8 leave editors and builds their share of the 20 that DatoCMS allows. */
  readonly callsPerSecond: number;
  /** It may take more than a fifth of what the DatoCMS plan has left; default: not. */
  readonly isAccepted?: boolean | undefined;
  /** Told once, before anything is read: the environment that is archived. */
  readonly onSource?: ((environmentId: string) => void) | undefined;
  /** Told once, before anything is stored. */
  readonly onEstimate?: ((estimate: Estimate) => void) | undefined;
  readonly onProgress: (progress: Progress) => void;
}

/** The verbs of a project's archives. None throws because of DatoCMS or the store: a failure is a value. */
export interface ArchiveService extends ArchiveRetention {
  create(request: ArchiveRequest): Promise<Result<Manifest, ArchiveFailure>>;
  /**
   * The same for a process that does nothing else: as a job, after whoever makes one at the moment.
   *
   * @param onWait told the id of the job that is waited for
   */
  createAlone(
    request: ArchiveRequest,
    onWait: (jobId: string) => void,
  ): Promise<Result<Manifest, ArchiveFailure>>;
  /** What ran, outside of DatoCMS. */
  readonly history: History;
  /** What has become of the archive that a run has made; undefined where it made none. */
  fateOf(run: StoredRun): ReturnType<typeof fateOfMade>;
  /** The newest first, damaged ones too. */
  list(): Promise<Result<readonly ListedArchive[], ArchiveFailure>>;
  /** @param name an id, `latest`, or a date `YYYY-MM-DD`: the newest of that day */
  show(name: string): Promise<Result<Manifest, ArchiveFailure>>;
  verify(name: string, depth: VerifyDepth): Promise<Result<Verification, ArchiveFailure>>;
  /**
   * Reads a share of the whole store again, once a UTC day however often it is called.
   *
   * @param stop ends the reading; the next call goes on
   * @returns undefined where there is nothing to read today
   */
  sample(stop?: AbortSignal): Promise<Result<Sampled | undefined, ArchiveFailure>>;
  /** Packs it as one tar, whose bytes are read after this has answered. */
  download(name: string): Promise<Result<PackedArchive, ArchiveFailure>>;
  /**
   * Takes such a tar into the store, once all of it was checked.
   *
   * @throws what reading the tar throws
   */
  upload(tar: TarFile, onProgress: OnBytes): Promise<Result<Manifest, ArchiveFailure>>;
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
  // A setting that cannot be understood is refused before anything is asked.
  const settings = readArchiveSettings(host.variables);
  if (!settings.ok) return settings;
  const store = await openOffsiteStore(host);
  return store.ok ? succeeded(archivesIn(store.value, project, host)) : store;
}

/** Somebody else was faster. */
const NOTHING_READ: Sampled = { objects: 0, bytes: 0, problems: [] };
const BY_HAND = { trigger: "hand", by: "holder" } as const;

/** The archives of a store that is open. A verb that does work ends as one record: by `runs`. */
export function archivesIn(store: Store, project: Project, host: ArchiveHost): ArchiveService {
  const { asked = BY_HAND, keep = keptIn(store) } = host;
  const runs = archiveRuns({ ...host, asked, keep });
  const find = async (name: string): Promise<Result<ListedArchive, ArchiveFailure>> => {
    const settings = readArchiveSettings(host.variables);
    if (!settings.ok) return settings;
    const found = await findArchive(store, name);
    return mapped(found, (archive) => withSignatureChecked(archive, settings.value.storeKey));
  };
  const history = historyOf(store);
  const create = (request: ArchiveRequest) =>
    runs.archive({ environmentId: request.from, cadences: request.cadences ?? [] }, () =>
      createArchive(project, host, store, request),
    );
  return {
    history,
    fateOf: (run) => fateOfMade(store, history, run),
    create,
    createAlone: (request, onWait) => createAlone({ store, project, host, request, onWait, create }),
    ...retentionIn(store, project, host, runs),
    list: () => listArchives(store),
    async show(name) {
      const found = await find(name);
      return found.ok ? manifestIn(found.value) : found;
    },
    async verify(name, depth) {
      const found = await find(name);
      if (!found.ok) return found;
      const archive = found.value;
      const level = typeof depth === "string" ? depth : "sample";
      return runs.verify({ archiveId: archive.id, level }, () =>
        verifyAndNote(store, host.clock, archive, depth),
      );
    },
    async sample(stop) {
      const read = readSamplePercent(host.variables);
      if (!read.ok || read.value === undefined) return read.ok ? succeeded(undefined) : read;
      const percent = read.value;
      const due = await isSampleDue(store, host.clock);
      if (!due.ok || !due.value) return due.ok ? succeeded(undefined) : due;
      return runs.verify({ archiveId: undefined, level: "sample" }, async () =>
        mapped(await sampleDaily(store, host.clock, { percent, stop }), (sampled = NOTHING_READ) => sampled),
      );
    },
    download: (name) => downloadFrom(store, name),
    upload: (tar, onProgress) =>
      runs.upload(tar.size, () => uploadInto(store, project, host, tar, onProgress)),
  };
}
