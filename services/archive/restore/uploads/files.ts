import type { Clock } from "../../../../utils/clock.ts";
import { mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import { type AssetHost, assetBody, assetOf } from "../../../sources/datocms/assets.ts";
import type { StreamBody } from "../../../stores/body.ts";
import { OBJECT_CHANGED, type StoreFailure, StoreReadError } from "../../../stores/failures.ts";
import type { Store } from "../../../stores/store.ts";
import { assetKey } from "../../assetKey.ts";
import type { UploadLine } from "./line.ts";

/** Where the bytes of uploads are found again. What it hands out may be spoilt: whoever reads it checks it. */
export interface FileSource {
  /** The bytes of an upload's file, read when they are wanted; undefined where the source does not have them. */
  find(line: UploadLine): Promise<Result<StreamBody | undefined, StoreFailure>>;
}

/** The files of all archives of a store: one archive's file is another's where the bytes are equal. */
export function filesOfStore(store: Store): FileSource {
  return {
    async find({ file: { md5, size } }) {
      if (md5 === null || size === null) return succeeded(undefined);
      const key = assetKey({ md5, size });
      const open = async () => {
        const streamed = await store.stream(key);
        if (!streamed.ok) throw new StoreReadError(streamed.failure);
        if (streamed.value === undefined) throw new StoreReadError(OBJECT_CHANGED);
        return streamed.value.body;
      };
      return mapped(await store.head(key), (facts) => facts && { length: size, open });
    },
  };
}

/**
 * The files of an environment, as the asset host sends them.
 *
 * @param host the asset host of the environment that the uploads were read from
 */
export function filesOfEnvironment(host: AssetHost, fetchFn: typeof fetch, clock: Clock): FileSource {
  return {
    async find({ upload }) {
      const asset = assetOf(upload, host);
      if (asset?.url === undefined) return succeeded(undefined);
      return succeeded(assetBody({ ...asset, url: asset.url }, fetchFn, clock));
    },
  };
}
