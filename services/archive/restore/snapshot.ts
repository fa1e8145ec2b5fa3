import type { Clock } from "../../../utils/clock.ts";
import { failed, type Result, succeeded, UNEXPECTED_ANSWER } from "../../../utils/failures.ts";
import { isArray, parsedJson } from "../../../utils/json.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import { isResource, type Resource } from "../../sources/datocms/resource.ts";
import { type Schema, schemaFrom } from "../../sources/datocms/schema.ts";
import type { References } from "../../sources/datocms/values.ts";
import type { Store } from "../../stores/store.ts";
import { captureContent, type Progress } from "../capture/content.ts";
import { createObjectWriter } from "../capture/objects.ts";
import { type ArchivedRecords, type HeldRecords, heldRecords, indexPath } from "../capture/previous.ts";
import { linesOf, type RecordLine } from "../capture/recordIndex.ts";
import { archiveDamaged } from "../failures.ts";
import { readFile } from "../files.ts";
import type { ArchivedFile, ArchivedModel } from "../manifest.ts";
import type { StoreKey } from "../storeKey.ts";
import { layered } from "./layered.ts";
import { recordLineFrom } from "./records/line.ts";
import type { Documents, RestoreFailure } from "./words.ts";

/**
 * What an archive holds, or what an environment held when it was read in the same form: two of them can be compared,
 * whatever they are of.
 */
export interface Snapshot extends ArchivedRecords {
  /** Where its files lie. */
  readonly store: Store;
  readonly documents: Documents;
  readonly schema: Schema;
  /** Whether all of it was seen: nobody changed it while it was read, and DatoCMS sent as much as it counts. */
  readonly isWhole: boolean;
  /** What somebody had erased: it is held for a while yet, and not shown. */
  readonly hidden: Hidden;
  /** What it holds of a model's records; undefined where it has no such model, or it cannot be read. */
  model(modelId: string): Promise<HeldRecords | undefined>;
  /** The lines of records by their ids; those that it does not hold are missing. */
  lines(ids: readonly string[]): Promise<Result<ReadonlyMap<string, RecordLine>, RestoreFailure>>;
  /** Tells of each record what it refers to, in whatever version. Reads no record. */
  references(
    told: (references: References & { readonly id: string }) => void,
  ): Promise<Result<void, RestoreFailure>>;
  /** Every line of its uploads. */
  uploads(): Promise<Result<readonly string[], RestoreFailure>>;
}

/** Ids of what is not shown. */
export interface Hidden {
  readonly records: ReadonlySet<string>;
  readonly uploads: ReadonlySet<string>;
}

export const NOTHING_HIDDEN: Hidden = { records: new Set(), uploads: new Set() };

/**
 * Opens what an archive holds.
 *
 * @param name the archive's id, for a failure
 */
export async function openSnapshot(
  store: Store,
  { models, files }: ArchivedRecords,
  name: string,
  hidden = NOTHING_HIDDEN,
): Promise<Result<Snapshot, RestoreFailure>> {
  const documents = new Map<string, readonly Resource[]>();
  for (const file of files) {
    if (!/^(?:schema|project)\/.*\.json$/.test(file.path)) continue;
    const text = await readFile(store, file);
    if (!text.ok) return text;
    const list = parsedJson(text.value ?? "");
    if (!isArray(list) || !list.every(isResource)) return failed(archiveDamaged(name, file.path));
    documents.set(file.path, list);
  }
  const schema = schemaIn(documents);
  return schema === undefined
    ? failed(archiveDamaged(name, "schema/site.json"))
    : succeeded(snapshotOf({ store, models, files, documents, schema, name, hidden }));
}

/** What is read of an environment, and how. */
export interface Reading {
  readonly reader: ContentReader;
  readonly clock: Clock;
  /** Hides secrets in the same way as the archive that it is compared with. */
  readonly storeKey: StoreKey | undefined;
  /** Takes what is read: for the time of the comparison only. */
  readonly scratch: Store;
  /** What most of it is expected to equal, so that little has to be read. */
  readonly like: Snapshot | undefined;
  /** Models whose records are read, by id; undefined: all. */
  readonly models: ReadonlySet<string> | undefined;
  /** What is not shown of it. */
  readonly hidden: Hidden;
  readonly onProgress: (progress: Progress) => void;
}

