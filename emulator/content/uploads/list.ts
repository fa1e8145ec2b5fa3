import { Refusal } from "../../errors.ts";
import { type Condition, conditionsIn, holds } from "../conditions.ts";
import type { ContentCall } from "../edit.ts";
import { filenameOf } from "./names.ts";
import type { Upload } from "./upload.ts";

/** @returns the ids of the uploads that a call asks for, in its order (facts 2.1) */
export function uploadsFor({ content, query }: ContentCall): readonly string[] {
  const conditions = conditionsIn(query);
  const words = query.get("filter[query]")?.toLowerCase();
  const ids = query.get("filter[ids]")?.split(",");
  const [, field, direction] = /^(\w+)_(ASC|DESC)$/.exec(query.get("order_by") ?? "") ?? [];
  const everything = content.uploads.ids("");
  if (
    ids === undefined &&
    words === undefined &&
    conditions.length === 0 &&
    (field === undefined || field === "id")
  ) {
    return field === undefined ? everything : sorted(everything, direction === "DESC");
  }
  const wanted = (ids ?? everything)
    .flatMap((id) => content.uploads.get(id) ?? [])
    .filter(
      (upload) =>
        (words === undefined || filenameOf(upload).includes(words)) &&
        conditions.every((each) => keeps(upload, each)),
    );
  if (field !== undefined) wanted.sort((a, b) => compared(heldBy(a, field), heldBy(b, field)));
  if (direction === "DESC") wanted.reverse();
  return wanted.map(({ id }) => id);
}

const kept = new WeakMap<readonly string[], readonly string[]>();

function sorted(ids: readonly string[], isDescending: boolean): readonly string[] {
  const ascending = kept.get(ids) ?? [...ids].sort();
  kept.set(ids, ascending);
  return isDescending ? ascending.toReversed() : ascending;
}

function keeps(upload: Upload, condition: Condition): boolean {
  return holds(heldBy(upload, condition.field), condition);
}

function heldBy(upload: Upload, field: string): unknown {
  const { file } = upload;
  switch (field) {
    case "id":
    case "path":
    case "basename":
    case "format":
    case "author":
    case "notes":
    case "copyright":
      return upload[field];
    case "filename":
      return filenameOf(upload);
    case "size":
    case "md5":
    case "width":
    case "height":
      return file[field];
    case "mime_type":
      return file.mimeType;
    case "type":
      return file.mimeType.startsWith("image/")
        ? "image"
        : file.mimeType.startsWith("video/")
          ? "video"
          : "file";
    case "_created_at":
      return upload.createdAt;
    case "_updated_at":
      return upload.updatedAt;
    default:
      throw new Refusal("INVALID_FORMAT", { field: `filter.fields.${field}` });
  }
}

function compared(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one) < String(other) ? -1 : String(one) > String(other) ? 1 : 0;
}
