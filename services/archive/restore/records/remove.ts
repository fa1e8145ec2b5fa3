import { failed, type Result, succeeded } from "../../../../utils/failures.ts";
import type { Refused, RestoreFailure } from "../words.ts";
import { sentenceOf } from "./attempts.ts";
import type { RecordRestore } from "./context.ts";
import { readLines } from "./line.ts";
import { inBulk, MOST_IN_BULK } from "./requests.ts";

/** A record that another one needs may go once that one has gone. */
const MOST_ROUNDS = 4;

/** Deletes records that are in the journal, and looks which of them are gone. */
export async function removeRecords(
  { reader, writes }: Pick<RecordRestore, "reader" | "writes">,
  ids: readonly string[],
): Promise<
  Result<{ readonly removed: readonly string[]; readonly refused: readonly Refused[] }, RestoreFailure>
> {
  let left = [...ids];
  const refused = new Map<string, Refused>();
  for (let round = 0; round < MOST_ROUNDS && left.length > 0; round += 1) {
    for (let at = 0; at < left.length; at += MOST_IN_BULK) {
      const written = await inBulk(writes, "destroy", left.slice(at, at + MOST_IN_BULK));
      if (written.kind === "stopped") return failed(written.failure);
    }
    const there = await reader.recordsById(left, "current", false);
    if (!there.ok) return there;
    const before = left.length;
    left = there.value.map(({ id }) => id);
    if (left.length === before) break;
  }
  // Of many DatoCMS tells only how many it refused: each tells why.
  for (const id of left) {
    const written = await writes.send("DELETE", `/items/${encodeURIComponent(id)}`);
    if (written.kind === "stopped") return failed(written.failure);
    const [error] = written.kind === "refused" ? written.errors : [];
    if (error === undefined || error.code === "NOT_FOUND") continue;
    refused.set(id, { what: "record", id, code: error.code, sentence: sentenceOf(error) });
  }
  const there = await readLines(reader, left);
  if (!there.ok) return there;
  const still = (id: string): Refused => ({
    what: "record",
    id,
    code: "NOT_EQUAL",
    sentence: "The record was deleted, and was still there afterwards.",
  });
  const remaining = [...there.value.keys()];
  return succeeded({
    removed: ids.filter((id) => !there.value.has(id)),
    refused: remaining.map((id) => refused.get(id) ?? still(id)),
  });
}
