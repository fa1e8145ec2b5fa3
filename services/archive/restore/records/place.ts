import { failed, type Result, succeeded } from "../../../../utils/failures.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import type { ContentWrites } from "../../../sources/datocms/contentWrites.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import type { Refused, RestoreFailure } from "../words.ts";
import { sentenceOf } from "./attempts.ts";
import { parentOf } from "./line.ts";
import { moveRecord } from "./requests.ts";

/** Each move shifts what comes after, so positions are written from the first to the last, and looked at again. */
const MOST_PASSES = 3;

/**
 * Puts records of lists and trees that are sorted by hand back to their places.
 *
 * @param wanted with the positions that they are to have
 * @returns those that DatoCMS puts elsewhere all the same
 */
export async function placeRecords(
  { reader, writes }: { readonly reader: ContentReader; readonly writes: ContentWrites },
  wanted: readonly RecordLine[],
): Promise<Result<readonly Refused[], RestoreFailure>> {
  const placed = wanted.filter((line) => positionOf(line) !== undefined).toSorted(byPlace);
  const refused = new Map<string, Refused>();
  for (let pass = 0; ; pass += 1) {
    const read = await reader.recordsById(
      placed.map(({ id }) => id),
      "current",
      false,
    );
    if (!read.ok) return read;
    const now = new Map(read.value.map(({ id, attributes }) => [id, attributes.position ?? null]));
    const astray = placed.filter((line) => now.has(line.id) && now.get(line.id) !== positionOf(line));
    if (astray.length === 0) return succeeded([...refused.values()]);
    if (pass === MOST_PASSES) return succeeded([...refused.values(), ...elsewhere(astray, refused)]);
    for (const line of astray) {
      const attributes = { position: positionOf(line) ?? null };
      const written = await moveRecord(writes, line.id, { attributes });
      if (written.kind === "stopped") return failed(written.failure);
      const [error] = written.kind === "refused" ? written.errors : [];
      if (error === undefined) continue;
      const { id } = line;
      refused.set(id, {
        what: "record",
        id,
        code: error.fieldCode ?? error.code,
        sentence: sentenceOf(error),
      });
    }
  }
}

function elsewhere(lines: readonly RecordLine[], refused: ReadonlyMap<string, unknown>): Refused[] {
  return lines
    .filter(({ id }) => !refused.has(id))
    .map(({ id }) => ({
      what: "record",
      id,
      code: "PLACED_ELSEWHERE",
      sentence: "The record is back, at another place of its list: what stood beside it has changed.",
    }));
}

function positionOf({ current }: RecordLine): number | undefined {
  const { position } = current.attributes;
  return typeof position === "number" ? position : undefined;
}

function byPlace(one: RecordLine, other: RecordLine): number {
  const groupOf = (line: RecordLine) => `${line.model} ${parentOf(line)}`;
  if (groupOf(one) !== groupOf(other)) return groupOf(one) < groupOf(other) ? -1 : 1;
  return (positionOf(one) ?? 0) - (positionOf(other) ?? 0);
}
