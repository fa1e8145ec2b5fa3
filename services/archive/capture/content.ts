import type { Clock } from "../../../utils/clock.ts";
import { mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import { textOf } from "../../sources/datocms/resource.ts";
import type { Model, Schema } from "../../sources/datocms/schema.ts";
import type { Store } from "../../stores/store.ts";
import type { ArchiveFailure } from "../failures.ts";
import type { ArchivedFile, ArchivedModel, Manifest, Warning } from "../manifest.ts";
import type { StoreKey } from "../storeKey.ts";
import { type AssetCopier, createAssetCopier } from "./assets.ts";
import type { ReusedFile } from "./commit.ts";
import { captureDocuments } from "./documents.ts";
import { excludedFrom } from "./exclusion.ts";
import { createLinkCheck, type LinkCheck } from "./links.ts";
import { type CapturedModel, captureModel, type ModelCapture } from "./model.ts";
import type { ObjectWriter } from "./objects.ts";
import type { ArchivedRecords } from "./previous.ts";
import { differingModels } from "./publishedSample.ts";
import { redaction } from "./redaction.ts";
import { captureUploads } from "./uploads.ts";

export interface ContentCapture {
  readonly reader: ContentReader;
  readonly store: Store;
  readonly clock: Clock;
  /** Speaks with the asset host. */
  readonly fetch: typeof fetch;
  /** Replaces scheme and host of asset addresses. */
  readonly assetsBaseUrl: string | undefined;
  /** Hides secrets so that it is told whether they are still the same, and signs the manifest. */
  readonly storeKey: StoreKey | undefined;
  /** Whose objects are taken over where nothing has changed. */
  readonly previous: ArchivedRecords | undefined;
  readonly withAssets: boolean;
  /** How many bytes of files are fetched in a day. */
  readonly bytesADay: number;
  /** API keys of models whose records are left out. */
  readonly excludedModels: readonly string[];
  readonly onProgress: (progress: Progress) => void;
}

/** What was read since the last time; some of it may be read more than once. */
export interface Progress {
  readonly unit: "records" | "uploads";
  readonly count: number;
}

/** Everything of an environment, in the store. */
export interface CapturedContent {
  readonly files: readonly ArchivedFile[];
  readonly models: readonly ArchivedModel[];
  readonly counts: Manifest["counts"];
  /** What is missing that was to be in it. */
  readonly missing: readonly Warning[];
  /** What else is to be known. */
  readonly notes: readonly Warning[];
  /** API keys of models whose records were left out because somebody asked for that. */
  readonly excludedModels: readonly string[];
  readonly assetsStored: number;
  readonly assetsReused: readonly ReusedFile[];
  /** Whether every listing fitted together. */
  readonly isSteady: boolean;
}

const MS_PER_DAY = 24 * 60 * 60 * 1_000;
const MOST_MISSING = 100;
const MODELS_AT_ONCE = 4;

/**
 * Archives schema, project, uploads and records of an environment.
 *
 * @param spoilt keys of objects in the store that are not taken over
 */
export async function captureContent(
  capture: ContentCapture,
  schema: Schema,
  objects: ObjectWriter,
  spoilt: ReadonlySet<string>,
): Promise<Result<CapturedContent, ArchiveFailure>> {
  const { reader, store, clock, withAssets, onProgress } = capture;
  const documents = await captureDocuments(reader, schema, objects, redaction(capture.storeKey?.redaction));
  if (!documents.ok) return documents;
  const assets = withAssets
    ? await createAssetCopier(store, capture.fetch, clock, spoilt, capture.bytesADay)
    : succeeded(undefined);
  if (!assets.ok) return assets;
  const host = { host: textOf(schema.site, "imgix_host") ?? "", baseUrl: capture.assetsBaseUrl };
  const links = createLinkCheck();
  const exclusion = excludedFrom(schema, capture.excludedModels);
  const onUploads = (count: number) => onProgress({ unit: "uploads", count });
  const [uploads, models] = await Promise.all([
    captureUploads({ reader, objects, host, assets: assets.value, onUploads }),
    captureModels(capture, schema, objects, links, exclusion.models),
  ]);
  if (!uploads.ok) return uploads;
  if (!models.ok) return models;
  links.uploads(uploads.value.ids);
  return succeeded({
    files: [...documents.value.files, ...models.value.files, ...uploads.value.files],
    models: models.value.entries,
    counts: {
      models: schema.models.size,
      records: models.value.entries.reduce((sum, { records }) => sum + records, 0),
      uploads: uploads.value.ids.size,
      assets: assets.value?.files() ?? 0,
      assetBytes: uploads.value.assetBytes,
      danglingLinks: links.dangling(),
    },
    missing: [
      ...documents.value.warnings,
      ...models.value.missing,
      ...shortened(uploads.value.missing),
      ...postponed(assets.value),
    ],
    notes: [...exclusion.notes, ...models.value.notes],
    excludedModels: exclusion.models.map(({ apiKey }) => apiKey),
    assetsStored: assets.value?.storedBytes() ?? 0,
    assetsReused: assets.value?.reusedFiles() ?? [],
    isSteady: uploads.value.isSteady && models.value.isSteady,
  });
}

interface CapturedModels {
  readonly entries: readonly ArchivedModel[];
  readonly files: readonly ArchivedFile[];
  /** One for each model of which DatoCMS counts more records than it sends. */
  readonly missing: readonly Warning[];
  readonly notes: readonly Warning[];
  readonly isSteady: boolean;
}

/** Some models at a time: of most one page is all, and its answer would be waited for alone. */
async function captureModels(
  { reader, store, clock, previous, onProgress }: ContentCapture,
  schema: Schema,
  objects: ObjectWriter,
  links: LinkCheck,
  excluded: readonly Model[],
): Promise<Result<CapturedModels, ArchiveFailure>> {
  const today = Math.floor(clock.now() / MS_PER_DAY);
  const onRecords = (count: number) => onProgress({ unit: "records", count });
  const capture: ModelCapture = { reader, schema, store, objects, previous, today, onRecords };
  const models = [...schema.models.values()].filter((model) => !model.isBlock && !excluded.includes(model));
  const captured = await sideBySide(models, MODELS_AT_ONCE, one(false));
  if (!captured.ok) return captured;
  const differing = await differingModels(
    reader,
    captured.value.map(({ sample }) => sample),
  );
  if (!differing.ok) return differing;
  const doubted = models.filter(({ id }) => differing.value.has(id));
  const again = await sideBySide(doubted, MODELS_AT_ONCE, one(true));
  if (!again.ok) return again;
  const reread = new Map(again.value.map((model) => [model.entry.id, model]));
  const all = captured.value.map((model) => reread.get(model.entry.id) ?? model);
  return succeeded({
    entries: all.map(({ entry }) => entry),
    files: all.flatMap(({ files }) => files),
    missing: all.flatMap(recordsMissing),
    notes: doubted.map(publishedDiffers),
    isSteady: all.every((model) => model.isSteady),
  });

  /** An index is large, and nothing but its links is asked of it later. */
  function one(readsPublished: boolean) {
    return async (model: Model) =>
      mapped(await captureModel(capture, model, readsPublished), ({ index, ...rest }) => {
        links.records(index.lines());
        return rest;
      });
  }
}

function publishedDiffers({ id, apiKey }: Model): Warning {
  const sentence =
    "Of records that DatoCMS calls published, what is published differs from what is edited. Both were read of every record of this model.";
  return { code: "PUBLISHED_DIFFERS", sentence, id, name: apiKey };
}

function recordsMissing({ entry, unseen }: Pick<CapturedModel, "entry" | "unseen">): Warning[] {
  if (unseen === 0) return [];
  const sentence = `DatoCMS counts ${unseen} more records of this model than it sends.`;
  return [{ code: "RECORDS_MISSING", sentence, id: entry.id, name: entry.apiKey }];
}

function postponed(assets: AssetCopier | undefined): Warning[] {
  const { files, bytes } = assets?.postponed() ?? { files: 0, bytes: 0 };
  if (files === 0) return [];
  const what = files === 1 ? "One file" : `${files} files`;
  const sentence = `${what} of ${bytes} bytes did not fit into today's traffic (BACKUP_ARCHIVE_TRAFFIC). The next archive of another day (UTC) fetches more.`;
  return [{ code: "ASSETS_POSTPONED", sentence }];
}

/** The first hundred, and how many more there are. */
function shortened(missing: readonly Warning[]): Warning[] {
  const more = missing.length - MOST_MISSING;
  if (more <= 0) return [...missing];
  const sentence = `${more} more files are missing.`;
  return [...missing.slice(0, MOST_MISSING), { code: "MORE_ASSETS_MISSING", sentence }];
}
