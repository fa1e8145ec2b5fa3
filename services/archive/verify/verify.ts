import { mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import type { Facts, Store } from "../../stores/store.ts";
import type { ListedArchive } from "../archives.ts";
import { assetKey } from "../assetKey.ts";
import { holdFile } from "../files.ts";
import type { ArchivedFile, Manifest } from "../manifest.ts";
import { type ContentCheck, createContentCheck, type NamedAsset } from "./content.ts";
import { checkAsset, type Intact } from "./intact.ts";
import type { Problem } from "./problem.ts";

export type { Problem } from "./problem.ts";

/**
 * `quick`: everything is there, in its size. `full`: every stored byte is as it was written. `deep`: every line can be
 * read, the counts are right, and what records refer to is there.
 */
export type VerifyLevel = "quick" | "full" | "deep";

export interface Verification {
  readonly archive: string;
  /** `sample`: quick, and a share of the bytes is read. */
  readonly level: VerifyLevel | "sample";
  /** How many objects and assets were looked at. */
  readonly objects: number;
  /** How many bytes they have. */
  readonly bytes: number;
  readonly problems: readonly Problem[];
}

/** A part of an archive in the store: the object of a file, or an asset. */
export interface Part {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** The file's place in the archive, or an upload's id. */
  readonly name: string;
}

/** What was looked at, and what of it is not as it was written. */
export interface LookedAt {
  readonly verification: Verification;
  readonly parts: readonly Part[];
  /** Keys of parts that have other bytes than were written. */
  readonly spoilt: readonly string[];
}

/** Objects are looked at side by side; each may have 8 MiB. */
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
  return mapped(await lookAt(store, archive, level), ({ verification }) => verification);
}

/** The same, with what it rests on. Each file is read once at most. */
export async function lookAt(
  store: Store,
  { id, manifest: read }: ListedArchive,
  level: VerifyLevel,
): Promise<Result<LookedAt, StoreFailure>> {
  if (read.kind !== "read" || read.manifest.id !== id) {
    const problems = [read.kind === "newer" ? NEWER : DAMAGED];
    const verification = { archive: id, level, objects: 0, bytes: 0, problems };
    return succeeded({ verification, parts: [], spoilt: [] });
  }
  const { manifest } = read;
  const content = createContentCheck(manifest, level === "deep");
  const files = await sideBySide(manifest.files, AT_ONCE, (file) => lookAtFile(store, file, level, content));
  if (!files.ok) return files;
  const named = content.assets();
  const assets = await sideBySide(named, AT_ONCE, (asset) => lookAtAsset(store, asset, level));
  if (!assets.ok) return assets;

  const parts = [...partsOf(manifest), ...named.map(partOfAsset)];
  const found = [...files.value.flat(), ...assets.value.flat()];
  const problems = [...files.value.flat(), ...content.problems(), ...assets.value.flat()];
  const changed = new Set(found.flatMap(({ code, name }) => (code === "CHANGED" ? name : [])));
  const bytes = parts.reduce((sum, { size }) => sum + size, 0);
  return succeeded({
    verification: { archive: id, level, objects: parts.length, bytes, problems },
    parts,
    spoilt: parts.filter(({ name }) => changed.has(name)).map(({ key }) => key),
  });
}

const NEWER: Problem = {
  what: "manifest",
  code: "NEWER_FORMAT",
  sentence: "A newer version of this service wrote it.",
};
const DAMAGED: Problem = {
  what: "manifest",
  code: "CHANGED",
  sentence: "The manifest is not as it was written.",
};

function partsOf({ files }: Manifest): Part[] {
  return files.map(({ object, size, path }) => ({ key: object, size, name: path }));
}

function partOfAsset(asset: NamedAsset): Part {
  return { key: assetKey(asset), size: asset.size, name: asset.uploadId };
}

/** A part that is not as it was written. */
export function problemOf({ key, name }: Pick<Part, "key" | "name">, is: Exclude<Intact, "intact">): Problem {
  const code = is === "missing" ? "MISSING" : "CHANGED";
  if (key.startsWith("assets/") && key !== name) {
    const sentence = `The file of upload ${name} is not in the store as it was archived.`;
    return { what: "asset", code, sentence, name };
  }
  const wrong = is === "missing" ? "is not in the store" : "is not as it was written";
  return { what: "object", code, sentence: `${name} ${wrong}.`, name };
}

async function lookAtFile(
  store: Store,
  file: ArchivedFile,
  level: VerifyLevel,
  content: ContentCheck,
): Promise<Result<readonly Problem[], StoreFailure>> {
  const part = { key: file.object, name: file.path };
  // Which assets belong to the archive stands in the lines of uploads.
  const isAdded = level === "deep" || file.path.startsWith("uploads/");
  if (level === "quick" && !isAdded)
    return mapped(await store.head(file.object), (facts) => bySize(part, facts, file.size));
  return mapped(await holdFile(store, file), (held) => {
    if (held.kind !== "whole") return [problemOf(part, held.kind === "missing" ? "missing" : "spoilt")];
    if (isAdded) content.add(file, new TextDecoder().decode(held.plain));
    return [];
  });
}

async function lookAtAsset(
  store: Store,
  asset: NamedAsset,
  level: VerifyLevel,
): Promise<Result<readonly Problem[], StoreFailure>> {
  const part = partOfAsset(asset);
  if (level === "quick")
    return mapped(await store.head(part.key), (facts) => bySize(part, facts, asset.size));
  return mapped(await checkAsset(store, part.key, asset), (is) =>
    is === "intact" ? [] : [problemOf(part, is)],
  );
}

function bySize(part: Pick<Part, "key" | "name">, facts: Facts | undefined, size: number): Problem[] {
  if (facts === undefined) return [problemOf(part, "missing")];
  return facts.size === size ? [] : [problemOf(part, "spoilt")];
}
