import { mkdirSync, watch } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { generatedContent } from "../../emulator/content/seeds/generated.ts";
import { createEmulator, type Emulator, type Listening } from "../../emulator/emulator.ts";
import { openDiskStore } from "../../services/stores/disk.ts";
import { createS3Store } from "../../services/stores/s3.ts";
import type { Store } from "../../services/stores/store.ts";
import { systemClock } from "../../utils/clock.ts";
import { value } from "../stores/conformance.ts";
import { listen } from "../support/listening.ts";
import { BUCKET, createS3Server, KEYS } from "../support/s3.ts";

export const TOKEN = "token-of-a-killed-project";

/** A project on a DatoCMS of its own, and its store. */
export interface Lane {
  readonly emulator: Emulator;
  /** What a command needs to archive it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly store: Store;
  /** Calls back as often as an object begins to be written, until it is stopped. */
  onWrite(tell: () => void): { stop(): void };
}

const listening: Listening[] = [];
const folders: string[] = [];
afterAll(async () => {
  await Promise.all(listening.splice(0).map((server) => server.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

/** @param seed of the project's content */
export async function openLane(kind: "disk" | "bucket", seed: number): Promise<Lane> {
  const emulator = createEmulator();
  const content = generatedContent({ records: 120, seed });
  emulator.addProject({ token: TOKEN, rateLimit: null, content });
  const [datocms, assets] = await Promise.all([emulator.listen(), emulator.listenAssets()]);
  listening.push(datocms, assets);
  const { variables, ...place } = await (kind === "bucket" ? bucketPlace() : diskPlace());
  return {
    emulator,
    ...place,
    variables: {
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      DATOCMS_CMA_BASE_URL: datocms.url,
      DATOCMS_ASSETS_BASE_URL: assets.url,
      ...variables,
    },
  };
}

type Place = Omit<Lane, "emulator">;

async function diskPlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), "killed-"));
  folders.push(root);
  const incoming = join(root, ".incoming");
  mkdirSync(incoming);
  return {
    store: value(await openDiskStore({ root })),
    variables: { BACKUP_STORE: `file://${root}` },
    onWrite(tell) {
      const watcher = watch(incoming, tell);
      return { stop: () => watcher.close() };
    },
  };
}

async function bucketPlace(): Promise<Place> {
  const server = createS3Server();
  const endpoint = await listen((request, response) => void server.answer(request, response));
  const bucket = { endpoint, bucket: BUCKET, prefix: "", region: "auto", ...KEYS };
  return {
    store: createS3Store({ ...bucket, fetch, clock: systemClock }),
    variables: {
      BACKUP_STORE: `s3://${BUCKET}`,
      BACKUP_S3_ENDPOINT: endpoint,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
    onWrite(tell) {
      server.fault = ({ method }) => {
        if (method === "PUT") tell();
        return undefined;
      };
      return {
        stop() {
          server.fault = () => undefined;
        },
      };
    },
  };
}
