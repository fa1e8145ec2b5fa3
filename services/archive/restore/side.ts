import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import type { Json } from "../../../utils/json.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { archiveDamaged } from "../failures.ts";
import type { Manifest } from "../manifest.ts";
import { type Place, placeOf, readPlaces } from "./records/arrange.ts";
import { readLines } from "./records/line.ts";
import { type Hidden, type Reading, readEnvironment, type Snapshot } from "./snapshot.ts";
import { type FileSource, filesOfStore } from "./uploads/files.ts";
import { type UploadLine, uploadLineFrom } from "./uploads/line.ts";
import { readUploads } from "./uploads/read.ts";
import type { RestoreFailure } from "./words.ts";

/** What is compared: an archive, or an environment. Single records are read without the rest. */
export interface Side {
  /** For people: the archive's id, or the environment's. */
  readonly name: string;
  /** What tells it from another one, for a plan's hash. */
  readonly identity: Json;
  /** It came as a tar that nobody with the store's key has signed: what would run elsewhere is not taken from it. */
  readonly isForeign: boolean;
  /** Codes of what is missing in it without a trace: a mirror would take that for deleted. */
  readonly gaps: readonly string[];
  /** What somebody has had forgotten: it may be held, and is not shown. */
  readonly hidden: Hidden;
  /** All of it is at hand: a snapshot of it costs no call. */
  readonly isHeld: boolean;
  schema(): Promise<Result<Schema, RestoreFailure>>;
  /** Records by their ids; those that are not there are missing. */
  lines(ids: readonly string[]): Promise<Result<ReadonlyMap<string, RecordLine>, RestoreFailure>>;
  /** Ids of records that refer to one of these, without these. */
  referrers(ids: readonly string[]): Promise<Result<readonly string[], RestoreFailure>>;
  /** Where the records of a model stand that are sorted by hand. */
  places(modelId: string): Promise<Result<readonly Place[], RestoreFailure>>;
  /** Uploads by their ids; those that are not there are missing. */
  uploads(ids: readonly string[]): Promise<Result<ReadonlyMap<string, UploadLine>, RestoreFailure>>;
  /**
   * All of it, or all but the records of other models.
   *
   * @param like what most of it is expected to equal, so that little has to be read
   */
  snapshot(models?: ReadonlySet<string>, like?: Snapshot): Promise<Result<Snapshot, RestoreFailure>>;
  /** Where the bytes of its uploads are. */
  readonly files: FileSource;
}

const AT_ONCE = 4;

/** What was not to be seen, or not to be read, when an archive was made. */
const GAPS = ["NOT_VISIBLE", "SIGHT_UNKNOWN", "NOT_READABLE", "RECORDS_MISSING"];

/** An archive as a side. */
export function archiveSide(manifest: Manifest, snapshot: Snapshot, isForeign: boolean): Side {
  return {
    name: manifest.id,
    isForeign,
    isHeld: true,
    gaps: manifest.warnings.map(({ code }) => code).filter((code) => GAPS.includes(code)),
    identity: { archive: manifest.id, sha256: manifest.sha256 },
    hidden: snapshot.hidden,
    files: filesOfStore(snapshot.store),
    schema: async () => succeeded(snapshot.schema),
    lines: snapshot.lines,
    snapshot: async () => succeeded(snapshot),

    places: (modelId) => placesIn(snapshot, modelId),

    async uploads(ids) {
      const lines = await uploadsIn(snapshot);
      if (!lines.ok) return lines;
      const asked = new Set(ids);
      return succeeded(new Map(lines.value.filter(({ id }) => asked.has(id)).map((line) => [line.id, line])));
    },

    async referrers(ids) {
      const asked = new Set(ids);
      const found: string[] = [];
      const read = await snapshot.references(({ id, records }) => {
        if (!asked.has(id) && records.some((each) => asked.has(each))) found.push(id);
      });
      return mapped(read, () => found);
    },
  };
}

/** An environment as a side. */
export interface EnvironmentSide extends Side {
  readonly reader: ContentReader;
}

/**
 * Makes a side of an environment. Reads nothing before it is asked, and each snapshot anew.
 *
 * @param createdAt ISO 8601
 */
export function environmentSide(
  {
    name,
    createdAt,
    files,
  }: { readonly name: string; readonly createdAt: string; readonly files: FileSource },
  reading: Omit<Reading, "models" | "like">,
): EnvironmentSide {
  const { reader, hidden } = reading;
  let schema: ReturnType<ContentReader["schema"]> | undefined;
  return {
    name,
    reader,
    files,
    isForeign: false,
    isHeld: false,
    gaps: [],
    hidden,
    identity: { environment: name, createdAt },
    schema() {
      schema ??= reader.schema();
      return schema;
    },
    lines: (ids) =>
      readLines(
        reader,
        ids.filter((id) => !hidden.records.has(id)),
      ),
    uploads: (ids) =>
      readUploads(
        reader,
        ids.filter((id) => !hidden.uploads.has(id)),
      ),
    places: (modelId) => readPlaces(reader, modelId),
    snapshot: (models, like) => readEnvironment({ ...reading, models, like }),
    async referrers(ids) {
      const asked = new Set(ids);
      const lists = await sideBySide(ids, AT_ONCE, (id) => reader.referrers(id));
      if (!lists.ok) return lists;
      return succeeded([...new Set(lists.value.flat())].filter((id) => !asked.has(id)));
    },
  };
}

/** All ids that a model's records have in a snapshot, in the order of their files. */
export function* idsIn(records: {
  file(number: number): unknown;
  idsIn(number: number): readonly string[];
}): Generator<string> {
  for (let number = 1; records.file(number) !== undefined; number += 1) yield* records.idsIn(number);
}

/** Where the records of a model stand in a snapshot; none where it has no such model. */
export async function placesIn(
  snapshot: Snapshot,
  modelId: string,
): Promise<Result<Place[], RestoreFailure>> {
  const records = await snapshot.model(modelId);
  const places: Place[] = [];
  for (let number = 1; records?.file(number) !== undefined; number += 1) {
    const lines = await snapshot.lines(records.idsIn(number));
    if (!lines.ok) return lines;
    places.push(...[...lines.value.values()].flatMap(({ current }) => placeOf(current) ?? []));
  }
  return succeeded(places);
}

/** The uploads of a snapshot. */
export async function uploadsIn(snapshot: Snapshot): Promise<Result<UploadLine[], RestoreFailure>> {
  const lines = await snapshot.uploads();
  if (!lines.ok) return lines;
  const read = lines.value.map(uploadLineFrom);
  const uploads = read.flatMap((line) => line ?? []);
  if (uploads.length !== read.length) return failed(archiveDamaged("", "uploads"));
  return succeeded(uploads.filter(({ id }) => !snapshot.hidden.uploads.has(id)));
}

/** Snapshots of two sides, of which one is read as far as the other does not tell: first what is at hand. */
export async function snapshotsOf(
  from: Side,
  into: Side,
  models: ReadonlySet<string> | undefined,
  isFull: boolean,
): Promise<Result<{ readonly source: Snapshot; readonly target: Snapshot }, RestoreFailure>> {
  const held = into.isHeld ? await into.snapshot(models) : succeeded(undefined);
  if (!held.ok) return held;
  const source = await from.snapshot(models, held.value);
  if (!source.ok) return source;
  if (held.value !== undefined) return succeeded({ source: source.value, target: held.value });
  const target = await into.snapshot(models, isFull ? undefined : source.value);
  return mapped(target, (read) => ({ source: source.value, target: read }));
}
