import { canonicalJson, type Json } from "../../utils/json.ts";
import { sha256Of } from "../stores/hashing.ts";

/** The SHA-256 of a document as canonical JSON, in lower-case hex: equal for equal contents, however they are written. */
export function canonicalHash(document: Json): string {
  return sha256Of(new TextEncoder().encode(canonicalJson(document)));
}
