import * as z from "zod";
import type { ProjectOptions } from "../../emulator/emulator.ts";
import type { UploadsContext } from "../../services/archive/restore/uploads/context.ts";
import { filesOfStore } from "../../services/archive/restore/uploads/files.ts";
import {
  type UploadLine,
  uploadLineFrom,
  uploadTargetOf,
} from "../../services/archive/restore/uploads/line.ts";
import { type RestoredUploads, restoreUploads } from "../../services/archive/restore/uploads/restore.ts";
import type { Journal, JournalEntry, Mode, RestoreFailure } from "../../services/archive/restore/words.ts";
import { createContentApi } from "../../services/sources/datocms/contentApi.ts";
import { createContentReader } from "../../services/sources/datocms/contentReader.ts";
import { createContentWrites } from "../../services/sources/datocms/contentWrites.ts";
import { createPacing } from "../../services/sources/datocms/pacing.ts";
import type { Bytes } from "../../services/stores/body.ts";
import type { Store } from "../../services/stores/store.ts";
import { type Result, succeeded } from "../../utils/failures.ts";
import { archived, keysOf, linesOf, memoryStore } from "../archive/support.ts";
import { TOKEN, type World } from "../emulator/support.ts";
import { value } from "../stores/conformance.ts";
import { differencesOf } from "./differences.ts";
import type { EnvironmentState } from "./judge.ts";
import { nastySite, type Site } from "./support.ts";

/** A journal in memory: what a thing was first counts. */
export interface MemoryJournal extends Journal {
  entries(): JournalEntry[];
}

export function memoryJournal(): MemoryJournal {
  const first = new Map<string, JournalEntry>();
  return {
    entries: () => [...first.values()],
    async note(entries) {
      for (const entry of entries) if (!first.has(entry.id)) first.set(entry.id, entry);
      return succeeded(undefined);
    },
  };
}

/** The nasty project in an archive, to be damaged and restored. */
export interface Rescue extends Site {
  readonly store: Store;
  /** The uploads as they were archived. */
  readonly lines: readonly UploadLine[];
  /** What was archived. */
  readonly before: EnvironmentState;
}

const TEN_MINUTES_MS = 600_000;

export async function rescue(options: Partial<ProjectOptions> = {}): Promise<Rescue> {
  const site = nastySite(options);
  // By then nobody is sent former bytes any more.
  await site.clock.advance(TEN_MINUTES_MS);
  archive ??= await archiveOf(site);
  const store = memoryStore(site);
  for (const [key, bytes] of archive.files) await store.put(key, bytes);
  site.emulator.clearRequests();
  return { ...site, store, lines: archive.lines, before: site.state() };
}

/** The nasty project is always the same, so it is archived once. */
let archive:
  | { readonly lines: readonly UploadLine[]; readonly files: ReadonlyMap<string, Bytes> }
  | undefined;

async function archiveOf(site: Site) {
  const store = memoryStore(site);
  const texts = await linesOf(store, await archived(site, store), "uploads/");
  const keys = await keysOf(store, "assets/");
  const files = await Promise.all(
    keys.map(async (key) => [key, value(await store.get(key))?.bytes ?? new Uint8Array()] as const),
  );
  return { lines: texts.flatMap((text) => uploadLineFrom(text) ?? []), files: new Map(files) };
}

export interface ContextOptions extends Partial<UploadsContext> {
  readonly environment?: string;
  readonly signal?: AbortSignal;
}

/** What a restore of uploads into an environment works with; the files come from the store. */
export async function contextFor(
  { clock, emulator, store }: World & { readonly store: Store },
  { environment = "main", signal, ...given }: ContextOptions = {},
): Promise<UploadsContext> {
  const fetchFn = given.fetch ?? emulator.fetch;
  const pacing = createPacing(clock, 10_000);
  const api = { token: TOKEN, baseUrl: undefined, environment, clock, pacing };
  const schema = await clock.run(() =>
    createContentReader(createContentApi({ ...api, fetch: emulator.fetch }), environment).schema(),
  );
  return {
    reader: createContentReader(createContentApi({ ...api, fetch: fetchFn, signal }), environment),
    writes: createContentWrites({ ...api, fetch: fetchFn, signal }),
    journal: memoryJournal(),
    clock,
    fetch: fetchFn,
    files: [filesOfStore(store)],
    target: uploadTargetOf(value(schema).site),
    withCreators: true,
    ...given,
  };
}

export interface RestoreOptions extends ContextOptions {
  readonly only?: readonly string[];
  readonly earlier?: readonly JournalEntry[];
}

/** Restores the uploads of an archive: all, or some by their ids. */
export async function restored(
  site: Rescue,
  mode: Mode,
  { only, earlier = [], ...given }: RestoreOptions = {},
): Promise<Result<RestoredUploads, RestoreFailure>> {
  const context = await contextFor(site, given);
  const wanted = site.lines.filter(({ id }) => only === undefined || only.includes(id));
  return site.clock.run(() => restoreUploads(context, { wanted, mode, earlier }));
}

/** What is different among uploads between two states: `<id>/author`. */
export function unequal(before: EnvironmentState, after: EnvironmentState): string[] {
  return differencesOf(before, after)
    .map(({ path }) => path)
    .filter((path) => path.startsWith("uploads/"))
    .map((path) => path.slice("uploads/".length));
}

/** Deletes uploads as an editor does, in use or not. */
export async function lose(site: Site, ids: readonly string[]): Promise<void> {
  const { contentUnknowns } = site.project.settings;
  const { uploadInUse } = contentUnknowns;
  contentUnknowns.uploadInUse = "strip";
  for (const id of ids) await site.editor().call("DELETE", `/uploads/${id}`);
  contentUnknowns.uploadInUse = uploadInUse;
}

const Attributes = z.object({ data: z.object({ attributes: z.looseObject({}) }) });

/** What DatoCMS says of an upload. */
export async function attributesOf(site: Site, id: string): Promise<Record<string, unknown>> {
  return Attributes.parse(await site.editor().call("GET", `/uploads/${id}`)).data.attributes;
}
