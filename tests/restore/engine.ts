import { archiveSide, environmentSide, type Side } from "../../services/archive/restore/side.ts";
import { openSnapshot } from "../../services/archive/restore/snapshot.ts";
import type { Journal } from "../../services/archive/restore/words.ts";
import { type ContentApi, createContentApi } from "../../services/sources/datocms/contentApi.ts";
import { createContentReader } from "../../services/sources/datocms/contentReader.ts";
import { createContentWrites } from "../../services/sources/datocms/contentWrites.ts";
import { createPacing } from "../../services/sources/datocms/pacing.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Result } from "../../utils/failures.ts";
import { succeeded } from "../../utils/failures.ts";
import { archived, memoryStore } from "../archive/support.ts";
import { TOKEN, type World } from "../emulator/support.ts";

export function valueFrom<T>(result: Result<T, { readonly sentence: string }>): T {
  if (!result.ok) throw new Error(result.failure.sentence);
  return result.value;
}

export async function archiveOf(world: World): Promise<{ side: Side; store: Store }> {
  const store = memoryStore(world);
  const manifest = await archived(world, store);
  const snapshot = valueFrom(await openSnapshot(store, manifest, manifest.id));
  return { side: archiveSide(manifest, snapshot), store };
}

export function target(world: World, environment = "main", fetchFn: typeof fetch = world.emulator.fetch) {
  const { clock } = world;
  const options = {
    token: TOKEN,
    baseUrl: undefined,
    environment,
    fetch: fetchFn,
    clock,
    pacing: createPacing(clock, 1_000),
  };
  const api: ContentApi = createContentApi(options);
  const reader = createContentReader(api, environment);
  const journal: Journal = { note: async () => succeeded(undefined) };
  const side = environmentSide(environment, "2026-03-01T02:00:00.000Z", {
    reader,
    clock,
    storeKey: undefined,
    scratch: createMemoryStore({ now: () => clock.now() }),
    like: undefined,
    onProgress: () => {},
  });
  return { reader, writes: createContentWrites(options), journal, clock, side };
}
