import { failed, mapped, type Result, succeeded } from "../utils/failures.ts";
import { VERSION } from "../utils/version.ts";
import { listArchives } from "./archive/archives.ts";
import { type Capture, captureEnvironment } from "./archive/capture/capture.ts";
import {
  type ArchiveFailure,
  environmentNotReady,
  environmentReplaced,
  noSuchEnvironment,
} from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import { readArchiveSettings } from "./archive/settings.ts";
import { type StoreKey, withSignatureChecked } from "./archive/storeKey.ts";
import type { ArchiveHost, ArchiveRequest } from "./archiveService.ts";
import { Catalog } from "./catalog/catalog.ts";
import { createBudget } from "./datocms/budget.ts";
import { createClient } from "./datocms/client.ts";
import { environmentsOf } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import { createContentApi } from "./sources/datocms/contentApi.ts";
import { createContentReader } from "./sources/datocms/contentReader.ts";
import { createPacing } from "./sources/datocms/pacing.ts";
import type { Store } from "./stores/store.ts";

/** The list of environments is one call; it is given up after this long, ms. */
const LIST_MS = 60_000;
const LIST_CALLS = 20;

/** Archives an environment: brings settings, source and store together for a capture. */
export async function createArchive(
  project: Project,
  host: ArchiveHost,
  store: Store,
  request: ArchiveRequest,
): Promise<Result<Manifest, ArchiveFailure>> {
  const { fetch, clock, signal } = host;
  const settings = readArchiveSettings(host.variables);
  if (!settings.ok) return settings;
  const environment = await sourceOf(project, host, request);
  if (!environment.ok) return environment;
  request.onSource?.(environment.value.id);
  const previous = request.isFull
    ? succeeded(undefined)
    : await newestReadable(store, settings.value.storeKey);
  if (!previous.ok) return previous;
  const pacing = createPacing(clock, request.callsPerSecond);
  const api = createContentApi({
    token: project.token,
    baseUrl: project.source.baseUrl,
    environment: environment.value.id,
    fetch,
    clock,
    pacing: {
      ...pacing,
      async turn() {
        await host.runsOver?.();
        await pacing.turn();
      },
    },
    signal,
  });
  return captureEnvironment({
    reader: createContentReader(api, environment.value.id),
    store,
    clock,
    fetch,
    assetsBaseUrl: settings.value.assetsBaseUrl,
    storeKey: settings.value.storeKey,
    previous: previous.value,
    withAssets: request.withAssets && settings.value.withAssets,
    bytesADay: settings.value.bytesADay,
    excludedModels: settings.value.excludedModels,
    isAccepted: request.isAccepted ?? false,
    onEstimate: request.onEstimate ?? (() => {}),
    onProgress: request.onProgress,
    environment: environment.value,
    cadences: request.cadences ?? [],
    schedule: request.schedule,
    mostBytes: request.mostBytes,
    tool: { name: "datocms-backups", version: VERSION },
    random: crypto.randomUUID().slice(0, 8),
  });
}

/** Reads what the project holds: one call, and what DatoCMS makes of it. */
export async function readCatalog(
  { token, source, policy }: Project,
  { fetch, clock }: Pick<ArchiveHost, "fetch" | "clock">,
): Promise<Result<Catalog>> {
  const budget = createBudget(clock, { deadline: clock.monotonic() + LIST_MS, maxCalls: LIST_CALLS });
  const client = createClient({ token, baseUrl: source.baseUrl, fetch, budget });
  const listed = await environmentsOf(client, budget).list();
  return mapped(listed, (environments) => new Catalog(environments, policy));
}

/** What is archived: a finished backup of ours wherever there is one, because nobody edits it meanwhile. */
async function sourceOf(
  project: Project,
  host: ArchiveHost,
  { from, createdAt }: ArchiveRequest,
): Promise<Result<Capture["environment"], ArchiveFailure>> {
  const read = await readCatalog(project, host);
  if (!read.ok) return read;
  const catalog = read.value;
  const listed = catalog.environments;
  const newest = catalog.restorePoints[0];
  const id = from ?? newest?.id ?? catalog.primary?.id ?? "";
  const environment = listed.find((each) => each.id === id);
  if (environment === undefined)
    return failed(
      noSuchEnvironment(
        id,
        listed.map((each) => each.id),
      ),
    );
  if (createdAt !== undefined && environment.createdAt !== createdAt) return failed(environmentReplaced(id));
  if (environment.status !== "ready") return failed(environmentNotReady(id, environment.status));
  const isBackup = catalog.restorePoints.some((backup) => backup.id === id);
  return succeeded({ id, isPrimary: environment.primary, isBackup });
}

/**
 * The newest archive that can be read: what has not changed since is taken over from it. Never from one that came by
 * upload: somebody else may have made it, and what it says of records would be believed.
 */
async function newestReadable(
  store: Store,
  key: StoreKey | undefined,
): Promise<Result<Manifest | undefined, ArchiveFailure>> {
  return mapped(await listArchives(store), (archives) => {
    const ours = archives.filter(({ isUploaded }) => !isUploaded);
    const checked = ours.map((archive) => withSignatureChecked(archive, key).manifest);
    const readable = checked.find(({ kind }) => kind === "read");
    return readable?.kind === "read" ? readable.manifest : undefined;
  });
}
