import type { Cadence } from "../../utils/config.ts";
import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { readSetting } from "../../utils/settings/read.ts";
import type { Variables } from "../../utils/variables.ts";
import { type ArchiveFailure, settingRefused } from "./failures.ts";
import { type StoreKey, storeKeyFrom } from "./storeKey.ts";

/** What of archives is set, beside their store. */
export interface ArchiveSettings {
  /** Whether the files of uploads are archived. */
  readonly withAssets: boolean;
  /** Replaces scheme and host of asset addresses. */
  readonly assetsBaseUrl: string | undefined;
  /** How many bytes of files are fetched in a day. */
  readonly bytesADay: number;
  /** API keys of models whose records are left out. */
  readonly excludedModels: readonly string[];
  /** Undefined where none is set. */
  readonly storeKey: StoreKey | undefined;
}

/**
 * Reads what of archives is set.
 *
 * @param variables the host's environment variables
 * @returns `INVALID_CONFIGURATION` where a setting cannot be understood: an archive would hold something else than was
 *   asked for
 */
export function readArchiveSettings(variables: Variables): Result<ArchiveSettings, ArchiveFailure> {
  const assets = readSetting(variables, "BACKUP_ARCHIVE_ASSETS");
  const address = readSetting(variables, "DATOCMS_ASSETS_BASE_URL");
  const excluded = readSetting(variables, "BACKUP_ARCHIVE_EXCLUDE");
  const key = readSetting(variables, "BACKUP_STORE_KEY");
  const traffic = readSetting(variables, "BACKUP_ARCHIVE_TRAFFIC");
  if (assets.kind === "refused") return failed(settingRefused("BACKUP_ARCHIVE_ASSETS", assets.is));
  if (address.kind === "refused") return failed(settingRefused("DATOCMS_ASSETS_BASE_URL", address.is));
  if (excluded.kind === "refused") return failed(settingRefused("BACKUP_ARCHIVE_EXCLUDE", excluded.is));
  if (traffic.kind === "refused") return failed(settingRefused("BACKUP_ARCHIVE_TRAFFIC", traffic.is));
  if (key.kind === "refused") return failed(settingRefused("BACKUP_STORE_KEY", key.is));
  return succeeded({
    withAssets: assets.kind === "unset" || assets.value,
    assetsBaseUrl: address.kind === "unset" ? undefined : address.value,
    bytesADay: traffic.kind === "unset" ? Number.POSITIVE_INFINITY : bytesIn(traffic.value),
    excludedModels: excluded.kind === "unset" ? [] : excluded.value.split(/ *, */),
    storeKey: key.kind === "unset" ? undefined : storeKeyFrom(key.value),
  });
}

/**
 * Reads which percentage of the stored bytes is read again each day.
 *
 * @param variables the host's environment variables
 * @returns undefined where none is; `INVALID_CONFIGURATION` where the setting cannot be understood
 */
export function readSamplePercent(variables: Variables): Result<number | undefined, ArchiveFailure> {
  const percent = readSetting(variables, "BACKUP_VERIFY_SAMPLE");
  if (percent.kind === "refused") return failed(settingRefused("BACKUP_VERIFY_SAMPLE", percent.is));
  return succeeded(percent.kind === "read" ? percent.value : undefined);
}

/**
 * Reads which kinds of backup a server archives; none where that is off.
 *
 * @param variables the host's environment variables
 * @returns `INVALID_CONFIGURATION` where it cannot be understood
 */
export function readArchiveCadences(variables: Variables): Result<readonly Cadence[], ArchiveFailure> {
  const read = readSetting(variables, "BACKUP_ARCHIVE");
  if (read.kind === "refused") return failed(settingRefused("BACKUP_ARCHIVE", read.is));
  return succeeded(read.kind === "read" ? read.value : []);
}

/** @param size a whole number and its unit: `500MiB` */
function bytesIn(size: string): number {
  return Number.parseInt(size, 10) * 1_024 ** (1 + "KMGT".indexOf(size.at(-3) ?? ""));
}
