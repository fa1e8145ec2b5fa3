import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { Bytes } from "../../stores/body.ts";
import { digesting, sha256Of } from "../../stores/hashing.ts";
import { MOST_OBJECT_BYTES } from "../../stores/store.ts";
import { assetKey } from "../assetKey.ts";
import { type ArchiveFailure, archiveTooNew, tarRefused } from "../failures.ts";
import { type ArchivedFile, type Manifest, readManifest } from "../manifest.ts";
import { checkedLines } from "./lines.ts";
import {
  type ArchivedAsset,
  assetIn,
  filesOf,
  holdsUploads,
  isFilePath,
  MANIFEST,
  README,
  SUMS,
  sumLine,
} from "./members.ts";
import { membersOf, type TarFile, type TarMember, type TarMembers } from "./read.ts";

/** An archive in a tar of which every byte was held against its hash. */
export interface CheckedTar {
  readonly manifest: Manifest;
  /** As the tar has it. */
  readonly text: Bytes;
  readonly files: readonly { readonly file: ArchivedFile; readonly member: TarMember }[];
  /** Files of uploads, each once, by their keys in a store. */
  readonly assets: ReadonlyMap<string, { readonly md5: string; readonly member: TarMember }>;
}

type Checked<T> = Result<T, ArchiveFailure>;

const MOST_README_BYTES = 64 * 1_024;
/** Large enough for a disk, small enough for memory. */
const PIECE_BYTES = 1_024 * 1_024;

/**
 * Holds a tar against its manifest: nothing but what it names, each once, every byte as it was written. Somebody else may
 * have made both, so that neither is believed in what could do harm.
 *
 * @returns `ARCHIVE_TAR_REFUSED` with what is wrong, or `ARCHIVE_TOO_NEW`
 * @throws what reading the tar throws
 */
export async function checkTar(tar: TarFile): Promise<Checked<CheckedTar>> {
  const members = await membersOf(tar);
  if (!members.ok) return members;
  const sums = new Map<string, string>();
  const opened = await manifestOf(tar, members.value, sums);
  if (!opened.ok) return opened;
  const { manifest, text } = opened.value;
  const readme = members.value.get(README);
  if (readme === undefined || readme.size > MOST_README_BYTES)
    return refused(`${README} is missing or too long.`);
  sums.set(README, sha256Of(await tar.read(readme.at, readme.size)));
  const files = await checkFiles(tar, members.value, manifest, sums);
  if (!files.ok) return files;
  const assets = await checkAssets(tar, members.value, files.value.assets, sums);
  if (!assets.ok) return assets;
  for (const name of members.value.keys())
    if (name !== SUMS && !sums.has(name)) return refused(`Its manifest does not name ${name}.`);
  const summed = await checkSums(tar, members.value.get(SUMS), sums);
  if (!summed.ok) return summed;
  return succeeded({ manifest, text, files: files.value.files, assets: assets.value });
}

async function manifestOf(tar: TarFile, members: TarMembers, sums: Map<string, string>) {
  const member = members.get(MANIFEST);
  if (member === undefined || member.size > MOST_OBJECT_BYTES)
    return refused(`${MANIFEST} is missing or too long.`);
  const text = await tar.read(member.at, member.size);
  const read = readManifest(new TextDecoder().decode(text));
  if (read.kind === "newer") return failed(archiveTooNew("in this tar"));
  if (read.kind === "damaged") return refused(`${MANIFEST} is not as it was written.`);
  sums.set(MANIFEST, sha256Of(text));
  return succeeded({ manifest: read.manifest, text });
}

