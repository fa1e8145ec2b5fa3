import type { Hidden } from "./snapshot.ts";
import type { JournalEntry, Refused, Warning } from "./words.ts";

/**
 * Takes out of a journal what somebody has had forgotten since: undoing a restore does not bring it back either. What the
 * restore had made itself may still be taken back. Pure.
 */
export function withoutForgotten(
  entries: readonly JournalEntry[],
  hidden: Hidden,
): { readonly entries: readonly JournalEntry[]; readonly refused: readonly Refused[] } {
  const isForgotten = ({ what, id, before }: JournalEntry) =>
    before !== null &&
    ((what === "record" && hidden.records.has(id)) || (what === "upload" && hidden.uploads.has(id)));
  return {
    entries: entries.filter((entry) => !isForgotten(entry)),
    refused: entries.filter(isForgotten).map(({ what, id }) => forgotten(what, id)),
  };
}

/** Parts what is asked for by name from what somebody has had forgotten. Pure. */
export function shown(
  what: "record" | "upload",
  ids: readonly string[],
  hidden: ReadonlySet<string>,
): { readonly ids: readonly string[]; readonly refused: readonly Refused[] } {
  return {
    ids: ids.filter((id) => !hidden.has(id)),
    refused: ids.filter((id) => hidden.has(id)).map((id) => forgotten(what, id)),
  };
}

/** Lists what is left out of a restore of much; nothing where nothing is. */
export function leftOut({ records, uploads }: Hidden): Warning[] {
  const ids = [...records, ...uploads];
  if (ids.length === 0) return [];
  const sentence =
    "Somebody has had this forgotten (archive forget), so it is neither compared nor restored.";
  return [{ code: FORGOTTEN, sentence, ids }];
}

/** Why something that somebody has had forgotten does not come back. */
export function forgotten(what: string, id: string): Refused {
  const sentence = `Somebody has had the ${what} forgotten (archive forget), so it does not come back.`;
  return { what, id, code: FORGOTTEN, sentence };
}

export const FORGOTTEN = "FORGOTTEN";
