import { createHash } from "node:crypto";
import * as realFiles from "node:fs/promises";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { type Files, openDiskStore } from "../../services/stores/disk.ts";
import { fileNameOf } from "../../services/stores/keys.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { createS3Store, type S3Options } from "../../services/stores/s3.ts";
import type { Store } from "../../services/stores/store.ts";
import { type Clock, systemClock } from "../../utils/clock.ts";
import { listen } from "../support/listening.ts";
import { BUCKET, createS3Server, KEYS, type S3Server } from "../support/s3.ts";
import { type Driver, value } from "./conformance.ts";

/** The drivers as the tests open them: on folders of their own, and on a small S3 in this process. */

export const memoryDriver: Driver = {
  open: async () => createMemoryStore({ now: Date.now }),
  openSmall: async (capacity) => createMemoryStore({ now: Date.now, capacity }),
};

const folders: string[] = [];
afterAll(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

/** A folder that is gone after the tests of its file. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  folders.push(folder);
  return folder;
}

export async function openDisk(root: string, files?: Files): Promise<Store> {
  return value(await openDiskStore({ root, ...(files && { files }) }));
}

export function diskDriver(): Driver {
  let root = "";
  const open = async (files?: Files) => {
    root = join(await newFolder(), "below");
    return openDisk(root, files);
  };
  return {
    open: () => open(),
    openSmall: (bytes) => open(smallDisk(bytes)),
    async fill(keys) {
      const paths = keys.map((key) => join(root, ...key.split("/").map(fileNameOf)));
      for (const folder of new Set(paths.map(dirname))) await mkdir(folder, { recursive: true });
      await Promise.all(paths.map((path, index) => writeFile(path, keys[index] ?? "")));
    },
  };
}

/** Files of which so many bytes can be written. */
function smallDisk(bytes: number): Files {
  let left = bytes;
  return {
    ...realFiles,
    async open(path, flags, mode) {
      const handle = await realFiles.open(path, flags, mode);
      const write = handle.writeFile.bind(handle);
      handle.writeFile = async (data) => {
        if (!(data instanceof Uint8Array)) throw new Error("Bytes only");
        if (data.byteLength > left) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
        left -= data.byteLength;
        await write(data);
      };
      return handle;
    },
  };
}

/** The longest pause between two tries; time-outs are longer. */
const LONGEST_PAUSE_MS = 10_000;

/** Pauses last a hundredth of what they would, and a time-out is over as soon as the server has gone silent. */
function clockOf(server: S3Server): Clock {
  return {
    ...systemClock,
    sleep(ms, signal) {
      if (ms <= LONGEST_PAUSE_MS) return systemClock.sleep(ms / 100, signal);
      const silent = new Promise<void>((resolve) => {
        server.onSilence = resolve;
      });
      // A server that goes silent between two waits is not heard.
      return Promise.race([silent, systemClock.sleep(ms / 5, signal)]);
    },
  };
}

export interface S3Bench {
  readonly store: Store;
  readonly server: S3Server;
}

/** A store on a small S3 that ends with the test. */
export async function openS3(changes: Partial<S3Options> = {}): Promise<S3Bench> {
  const server = createS3Server();
  const endpoint = await listen((request, response) => void server.answer(request, response));
  const bucket = { endpoint, bucket: BUCKET, prefix: "some/where/", region: "auto", ...KEYS };
  return { server, store: createS3Store({ ...bucket, fetch, clock: clockOf(server), ...changes }) };
}

export function s3Driver(): Driver {
  let server: S3Server | undefined;
  const open = async (capacity = Number.POSITIVE_INFINITY) => {
    const bench = await openS3();
    server = bench.server;
    server.capacity = capacity;
    return bench.store;
  };
  return {
    open: () => open(),
    openSmall: open,
    async fill(keys) {
      for (const key of keys) {
        const bytes = Buffer.from(key);
        const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
        server?.objects.set(`some/where/${key}`, { bytes, etag, modified: new Date(), meta: {} });
      }
    },
  };
}
