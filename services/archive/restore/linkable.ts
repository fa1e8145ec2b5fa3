import { type Result, succeeded } from "../../../utils/failures.ts";
import { metaOf, textOf } from "../../sources/datocms/resource.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import type { RecordRestore } from "./records/context.ts";
import { referencesIn } from "./records/line.ts";
import type { EnvironmentSide } from "./side.ts";
import type { RestoreFailure } from "./words.ts";

/** What records may link to, beside each other: it is looked whether it is there. */
export async function linkableFrom(
  { reader }: EnvironmentSide,
  lines: readonly RecordLine[],
  schema: Schema,
): Promise<Result<Pick<RecordRestore, "records" | "drafts" | "uploads">, RestoreFailure>> {
  const own = new Set(lines.map(({ id }) => id));
  const references = lines.map((line) => referencesIn(line, schema));
  const parents = lines.map(({ current }) => textOf(current, "parent_id") ?? "").filter((id) => id !== "");
  const linked = [...new Set([...references.flatMap(({ records }) => records), ...parents])];
  const records = await reader.recordsById(
    linked.filter((id) => !own.has(id)),
    "current",
    false,
  );
  if (!records.ok) return records;
  const uploads = await reader.uploadsById([...new Set(references.flatMap((each) => each.uploads))]);
  if (!uploads.ok) return uploads;
  return succeeded({
    records: new Set(records.value.map(({ id }) => id)),
    drafts: new Set(
      records.value.filter((record) => metaOf(record, "status") === "draft").map(({ id }) => id),
    ),
    uploads: new Set(uploads.value.map(({ id }) => id)),
  });
}
