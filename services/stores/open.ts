import type { Clock } from "../../utils/clock.ts";
import type { Result } from "../../utils/failures.ts";
import { succeeded } from "../../utils/failures.ts";
import { openDiskStore } from "./disk.ts";
import type { StoreFailure } from "./failures.ts";
import { createS3Store } from "./s3.ts";
import type { StoreSettings } from "./settings.ts";
import type { Store } from "./store.ts";

/** What a host lends a store. */
export interface StoreHost {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Opens the store of a folder; default: on the disk. Tests keep theirs in memory. */
  readonly openFolder?: typeof openDiskStore | undefined;
}

/** Opens the store of a deployment. Only a disk is touched; a bucket is called when it is used. */
export async function openStore(
  settings: StoreSettings,
  { fetch, clock, openFolder = openDiskStore }: StoreHost,
): Promise<Result<Store, StoreFailure>> {
  if (settings.kind === "file") return openFolder(settings);
  const { kind: _, ...bucket } = settings;
  return succeeded(createS3Store({ ...bucket, fetch, clock }));
}
