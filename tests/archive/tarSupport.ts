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
