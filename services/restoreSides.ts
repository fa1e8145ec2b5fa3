import { failed, failure, type Result, succeeded } from "../utils/failures.ts";
import { findArchive, manifestIn } from "./archive/archives.ts";
import { environmentNotReady, noSuchEnvironment } from "./archive/failures.ts";
import { remembered } from "./archive/restore/remembered.ts";
import { archiveSide, type EnvironmentSide, environmentSide, type Side } from "./archive/restore/side.ts";
import { type Hidden, NOTHING_HIDDEN, openSnapshot } from "./archive/restore/snapshot.ts";
import { filesOfEnvironment } from "./archive/restore/uploads/files.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import { readErased } from "./archive/retention/erased.ts";
import { type ArchiveSettings, readArchiveSettings } from "./archive/settings.ts";
import { withSignatureChecked } from "./archive/storeKey.ts";
import { verifyArchive } from "./archive/verify/verify.ts";
import type { Environment } from "./datocms/environments.ts";
import type { Holders } from "./jobs/jobs.ts";
import { isStoreSet, type OffsiteStoreHost, openOffsiteStore } from "./offsiteStore.ts";
import type { Project } from "./project.ts";
import { createContentApi } from "./sources/datocms/contentApi.ts";
import { createContentReader } from "./sources/datocms/contentReader.ts";
import { type ContentWrites, createContentWrites } from "./sources/datocms/contentWrites.ts";
import { createPacing, type Pacing } from "./sources/datocms/pacing.ts";
import { textOf } from "./sources/datocms/resource.ts";
import { createMemoryStore } from "./stores/memory.ts";
import type { Store } from "./stores/store.ts";

/** What is restored, or compared. */
export type SourceName =
  /** An archive's id, `latest`, or a date. */
  { readonly kind: "archive"; readonly name: string } | { readonly kind: "environment"; readonly id: string };

/** What a host lends to restores. */
export interface RestoreHost extends OffsiteStoreHost {
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined;
  /** What the process knows of others that work in the store. */
  readonly holders?: Holders | undefined;
  /** Asked before each write to DatoCMS; see `restoreAlone`. */
  readonly mayWrite?: (() => Promise<boolean>) | undefined;
  /** So many records are in memory at most; default `MOST_AT_ONCE`. */
  readonly recordsAtOnce?: number | undefined;
}

/** Opens sides for one command: all of its calls share one pace. */
export interface Sides {
  readonly settings: ArchiveSettings;
  /** The store of archives; a failure where none is set. */
  store(): Promise<Result<Store, RestoreFailure>>;
  archive(name: string, level?: "full"): Promise<Result<Side, RestoreFailure>>;
  /** @param hidden what is not shown of it; default: nothing */
  environment(environment: Environment, hidden?: Hidden): Promise<Result<EnvironmentSide, RestoreFailure>>;
  /** What somebody has had forgotten; nothing where no store is set. */
  hidden(): Promise<Result<Hidden, RestoreFailure>>;
  writes(environmentId: string): ContentWrites;
}

