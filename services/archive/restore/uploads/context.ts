import type { Clock } from "../../../../utils/clock.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import type { ContentWrites } from "../../../sources/datocms/contentWrites.ts";
import type { Journal } from "../words.ts";
import type { FileSource } from "./files.ts";
import type { UploadTarget } from "./line.ts";

/** What the restore of uploads works with: one environment, and where files are found. */
export interface UploadsContext {
  readonly reader: Pick<ContentReader, "uploads" | "uploadsById" | "recordsWithUpload">;
  readonly writes: Pick<ContentWrites, "send">;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Speaks with the storage that takes the bytes of new uploads. */
  readonly fetch: typeof fetch;
  /** Asked for a file in this order. */
  readonly files: readonly FileSource[];
  readonly target: UploadTarget;
  /** Whether the creators that uploads name are people of the target's project. */
  readonly withCreators: boolean;
}

/** Why something of an upload was not written. */
export interface Reason {
  readonly code: string;
  readonly sentence: string;
}

/** Uploads that are written side by side. */
export const AT_ONCE = 4;
/** Uploads that are read by their ids in one call. */
export const MOST_IDS = 100;
/** What an unclear answer may have left behind is to be seen after so long, ms. */
export const LOOK_AGAIN_MS = 1_500;
