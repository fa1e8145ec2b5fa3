import { mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import { type UploadLine, uploadLineOf } from "./line.ts";

/**
 * Reads uploads of an environment in the form of an archive's lines, by id.
 *
 * @param ids those that are not there are missing
 */
export async function readUploads(
  reader: Pick<ContentReader, "uploads" | "uploadsById">,
  ids: readonly string[] | "all",
): Promise<Result<Map<string, UploadLine>>> {
  if (ids !== "all") {
    const found = await reader.uploadsById(ids);
    return mapped(found, (uploads) => new Map(uploads.map((upload) => [upload.id, uploadLineOf(upload)])));
  }
  const lines = new Map<string, UploadLine>();
  for await (const page of reader.uploads()) {
    if (!page.ok) return page;
    for (const upload of page.value.rows) lines.set(upload.id, uploadLineOf(upload));
  }
  return succeeded(lines);
}
