import { createHash } from "node:crypto";
import type { Checksums } from "./body.ts";

/** Node's own hashes: Web Crypto has no MD5, which S3 checks and DatoCMS tells, and takes no streams. */

/** The SHA-256 of some bytes, in lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The MD5 of some bytes in base64, as the header `Content-MD5` has it. */
export function contentMd5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("base64");
}

/** Sums up bytes as they come. */
export interface Summing {
  add(bytes: Uint8Array): void;
  /** Whether the bytes are those that the checksums were made of. */
  matches(): boolean;
}

/** @param checksums what is known of the whole; where nothing is, everything matches */
export function summing({ md5, sha256 }: Checksums): Summing {
  const expected = [
    ...(md5 === undefined ? [] : [{ hash: createHash("md5"), hex: md5 }]),
    ...(sha256 === undefined ? [] : [{ hash: createHash("sha256"), hex: sha256 }]),
  ];
  return {
    add(bytes) {
      for (const { hash } of expected) hash.update(bytes);
    },
    matches: () => expected.every(({ hash, hex }) => hash.digest("hex") === hex),
  };
}

/** Takes the sums of bytes as they come. */
export interface Digesting {
  add(bytes: Uint8Array): void;
  /** In lower-case hex. Asked once, at the end. */
  sums(): Required<Checksums>;
}

export function digesting(): Digesting {
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  return {
    add(bytes) {
      md5.update(bytes);
      sha256.update(bytes);
    },
    sums: () => ({ md5: md5.digest("hex"), sha256: sha256.digest("hex") }),
  };
}