/** Reads an environment in the form of an archive. Writes nothing but to `scratch`. */
export async function readEnvironment(reading: Reading): Promise<Result<Snapshot, RestoreFailure>> {
  const { reader, clock, storeKey, scratch, like, models, hidden, onProgress } = reading;
  const schema = await reader.schema();
  if (!schema.ok) return schema;
  const store = like === undefined ? scratch : layered(like.store, scratch);
  const excludedModels = [...schema.value.models.values()]
    .filter(({ id, isBlock }) => !isBlock && models !== undefined && !models.has(id))
    .map(({ apiKey }) => apiKey);
  const content = await captureContent(
    {
      reader,
      store,
      clock,
      storeKey,
      previous: like,
      withAssets: false,
      fetch: () => Promise.reject(new Error("No file is fetched for a comparison")),
      assetsBaseUrl: undefined,
      bytesADay: 0,
      excludedModels,
      onProgress,
    },
    schema.value,
    createObjectWriter(store, new Set()),
    new Set(),
  );
  if (!content.ok) return content;
  const opened = await openSnapshot(store, content.value, "", hidden);
  if (!opened.ok) return failed(UNEXPECTED_ANSWER);
  const isWhole = content.value.isSteady && content.value.missing.length === 0;
  return succeeded({ ...opened.value, isWhole });
}

interface Parts {
  readonly store: Store;
  readonly models: readonly ArchivedModel[];
  readonly files: readonly ArchivedFile[];
  readonly documents: Documents;
  readonly schema: Schema;
  readonly name: string;
  readonly hidden: Hidden;
}

function snapshotOf({ store, models, files, documents, schema, name, hidden }: Parts): Snapshot {
  const held = { models, files };
  const opened = new Map<string, Promise<HeldRecords | undefined>>();
  const model = (modelId: string) => {
    const present =
      opened.get(modelId) ??
      heldRecords(store, held, modelId).then((all) => all && without(all, hidden.records));
    opened.set(modelId, present);
    return present;
  };
  return {
    ...held,
    store,
    documents,
    schema,
    hidden,
    isWhole: true,
    model,

    async lines(ids) {
      const found = new Map<string, RecordLine>();
      for (const { id: modelId, apiKey, isBlock } of models) {
        if (isBlock || found.size === ids.length) continue;
        const records = await model(modelId);
        if (records === undefined) return failed(archiveDamaged(name, `index/${apiKey}.ndjson.gz`));
        const held = ids.flatMap((id) => {
          const file = records.fileOf(id);
          return file === undefined ? [] : [{ id, file }];
        });
        // Each file is read once.
        for (const { id, file } of held.toSorted((one, other) => one.file - other.file)) {
          const line = recordLineFrom((await records.lines(file))?.get(id) ?? "");
          if (line === undefined) return failed(archiveDamaged(name, records.file(file)?.path ?? apiKey));
          found.set(id, line);
        }
      }
      return succeeded(found);
    },

    async references(told) {
      for (const { id: modelId, apiKey, isBlock } of models) {
        if (isBlock) continue;
        const read = await heldRecords(store, held, modelId, (line) => {
          if (!hidden.records.has(line.id)) told(line);
        });
        if (read === undefined) return failed(archiveDamaged(name, indexPath(apiKey)));
      }
      return succeeded(undefined);
    },

    async uploads() {
      const lines: string[] = [];
      for (const file of files.filter(({ path }) => path.startsWith("uploads/"))) {
        const text = await readFile(store, file);
        if (!text.ok) return text;
        if (text.value === undefined) return failed(archiveDamaged(name, file.path));
        lines.push(...linesOf(text.value));
      }
      return succeeded(lines);
    },
  };
}

function without(records: HeldRecords, hidden: ReadonlySet<string>): HeldRecords {
  if (hidden.size === 0) return records;
  return {
    ...records,
    fileOf: (id) => (hidden.has(id) ? undefined : records.fileOf(id)),
    idsIn: (number) => records.idsIn(number).filter((id) => !hidden.has(id)),
  };
}

/** The schema that lists of an archive tell of; undefined where they do not. */
export function schemaIn(documents: Documents): Schema | undefined {
  const [site] = documents.get("schema/site.json") ?? [];
  if (site === undefined) return undefined;
  const included = ["item_types", "fields", "fieldsets"].flatMap(
    (name) => documents.get(`schema/${name}.json`) ?? [],
  );
  return schemaFrom(site, included);
}
