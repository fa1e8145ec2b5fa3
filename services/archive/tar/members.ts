import * as z from "zod";
import { parsedJson } from "../../../utils/json.ts";
import { ARCHIVE_ID, type ArchivedFile, type Manifest } from "../manifest.ts";
import { safeFileName } from "../names.ts";

/** What lies in the tar of an archive beside the files that its manifest names. */
export const MANIFEST = "manifest.json";
export const README = "README.txt";
export const SUMS = "SHA256SUMS";

/** In this order: whoever reads a tar from its beginning knows what is to come. */
const FOLDERS = ["schema", "records", "uploads", "project", "index"];

const PATH =
  /^(?:schema|project)\/[\w-]{1,100}\.json$|^(?:records\/[\w-]{1,100}|uploads|index)\/[\w-]{1,100}\.ndjson\.gz$/;

/** Whether a file of an archive may have this path: none leads out of the folder where it is unpacked. */
export function isFilePath(path: string): boolean {
  return PATH.test(path);
}

/** The files of an archive in the order in which its tar has them, without those that went missing as it was made. */
export function filesOf({ files, warnings }: Manifest): ArchivedFile[] {
  const missing = new Set(warnings.flatMap(({ code, name }) => (code === "OBJECT_MISSING" ? [name] : [])));
  const rankOf = ({ path }: ArchivedFile) => FOLDERS.indexOf(path.split("/")[0] ?? "");
  return files.filter(({ path }) => !missing.has(path)).toSorted((one, other) => rankOf(one) - rankOf(other));
}

/** Whether these lines are uploads. */
export function holdsUploads({ path }: ArchivedFile): boolean {
  return path.startsWith("uploads/");
}

const hex = z.string().regex(/^[\da-f]{32}$/);
const UploadLine = z.object({
  id: z.string().regex(ARCHIVE_ID),
  attributes: z.object({ filename: z.string().nullish() }).optional(),
  asset: z.discriminatedUnion("bytes", [
    z.object({ bytes: z.literal("original"), md5: hex, size: z.int().min(0) }),
    z.object({ bytes: z.enum(["derived", "missing"]) }),
  ]),
});

/** The file of an upload, in an archive that holds it. */
export interface ArchivedAsset {
  readonly uploadId: string;
  readonly path: string;
  readonly md5: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * The file that a line of an upload speaks of.
 *
 * @returns null where the archive does not hold it; undefined where the line has another form
 */
export function assetIn(line: string): ArchivedAsset | null | undefined {
  const upload = UploadLine.safeParse(parsedJson(line)).data;
  if (upload === undefined) return undefined;
  const { id, attributes, asset } = upload;
  if (asset.bytes !== "original") return null;
  const name = safeFileName(attributes?.filename ?? "");
  return { uploadId: id, path: `assets/${id}/${name}`, md5: asset.md5, size: asset.size };
}

/** A line of `SHA256SUMS`, as `sha256sum -c` reads it. No path in a tar of ours has a character that it would escape. */
export function sumLine(sha256: string, path: string): string {
  return `${sha256}  ${path}\n`;
}
