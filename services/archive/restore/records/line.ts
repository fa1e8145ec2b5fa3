import { mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import { isJsonObject, type Json, parsedJson } from "../../../../utils/json.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import { isResource, metaOf, type Resource, relatedId } from "../../../sources/datocms/resource.ts";
import type { Schema } from "../../../sources/datocms/schema.ts";
import { type References, referencesOf } from "../../../sources/datocms/values.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import type { JournalEntry } from "../words.ts";

/** `updated`: published, and edited since. */
export type Status = "draft" | "published" | "updated";

export function statusOf({ published, publishedIsCurrent }: RecordLine): Status {
  if (publishedIsCurrent) return "published";
  return published === null ? "draft" : "updated";
}

/** The versions that there are of a record: as it is edited, and what is published where that is another one. */
export function bodiesOf({
  current,
  published,
}: Pick<RecordLine, "current" | "published">): readonly Resource[] {
  return published === null ? [current] : [current, published];
}

/** What a record and its blocks refer to, in whatever version. */
export function referencesIn(line: RecordLine, schema: Schema): References {
  const found = bodiesOf(line).map((body) => referencesOf(body, schema));
  return {
    records: found.flatMap(({ records }) => records),
    uploads: found.flatMap(({ uploads }) => uploads),
  };
}

/** What the public sees; undefined for a draft. */
export function publishedBody({ current, published, publishedIsCurrent }: RecordLine): Resource | undefined {
  return publishedIsCurrent ? current : (published ?? undefined);
}

/** A member of a record's attributes that belongs to its place in a list or tree. */
export function parentOf({ current }: RecordLine): Json {
  return current.attributes.parent_id ?? null;
}

export function stageOf({ current }: RecordLine): Json {
  return metaOf(current, "stage") ?? null;
}

/** Changes with every edit; undefined where DatoCMS does not tell. */
export function versionOf({ current }: RecordLine): string | undefined {
  const version = metaOf(current, "current_version");
  return typeof version === "string" ? version : undefined;
}

/** Reads a line of an archive; undefined where it has another form. */
export function recordLineFrom(text: string): RecordLine | undefined {
  const line = parsedJson(text);
  if (!isJsonObject(line)) return undefined;
  const { id, model, current, published = null, publishedIsCurrent, schedules = null } = line;
  if (typeof id !== "string" || typeof model !== "string" || !isResource(current)) return undefined;
  if (published !== null && !isResource(published)) return undefined;
  const { publication = null, unpublishing = null } = isJsonObject(schedules) ? schedules : {};
  return {
    id,
    model,
    current,
    published,
    publishedIsCurrent: publishedIsCurrent === true,
    schedules:
      schedules === null
        ? null
        : {
            publication: isJsonObject(publication) ? publication : null,
            unpublishing: isJsonObject(unpublishing) ? unpublishing : null,
          },
  };
}

/** The same as a JSON document. */
export function documentOf(line: RecordLine): Json {
  return { ...line };
}

/** What the journal notes of a record that is there. */
export function entryOf(line: RecordLine): JournalEntry {
  return { what: "record", id: line.id, before: documentOf(line) };
}

/**
 * Reads records of an environment by their ids, both versions with their blocks. Those that are not there are missing;
 * schedules are not read.
 *
 * @param ids any number
 */
export async function readLines(
  reader: Pick<ContentReader, "recordsById">,
  ids: readonly string[],
): Promise<Result<ReadonlyMap<string, RecordLine>>> {
  if (ids.length === 0) return succeeded(new Map());
  const current = await reader.recordsById(ids, "current", true);
  if (!current.ok) return current;
  const lines = await linesFrom(reader, current.value, true);
  return mapped(lines, (all) => new Map(all.map((line) => [line.id, line])));
}

/**
 * Reads all records of a model of an environment, page by page, both versions; schedules are not read. A failure ends
 * the reading.
 *
 * @param withBlocks whether its records can hold blocks: these are read too
 */
export async function* linesOfModel(
  reader: Pick<ContentReader, "records" | "recordsById">,
  modelId: string,
  withBlocks: boolean,
): AsyncGenerator<Result<RecordLine[]>> {
  for await (const page of reader.records(modelId, withBlocks)) {
    yield page.ok ? await linesFrom(reader, page.value.rows, withBlocks) : page;
    if (!page.ok) return;
  }
}

/** Records as they are edited, with what is published of them where that is something else. */
async function linesFrom(
  reader: Pick<ContentReader, "recordsById">,
  records: readonly Resource[],
  withBlocks: boolean,
): Promise<Result<RecordLine[]>> {
  const edited = records.filter((record) => metaOf(record, "status") === "updated");
  const published = await reader.recordsById(
    edited.map(({ id }) => id),
    "published",
    withBlocks,
  );
  return mapped(published, (bodies) => {
    const publishedById = new Map(bodies.map((record) => [record.id, record]));
    return records.map(
      (record): RecordLine => ({
        id: record.id,
        model: relatedId(record, "item_type") ?? "",
        current: record,
        published: publishedById.get(record.id) ?? null,
        publishedIsCurrent: metaOf(record, "status") === "published",
        schedules: null,
      }),
    );
  });
}
