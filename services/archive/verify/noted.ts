import type { Clock } from "../../../utils/clock.ts";
import { type Result, succeeded } from "../../../utils/failures.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import type { Store } from "../../stores/store.ts";
import type { ListedArchive } from "../archives.ts";
import { noteSpoilt } from "../spoiltNotes.ts";
import type { Shelf } from "./sample/plan.ts";
import { lookAtShare } from "./sample/share.ts";
import { changeVerifyState, type VerifyState, withOutcome } from "./state.ts";
import { type LookedAt, lookAt, type Verification, type VerifyLevel } from "./verify.ts";

/** How well an archive is looked at; `sample`: so many percent of its bytes are read. */
export type VerifyDepth = VerifyLevel | { readonly sample: number };

const DAY_MS = 24 * 60 * 60_000;

/**
 * Looks whether an archive is as it was written, notes what is spoilt so that no archive takes it over, and remembers
 * how it ended. Damage is what is told, not a failure.
 *
 * @returns a failure where the store gives no answer; a store that takes no notes fails nothing
 */
export async function verifyAndNote(
  store: Store,
  clock: Clock,
  archive: ListedArchive,
  depth: VerifyDepth,
): Promise<Result<Verification, StoreFailure>> {
  if (typeof depth === "string") {
    const looked = await lookAt(store, archive, depth);
    if (!looked.ok) return looked;
    await note(store, clock, looked.value, []);
    return succeeded(looked.value.verification);
  }
  const looked = await lookAtShare(store, archive, depth.sample);
  if (!looked.ok) return looked;
  await note(store, clock, looked.value, looked.value.shelves);
  return succeeded(looked.value.verification);
}

async function note(
  store: Store,
  clock: Clock,
  { verification, spoilt }: LookedAt,
  shelves: readonly Shelf[],
): Promise<void> {
  const { archive, level, objects, bytes, problems } = verification;
  const at = clock.now();
  await noteSpoilt(store, spoilt);
  await changeVerifyState(store, (state) => ({
    ...withOutcome(state, level === "sample" ? "share" : level, {
      at,
      archive,
      objects,
      bytes,
      problems: problems.length,
    }),
    ...(shelves.length > 0 && { archive: withShelves(state, archive, shelves, at) }),
  }));
}

/** Only of one archive it is remembered which share was read. */
function withShelves(
  { archive: last }: VerifyState,
  id: string,
  shelves: readonly Shelf[],
  at: number,
): VerifyState["archive"] {
  const readOn = last?.id === id ? last.readOn : {};
  const today = Math.floor(at / DAY_MS);
  return { id, readOn: { ...readOn, ...Object.fromEntries(shelves.map((shelf) => [shelf, today])) } };
}
