import * as z from "zod";
import { parsedJson } from "../../utils/json.ts";
import { assetKey } from "./assetKey.ts";

/** What a line of `uploads/` says of its file. */
const UploadLine = z.object({
  id: z.string(),
  asset: z.object({ md5: z.string().nullable(), size: z.number().nullable(), bytes: z.string() }),
});

/** Where the file of an upload lies in the store; `none` where the archive has no file of it, undefined for another line. */
export function assetKeyIn(line: string): string | "none" | undefined {
  const upload = UploadLine.safeParse(parsedJson(line)).data;
  if (upload === undefined) return undefined;
  const { md5, size, bytes } = upload.asset;
  return md5 === null || size === null || bytes === "missing" ? "none" : assetKey({ md5, size });
}
