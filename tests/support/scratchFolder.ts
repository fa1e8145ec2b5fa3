import { mkdtemp, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Linux keeps files in memory. */
const MEMORY = "/dev/shm";
/** Of room there, bytes: containers have 64 MB, the files of a test a few MB at most. */
const ENOUGH_BYTES = 48 * 2 ** 20;

/**
 * A new folder for a few small files, in memory where there is one: the disk takes milliseconds to sync each of them,
 * and no test outlasts the machine. It is the caller's to remove.
 *
 * @param prefix of its name
 */
export async function scratchFolder(prefix: string): Promise<string> {
  return mkdtemp(join((await hasRoom()) ? MEMORY : tmpdir(), prefix));
}

async function hasRoom(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(MEMORY);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}
