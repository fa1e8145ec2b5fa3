import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { type StoreFailure, StoreReadError } from "../../stores/failures.ts";
import { summing } from "../../stores/hashing.ts";
import type { Store } from "../../stores/store.ts";
import type { ListedArchive } from "../archives.ts";
import { assetKey } from "../assetKey.ts";
import { readFile } from "../files.ts";
import type { ArchivedFile } from "../manifest.ts";
import { checkContent } from "./content.ts";

/**
 * `quick`: everything is there, in its size. `full`: every stored byte is as it was written. `deep`: every line can be
 * read, the counts are right, and what records refer to is there.
 */
export type VerifyLevel = "quick" | "full" | "deep";

/** Something in an archive that is not as it was written. */
export interface Problem {
  readonly what: "manifest" | "object" | "asset" | "content";
  /** A stable word for machines. */
  readonly code: "MISSING" | "CHANGED" | "NEWER_FORMAT" | "UNREADABLE" | "COUNT" | "DUPLICATE" | "DANGLING";
  readonly sentence: string;
  /** The file's place in the archive, or an upload's id. */
  readonly name?: string;
}

export interface Verification {
  readonly archive: string;
  readonly level: VerifyLevel;
  /** How many objects and assets were looked at. */
  readonly objects: number;
  /** How many bytes they have. */
  readonly bytes: number;
  readonly problems: readonly Problem[];
}

/** Objects are looked at side by side. */
const AT_ONCE = 4;

/**
 * Looks whether an archive is as it was written. Damage is what is told, not a failure.
 *
 * @returns a failure where the store gives no answer: then nothing is known
 */
export async function verifyArchive(
  store: Store,
  archive: ListedArchive,
  level: VerifyLevel,
): Promise<Result<Verification, StoreFailure>> {
  const { id, manifest: read } = archive;
  if (read.kind !== "read") {
    const problem: Problem =
      read.kind === "newer"
        ? { what: "manifest", code: "NEWER_FORMAT", sentence: "A newer version of this service wrote it." }
        : { what: "manifest", code: "CHANGED", sentence: "The manifest is not as it was written." };
    return succeeded({ archive: id, level, objects: 0, bytes: 0, problems: [problem] });
  }
  const { manifest } = read;
  const problems: Problem[] = [];
  const files = await sideBySide(manifest.files, AT_ONCE, (file) => checkFile(store, file, level));
  if (!files.ok) return files;
  problems.push(...files.value.flat());
  const damaged = new Set(problems.map(({ name }) => name));
  const whole = manifest.files.filter(({ path }) => !damaged.has(path));

  const content = await checkContent(store, manifest, whole, level === "deep");
  if (!content.ok) return content;
  problems.push(...content.value.problems);
  const assets = await sideBySide(content.value.assets, AT_ONCE, (asset) => checkAsset(store, asset, level));
  if (!assets.ok) return assets;
  problems.push(...assets.value.flat());
  const sizes = [...manifest.files, ...content.value.assets].map(({ size }) => size);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return succeeded({ archive: id, level, objects: sizes.length, bytes, problems });
}

async function checkFile(
  store: Store,
  file: ArchivedFile,
  level: VerifyLevel,
): Promise<Result<readonly Problem[], StoreFailure>> {
  const { path: name, object, size } = file;
  const facts = await store.head(object);
  if (!facts.ok) return facts;
  if (facts.value === undefined)
    return succeeded([{ what: "object", code: "MISSING", sentence: `${name} is not in the store.`, name }]);
  const changed: Problem = {
    what: "object",
    code: "CHANGED",
    sentence: `${name} is not as it was written.`,
    name,
  };
  if (facts.value.size !== size) return succeeded([changed]);
  if (level === "quick") return succeeded([]);
  return mapped(await readFile(store, file), (text) => (text === undefined ? [changed] : []));
}

/** A file of uploads, as their lines name it. */
export interface VerifiedAsset {
  readonly uploadId: string;
  readonly md5: string;
  readonly size: number;
}

async function checkAsset(
  store: Store,
  asset: VerifiedAsset,
  level: VerifyLevel,
): Promise<Result<readonly Problem[], StoreFailure>> {
  const { uploadId: name, md5, size } = asset;
  const sentence = `The file of upload ${name} is not in the store as it was archived.`;
  const facts = await store.head(assetKey(asset));
  if (!facts.ok) return facts;
  if (facts.value === undefined) return succeeded([{ what: "asset", code: "MISSING", sentence, name }]);
  const changed: Problem = { what: "asset", code: "CHANGED", sentence, name };
  if (facts.value.size !== size) return succeeded([changed]);
  if (level === "quick") return succeeded([]);
  const intact = await isIntact(store, assetKey(asset), md5);
  return mapped(intact, (yes) => (yes ? [] : [changed]));
}

/** Whether an object of any size has this MD5; it is read in constant memory. */
async function isIntact(store: Store, key: string, md5: string): Promise<Result<boolean, StoreFailure>> {
  const streamed = await store.stream(key);
  if (!streamed.ok) return streamed;
  if (streamed.value === undefined) return succeeded(false);
  const sums = summing({ md5 });
  try {
    for await (const piece of streamed.value.body) sums.add(piece);
  } catch (error) {
    if (error instanceof StoreReadError) return failed(error.failure);
    throw error;
  }
  return succeeded(sums.matches());
}
