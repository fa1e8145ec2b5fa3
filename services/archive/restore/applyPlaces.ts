import { type Result, succeeded } from "../../../utils/failures.ts";
import { portionsOf } from "../../../utils/portions.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { ApplyContext } from "./apply.ts";
import type { Left } from "./left.ts";
import type { PlannedRestore } from "./planRestore.ts";
import { arrangeRecords, isArranged } from "./records/arrange.ts";
import { entryOf, versionOf } from "./records/line.ts";
import { isNarrow } from "./scope.ts";
import type { Refused, RestoreFailure } from "./words.ts";

/** What is put into its order. */
export interface PlacesWanted {
  readonly planned: PlannedRestore;
  readonly schema: Schema;
  /** Records that may be moved even where the plan changes nothing that was there. */
  readonly movable: ReadonlySet<string>;
  /** Records that somebody else has changed. */
  readonly others: ReadonlySet<string>;
  readonly mostAtOnce: number;
}

export interface PlacesDone {
  readonly refused: readonly Refused[];
  /** The versions that moves have left records with which nobody else had changed. */
  readonly left: ReadonlyMap<string, string>;
}

/** Brings back the order of lists and trees: in a plan that changes what is there of all, else of what was created. */
export async function applyPlaces(
  context: ApplyContext,
  { planned: { plan }, schema, movable, others, mostAtOnce }: PlacesWanted,
): Promise<Result<PlacesDone, RestoreFailure>> {
  const { from, into, writes } = context;
  const isFree = plan.wishes.mode !== "add" && !isNarrow(plan.wishes);
  const refused: Refused[] = [];
  const left = new Map<string, string>();
  const arranging = { reader: into.reader, writes, ...noting(context, others, left, mostAtOnce) };
  for (const model of new Set(plan.records.map((each) => each.model))) {
    if (!isArranged(schema, model)) continue;
    const wanted = await from.places(model);
    if (!wanted.ok) return wanted;
    const arranged = await arrangeRecords(arranging, model, wanted.value, isFree ? undefined : movable);
    if (!arranged.ok) return arranged;
    refused.push(...arranged.value);
  }
  return succeeded({ refused, left });
}

/** A record is the run's own as long as it has the version that the run left, or the one that it had when first moved. */
function noting(
  { into, journal, versionLeft, onMove, onRead }: ApplyContext,
  others: ReadonlySet<string>,
  left: Map<string, string>,
  mostAtOnce: number,
) {
  const first = new Map<string, string>();
  const expected = (id: string): Left["records"][string] | undefined =>
    left.get(id) ?? versionLeft(id) ?? first.get(id);
  return {
    async noted(ids: readonly string[]): Promise<Result<ReadonlyMap<string, string>, RestoreFailure>> {
      const own = new Map<string, string>();
      for (const portion of portionsOf(ids, mostAtOnce)) {
        const lines = await into.lines(portion);
        if (!lines.ok) return lines;
        const kept = await journal.note([...lines.value.values()].map(entryOf));
        if (!kept.ok) return kept;
        for (const line of lines.value.values()) {
          const version = versionOf(line);
          if (version === undefined || others.has(line.id)) continue;
          if (expected(line.id) === undefined) first.set(line.id, version);
          if (expected(line.id) === version) own.set(line.id, version);
        }
      }
      const told = await onMove(ids);
      return told.ok ? succeeded(own) : told;
    },
    async moved(versions: ReadonlyMap<string, string>): Promise<Result<void, RestoreFailure>> {
      for (const [id, version] of versions) left.set(id, version);
      return (await onRead?.(Object.fromEntries(versions))) ?? succeeded(undefined);
    },
  };
}
