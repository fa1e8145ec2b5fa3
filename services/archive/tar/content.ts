import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { streamOf } from "../../stores/body.ts";
import { sha256Of } from "../../stores/hashing.ts";
import type { Store } from "../../stores/store.ts";
import { setAside } from "../capture/quarantine.ts";
import { gunzip } from "../compression.ts";
import { type ArchiveFailure, objectDiffers } from "../failures.ts";
import type { ArchivedFile } from "../manifest.ts";
import { forgetSpoilt, spoiltKeys } from "../spoiltNotes.ts";
import { type CheckedTar, piecesOf } from "./check.ts";
import type { TarFile, TarMember } from "./read.ts";

/** Objects are written side by side. */
const AT_ONCE = 4;

/** How a store has an object that a tar holds, too. */
type Look = (
  store: Store,
  file: ArchivedFile,
) => Promise<Result<"as written" | "none" | "spoilt", ArchiveFailure>>;

/** Looks at its size. */
export const hasItsSize: Look = async (store, { object, size }) =>
  mapped(await store.head(object), (facts) => (facts?.size === size ? "as written" : "none"));

/** Reads it, where there is one. */
export const isAsWritten: Look = async (store, file) => {
  const facts = await store.head(file.object);
  if (!facts.ok || facts.value === undefined) return mapped(facts, () => "none");
  const there = await store.get(file.object);
  if (!there.ok || there.value === undefined) return mapped(there, () => "none");
  const { bytes } = there.value;
  if (sha256Of(bytes) === file.sha256) return succeeded("as written");
  const plain = file.lines === undefined ? undefined : gunzip(bytes);
  const isPackedOtherwise = plain !== undefined && sha256Of(plain) === file.sha256Plain;
  return isPackedOtherwise ? failed(objectDiffers(file.path)) : succeeded("spoilt");
};

/**
 * Stores what a tar holds and the store does not. What is spoilt there is replaced, and kept beside.
 *
 * @param look at what may be there already
 * @param onProgress told how many bytes of how many are in the store
 */
export async function storeAll(
  store: Store,
  tar: TarFile,
  { files, assets }: CheckedTar,
  look: Look,
  onProgress: (done: number, all: number) => void,
): Promise<Result<void, ArchiveFailure>> {
  const noted = await spoiltKeys(store);
  if (!noted.ok) return noted;
  const spoilt = noted.value;
  const members = [...files, ...assets.values()].map(({ member }) => member);
  const all = members.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const tell = ({ size }: TarMember) => {
    done += size;
    onProgress(done, all);
  };

  const objects = await sideBySide(files, AT_ONCE, async ({ file, member }) =>
    mapped(await storeObject(file, member), () => tell(member)),
  );
  if (!objects.ok) return objects;
  const copied = await sideBySide([...assets], AT_ONCE, async ([key, { md5, member }]) =>
    mapped(await storeAsset(key, md5, member), () => tell(member)),
  );
  return mapped(copied, () => undefined);

  async function storeObject(file: ArchivedFile, member: TarMember): Promise<Stored> {
    const there = await look(store, file);
    if (!there.ok || there.value === "as written") return there;
    const { object: key, sha256 } = file;
    const bytes = await tar.read(member.at, member.size);
    return there.value === "none"
      ? store.put(key, bytes, { ifAbsent: true, sha256 })
      : replace(key, () => store.put(key, bytes, { sha256 }));
  }

  async function storeAsset(key: string, md5: string, member: TarMember): Promise<Stored> {
    const there = await store.head(key);
    if (!there.ok) return there;
    if (there.value?.size === member.size && !spoilt.has(key)) return there;
    const body = { length: member.size, open: () => streamOf(piecesOf(tar, member)) };
    return replace(key, () => store.put(key, body, { md5 }));
  }

  /** Takes away the note of a verification as well: what lies there now is good. */
  async function replace(key: string, put: () => Promise<Stored>): Promise<Stored> {
    const aside = await setAside(store, key);
    if (!aside.ok) return aside;
    const written = await put();
    return written.ok && spoilt.has(key) ? forgetSpoilt(store, [key]) : written;
  }
}

type Stored = Result<unknown, ArchiveFailure>;
