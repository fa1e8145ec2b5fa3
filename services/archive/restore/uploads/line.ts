import * as z from "zod";
import { isArray, parsedJson } from "../../../../utils/json.ts";
import { assetOf } from "../../../sources/datocms/assets.ts";
import { isResource, metaOf, type Resource } from "../../../sources/datocms/resource.ts";

/** What is said of an upload's file beside the upload. */
export interface UploadFile {
  /** In lower-case hex; null where DatoCMS did not say. */
  readonly md5: string | null;
  /** In bytes. */
  readonly size: number | null;
  /** Whether the source holds the bytes. */
  readonly bytes: "original" | "derived" | "missing";
}

/** An upload as a line of an archive has it: as DatoCMS sent it, with its file beside it. */
export interface UploadLine {
  readonly id: string;
  readonly upload: Resource;
  readonly file: UploadFile;
}

/** What of a project decides how its uploads look and what they can hold. */
export interface UploadTarget {
  readonly locales: readonly string[];
  /**
   * Whether default metadata are told by member, and the focal point once (`{"alt": {"en": …}, "focal_point": …}`);
   * else by locale (`{"en": {"alt": …, "focal_point": …}}`). Both are in use.
   */
  readonly isByMember: boolean;
}

const File = z.object({
  md5: z.string().nullable(),
  size: z.number().nullable(),
  bytes: z.enum(["original", "derived", "missing"]).catch("missing"),
});

/** Reads a line of `uploads/` of an archive; undefined where it has another form. */
export function uploadLineFrom(line: string): UploadLine | undefined {
  const value = parsedJson(line);
  if (!isResource(value)) return undefined;
  const { asset, ...members } = value;
  const { id, type, attributes } = value;
  const file = File.safeParse(asset).data;
  return file && { id, upload: { ...members, id, type, attributes }, file };
}

/** The line that an archive of now would have of an upload, were its bytes archived. */
export function uploadLineOf(upload: Resource): UploadLine {
  const asset = assetOf(upload, { host: "", baseUrl: undefined });
  const { md5 = null, size = null } = asset ?? {};
  return { id: upload.id, upload, file: { md5, size, bytes: asset === undefined ? "missing" : "original" } };
}

/** @param site of the environment that is compared with or written to */
export function uploadTargetOf(site: Resource): UploadTarget {
  const { locales } = site.attributes;
  return {
    locales: isArray(locales) ? locales.filter((locale) => typeof locale === "string") : [],
    isByMember: metaOf(site, "non_localized_focal_points") === true,
  };
}
