import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as z from "zod";
import { type Capture, captureEnvironment } from "../../services/archive/capture/capture.ts";
import type { Progress } from "../../services/archive/capture/content.ts";
import { type Manifest, manifestKey, readManifest, sealed } from "../../services/archive/manifest.ts";
import { createContentApi } from "../../services/sources/datocms/contentApi.ts";
import { createContentReader } from "../../services/sources/datocms/contentReader.ts";
import { createPacing } from "../../services/sources/datocms/pacing.ts";
import { listAll } from "../../services/stores/listAll.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import type { Store } from "../../services/stores/store.ts";
import { TOKEN, type World } from "../emulator/support.ts";

export function memoryStore({ clock }: World): Store {
  return createMemoryStore({ now: () => clock.now() });
}

export interface ArchiveOptions extends Partial<Omit<Capture, "environment">> {
  readonly environment?: Partial<Capture["environment"]>;
  readonly callsPerSecond?: number;
  /** Takes the address of each call. */
  readonly calls?: string[];
}

/** Archives an environment of the project: its primary, unless another one is named. */
export async function archive(world: World, store: Store, options: ArchiveOptions = {}) {
  const { clock, emulator } = world;
  const { environment: given, callsPerSecond = 1_000, calls = [], ...rest } = options;
  const recorded: typeof fetch = (input, init) => {
    calls.push(String(input));
    return emulator.fetch(input, init);
  };
  const environment = { id: "main", isPrimary: true, isBackup: false, ...given };
  const api = createContentApi({
    token: TOKEN,
    baseUrl: undefined,
    environment: environment.id,
    fetch: recorded,
    clock,
    pacing: createPacing(clock, callsPerSecond),
  });
  const capture = {
    reader: createContentReader(api, environment.id),
    store,
    clock,
    fetch: emulator.fetch,
    assetsBaseUrl: undefined,
    storeKey: undefined,
    previous: undefined,
    withAssets: true,
    isAccepted: false,
    onEstimate: () => {},
    bytesADay: Number.POSITIVE_INFINITY,
    excludedModels: [],
    cadences: [],
    tool: { name: "test", version: "0" },
    random: "00000000",
    onProgress: (_: Progress) => {},
    environment,
    ...rest,
  };
  return clock.run(() => captureEnvironment(capture));
}

/** The manifest of an archive that was made; the test fails where it was not. */
export async function archived(world: World, store: Store, options: ArchiveOptions = {}): Promise<Manifest> {
  const made = await archive(world, store, options);
  if (!made.ok) throw new Error(made.failure.sentence);
  return made.value;
}

/** A file of an archive as the store has it, unpacked. */
export async function textOf(store: Store, manifest: Manifest, path: string): Promise<string> {
  const file = manifest.files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`The manifest names no ${path}`);
  const stored = await store.get(file.object);
  if (!stored.ok || stored.value === undefined) throw new Error(`The store has no ${file.object}`);
  const { bytes } = stored.value;
  return new TextDecoder().decode(file.object.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}

/** The lines of all files whose path begins so. */
export async function linesOf(store: Store, manifest: Manifest, prefix: string): Promise<string[]> {
  const paths = manifest.files.map(({ path }) => path).filter((path) => path.startsWith(prefix));
  const texts = await Promise.all(paths.map((path) => textOf(store, manifest, path)));
  return texts.flatMap((text) => text.split("\n").filter((line) => line !== ""));
}

/** The manifest as the store has it. */
export async function storedManifest(store: Store, id: string): Promise<Manifest | undefined> {
  const stored = await store.get(manifestKey(id));
  if (!stored.ok || stored.value === undefined) return undefined;
  const read = readManifest(new TextDecoder().decode(stored.value.bytes));
  return read.kind === "read" ? read.manifest : undefined;
}

/** The keys of a store. */
export async function keysOf(store: Store, prefix = ""): Promise<string[]> {
  const listed = await listAll(store, prefix);
  if (!listed.ok) throw new Error(listed.failure.sentence);
  return listed.value.map(({ key }) => key);
}

/** A store that notes the keys of objects that are read. */
export function watchedStore(store: Store): { readonly store: Store; readonly read: string[] } {
  const read: string[] = [];
  const noted: Store = {
    ...store,
    get(key) {
      read.push(key);
      return store.get(key);
    },
    stream(key, range) {
      read.push(key);
      return store.stream(key, range);
    },
  };
  return { store: noted, read };
}

/** In lower-case hex. */
export function hashOf(name: "md5" | "sha256", bytes: Uint8Array): string {
  return createHash(name).update(bytes).digest("hex");
}

/** The first bytes of a PNG of 7 by 5 pixels: the asset host sends others unless it is asked for the original. */
export const PNG = Buffer.from("89504e470d0a1a0a0000000d494844520000000700000005080200000073", "hex");

/** @returns the upload's id */
export async function upload(
  { client, emulator }: World,
  filename: string,
  bytes: Uint8Array,
): Promise<string> {
  const { id, url, request_headers } = await client.uploadRequest.create({ filename });
  const headers = z.record(z.string(), z.string()).parse(request_headers);
  await emulator.fetch(url, { method: "PUT", headers, body: new Uint8Array(bytes) });
  return (await client.uploads.create({ path: id })).id;
}

/** A manifest that names no files: of a finished backup, complete, unless something else is given. */
export function manifestOf(changes: Partial<Omit<Manifest, "sha256">>) {
  const at = changes.createdAt ?? "2026-03-02T12:00:00.000Z";
  return sealed({
    format: "dato-archive",
    version: 1,
    id: "2026-03-02T120000Z-main-00000000",
    createdAt: at,
    writtenAt: at,
    tool: { name: "test", version: "0" },
    source: {
      kind: "datocms",
      environment: "main",
      projectId: "64167",
      projectName: "Test",
      environmentCreatedAt: at,
      isPrimary: false,
    },
    consistency: "fork",
    partial: false,
    scope: { assets: true, excludedModels: [], cadences: ["daily"] },
    counts: { models: 0, records: 0, uploads: 0, assets: 0, assetBytes: 0, danglingLinks: 0 },
    models: [],
    files: [],
    previous: null,
    warnings: [],
    storedBytes: 0,
    reusedBytes: 0,
    calls: 0,
    durationMs: 0,
    encrypted: false,
    ...changes,
  });
}

/**
 * Makes a folder a store with one archive in it, which is complete and names no files.
 *
 * @param createdAt ISO 8601
 */
export async function putArchive(folder: string, createdAt: string): Promise<void> {
  const { manifest, text } = manifestOf({ createdAt });
  await mkdir(join(folder, "archives", manifest.id), { recursive: true });
  await writeFile(join(folder, manifestKey(manifest.id)), text);
}

/** A store whose process dies at a write. */
export function dyingAfter(store: Store, writes: number): Store {
  let left = writes;
  return {
    ...store,
    put(...given) {
      if (left === 0) throw new Error("killed");
      left -= 1;
      return store.put(...given);
    },
  };
}
