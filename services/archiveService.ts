import type { Clock } from "../utils/clock.ts";
import { failed, mapped, type Result, succeeded } from "../utils/failures.ts";
import type { Variables } from "../utils/variables.ts";
import { VERSION } from "../utils/version.ts";
import { findArchive, type ListedArchive, listArchives, manifestIn } from "./archive/archives.ts";
import { type Capture, captureEnvironment } from "./archive/capture/capture.ts";
import type { Progress } from "./archive/capture/content.ts";
import { redaction } from "./archive/capture/redaction.ts";
import { type ArchiveFailure, environmentNotReady, NO_STORE, noSuchEnvironment } from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import { readArchiveSettings } from "./archive/settings.ts";
import { type Verification, type VerifyLevel, verifyArchive } from "./archive/verify/verify.ts";
import { Catalog } from "./catalog/catalog.ts";
import { createBudget } from "./datocms/budget.ts";
import { createClient } from "./datocms/client.ts";
import { environmentsOf } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import { createContentApi } from "./sources/datocms/contentApi.ts";
import { createContentReader } from "./sources/datocms/contentReader.ts";
import { createPacing } from "./sources/datocms/pacing.ts";
import { openStore } from "./stores/open.ts";
import { readStoreSettings } from "./stores/settings.ts";
import type { Store } from "./stores/store.ts";

export type { ListedArchive } from "./archive/archives.ts";
export type { Progress } from "./archive/capture/content.ts";
export type { ArchiveFailure } from "./archive/failures.ts";
export type { Manifest } from "./archive/manifest.ts";
export type { Verification, VerifyLevel } from "./archive/verify/verify.ts";

/** What a host lends to archives. */
export interface ArchiveHost {
  readonly variables: Variables;
  /** The folder that a relative address of a store starts from. */
  readonly directory: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** Which archive is to be made. */
export interface ArchiveRequest {
  /** An environment; undefined: the newest ready backup, or else the primary. */
  readonly from: string | undefined;
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

/** The list of environments is one call; it is given up after this long, ms. */
const LIST_MS = 60_000;
const LIST_CALLS = 20;

/**
 * Opens a project's archives.
 *
 * @returns `NO_STORE` where none is set, or why it cannot be used
 */
export async function createArchiveService(
  project: Project,
  host: ArchiveHost,
): Promise<Result<ArchiveService, ArchiveFailure>> {
  const settings = readStoreSettings(host.variables, host.directory);
  if (!settings.ok) return settings;
  if (settings.value === undefined) return failed(NO_STORE);
  const store = await openStore(settings.value, host);
  if (!store.ok) return store;
  const opened = store.value;
  return succeeded({
    create: (request) => createArchive(project, host, opened, request),
    list: () => listArchives(opened),
    async show(name) {
      const found = await findArchive(opened, name);
      return found.ok ? manifestIn(found.value) : found;
    },
    async verify(name, level) {
      const found = await findArchive(opened, name);
      return found.ok ? verifyArchive(opened, found.value, level) : found;
    },
  });
}

async function createArchive(
  project: Project,
  host: ArchiveHost,
  store: Store,
  request: ArchiveRequest,
): Promise<Result<Manifest, ArchiveFailure>> {
  const { fetch, clock, signal } = host;
  const settings = readArchiveSettings(host.variables);
  if (!settings.ok) return settings;
  const environment = await sourceOf(project, host, request.from);
  if (!environment.ok) return environment;
  const previous = request.isFull ? succeeded(undefined) : await newestReadable(store);
  if (!previous.ok) return previous;
  const api = createContentApi({
    token: project.token,
    baseUrl: project.source.baseUrl,
    environment: environment.value.id,
    fetch,
    clock,
    pacing: createPacing(clock, request.callsPerSecond),
    signal,
  });
  return captureEnvironment({
    reader: createContentReader(api, environment.value.id),
    store,
    clock,
    fetch,
    assetsBaseUrl: settings.value.assetsBaseUrl,
    redact: redaction(undefined),
    previous: previous.value,
    withAssets: request.withAssets && settings.value.withAssets,
    excludedModels: [],
    onProgress: request.onProgress,
    environment: environment.value,
    cadences: [],
    tool: { name: "datocms-backups", version: VERSION },
    random: crypto.randomUUID().slice(0, 8),
  });
}

/** What is archived: a finished backup of ours wherever there is one, because nobody edits it meanwhile. */
async function sourceOf(
  { token, source, policy }: Project,
  { fetch, clock }: ArchiveHost,
  from: string | undefined,
): Promise<Result<Capture["environment"], ArchiveFailure>> {
  const budget = createBudget(clock, { deadline: clock.monotonic() + LIST_MS, maxCalls: LIST_CALLS });
  const client = createClient({ token, baseUrl: source.baseUrl, fetch, budget });
  const listed = await environmentsOf(client, budget).list();
  if (!listed.ok) return listed;
  const catalog = new Catalog(listed.value, policy);
  const newest = catalog.restorePoints[0];
  const id = from ?? newest?.id ?? catalog.primary?.id ?? "";
  const environment = listed.value.find((each) => each.id === id);
  if (environment === undefined)
    return failed(
      noSuchEnvironment(
        id,
        listed.value.map((each) => each.id),
      ),
    );
  if (environment.status !== "ready") return failed(environmentNotReady(id, environment.status));
  const isBackup = catalog.restorePoints.some((backup) => backup.id === id);
  return succeeded({ id, isPrimary: environment.primary, isBackup });
}

/** The newest archive that can be read: what has not changed since is taken over from it. */
async function newestReadable(store: Store): Promise<Result<Manifest | undefined, ArchiveFailure>> {
  return mapped(await listArchives(store), (archives) => {
    const readable = archives.find(({ manifest }) => manifest.kind === "read")?.manifest;
    return readable?.kind === "read" ? readable.manifest : undefined;
  });
}
