import { failed, type Result, succeeded } from "../../../../utils/failures.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import type { ContentWrites } from "../../../sources/datocms/contentWrites.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Schema } from "../../../sources/datocms/schema.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import type { Refused, RestoreFailure } from "../words.ts";
import { moveRecord, versionIn } from "./requests.ts";
import { siblingMoves } from "./siblings.ts";

/** Where a record stands in a list or tree that is sorted by hand. */
export interface Place {
  readonly id: string;
  /** The record above it; null for a root, and in a list. */
  readonly parent: string | null;
  readonly position: number;
}

/** Moves shift what stands beside, so it is looked again. */
const MOST_PASSES = 3;

/** Whether a model's records are sorted by hand. */
export function isArranged({ itemTypes }: Schema, modelId: string): boolean {
  const attributes = itemTypes.find(({ id }) => id === modelId)?.attributes;
  return attributes?.sortable === true || attributes?.tree === true;
}

/** The place that a record says of itself; undefined where its model has no such order. */
export function placeOf({ id, attributes: { position, parent_id } }: Resource): Place | undefined {
  if (typeof position !== "number") return undefined;
  return { id, position, parent: typeof parent_id === "string" ? parent_id : null };
}

/** The places of all records of a model, read as a list. */
export async function readPlaces(
  reader: Pick<ContentReader, "records">,
  modelId: string,
): Promise<Result<Place[], RestoreFailure>> {
  const places: Place[] = [];
  for await (const page of reader.records(modelId, false)) {
    if (!page.ok) return page;
    places.push(...page.value.rows.flatMap((row) => placeOf(row) ?? []));
  }
  return succeeded(places);
}

/** A record's id and the position that brings it into its order. */
export type ArrangeMove = ReturnType<typeof siblingMoves>[number];

/**
 * The moves that bring the records of a model into their order, below each parent. Numbers do not count, as they may
 * have gaps and doubles that cannot be written; records with the same number may stand in any order. Pure.
 */
export function arrangement(
  now: readonly Place[],
  wanted: readonly Place[],
  movable?: ReadonlySet<string>,
): ArrangeMove[] {
  const siblingsNow = siblingsIn(now, (one, other) => one.position - other.position);
  const rank = new Map(
    [...siblingsNow.values()].flatMap((ids) => ids.map((id, place) => [id, place] as const)),
  );
  const rankOf = ({ id }: Place) => rank.get(id) ?? 0;
  const siblings = siblingsIn(
    wanted,
    (one, other) => one.position - other.position || rankOf(one) - rankOf(other),
  );
  return [...siblings].flatMap(([parent, ids]) => siblingMoves(siblingsNow.get(parent) ?? [], ids, movable));
}

function siblingsIn(
  places: readonly Place[],
  compare: (one: Place, other: Place) => number,
): Map<string | null, string[]> {
  const groups = new Map<string | null, Place[]>();
  for (const place of places) {
    const group = groups.get(place.parent);
    if (group === undefined) groups.set(place.parent, [place]);
    else group.push(place);
  }
  return new Map([...groups].map(([parent, group]) => [parent, group.toSorted(compare).map(({ id }) => id)]));
}

/** What records are moved with. */
export interface Arranging {
  readonly reader: ContentReader;
  readonly writes: ContentWrites;
  /**
   * Resolves once what these records are is in the journal.
   *
   * @returns the versions that they have, by id, of those that nobody else has changed
   */
  noted(ids: readonly string[]): Promise<Result<ReadonlyMap<string, string>, RestoreFailure>>;
  /** Told the versions that moves have left those records with. Resolves once they are kept. */
  moved(versions: ReadonlyMap<string, string>): Promise<Result<void, RestoreFailure>>;
}

/**
 * Puts records back at the positions that they had: each move shifts what comes after, so from the first to the last.
 * One that went over others from before them has shifted these, so then from the last to the first.
 *
 * @param lines as they were
 */
export async function putAtPositions(
  { reader, writes }: Pick<Arranging, "reader" | "writes">,
  lines: readonly RecordLine[],
): Promise<Result<undefined, RestoreFailure>> {
  const places = lines.flatMap(({ current }) => placeOf(current) ?? []);
  const wanted = places.toSorted((one, other) => one.position - other.position);
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const read = await reader.recordsById(
      wanted.map(({ id }) => id),
      "current",
      false,
    );
    if (!read.ok) return read;
    const now = new Map(read.value.map((record) => [record.id, placeOf(record)?.position]));
    const astray = wanted.filter(({ id, position }) => now.has(id) && now.get(id) !== position);
    for (const { id, position } of pass % 2 === 0 ? astray : astray.toReversed()) {
      const written = await moveRecord(writes, id, { attributes: { position } });
      if (written.kind === "stopped") return failed(written.failure);
    }
    if (astray.length === 0) break;
  }
  return succeeded(undefined);
}

/**
 * Brings the records of a model into their order.
 *
 * @param movable the only ones that may be moved; undefined: all
 * @returns those that stand elsewhere all the same
 */
export async function arrangeRecords(
  { reader, writes, noted, moved }: Arranging,
  modelId: string,
  wanted: readonly Place[],
  movable?: ReadonlySet<string>,
): Promise<Result<readonly Refused[], RestoreFailure>> {
  for (let pass = 0; ; pass += 1) {
    const now = await readPlaces(reader, modelId);
    if (!now.ok) return now;
    const moves = arrangement(now.value, wanted, movable);
    if (moves.length === 0) return succeeded([]);
    if (pass === MOST_PASSES) return succeeded(moves.map(({ id }) => ({ ...ELSEWHERE, id })));
    const kept = await noted(moves.map(({ id }) => id));
    if (!kept.ok) return kept;
    const versions = new Map<string, string>();
    for (const { id, position } of moves) {
      const own = kept.value.get(id);
      const written = await moveRecord(writes, id, { attributes: { position } }, own);
      if (written.kind === "stopped") return failed(written.failure);
      const version = written.kind === "done" ? versionIn(written) : undefined;
      if (own !== undefined && version !== undefined) versions.set(id, version);
    }
    const told = await moved(versions);
    if (!told.ok) return told;
  }
}

const ELSEWHERE = {
  what: "record",
  code: "PLACED_ELSEWHERE",
  sentence: "The record is there, at another place of its list than it had.",
} as const;
