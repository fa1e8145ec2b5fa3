import type { Clock } from "../../../utils/clock.ts";
import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { type Asset, assetBody } from "../../sources/datocms/assets.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import { listAll } from "../../stores/listAll.ts";
import type { Store } from "../../stores/store.ts";
import { assetKey } from "../assetKey.ts";
import { forgetSpoilt } from "../spoiltNotes.ts";
import type { ReusedFile } from "./commit.ts";
import { setAside } from "./quarantine.ts";

/**
 * What came of a file. `missing`: the asset host has other bytes than DatoCMS says, or none. `postponed`: today's
 * traffic is used up.
 */
export type Copied = "original" | "missing" | "postponed";

/** Copies files into a store, each once however many uploads and archives have it. */
export interface AssetCopier {
  copy(asset: Asset): Promise<Result<Copied, StoreFailure>>;
  /** Bytes of files that were fetched. */
  storedBytes(): number;
  /** Files that were there already. */
  reusedFiles(): readonly ReusedFile[];
  /** How many different files the archive has. */
  files(): number;
  /** Different files that wait for another day, and their bytes. */
  postponed(): { readonly files: number; readonly bytes: number };
}

const DAY_MS = 24 * 60 * 60_000;
/** After a file was replaced, the asset host may send its former bytes for a while. */
const MOST_TRIES = 3;
const PAUSE_MS = 2_000;
/** What a source sent is at fault, not the store. */
const OF_THE_SOURCE = ["STORE_BODY_BROKEN", "STORE_CHECKSUM_MISMATCH"];

/**
 * Opens the list of files that the store has.
 *
 * @param spoilt keys of objects that a verification has found spoilt: they are fetched anew
 * @param bytesADay how many bytes of files are fetched in a day (UTC), by however many archives
 * @returns a failure where the store cannot be listed
 */
export async function createAssetCopier(
  store: Store,
  fetchFn: typeof fetch,
  clock: Clock,
  spoilt: ReadonlySet<string>,
  bytesADay: number,
): Promise<Result<AssetCopier, StoreFailure>> {
  const listed = await listAll(store, "assets/");
  if (!listed.ok) return listed;
  const there = new Map(listed.value.map(({ key, size }) => [key, size]));
  // Of two uploads with the same bytes the second one waits for the first.
  const copies = new Map<string, Promise<Result<Copied, StoreFailure>>>();
  let storedBytes = 0;
  const reusedFiles: ReusedFile[] = [];
  const today = Math.floor(clock.now() / DAY_MS) * DAY_MS;
  // What was fetched today lies in the store since.
  const ofToday = listed.value.filter(({ modifiedAt }) => modifiedAt >= today);
  let fetchedToday = ofToday.reduce((sum, { size }) => sum + size, 0);
  const postponed = { files: 0, bytes: 0 };

  /** A file that is larger than a day's traffic is the only one of its day. */
  function fitsToday(size: number): boolean {
    return fetchedToday === 0 || fetchedToday + size <= bytesADay;
  }

  async function copy(asset: Asset): Promise<Result<Copied, StoreFailure>> {
    const { url, md5, size } = asset;
    const key = assetKey(asset);
    const isSpoilt = spoilt.has(key);
    if (there.get(key) === size && !isSpoilt) {
      reusedFiles.push({ path: key, object: key, size });
      return succeeded("original");
    }
    if (url === undefined) return succeeded("missing");
    if (!fitsToday(size)) {
      postponed.files += 1;
      postponed.bytes += size;
      return succeeded("postponed");
    }
    fetchedToday += size;
    const aside = isSpoilt ? await setAside(store, key) : succeeded(undefined);
    if (!aside.ok) return aside;
    for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
      if (attempt > 1) await clock.sleep(PAUSE_MS);
      // Bytes of another size under this name are not what the name says, so they are replaced.
      const put = await store.put(key, assetBody({ ...asset, url }, fetchFn, clock), { md5 });
      if (put.ok) {
        storedBytes += size;
        if (isSpoilt) await forgetSpoilt(store, [key]);
        return succeeded("original");
      }
      if (!OF_THE_SOURCE.includes(put.failure.cause)) return failed(put.failure);
    }
    return succeeded("missing");
  }

  return succeeded({
    copy(asset) {
      const key = assetKey(asset);
      const copied = copies.get(key) ?? copy(asset);
      copies.set(key, copied);
      return copied;
    },
    storedBytes: () => storedBytes,
    reusedFiles: () => reusedFiles,
    files: () => copies.size - postponed.files,
    postponed: () => postponed,
  });
}
