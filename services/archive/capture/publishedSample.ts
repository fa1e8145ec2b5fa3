import { mapped, type Result } from "../../../utils/failures.ts";
import { formatJson } from "../../../utils/json.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import { metaOf, type Resource } from "../../sources/datocms/resource.ts";
import { sha256Of } from "../../stores/hashing.ts";
import { canonicalHash } from "../canonicalHash.ts";

// Of a record that DatoCMS calls published, what is edited and what is published are the same: nobody has written that
// down, so some records of each model are looked at in both versions. Where one differs, all of its model are.

/** A record that was read as it is edited, and that DatoCMS calls published. */
export interface SampledRecord {
  readonly id: string;
  readonly modelId: string;
  /** Of its body. */
  readonly hash: string;
  /** Another one after each edit and publication. */
  readonly state: string;
}

/** Some records of one model, others on another day. */
export interface PublishedSample {
  /** Takes a record into the sample, or not. */
  offer(current: Resource): void;
  records(): readonly SampledRecord[];
}

const MOST_OF_A_MODEL = 10;
/** All of an archive: read with their blocks, they are ten calls. */
const MOST_OF_ALL = 300;

/** @param today days since 1970-01-01 */
export function createPublishedSample(modelId: string, today: number): PublishedSample {
  let taken: { readonly rank: string; readonly record: SampledRecord }[] = [];
  return {
    offer(current) {
      const rank = sha256Of(new TextEncoder().encode(`${today} ${current.id}`));
      const last = taken.at(-1);
      if (taken.length === MOST_OF_A_MODEL && last !== undefined && rank > last.rank) return;
      const record = { id: current.id, modelId, hash: hashOf(current), state: stateOf(current) };
      taken = [...taken, { rank, record }]
        .sort((one, other) => (one.rank < other.rank ? -1 : 1))
        .slice(0, MOST_OF_A_MODEL);
    },
    records: () => taken.map(({ record }) => record),
  };
}

/**
 * Models of which a record in the samples is published in another version than the one that is edited, by their ids. One
 * that was edited, published or deleted since it was read says nothing.
 *
 * @param samples one for each model; of very many models, not all of each are looked at
 */
export async function differingModels(
  reader: ContentReader,
  samples: readonly (readonly SampledRecord[])[],
): Promise<Result<ReadonlySet<string>>> {
  const byId = new Map(evenly(samples).map((record) => [record.id, record]));
  const published = await reader.recordsById([...byId.keys()], "published", true);
  return mapped(published, (records) => {
    const differing = new Set<string>();
    for (const record of records) {
      const sampled = byId.get(record.id);
      if (sampled === undefined || sampled.state !== stateOf(record)) continue;
      if (sampled.hash !== hashOf(record)) differing.add(sampled.modelId);
    }
    return differing;
  });
}

/** Whether two versions of a record say the same. */
export function isSameBody(one: Resource, other: Resource): boolean {
  return hashOf(one) === hashOf(other);
}

function hashOf({ attributes }: Resource): string {
  return canonicalHash(attributes);
}

function stateOf(record: Resource): string {
  return formatJson(
    ["status", "current_version", "published_at"].map((name) => metaOf(record, name) ?? null),
  );
}

/** The first of each, then the second of each, as many as are looked at. */
function evenly(samples: readonly (readonly SampledRecord[])[]): SampledRecord[] {
  const places = Array.from({ length: MOST_OF_A_MODEL }, (_, place) => place);
  return places.flatMap((place) => samples.flatMap((each) => each[place] ?? [])).slice(0, MOST_OF_ALL);
}
