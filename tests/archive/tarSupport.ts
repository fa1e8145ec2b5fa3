import { createHash } from "node:crypto";
import * as z from "zod";
import { findArchive } from "../../services/archive/archives.ts";
import type { ArchiveFailure } from "../../services/archive/failures.ts";
import type { Manifest } from "../../services/archive/manifest.ts";
import { packArchive } from "../../services/archive/tar/pack.ts";
import type { TarFile } from "../../services/archive/tar/read.ts";
import { uploadArchive } from "../../services/archive/tar/upload.ts";
import { verifyArchive } from "../../services/archive/verify/verify.ts";
import type { Store } from "../../services/stores/store.ts";
import { mapped, type Result } from "../../utils/failures.ts";
import { blog, ofType } from "../emulator/content/support.ts";
import type { World } from "../emulator/support.ts";
import { archived, memoryStore } from "./support.ts";

/** Uploads a file as an editor does. */
export async function uploadFile(world: World, filename: string, bytes: Uint8Array): Promise<string> {
  const { client, emulator } = world;
  const { id, url, request_headers } = await client.uploadRequest.create({ filename });
  const headers = z.record(z.string(), z.string()).parse(request_headers);
  await emulator.fetch(url, { method: "PUT", headers, body: new Uint8Array(bytes) });
  return (await client.uploads.create({ path: id })).id;
}

/** A project with records, two files with the same bytes and an empty one, and a model that is a device of Windows. */
export async function archivedProject() {
  const world = await blog();
  const { client, ids } = world;
  const device = await client.itemTypes.create({ name: "Console", api_key: "con" });
  await client.items.create({ item_type: ofType(device.id) });
  const author = await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
  await client.items.create({
    item_type: ofType(ids.article),
    title: { en: "One", it: "Uno" },
    author: author.id,
  });
  for (const name of ["a.txt", "twin.txt"]) await uploadFile(world, name, Buffer.from("hello"));
  await uploadFile(world, "large.bin", Buffer.alloc(3_000, 7));
  const store = memoryStore(world);
  const manifest = await archived(world, store);
  return { world, store, manifest };
}

/** Packs the newest archive of a store. */
export async function packed(store: Store, name = "latest") {
  const found = await findArchive(store, name);
  if (!found.ok) throw new Error(found.failure.sentence);
  return packArchive(store, found.value);
}

/** The tar of the newest archive of a store; the test fails where there is none. */
export async function tarOf(store: Store): Promise<Buffer> {
  const result = await packed(store);
  if (!result.ok) throw new Error(result.failure.sentence);
  return Buffer.from(await new Response(result.value.body).arrayBuffer());
}

/** Bytes as a file that holds them. */
export function fileOf(bytes: Buffer): TarFile {
  return {
    size: bytes.length,
    read: async (at, length) => {
      if (at + length > bytes.length) throw new Error("Read beyond the end of the file");
      return new Uint8Array(bytes.subarray(at, at + length));
    },
  };
}

/** Uploads a tar into a store of the project, as the command does. */
export async function upload(
  { clock }: World,
  store: Store,
  tar: Buffer,
  project = "64167",
): Promise<Result<Manifest, ArchiveFailure>> {
  const verify = async (inTar: Store) => {
    const found = await findArchive(inTar, "latest");
    if (!found.ok) return found;
    const verified = await verifyArchive(inTar, found.value, "deep");
    return mapped(verified, ({ problems }) => problems.map(({ sentence }) => sentence));
  };
  return uploadArchive({ store, tar: fileOf(tar), project, clock, verify, onProgress: () => {} });
}

/** A file for a tar that a test makes; every part of its header may be wrong. */
export interface Entry {
  readonly name: string;
  readonly bytes?: Buffer;
  /** One character; "0" is a regular file. */
  readonly type?: string;
  readonly link?: string;
  /** What its header says, whatever there is. */
  readonly size?: number;
}

/** Writes a tar byte by byte, because libraries refuse to write the bad ones. */
export function tarWith(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1_024)]);
}

/** The files of a tar that is well. */
export function entriesOf(tar: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const text = (begin: number, end: number) =>
      tar.toString("utf8", at + begin, at + end).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 136), 8);
    const [name, prefix] = [text(0, 100), text(345, 500)];
    const bytes = tar.subarray(at + 512, at + 512 + size);
    entries.push({ name: prefix === "" ? name : `${prefix}/${name}`, bytes });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

function blocksOf({ name, bytes = Buffer.alloc(0), type = "0", link = "", size }: Entry): Buffer[] {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name, 0, 100);
  header.write(`${octal(0o644, 7)}${octal(0, 7)}${octal(0, 7)}`, 100);
  header.write(`${octal(size ?? bytes.length, 11)}${octal(0, 11)}`, 124);
  header.write(`        ${type}${link}`, 148);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, bytes, Buffer.alloc(-bytes.length & 511)];
}

/** `SHA256SUMS` made anew for entries that a test has changed. */
export function summed(entries: readonly Entry[]): Entry[] {
  const others = entries.filter(({ name }) => name !== "SHA256SUMS");
  const lines = others.map(
    ({ name, bytes = Buffer.alloc(0) }) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`,
  );
  return [...others, { name: "SHA256SUMS", bytes: Buffer.from(lines.join("")) }];
}
