import { createHash } from "node:crypto";
import { Refusal } from "../../errors.ts";
import { fileOf } from "./files.ts";
import { filenameOf, storedName } from "./names.ts";
import type { StoredFile } from "./upload.ts";

/** An upload request is good for this long (facts 5.2, row 9). */
const REQUEST_MS = 15 * 60_000;
/** Behind an address that was kept for other bytes, the old ones are served for this long (facts 4). */
const STALE_MS = 5 * 60_000;

/** A place for bytes that somebody has asked for. Its path is its id. */
type Request = {
  readonly path: string;
  readonly token: string;
  readonly expiresAt: number;
  file: StoredFile | undefined;
};

/** Where a project's bytes come in, and what its asset host still has besides. */
export class UploadStorage {
  readonly #siteId: string;
  readonly #requests = new Map<string, Request>();
  readonly #stale = new Map<string, { file: StoredFile; until: number }>();

  constructor(siteId: string) {
    this.#siteId = siteId;
  }

  /** @returns the request for a place for a file of this name; paths carry the second, and are never given twice */
  request(filename: string, now: number): { path: string; token: string } {
    const name = filenameOf(storedName(filename));
    let second = Math.floor(now / 1000);
    while (this.#requests.has(this.#path(second, name))) second++;
    const path = this.#path(second, name);
    const token = createHash("sha256").update(path).digest("hex").slice(0, 32);
    this.#requests.set(path, { path, token, expiresAt: now + REQUEST_MS, file: undefined });
    return { path, token };
  }

  /** @returns whether the bytes were taken: the address is known and young, and the headers are those of the request */
  put(path: string, token: string | undefined, bytes: Uint8Array, now: number): boolean {
    const request = this.#requests.get(path);
    if (request === undefined || request.token !== token || now >= request.expiresAt) return false;
    request.file = fileOf(bytes, storedName(path).format);
    return true;
  }

  /**
   * @returns the bytes that were put to a path
   * @throws Refusal INVALID_FIELD of `path` where there are none
   */
  taken(path: string): StoredFile {
    const file = this.#requests.get(path)?.file;
    if (file === undefined) throw new Refusal("INVALID_FIELD", { field: "path", code: "VALIDATION_INVALID" });
    return file;
  }

  /** Tells that an address leads to other bytes from now on. */
  replaced(path: string, before: StoredFile, now: number): void {
    this.#stale.set(path, { file: before, until: now + STALE_MS });
  }

  /** @returns the bytes that caches still have for an address */
  staleAt(path: string, now: number): StoredFile | undefined {
    const stale = this.#stale.get(path);
    return stale !== undefined && now < stale.until ? stale.file : undefined;
  }

  #path(second: number, name: string): string {
    return `/${this.#siteId}/${second}-${name}`;
  }
}