async function checkFiles(
  tar: TarFile,
  members: TarMembers,
  manifest: Manifest,
  sums: Map<string, string>,
): Promise<Checked<{ files: { file: ArchivedFile; member: TarMember }[]; assets: ArchivedAsset[] }>> {
  const files: { file: ArchivedFile; member: TarMember }[] = [];
  const assets: ArchivedAsset[] = [];
  for (const file of filesOf(manifest)) {
    const { path, size, sha256 } = file;
    if (!isFilePath(path) || sums.has(path) || !isNamedByContent(file))
      return refused(`Its manifest names a file as no archive does: ${JSON.stringify(path.slice(0, 100))}.`);
    const member = members.get(path);
    if (member === undefined) return refused(`The tar lacks ${path}, which its manifest names.`);
    if (member.size !== size || size > MOST_OBJECT_BYTES) return changed(path);
    const bytes = await tar.read(member.at, size);
    if (sha256Of(bytes) !== sha256) return changed(path);
    const lines = checkedLines(file, bytes);
    if (!lines.ok) return lines;
    for (const line of holdsUploads(file) ? lines.value : []) {
      const asset = assetIn(line);
      if (asset === undefined) return refused(`${path} has an upload of no known form.`);
      if (asset !== null) assets.push(asset);
    }
    sums.set(path, sha256);
    files.push({ file, member });
  }
  return succeeded({ files, assets });
}

/** A key of another form would let a tar write wherever it likes in the store. */
function isNamedByContent({ path, object, sha256Plain, lines }: ArchivedFile): boolean {
  const isPacked = path.endsWith(".gz");
  return (
    object === `objects/${sha256Plain}.${isPacked ? "ndjson.gz" : "json"}` &&
    isPacked === (lines !== undefined)
  );
}

async function checkAssets(
  tar: TarFile,
  members: TarMembers,
  assets: readonly ArchivedAsset[],
  sums: Map<string, string>,
): Promise<Checked<CheckedTar["assets"]>> {
  // By the upload alone: another version may have made another safe name of the same one.
  const paths = new Map<string, string>();
  for (const path of members.keys()) {
    const uploadId = /^assets\/([^/]+)\/[^/]+$/.exec(path)?.[1];
    if (uploadId === undefined) continue;
    if (paths.has(uploadId)) return refused(`The tar has two files of the upload ${uploadId}.`);
    paths.set(uploadId, path);
  }
  const checked = new Map<string, { md5: string; member: TarMember }>();
  for (const asset of assets) {
    const path = paths.get(asset.uploadId) ?? "";
    const member = members.get(path);
    if (member === undefined) return refused(`The tar lacks ${asset.path}.`);
    const sum = member.size === asset.size ? await sumsOf(tar, member) : undefined;
    if (sum?.md5 !== asset.md5) return changed(path);
    sums.set(path, sum.sha256);
    checked.set(assetKey(asset), { md5: asset.md5, member });
  }
  return succeeded(checked);
}

async function sumsOf(tar: TarFile, member: TarMember) {
  const digest = digesting();
  for await (const piece of piecesOf(tar, member)) digest.add(piece);
  return digest.sums();
}

/** The bytes of a member, a piece at a time. */
export async function* piecesOf(tar: TarFile, { at, size }: TarMember): AsyncGenerator<Bytes, void> {
  for (let done = 0; done < size; done += PIECE_BYTES)
    yield await tar.read(at + done, Math.min(PIECE_BYTES, size - done));
}

async function checkSums(
  tar: TarFile,
  member: TarMember | undefined,
  sums: ReadonlyMap<string, string>,
): Promise<Checked<void>> {
  const expected = new Set([...sums].map(([path, sha256]) => sumLine(sha256, path)));
  const size = [...expected].reduce((sum, line) => sum + Buffer.byteLength(line), 0);
  if (member?.size !== size) return changed(SUMS);
  const text = new TextDecoder().decode(await tar.read(member.at, size));
  const lines = text.split(/(?<=\n)/);
  return lines.every((line) => expected.delete(line)) && expected.size === 0
    ? succeeded(undefined)
    : changed(SUMS);
}

function refused(why: string) {
  return failed(tarRefused(why));
}

function changed(path: string) {
  return refused(`${path} is not as it was written.`);
}
