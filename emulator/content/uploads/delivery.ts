import { createHash } from "node:crypto";
import type { StoredFile } from "./upload.ts";

/**
 * How a project's assets are delivered: images optimised and SVG sanitised unless the address says otherwise, as in
 * projects since March 2024; as they are stored; or by a host of the customer's, which knows no such words in an
 * address (facts 4).
 */
export type Delivery = "optimised" | "as-stored" | "custom-host";

/** @returns the bytes that an address gives: those that are stored, or others */
export function deliveredBytes(file: StoredFile, delivery: Delivery, query: URLSearchParams): Uint8Array {
  const bytes = file.bytes();
  if (delivery === "as-stored") return bytes;
  const obeys = delivery === "optimised";
  if (file.mimeType === "image/svg+xml") {
    return obeys && query.get("svg-sanitize") === "false" ? bytes : sanitised(bytes);
  }
  if (!file.mimeType.startsWith("image/")) return bytes;
  return obeys && query.get("skip-default-optimizations") === "true" ? bytes : optimised(bytes);
}

/** No image any more, but as with a real one neither size nor md5 are those of the original. */
function optimised(bytes: Uint8Array): Uint8Array {
  const half = bytes.subarray(0, Math.ceil(bytes.byteLength / 2));
  return Buffer.concat([half, Buffer.from(`optimised ${md5Of(bytes)}`)]);
}

function sanitised(bytes: Uint8Array): Uint8Array {
  const svg = Buffer.from(bytes).toString("utf8");
  return Buffer.from(svg.replaceAll(/<script[\s\S]*?<\/script>|\son\w+="[^"]*"/gi, "").trim());
}

export function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
