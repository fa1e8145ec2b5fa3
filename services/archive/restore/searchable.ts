import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import type { Resource } from "../../sources/datocms/resource.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import { linesOf, type RecordLine } from "../capture/recordIndex.ts";
import { archiveDamaged } from "../failures.ts";
import { readFile } from "../files.ts";
import { withoutDevice } from "../names.ts";
import { recordLineFrom } from "./records/line.ts";
import { NOTHING_HIDDEN, type Snapshot } from "./snapshot.ts";
import type { RestoreFailure } from "./words.ts";

/** A record as it is edited now; its blocks may be ids. */
export type SearchedRecord = Pick<RecordLine, "id" | "current">;

/** What is searched: an archive, or an environment. */
export interface Searchable {
  readonly schema: Schema;
  /** Records by their ids; those that are not there are missing. */
  byId(ids: readonly string[]): Promise<Result<readonly SearchedRecord[], RestoreFailure>>;
  /** All records of a model, some at a time; a failure ends them. */
  ofModel(modelId: string): AsyncGenerator<Result<readonly SearchedRecord[], RestoreFailure>>;
}

/** @param name the archive's id, for a failure */
export function searchableArchive(
  snapshot: Pick<Snapshot, "store" | "schema" | "models" | "files" | "lines" | "hidden">,
  name: string,
): Searchable {
  const { store, schema, models, files, hidden } = snapshot;
  return {
    schema,
    async byId(ids) {
      return mapped(await snapshot.lines(ids), (lines) => [...lines.values()]);
    },
    async *ofModel(modelId) {
      const apiKey = models.find(({ id }) => id === modelId)?.apiKey;
      const folder = apiKey === undefined ? undefined : `records/${withoutDevice(apiKey)}/`;
      for (const file of files) {
        if (folder === undefined || !file.path.startsWith(folder)) continue;
        const text = await readFile(store, file);
        if (!text.ok) return void (yield text);
        const lines = text.value === undefined ? undefined : linesOf(text.value).map(recordLineFrom);
        if (lines === undefined || lines.includes(undefined))
          return void (yield failed(archiveDamaged(name, file.path)));
        yield succeeded(
          lines.flatMap((line) => (line === undefined || hidden.records.has(line.id) ? [] : line)),
        );
      }
    },
  };
}

/** An environment, read as it is searched. */
export function searchableEnvironment(
  reader: Pick<ContentReader, "records" | "recordsById">,
  schema: Schema,
  hidden = NOTHING_HIDDEN,
): Searchable {
  const shown = (records: readonly Resource[]) =>
    records.flatMap((current) => (hidden.records.has(current.id) ? [] : { id: current.id, current }));
  return {
    schema,
    async byId(ids) {
      return mapped(await reader.recordsById(ids, "current", false), shown);
    },
    async *ofModel(modelId) {
      for await (const page of reader.records(modelId, false)) yield mapped(page, ({ rows }) => shown(rows));
    },
  };
}
