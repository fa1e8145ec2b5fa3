import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { limitedText } from "../../utils/limitedText.ts";
import {
  accessDenied,
  CHECKSUM_MISMATCH,
  CLOCK_WRONG,
  KEY_INVALID,
  notFound,
  OBJECT_TOO_LARGE,
  STORE_BUSY,
  STORE_FULL,
  type StoreFailure,
  storeMisconfigured,
  storeUnavailable,
} from "./failures.ts";
import type { Listed, Page } from "./store.ts";

/** What S3 answers: XML that is read for the few members that matter, whatever else a vendor puts in. */

const MOST_ERROR_BYTES = 64 * 1024;
/** A thousand keys, each of whose bytes may have become three. */
const MOST_PAGE_BYTES = 8 * 1024 * 1024;

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

/** The reason for a refusal, from S3's own code where there is one, else from the status. */
export async function failureIn(response: Response): Promise<StoreFailure> {
  return failureOf(response.status, await codeIn(response));
}

/** S3's code for an error; undefined where the answer has none. Never anything else that it wrote. */
export async function codeIn(response: Response): Promise<string | undefined> {
  const text = await textOf(response, MOST_ERROR_BYTES);
  return /<Code>(\w{1,64})<\/Code>/.exec(text ?? "")?.[1];
}

/** A stable failure for a status and the code beside it. */
export function failureOf(status: number, code: string | undefined): StoreFailure {
  const word = code ?? `HTTP ${status}`;
  switch (code) {
    case "RequestTimeTooSkewed":
      return CLOCK_WRONG;
    case "NoSuchBucket":
      return notFound("bucket");
    case "BadDigest":
    case "InvalidDigest":
    case "XAmzContentSHA256Mismatch":
      return CHECKSUM_MISMATCH;
    case "IncompleteBody":
    case "RequestTimeout":
      return storeUnavailable(word);
    case "EntityTooLarge":
      return OBJECT_TOO_LARGE;
    case "KeyTooLongError":
      return KEY_INVALID;
    case "SlowDown":
      return STORE_BUSY;
    case "AuthorizationHeaderMalformed":
    case "IllegalLocationConstraintException":
    case "PermanentRedirect":
      return wrongAddress(word);
  }
  if (/quota|storagefull|storagelimit/i.test(word) || status === 507) return STORE_FULL;
  if (status === 401 || status === 403) return accessDenied(word);
  if (status === 429) return STORE_BUSY;
  if (status >= 300 && status < 400) return wrongAddress(word);
  if (status === 404) return notFound("bucket or address");
  return storeUnavailable(word);
}

function wrongAddress(word: string): StoreFailure {
  return storeMisconfigured(
    `The store answered that the bucket is elsewhere (${word}).`,
    "Correct BACKUP_S3_ENDPOINT or BACKUP_S3_REGION; redirects are not followed.",
  );
}

/**
 * A page of ListObjectsV2, in `encoding-type=url`: XML cannot hold every key.
 *
 * @param prefix the store's own, which is taken off
 * @param begin what the keys were to begin with
 */
export async function pageIn(
  response: Response,
  prefix: string,
  begin: string,
): Promise<Result<Page, StoreFailure>> {
  const text = await textOf(response, MOST_PAGE_BYTES);
  const truncated = member(text ?? "", "IsTruncated");
  if (text === undefined || truncated === undefined) return failed(storeUnavailable("no list"));
  const objects = [...text.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, entry = ""]) => listed(entry));
  if (objects.includes(undefined)) return failed(storeUnavailable("no list"));
  const ours = objects.flatMap((each) =>
    each?.key.startsWith(prefix + begin) ? [{ ...each, key: each.key.slice(prefix.length) }] : [],
  );
  return succeeded({ objects: ours, cursor: truncated === "true" ? ours.at(-1)?.key : undefined });
}

function listed(entry: string): Listed | undefined {
  const [key, size, modified] = ["Key", "Size", "LastModified"].map((name) => member(entry, name));
  const modifiedAt = Date.parse(modified ?? "");
  if (key === undefined || size === undefined || !/^\d+$/.test(size) || Number.isNaN(modifiedAt))
    return undefined;
  try {
    return { key: decodeURIComponent(key.replaceAll("+", " ")), size: Number(size), modifiedAt };
  } catch {
    return undefined;
  }
}

function member(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** The answer's text; undefined where it breaks off, or is longer than it can honestly be. */
async function textOf(response: Response, maxBytes: number): Promise<string | undefined> {
  try {
    return response.body === null ? "" : await limitedText(response.body, maxBytes);
  } catch {
    return undefined;
  }
}
