import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { ListedArchive } from "./archives.ts";
import type { Signature } from "./manifest.ts";

/**
 * `BACKUP_STORE_KEY`: 32 random bytes that never reach the store. Each use has a key of its own, derived by HKDF, so
 * that what is seen of one says nothing of another.
 */
export interface StoreKey {
  /** Names the key in manifests: says nothing of it. */
  readonly id: string;
  /** HMAC-SHA-256 of a secret, in lower-case hex: tells whether it is still the same. */
  redaction(text: string): string;
  /** Signs the hash of a manifest's content. */
  signature(contentHash: string): Signature;
}

/** @param text 64 hexadecimal digits, or base64 of 32 bytes */
export function storeKeyFrom(text: string): StoreKey {
  const secret = Buffer.from(text, text.length === 64 ? "hex" : "base64");
  const derived = (use: string) => Buffer.from(hkdfSync("sha256", secret, "", `datocms-backups ${use}`, 32));
  const [redactionKey, signatureKey] = [derived("redaction"), derived("manifest signature")];
  const id = derived("key id").toString("hex").slice(0, 16);
  const hmac = (key: Buffer, given: string) => createHmac("sha256", key).update(given).digest("hex");
  return {
    id,
    redaction: (given) => hmac(redactionKey, given),
    signature: (contentHash) => ({ keyId: id, hmac: hmac(signatureKey, contentHash) }),
  };
}

/**
 * An archive whose signature claims to be by this key and is not, is damaged: somebody has changed its manifest and
 * made its hash anew. One without a signature, or with another key's, stays as it is.
 *
 * @param key undefined where none is set: nothing is checked
 */
export function withSignatureChecked(archive: ListedArchive, key: StoreKey | undefined): ListedArchive {
  if (key === undefined || archive.manifest.kind !== "read") return archive;
  const { manifest, contentHash } = archive.manifest;
  if (manifest.signature?.keyId !== key.id) return archive;
  const isOurs = isEqual(manifest.signature.hmac, key.signature(contentHash).hmac);
  return isOurs ? archive : { ...archive, manifest: { kind: "damaged" } };
}

/** Both are hashes in hex, of the same length. */
function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, "hex"), Buffer.from(other, "hex"));
}