/** @param callsPerSecond DatoCMS calls; editors and builds keep the rest of the 20 that it allows */
export function createSides(
  project: Project,
  host: RestoreHost,
  callsPerSecond: number,
): Result<Sides, RestoreFailure> {
  const settings = readArchiveSettings(host.variables);
  if (!settings.ok) return settings;
  const pacing = createPacing(host.clock, callsPerSecond);
  let opened: ReturnType<typeof openOffsiteStore> | undefined;
  const store = () => {
    opened ??= openOffsiteStore(host);
    return opened;
  };
  const options = (environment: string) => optionsFor(project, host, pacing, environment);

  return succeeded({
    settings: settings.value,
    store,
    writes: (id) => createContentWrites(options(id)),

    async archive(name, level) {
      const archives = await store();
      if (!archives.ok) return archives;
      const found = await findArchive(archives.value, name);
      if (!found.ok) return found;
      const archive = withSignatureChecked(found.value, settings.value.storeKey);
      const manifest = manifestIn(archive);
      if (!manifest.ok) return manifest;
      if (level !== undefined) {
        const verified = await verifyArchive(archives.value, archive, level);
        if (!verified.ok) return verified;
        const [problem] = verified.value.problems;
        if (problem !== undefined) return failed(damaged(archive.id, problem.sentence));
      }
      const { keyId } = manifest.value.signature ?? {};
      const isForeign = archive.isUploaded && (keyId === undefined || keyId !== settings.value.storeKey?.id);
      const hidden = await hiddenIn(archives.value);
      if (!hidden.ok) return hidden;
      const files = remembered(archives.value);
      const snapshot = await openSnapshot(files, manifest.value, archive.id, hidden.value);
      return snapshot.ok ? succeeded(archiveSide(manifest.value, snapshot.value, isForeign)) : snapshot;
    },

    async hidden() {
      if (!isStoreSet(host)) return succeeded(NOTHING_HIDDEN);
      const archives = await store();
      return archives.ok ? hiddenIn(archives.value) : archives;
    },

    async environment({ id, createdAt }, hidden = NOTHING_HIDDEN) {
      const reader = createContentReader(createContentApi(options(id)), id);
      const schema = await reader.schema();
      if (!schema.ok) return schema;
      const assets = {
        host: textOf(schema.value.site, "imgix_host") ?? "",
        baseUrl: settings.value.assetsBaseUrl,
      };
      const { clock, fetch } = host;
      const files = filesOfEnvironment(assets, fetch, clock);
      const scratch = createMemoryStore({ now: () => clock.now() });
      const { storeKey } = settings.value;
      const reading = { reader, clock, storeKey, scratch, hidden, onProgress: () => {} };
      return succeeded(
        environmentSide({ name: id, createdAt: new Date(createdAt).toISOString(), files }, reading),
      );
    },
  });
}

function optionsFor(
  { token, source }: Project,
  { fetch, clock, signal, mayWrite }: RestoreHost,
  pacing: Pacing,
  environment: string,
) {
  return { token, baseUrl: source.baseUrl, environment, fetch, clock, pacing, signal, mayWrite };
}

/** What was erased on purpose is neither restored nor compared. Nothing is where nobody knows what that is. */
async function hiddenIn(store: Store): Promise<Result<Hidden, RestoreFailure>> {
  const erased = await readErased(store);
  if (!erased.ok) return erased;
  const { records, uploads } = erased.value;
  return succeeded({
    records: new Set(records.map(({ id }) => id)),
    uploads: new Set(uploads.map(({ id }) => id)),
  });
}

/** An environment that can be read or written. */
export function readyEnvironment(
  listed: readonly Environment[],
  id: string,
): Result<Environment, RestoreFailure> {
  const found = listed.find((each) => each.id === id);
  if (found === undefined)
    return failed(
      noSuchEnvironment(
        id,
        listed.map((each) => each.id),
      ),
    );
  return found.status === "ready" ? succeeded(found) : failed(environmentNotReady(id, found.status));
}

/**
 * Where runs of restores are kept: in the store of archives, or beside the working directory where there is none.
 *
 * @returns why it cannot be opened
 */
export function openRunsStore(host: OffsiteStoreHost): Promise<Result<Store, RestoreFailure>> {
  if (isStoreSet(host)) return openOffsiteStore(host);
  return openOffsiteStore({ ...host, variables: { ...host.variables, BACKUP_STORE: LOCAL_RUNS } });
}

const LOCAL_RUNS = "file:./.datocms-backups";

function damaged(id: string, why: string) {
  return failure(
    "ARCHIVE_DAMAGED",
    `The archive ${id} is not as it was written: ${why}`,
    "Use an older archive, and see what else has access to the store.",
    { archive: id },
  );
}
