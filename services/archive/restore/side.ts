import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { Json } from "../../../utils/json.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { archiveDamaged } from "../failures.ts";
import type { Manifest } from "../manifest.ts";
import { readLines } from "./records/line.ts";
import { type Reading, readEnvironment, type Snapshot } from "./snapshot.ts";
import type { RestoreFailure } from "./words.ts";

/** What is compared: an archive, or an environment. Single records are read without the rest. */
export interface Side {
  /** For people: the archive's id, or the environment's. */
  readonly name: string;
  /** What tells it from another one, for a plan's hash. */
  readonly identity: Json;
  schema(): Promise<Result<Schema, RestoreFailure>>;
  /** Records by their ids; those that are not there are missing. */
  lines(ids: readonly string[]): Promise<Result<ReadonlyMap<string, RecordLine>, RestoreFailure>>;
  /** Ids of records that refer to one of these, without these. */
  referrers(ids: readonly string[]): Promise<Result<readonly string[], RestoreFailure>>;
  /** All of it, or all but the records of other models. */
  snapshot(models?: ReadonlySet<string>): Promise<Result<Snapshot, RestoreFailure>>;
}

const AT_ONCE = 4;

/** An archive as a side. */
export function archiveSide(manifest: Manifest, snapshot: Snapshot): Side {
  return {
    name: manifest.id,
    identity: { archive: manifest.id, sha256: manifest.sha256 },
    schema: async () => succeeded(snapshot.schema),
    lines: snapshot.lines,
    snapshot: async () => succeeded(snapshot),
    async referrers(ids) {
      const asked = new Set(ids);
      const found: string[] = [];
      for (const { id: modelId, isBlock, apiKey } of snapshot.models) {
        if (isBlock) continue;
        const records = await snapshot.model(modelId);
        if (records === undefined) return failed(archiveDamaged(manifest.id, `index/${apiKey}.ndjson.gz`));
        for (const id of idsIn(records)) {
          const refersTo = records.record(id)?.records ?? [];
          if (!asked.has(id) && refersTo.some((each) => asked.has(each))) found.push(id);
        }
      }
      return succeeded(found);
    },
  };
}

/** An environment as a side. Reads nothing before it is asked, and each snapshot anew. */
export function environmentSide(
  name: string,
  createdAt: string,
  reading: Omit<Reading, "models">,
): Side & { readonly reader: ContentReader } {
  const { reader } = reading;
  let schema: ReturnType<ContentReader["schema"]> | undefined;
  return {
    name,
    reader,
    identity: { environment: name, createdAt },
    schema() {
      schema ??= reader.schema();
      return schema;
    },
    lines: (ids) => readLines(reader, ids),
    snapshot: (models) => readEnvironment({ ...reading, models }),
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
