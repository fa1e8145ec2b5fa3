import { type VirtualClock, virtualClock } from "../emulator/clocks.ts";
import { generatedContent } from "../emulator/content/seeds/generated.ts";
import { randomOf } from "../emulator/content/seeds/random.ts";
import { createEmulator, type Emulator } from "../emulator/emulator.ts";
import { type Capture, captureEnvironment } from "../services/archive/capture/capture.ts";
import type { Manifest } from "../services/archive/manifest.ts";
import { type ContentApi, createContentApi } from "../services/sources/datocms/contentApi.ts";
import { type ContentReader, createContentReader } from "../services/sources/datocms/contentReader.ts";
import { createPacing } from "../services/sources/datocms/pacing.ts";
import type { Page, Resource } from "../services/sources/datocms/resource.ts";
import { listAll } from "../services/stores/listAll.ts";
import { createMemoryStore } from "../services/stores/memory.ts";
import type { Store } from "../services/stores/store.ts";
import type { Result } from "../utils/failures.ts";
import { LATENCY_MS, TOKEN } from "./world.ts";

/** Records of a model, or all uploads, as they were at the beginning. */
export interface Listing {
  /** Undefined for uploads. */
  readonly modelId: string | undefined;
  readonly withBlocks: boolean;
  readonly rows: readonly Resource[];
}

export interface Cost {
  readonly calls: number;
  readonly ms: number;
}

export interface MadeArchive extends Cost {
  readonly manifest: Manifest;
  /** What it added to the store. */
  readonly storedBytes: number;
}

/** A generated project and a store, on a clock that moves only when everybody waits. */
export interface ArchiveWorld {
  readonly listings: readonly Listing[];
  /** Archives the project. */
  archive(previous: Manifest | undefined): Promise<MadeArchive>;
  /** Somebody edits so many records of any models. */
  edit(records: number): Promise<void>;
  /** Reads at the world's rate, beginning with a rate limit that nobody has used. */
  timed(read: (reader: ContentReader) => Promise<void>): Promise<Cost>;
}

export const ENVIRONMENT = "main";
/** DatoCMS's window, over which its rate limit is counted. */
const WINDOW_MS = 3_000;

/** @param rate calls a second */
export async function archiveWorld(records: number, rate: number): Promise<ArchiveWorld> {
  const clock = virtualClock();
  const emulator = createEmulator({ clock });
  const content = generatedContent({ records });
  const project = emulator.addProject({ token: TOKEN, latencyMs: LATENCY_MS, content });
  const store = createMemoryStore({ now: clock.now });
  const { rateLimit } = project.settings;
  project.settings.rateLimit = null;
  const listings = await clock.run(() =>
    listingsOf(createContentReader(apiOf(emulator, clock, 1_000), ENVIRONMENT)),
  );
  project.settings.rateLimit = rateLimit;
  let archives = 0;

  async function timed(read: (reader: ContentReader) => Promise<void>): Promise<Cost> {
    await clock.advance(WINDOW_MS);
    const api = apiOf(emulator, clock, rate);
    const from = clock.monotonic();
    await clock.run(() => read(createContentReader(api, ENVIRONMENT)));
    return { calls: api.calls(), ms: clock.monotonic() - from };
  }

  return {
    listings,
    timed,

    async archive(previous) {
      const before = await bytesIn(store);
      let manifest: Manifest | undefined;
      archives += 1;
      const cost = await timed(async (reader) => {
        const random = String(archives).padStart(8, "0");
        const host = { reader, store, clock, fetch: emulator.fetch, assetsBaseUrl: undefined };
        manifest = await archiveMain({ ...host, previous, random });
      });
      if (manifest === undefined || manifest.partial) throw new Error("The archive is not complete.");
      return { ...cost, manifest, storedBytes: (await bytesIn(store)) - before };
    },

    async edit(count) {
      const rows = listings.flatMap((listing) => (listing.modelId === undefined ? [] : listing.rows));
      const random = randomOf(1);
      const edited = new Set<string>();
      while (edited.size < count) edited.add(rows[random.below(rows.length)]?.id ?? "");
      project.settings.rateLimit = null;
      await clock.run(async () => {
        for (const id of edited) await update(emulator, id, { notes: `Edited: ${random.words(20)}` });
      });
      project.settings.rateLimit = rateLimit;
    },
  };
}

function apiOf({ fetch }: Emulator, clock: VirtualClock, rate: number): ContentApi {
  const pacing = createPacing(clock, rate);
  return createContentApi({
    token: TOKEN,
    baseUrl: undefined,
    environment: ENVIRONMENT,
    fetch,
    clock,
    pacing,
  });
}

async function listingsOf(reader: ContentReader): Promise<Listing[]> {
  const { models } = valueIn(await reader.schema());
  const listings: Listing[] = [];
  for (const { id, isBlock, holdsBlocks } of models.values())
    if (!isBlock)
      listings.push({ modelId: id, withBlocks: holdsBlocks, rows: await rowsOf(reader.records(id, false)) });
  return [...listings, { modelId: undefined, withBlocks: false, rows: await rowsOf(reader.uploads()) }];
}

type Given = "reader" | "store" | "clock" | "fetch" | "assetsBaseUrl" | "previous" | "random";

/** Archives the primary environment with everything that it holds. */
export async function archiveMain(given: Pick<Capture, Given>): Promise<Manifest> {
  const captured = await captureEnvironment({
    ...given,
    storeKey: undefined,
    withAssets: true,
    isAccepted: false,
    onEstimate: () => {},
    bytesADay: Number.POSITIVE_INFINITY,
    excludedModels: [],
    cadences: [],
    tool: { name: "bench", version: "0" },
    onProgress: () => {},
    environment: { id: ENVIRONMENT, isPrimary: true, isBackup: false },
  });
  return valueIn(captured);
}

/** Every row of a listing. */
export async function rowsOf(pages: AsyncIterable<Result<Page>>): Promise<Resource[]> {
  const rows: Resource[] = [];
  for await (const page of pages) rows.push(...valueIn(page).rows);
  return rows;
}

async function update({ fetch }: Emulator, id: string, attributes: object): Promise<void> {
  const answer = await fetch(`https://site-api.datocms.com/items/${id}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${TOKEN}`, accept: "application/json" },
    body: JSON.stringify({ data: { type: "item", id, attributes } }),
  });
  if (!answer.ok) throw new Error(`A record could not be edited: ${answer.status} ${await answer.text()}`);
}

async function bytesIn(store: Store): Promise<number> {
  const listed = valueIn(await listAll(store, ""));
  return listed.reduce((sum, { size }) => sum + size, 0);
}

export function valueIn<T>(result: Result<T, { readonly sentence: string }>): T {
  if (!result.ok) throw new Error(result.failure.sentence);
  return result.value;
}
