import { createHash } from "node:crypto";
import type { StoredFile } from "./upload.ts";

const mimeTypes: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
  txt: "text/plain",
  csv: "text/csv",
  json: "application/json",
  pdf: "application/pdf",
  mp4: "video/mp4",
  mov: "video/quicktime",
};

/** @returns the media type that goes with a format */
export function mimeTypeOf(format: string | null): string {
  return mimeTypes[format ?? ""] ?? "application/octet-stream";
}

/** @returns the file with these bytes; its md5 and size are those of the bytes (facts 4) */
export function fileOf(bytes: Uint8Array, format: string | null): StoredFile {
  return {
    size: bytes.byteLength,
    md5: createHash("md5").update(bytes).digest("hex"),
    mimeType: mimeTypeOf(format),
    ...dimensions(bytes),
    bytes: () => bytes,
  };
}

/** A PNG tells its size in its first chunk; of other images it is not worked out here. */
function dimensions(bytes: Uint8Array): { width: number | null; height: number | null } {
  const isPng = bytes.byteLength >= 24 && bytes[0] === 0x89 && bytes[1] === 0x50;
  if (!isPng) return { width: null, height: null };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
