import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { readSetting } from "../../utils/settings/read.ts";
import { SETTINGS, type SettingName, type Value } from "../../utils/settings/table.ts";
import { find, refused, type Variables } from "../../utils/variables.ts";
import { notThereYet, type StoreFailure, storeMisconfigured } from "./failures.ts";
import { isKey } from "./keys.ts";
import type { S3Options } from "./s3.ts";

/** Where a deployment's archives lie. */
export type StoreSettings =
  | { readonly kind: "file"; readonly root: string }
  | ({ readonly kind: "s3" } & Omit<S3Options, "fetch" | "clock">);

type Read<T> = Result<T, StoreFailure>;

/** What the bucket's own rules allow (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html). */
const S3_ADDRESS = /^s3:\/\/([a-z\d][a-z\d.-]{1,61}[a-z\d])(?:\/(.*))?$/;
/** With the longest key it stays below S3's 1,024 bytes. */
const LONGEST_PREFIX = 300;
const REDEPLOY = "Correct it, then start the service again.";

/**
 * Reads where the store is.
 *
 * @param variables the host's environment variables
 * @param directory that a relative address starts from
 * @returns undefined where no store is set; `STORE_MISCONFIGURED`, or `STORE_NOT_SUPPORTED` for what is documented and
 *   not there yet
 */
export function readStoreSettings(variables: Variables, directory: string): Read<StoreSettings | undefined> {
  const address = optional(variables, "BACKUP_STORE");
  if (!address.ok || address.value === undefined) return address.ok ? succeeded(undefined) : address;
  // Whoever asks for encryption must not get archives without it.
  if (find(variables, "BACKUP_ARCHIVE_RECIPIENTS").kind !== "unset")
    return failed(notThereYet("BACKUP_ARCHIVE_RECIPIENTS", "Remove it to keep archives without encryption."));
  const scheme = /^[^:]*/.exec(address.value)?.[0];
  if (scheme === "file") return fileSettings(address.value, directory);
  if (scheme === "s3") return s3Settings(address.value, variables);
  return failed(
    notThereYet(
      `A store of the kind ${scheme}://`,
      "Set BACKUP_STORE to file:/… or s3://…; R2 buckets have an S3 address too.",
    ),
  );
}

function fileSettings(address: string, directory: string): Read<StoreSettings> {
  const path = address.slice("file:".length);
  const base = pathToFileURL(`${resolve(directory)}/`);
  const url = URL.canParse(path.startsWith("/") ? address : path, base)
    ? new URL(path.startsWith("/") ? address : path, base)
    : undefined;
  if (url?.protocol !== "file:" || url.host !== "" || url.search !== "" || url.hash !== "")
    return failed(misconfigured("BACKUP_STORE", "is no address of a folder on this machine"));
  try {
    return succeeded({ kind: "file", root: fileURLToPath(url) });
  } catch {
    return failed(misconfigured("BACKUP_STORE", "is no address of a folder on this machine"));
  }
}

function s3Settings(address: string, variables: Variables): Read<StoreSettings> {
  const [, bucket, path = ""] = S3_ADDRESS.exec(address) ?? [];
  const prefix = path.replace(/\/$/, "");
  if (bucket === undefined || (prefix !== "" && (!isKey(prefix) || prefix.length > LONGEST_PREFIX)))
    return failed(misconfigured("BACKUP_STORE", "is no bucket with a prefix: s3://bucket/prefix"));
  const endpoint = optional(variables, "BACKUP_S3_ENDPOINT");
  const given = optional(variables, "BACKUP_S3_REGION");
  const accessKeyId = required(variables, "AWS_ACCESS_KEY_ID");
  const secretAccessKey = required(variables, "AWS_SECRET_ACCESS_KEY");
  if (!endpoint.ok) return endpoint;
  if (/[?#]/.test(endpoint.value ?? ""))
    return failed(misconfigured("BACKUP_S3_ENDPOINT", "has a query, which no endpoint has"));
  if (!given.ok) return given;
  const region = given.value ?? (endpoint.value === undefined ? undefined : "auto");
  if (region === undefined)
    return failed(
      misconfigured("BACKUP_S3_REGION", "is not set, and AWS needs it; or set BACKUP_S3_ENDPOINT"),
    );
  if (!accessKeyId.ok) return accessKeyId;
  if (!secretAccessKey.ok) return secretAccessKey;
  return succeeded({
    kind: "s3",
    endpoint: (endpoint.value ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, ""),
    bucket,
    prefix: prefix === "" ? "" : `${prefix}/`,
    region,
    accessKeyId: accessKeyId.value,
    secretAccessKey: secretAccessKey.value,
  });
}

function optional<Name extends SettingName>(variables: Variables, name: Name): Read<Value<Name> | undefined> {
  const reading = readSetting(variables, name);
  // What stands there is not shown: people write keys into addresses.
  if (reading.kind === "refused")
    return failed(storeMisconfigured(`${refused(name, undefined, SETTINGS[name].expected)}.`, REDEPLOY));
  return succeeded(reading.kind === "read" ? reading.value : undefined);
}

function required<Name extends SettingName>(
  variables: Variables,
  name: Name,
): Read<NonNullable<Value<Name>>> {
  const found = optional(variables, name);
  if (!found.ok) return found;
  const { value } = found;
  if (value === undefined || value === null)
    return failed(misconfigured(name, "is not set, and a bucket needs it"));
  return succeeded(value);
}

/** @param why follows the setting's name in a sentence */
function misconfigured(name: SettingName, why: string): StoreFailure {
  return storeMisconfigured(`${name} ${why}.`, REDEPLOY);
}
