import { commit } from "../../services/archive/capture/commit.ts";
import { createObjectWriter } from "../../services/archive/capture/objects.ts";
import type { ArchiveFailure } from "../../services/archive/failures.ts";
import type { Manifest } from "../../services/archive/manifest.ts";
import { pruneArchives } from "../../services/archive/retention/prune.ts";
import { whileWriting } from "../../services/archive/turns.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { claimRoot } from "../../services/stores/root.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Clock } from "../../utils/clock.ts";
import { failed, type Result } from "../../utils/failures.ts";
import { DAY_MS, type Described, manifestOf, NOW, RETENTION } from "./retentionSupport.ts";

/** A clock whose time passes by itself only where somebody sleeps. */
export interface ManualClock extends Clock {
  pass(ms: number): void;
}

export function manualClock(): ManualClock {
  let now = NOW;
  return {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      now += ms;
    },
    pass(ms) {
      now += ms;
    },
  };
}

/** A store of a project, and its time. */
export async function emptyStore(clock = manualClock()) {
  const store = createMemoryStore({ now: () => clock.now() });
  await claimRoot(store, "1", clock.now());
  return { store, clock };
}

export interface Contents extends Omit<Described, "at" | "files"> {
  /** Each becomes an object of records. */
  readonly texts: readonly string[];
  /** The bytes of files of uploads. */
  readonly assets?: readonly string[];
}

/** Writes an archive as a capture does, dated now: objects that are there are taken over. */
export function write(
  store: Store,
  clock: Clock,
  { texts, assets = [], ...rest }: Contents,
): Promise<Result<Manifest, ArchiveFailure>> {
  return whileWriting(store, clock, async (): Promise<Result<Manifest, ArchiveFailure>> => {
    const objects = createObjectWriter(store, new Set());
    const files: Manifest["files"] = [];
    for (const [place, text] of texts.entries()) {
      const file = await objects.lines(`records/article/${place}.ndjson.gz`, [JSON.stringify({ id: text })]);
      if (!file.ok) return file;
      files.push(file.value);
    }
    for (const name of assets) {
      const { key } = assetOf(name);
      const put = await store.put(key, new TextEncoder().encode(name), { ifAbsent: true });
      if (!put.ok) return put;
    }
    if (assets.length > 0) {
      const file = await objects.lines(
        "uploads/00001.ndjson.gz",
        assets.map((name) => assetOf(name).line),
      );
      if (!file.ok) return failed(file.failure);
      files.push(file.value);
    }
    const { sha256: _, signature: __, ...content } = manifestOf({ ...rest, at: clock.now(), files }).manifest;
    return commit({ store, clock, storeKey: undefined }, content, objects.reusedFiles());
  });
}

/** The file of an upload: where it lies, and its line in an archive. */
export function assetOf(name: string) {
  const md5 = Buffer.from(name.padEnd(16, "-")).toString("hex").slice(0, 32);
  const size = Buffer.byteLength(name);
  const line = JSON.stringify({ id: name, asset: { md5, size, bytes: "original" } });
  return { key: `assets/md5-${md5}-${size}`, line };
}

/** The same as `archive prune`. */
export async function prune(
  store: Store,
  clock: Clock,
  rest: { isDryRun?: boolean; isForced?: boolean } = {},
) {
  const options = { ...RETENTION, isDryRun: false, isForced: true, ...rest };
  const pruned = await pruneArchives(store, clock, options);
  if (!pruned.ok) throw new Error(pruned.failure.sentence);
  return pruned.value;
}

export const WEEK_MS = 7 * DAY_MS;
