import { createHash, randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Result, succeeded } from "../../utils/failures.ts";
import { type Body, checkedPieces, isBytes } from "./body.ts";
import type { Files } from "./disk.ts";
import { codeOf, isMissing, RootGone } from "./diskFailures.ts";
import type { StoreFailure } from "./failures.ts";
import { sha256Of } from "./hashing.ts";
import type { PutOptions, PutOutcome } from "./store.ts";

/** A write of this age was killed: one that lives touches its file far more often. */
const ABANDONED_MS = 60 * 60_000;
/** Between its claim and its rename a writer needs a few milliseconds; one that needs this long was killed there. */
const STUCK_MS = 10_000;
const LOOK_AGAIN_MS = 5;

const CONFLICT = succeeded({ kind: "conflict" } as const);

/** Writes files in the folder that holds what is not complete yet, and gives them their names. */
export interface Writer {
  /** Makes the folder, and removes what killed writers have left there. */
  begin(): Promise<void>;
  /** @throws what the file system refuses, and BodyError */
  put(target: string, body: Body, options: PutOptions): Promise<Result<PutOutcome, StoreFailure>>;
}

/**
 * An object gets its name in one step, when its bytes are on the disk: by a hard link, which fails where the name is
 * taken, or by a rename, which replaces. Between the look at a version and its replacement there is no such step, so
 * a replacement under a condition first claims the version: it links its file to a name made of that version, which
 * only one writer can, and renames from there. A writer that dies in between leaves a claim that the next one
 * completes.
 */
export function createWriter(files: Files, incoming: string): Writer {
  return { begin, put };

  async function begin(): Promise<void> {
    await orGone(files.mkdir(incoming, { recursive: true }));
    for (const name of await files.readdir(incoming)) {
      const path = join(incoming, name);
      const stats = await lookAt(path);
      if (stats !== undefined && ageOf(stats) > ABANDONED_MS) await files.rm(path, { force: true });
    }
  }

  async function put(target: string, body: Body, options: PutOptions) {
    if (options.ifAbsent && (await lookAt(target)) !== undefined) return CONFLICT;
    const path = join(incoming, randomUUID());
    try {
      const etag = await write(path, body, options);
      await makeFolder(dirname(target));
      const isWritten = await giveName(path, target, options);
      if (!isWritten) return CONFLICT;
      await sync(dirname(target));
      return succeeded({ kind: "written", etag } as const);
    } finally {
      await files.rm(path, { force: true });
    }
  }

  /** @returns the etag: the SHA-256 of the bytes */
  async function write(path: string, body: Body, options: PutOptions): Promise<string> {
    const hash = createHash("sha256");
    await closing(await orGone(files.open(path, "wx")), async (file) => {
      for await (const piece of isBytes(body) ? [body] : checkedPieces(body, options)) {
        hash.update(piece);
        await file.writeFile(piece);
      }
      await file.sync();
    });
    return hash.digest("hex");
  }

  async function giveName(path: string, target: string, { ifAbsent, ifMatch }: PutOptions) {
    if (ifMatch !== undefined) return replaceVersion(path, target, ifMatch);
    if (ifAbsent) return linked(path, target);
    await files.rename(path, target);
    return true;
  }

  /** Puts a file in the place of one version of the target; false where that version is not there any more. */
  async function replaceVersion(path: string, target: string, etag: string): Promise<boolean> {
    for (;;) {
      const version = await versionOf(target, etag);
      if (version === undefined) return false;
      const claim = join(incoming, `${sha256Of(Buffer.from(target)).slice(0, 32)}-${version}`);
      if (!(await linked(path, claim))) {
        await untilSettled(claim, target, etag, version);
        continue;
      }
      // The version may have been replaced between the look and the claim.
      const isStill = (await versionOf(target, etag)) === version;
      // A claim that is gone was completed by another writer, who took this one for killed.
      return isStill ? renamed(claim, target) : !(await removed(claim));
    }
  }

  /** Waits for the writer who has claimed a version; ends the work of one who was killed. */
  async function untilSettled(claim: string, target: string, etag: string, version: string): Promise<void> {
    for (;;) {
      const stats = await lookAt(claim);
      if (stats === undefined) return;
      if (ageOf(stats) > STUCK_MS) {
        if ((await versionOf(target, etag)) === version) await renamed(claim, target);
        else await removed(claim);
        return;
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** Tells one file of this content from every other that had or will have the name; undefined for other content. */
  async function versionOf(target: string, etag: string): Promise<string | undefined> {
    try {
      return await closing(await files.open(target, "r"), async (file) => {
        const { ino, mtimeNs } = await file.stat({ bigint: true });
        const isThis = sha256Of(await file.readFile()) === etag;
        return isThis ? `${ino}-${mtimeNs}-${etag.slice(0, 16)}` : undefined;
      });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async function linked(path: string, name: string): Promise<boolean> {
    try {
      await files.link(path, name);
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    }
  }

  /** Renames a claim; true also where another writer has done so. */
  async function renamed(claim: string, target: string): Promise<boolean> {
    try {
      await files.rename(claim, target);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return true;
  }

  async function removed(path: string): Promise<boolean> {
    try {
      await files.unlink(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async function lookAt(path: string): Promise<BigIntStats | undefined> {
    try {
      return await files.stat(path, { bigint: true });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Makes a folder that survives a crash of the machine, as the file in it must. */
  async function makeFolder(path: string): Promise<void> {
    const first = await files.mkdir(path, { recursive: true });
    if (first === undefined) return;
    for (let made = path; made.length >= first.length; made = dirname(made)) await sync(dirname(made));
  }

  async function sync(folder: string): Promise<void> {
    try {
      await closing(await files.open(folder, "r"), (handle) => handle.sync());
    } catch (error) {
      // Windows opens no folders, and some network file systems sync none.
      if (!["EISDIR", "EPERM", "EACCES", "EINVAL", "EBADF"].includes(codeOf(error) ?? "")) throw error;
    }
  }
}

async function closing<T>(file: FileHandle, work: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** Where the folder for what is not complete cannot be had, there is no store. */
async function orGone<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isMissing(error) || codeOf(error) === "EEXIST" ? new RootGone() : error;
  }
}

/** Since a file was written or got its last name, in ms. */
function ageOf({ mtimeMs, ctimeMs }: BigIntStats): number {
  return Date.now() - Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
}
