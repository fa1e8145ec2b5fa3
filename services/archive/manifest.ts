import * as z from "zod";
import { isJsonObject, type JsonObject, parsedJson } from "../../utils/json.ts";
import { canonicalHash } from "./canonicalHash.ts";

/** How this version of the service writes archives; a newer format is refused, never guessed at. */
export const FORMAT = "dato-archive";
export const FORMAT_VERSION = 1;

/** Ids of archives become parts of keys and paths. */
export const ARCHIVE_ID = /^[A-Za-z0-9_-]{1,64}$/;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const instant = z.iso.datetime();

const Warning = z.object({
  /** A stable word for machines. */
  code: z.string(),
  /** For people. */
  sentence: z.string(),
  id: z.string().optional(),
  name: z.string().optional(),
});

const ArchivedFile = z
  .object({
    /** Where it lies in the tar: `records/article/00001.ndjson.gz`. */
    path: z.string(),
    /** Its key in the store. */
    object: z.string(),
    /** Of the stored bytes. */
    sha256: hash,
    /** Of the stored bytes, in bytes. */
    size: count,
    /** Of what is in it, unpacked; written only where the object's name does not have it. */
    sha256Plain: hash.optional(),
    /** Lines, where it has lines. */
    lines: count.optional(),
  })
  .transform(({ sha256Plain, ...file }, context) => {
    const plain = sha256Plain ?? hashInName(file.object);
    if (plain !== undefined) return { ...file, sha256Plain: plain };
    context.addIssue("Nothing says which bytes are in the file.");
    return z.NEVER;
  });

/** The hash that an object's name has: that of what is in it, unpacked. */
function hashInName(object: string): string | undefined {
  return /^objects\/([0-9a-f]{64})\./.exec(object)?.[1];
}

/** By `BACKUP_STORE_KEY`, where one is set. */
const Signature = z.object({
  /** Names the key. */
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  /** HMAC-SHA-256 of the hash of the document without `signature` and `sha256`, as canonical JSON. */
  hmac: hash,
});

const ArchivedModel = z.object({
  id: z.string(),
  apiKey: z.string(),
  name: z.string(),
  isBlock: z.boolean(),
  records: count,
  /** SHA-256 of its definition and those of the block models in it, as canonical JSON. */
  definition: hash,
});

/**
 * What an archive is: written last, and only if absent. Without it there is no archive. `partial` says that something
 * is missing that was to be in it; `consistency` how well its parts fit together.
 */
const ManifestDocument = z.object({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  id: z.string().regex(ARCHIVE_ID),
  /** The moment of what is in it: the sandbox's creation by DatoCMS's clock, or that of reading. */
  createdAt: instant,
  /** When it was written. */
  writtenAt: instant,
  tool: z.object({ name: z.string(), version: z.string() }),
  source: z.object({
    kind: z.literal("datocms"),
    environment: z.string(),
    projectId: z.string(),
    projectName: z.string(),
    environmentCreatedAt: instant,
    isPrimary: z.boolean(),
  }),
  consistency: z.enum(["frozen-fork", "fork", "live-stable", "live-fuzzy"]),
  partial: z.boolean(),
  scope: z.object({
    assets: z.boolean(),
    /** API keys of models that were left out on purpose. */
    excludedModels: z.array(z.string()),
    /** Kinds of backup that it stands for; none where it was made by hand. */
    cadences: z.array(z.string()),
    /** The schedule of archives that it was made by, and the time that this had named. */
    schedule: z.object({ id: z.string(), slot: instant }).optional(),
  }),
  counts: z.object({
    models: count,
    records: count,
    uploads: count,
    assets: count,
    assetBytes: count,
    danglingLinks: count,
  }),
  models: z.array(ArchivedModel),
  files: z.array(ArchivedFile),
  /** The archive whose objects were reused. */
  previous: z.string().nullable(),
  warnings: z.array(Warning),
  storedBytes: count,
  reusedBytes: count,
  calls: count,
  durationMs: count,
  encrypted: z.literal(false),
  signature: Signature.optional(),
  /** Of this document without this member, as canonical JSON. */
  sha256: hash,
});

export type Manifest = z.infer<typeof ManifestDocument>;
export type ArchivedFile = z.infer<typeof ArchivedFile>;
export type ArchivedModel = z.infer<typeof ArchivedModel>;
export type Signature = z.infer<typeof Signature>;
export type Warning = z.infer<typeof Warning>;

/** Where archives lie, and for seven days those that were deleted. */
export type ArchiveFolder = "archives" | "trash";

/** Where the manifest of an archive lies in the store. */
export function manifestKey(archiveId: string, folder: ArchiveFolder = "archives"): string {
  return `${folder}/${archiveId}/manifest.json`;
}

/** What a manifest's text turned out to be. */
export type ReadManifest =
  | {
      readonly kind: "read";
      readonly manifest: Manifest;
      /** Of the document without its signature and its own hash: what is signed. */
      readonly contentHash: string;
    }
  /** A newer version of this service wrote it. */
  | { readonly kind: "newer" }
  /** Not a manifest, or not as it was written. */
  | { readonly kind: "damaged" };

/**
 * Writes a manifest with the hash of itself.
 *
 * @param sign signs the hash of its content; undefined where no key is set
 */
export function sealed(
  content: Omit<Manifest, "sha256" | "signature">,
  sign?: (contentHash: string) => Signature,
): { manifest: Manifest; text: string } {
  const files = content.files.map(({ sha256Plain, ...file }) =>
    hashInName(file.object) === sha256Plain ? file : { ...file, sha256Plain },
  );
  // Members that are undefined are not written, and not hashed.
  const written: JsonObject = JSON.parse(JSON.stringify({ ...content, files }));
  const signed = sign === undefined ? {} : { signature: sign(canonicalHash(written)) };
  const sha256 = canonicalHash({ ...written, ...signed });
  return {
    manifest: { ...content, ...signed, sha256 },
    text: textOf({ ...written, ...signed, sha256 }, files),
  };
}

/** One line for each file: the files are most of a manifest, and an archive that changes little is little else. */
function textOf(document: JsonObject, files: readonly object[]): string {
  const lines = files.map((file) => `  ${JSON.stringify(file)}`).join(",\n");
  const text = JSON.stringify({ ...document, files: [] }, undefined, 2);
  return `${text.replace('"files": []', () => `"files": [\n${lines}\n  ]`)}\n`;
}

/** Reads a manifest and holds it against the hash of itself, so that one altered character is noticed. */
export function readManifest(text: string): ReadManifest {
  const document = parsedJson(text);
  if (!isJsonObject(document) || document.format !== FORMAT) return { kind: "damaged" };
  if (Number(document.version) > FORMAT_VERSION) return { kind: "newer" };
  // Members that a later version adds are hashed as well.
  const { sha256, ...rest } = document;
  const { signature: _, ...content } = rest;
  const parsed = ManifestDocument.safeParse(document);
  return parsed.success && sha256 === canonicalHash(rest)
    ? { kind: "read", manifest: parsed.data, contentHash: canonicalHash(content) }
    : { kind: "damaged" };
}
