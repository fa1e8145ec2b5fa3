import { cpSync, mkdtempSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import type { Bytes } from "../../services/stores/body.ts";
import type { openDiskStore } from "../../services/stores/disk.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Clock } from "../../utils/clock.ts";
import { succeeded } from "../../utils/failures.ts";
import { keysOf } from "../archive/support.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { valueFrom } from "./valueFrom.ts";

/** Where a host keeps a store and runs. */
export interface Place {
  readonly kind: "disk" | "memory";
  readonly folder: string;
  /** What the host lends, so that its store is opened there. */
  readonly openFolder?: typeof openDiskStore;
  /** The paths of all files in it. */
  files(): Promise<string[]>;
  /** Keeps what is in it now. @returns puts that into another place of the same kind */
  copy(): Promise<(other: Place) => Promise<void>>;
}

/** For tests that look at files, or take them away. */
export async function placeOnDisk(): Promise<Place> {
  const folder = await scratchFolder("restores-");
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return diskAt(folder);
}

/**
 * A place in memory, where nothing but calls and values is looked at: hundreds of restores spend a third of their time on
 * opening and closing small files. That both kinds of store keep the same promises is what tests/stores proves.
 */
export function placeInMemory(clock: Clock): Place {
  const folder = `/in-memory/${++placesMade}`;
  stores.set(folder, createMemoryStore({ now: () => clock.now() }));
  onTestFinished(() => void stores.delete(folder));
  return memoryAt(folder);
}

/** The place of a folder that one of the two has made. */
export function placeAt(folder: string): Place {
  return stores.has(folder) ? memoryAt(folder) : diskAt(folder);
}

let placesMade = 0;
const stores = new Map<string, Store>();

function diskAt(folder: string): Place {
  return {
    kind: "disk",
    folder,
    files: async () => (await readdir(folder, { recursive: true })).sort(),
    async copy() {
      const kept = mkdtempSync(join(inject("runFolder"), "archive-"));
      cpSync(folder, kept, { recursive: true });
      return async (other) => cpSync(kept, other.folder, { recursive: true });
    },
  };
}

function memoryAt(folder: string): Place {
  const store = storeAt(folder);
  return {
    kind: "memory",
    folder,
    async openFolder({ root }) {
      if (root !== `${folder}/store`) throw new Error(`There is no folder ${root}`);
      return succeeded(store);
    },
    files: async () => (await keysOf(store)).map((key) => `store/${key}`),
    async copy() {
      const kept: (readonly [key: string, bytes: Bytes])[] = [];
      for (const key of await keysOf(store)) {
        const found = valueFrom(await store.get(key));
        if (found !== undefined) kept.push([key, found.bytes]);
      }
      return async (other) => {
        for (const [key, bytes] of kept) valueFrom(await storeAt(other.folder).put(key, bytes));
      };
    },
  };
}

function storeAt(folder: string): Store {
  const store = stores.get(folder);
  if (store === undefined) throw new Error(`There is no store ${folder}`);
  return store;
}
