import { failed, orIfWithheld, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { type ContentReader, mostRows } from "../../sources/datocms/contentReader.ts";
import type { Resource } from "../../sources/datocms/resource.ts";
import type { Model, Schema } from "../../sources/datocms/schema.ts";
import { type ArchiveFailure, archiveTooLarge, planShareTooLarge } from "../failures.ts";
import type { Manifest } from "../manifest.ts";

/** What an archive is going to take of the DatoCMS plan, about. */
export interface Estimate {
  /** DatoCMS calls. */
  readonly calls: number;
  /** Of files that are to be fetched; undefined where DatoCMS does not tell. */
  readonly bytes: number | undefined;
}

export interface Preflight {
  readonly reader: ContentReader;
  readonly schema: Schema;
  /** Whose records need not be read again; undefined: everything is read. */
  readonly previous: Manifest | undefined;
  readonly withAssets: boolean;
  /** API keys of models whose records are left out. */
  readonly excludedModels: readonly string[];
  /** Somebody has said that it may take whatever it needs. */
  readonly isAccepted: boolean;
  /** Bytes of files that it may fetch, as far as DatoCMS tells; undefined: any. */
  readonly mostBytes?: number | undefined;
  readonly onEstimate: (estimate: Estimate) => void;
}

/** So much of what the plan has left an archive takes without being asked for it, as a fraction. */
const MOST_OF_PLAN = 1 / 5;
/** Schema, lists, the environment before and after. */
const OTHER_CALLS = 20;
const AT_ONCE = 4;

/**
 * Estimates what an archive takes, before anything is stored.
 *
 * @returns `PLAN_SHARE_TOO_LARGE` where that is over a fifth of the calls or the traffic that the plan has left, as far
 *   as DatoCMS tells it, and nobody has accepted that; `ARCHIVE_TOO_LARGE` where files have more bytes than it may fetch
 */
export async function preflight(given: Preflight): Promise<Result<Estimate, ArchiveFailure>> {
  const { reader, withAssets, previous, isAccepted, mostBytes, onEstimate } = given;
  const listed = orIfWithheld(await reader.list("/subscription-limits"), []);
  if (!listed.ok) return listed;
  const pages = await (previous === undefined ? pagesToRead(given) : succeeded(pagesOfListing(previous)));
  if (!pages.ok) return pages;
  const stored = limitIn(listed.value, "uploadable_bytes")?.usage;
  const bytes =
    stored === undefined
      ? undefined
      : withAssets
        ? Math.max(0, stored - (previous?.counts.assetBytes ?? 0))
        : 0;
  const estimate = { calls: pages.value + OTHER_CALLS, bytes };
  onEstimate(estimate);
  if (bytes !== undefined && mostBytes !== undefined && bytes > mostBytes)
    return failed(archiveTooLarge(bytes, mostBytes));
  const left = leftIn(listed.value);
  const isTooMuch = isOverShare(estimate.calls, left.calls) || isOverShare(bytes, left.bytes);
  return isTooMuch && !isAccepted ? failed(planShareTooLarge(estimate, left)) : succeeded(estimate);
}

/** Every page of a first archive. */
async function pagesToRead({
  reader,
  schema,
  excludedModels,
}: Preflight): Promise<Result<number, ArchiveFailure>> {
  const models = [...schema.models.values()].filter(
    ({ isBlock, apiKey }) => !isBlock && !excludedModels.includes(apiKey),
  );
  const lists: readonly (Model | undefined)[] = [...models, undefined];
  const counted = await sideBySide(lists, AT_ONCE, (model) => reader.count(model?.id));
  if (!counted.ok) return counted;
  const pages = counted.value.map((rows, place) =>
    Math.ceil(rows / mostRows(lists[place]?.holdsBlocks ?? false)),
  );
  return succeeded(pages.reduce((sum, each) => sum + each, 0));
}

/** The pages that show what has changed since. */
function pagesOfListing({ models, counts }: Manifest): number {
  const most = mostRows(false);
  const pages = models.map(({ records }) => Math.ceil(records / most));
  return pages.reduce((sum, each) => sum + each, Math.ceil(counts.uploads / most));
}

interface Limit {
  readonly usage: number;
  /** Undefined: there is none. */
  readonly limit: number | undefined;
}

/** @param code a key of DatoCMS's price plans */
function limitIn(limits: readonly Resource[], code: string): Limit | undefined {
  const found = limits.find(({ attributes }) => attributes.code === code)?.attributes;
  if (typeof found?.usage !== "number") return undefined;
  return { usage: found.usage, limit: typeof found.limit === "number" ? found.limit : undefined };
}

/** What the plan has left of calls and bytes; undefined where it has no limit, or DatoCMS does not tell. */
export interface Left {
  readonly calls: number | undefined;
  readonly bytes: number | undefined;
}

function leftIn(limits: readonly Resource[]): Left {
  const left = (code: string) => {
    const { usage = 0, limit } = limitIn(limits, code) ?? {};
    return limit === undefined ? undefined : Math.max(0, limit - usage);
  };
  return { calls: left("cma_api_calls") ?? left("api_calls"), bytes: left("traffic_bytes") };
}

function isOverShare(needed: number | undefined, left: number | undefined): boolean {
  return needed !== undefined && needed > 0 && left !== undefined && needed > left * MOST_OF_PLAN;
}
