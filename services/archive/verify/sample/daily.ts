import type { Clock } from "../../../../utils/clock.ts";
import { failed, mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import type { StoreFailure } from "../../../stores/failures.ts";
import type { Store } from "../../../stores/store.ts";
import { forgetSpoilt, noteSpoilt, spoiltKeys } from "../../spoiltNotes.ts";
import type { Problem } from "../problem.ts";
import { changeVerifyState, readVerifyState, type SampleState, withOutcome } from "../state.ts";
import { problemOf } from "../verify.ts";
import { planSample, type Shelf, shelfOf } from "./plan.ts";
import { NOTHING_READ, pagesOf, type Read, readObjects, readShelf, together } from "./read.ts";

export interface SampleSettings {
  /** Of all stored bytes a day, above 0. */
  readonly percent: number;
  /** Ends the reading after the shelf under way; what was read stays noted. */
  readonly stop?: AbortSignal | undefined;
}

/** What was read in a day's sample. */
export interface Sampled {
  readonly objects: number;
  readonly bytes: number;
  /** One for each object that is known to be spoilt, those of earlier days too. */
  readonly problems: readonly Problem[];
}

const DAY_MS = 24 * 60 * 60_000;
/** What was read is noted so often, so that a process that dies reads little of it again. */
const SAVE_MS = 30_000;
/** Spoilt objects are looked at again each day, as the next archive may have written them anew; so many at most. */
const MOST_LOOKED_AT = 200;
const FOLDERS = ["objects/", "assets/"];

/**
 * Reads the objects of a store that were read longest ago, once a UTC day however often it is called: with 3 % a day
 * everything is read in 34 days. Two processes at the same time read the same and do no harm.
 *
 * @returns undefined where the day's sample is complete already; a failure where the store gives no answer: then the
 *   next call goes on
 */
export async function sampleDaily(
  store: Store,
  clock: Clock,
  { percent, stop }: SampleSettings,
): Promise<Result<Sampled | undefined, StoreFailure>> {
  const today = Math.floor(clock.now() / DAY_MS);
  const found = await readVerifyState(store);
  if (!found.ok) return found;
  const { sample = begun(today) } = found.value.state;
  if (sample.doneOn === today) return succeeded(undefined);
  const held = await sizesOf(store);
  if (!held.ok) return held;
  const { shelves: sizes, objects, bytes } = held.value;
  const { shelves, reading } = planSample(sample, sizes, percent, today);
  const save: Save = (read, size) => {
    const readOn = { ...reading.readOn, ...Object.fromEntries(read.map((shelf) => [shelf, today])) };
    const credit = reading.credit - size;
    return saveReading(store, { ...sample, ...reading, readOn, credit, objects, bytes });
  };
  const read = await readShelves(store, clock, shelves, stop, save);
  if (!read.ok) return read;
  return end(store, clock, read.value, read.value.isWhole ? today : undefined);
}

/** @param doneOn the day whose sample is complete with this */
async function end(
  store: Store,
  clock: Clock,
  { objects, bytes, spoilt: found }: Read,
  doneOn: number | undefined,
): Promise<Result<Sampled, StoreFailure>> {
  const spoilt = await spoiltAfter(store, found);
  if (!spoilt.ok) return spoilt;
  const problems = spoilt.value.map((key) => problemOf({ key, name: key }, "spoilt"));
  const outcome = { at: clock.now(), archive: null, objects, bytes, problems: problems.length };
  const ended = await changeVerifyState(store, (state) => ({
    ...withOutcome(state, "sample", outcome),
    ...(doneOn !== undefined && state.sample && { sample: { ...state.sample, doneOn } }),
  }));
  return mapped(ended, () => ({ objects, bytes, problems }));
}

/** Whether this UTC day's sample is still to be taken, or gone on with. */
export async function isSampleDue(store: Store, clock: Clock): Promise<Result<boolean, StoreFailure>> {
  const found = await readVerifyState(store);
  return mapped(found, ({ state }) => state.sample?.doneOn !== Math.floor(clock.now() / DAY_MS));
}

/** Takes the shelves that were read so far, and their bytes. */
type Save = (shelves: readonly Shelf[], bytes: number) => Promise<Result<void, StoreFailure>>;

function begun(today: number): SampleState {
  return { readOn: {}, credit: 0, since: today, objects: 0, bytes: 0 };
}

/** How many bytes lie on each shelf. */
async function sizesOf(store: Store) {
  const shelves = new Map<Shelf, number>();
  let objects = 0;
  let bytes = 0;
  for (const folder of FOLDERS)
    for await (const page of pagesOf(store, folder)) {
      if (!page.ok) return page;
      for (const { key, size } of page.value) {
        objects += 1;
        bytes += size;
        const shelf = shelfOf(key);
        if (shelf !== undefined) shelves.set(shelf, (shelves.get(shelf) ?? 0) + size);
      }
    }
  return succeeded({ shelves, objects, bytes });
}

async function readShelves(
  store: Store,
  clock: Clock,
  shelves: readonly Shelf[],
  stop: AbortSignal | undefined,
  save: Save,
): Promise<Result<Read & { readonly isWhole: boolean }, StoreFailure>> {
  let all = NOTHING_READ;
  let savedAt = clock.monotonic();
  let count = 0;
  for (const shelf of shelves) {
    if (stop?.aborted) break;
    const read = await readShelf(store, shelf);
    if (!read.ok) return read;
    all = together(all, read.value);
    count += 1;
    const noted = await noteSpoilt(store, read.value.spoilt);
    if (!noted.ok) return noted;
    if (clock.monotonic() - savedAt < SAVE_MS) continue;
    savedAt = clock.monotonic();
    const saved = await save(shelves.slice(0, count), all.bytes);
    if (!saved.ok) return saved;
  }
  const saved = await save(shelves.slice(0, count), all.bytes);
  return saved.ok ? succeeded({ ...all, isWhole: count === shelves.length }) : saved;
}

/** Writes what was read; what another process has read meanwhile stays. */
function saveReading(store: Store, sample: SampleState): Promise<Result<void, StoreFailure>> {
  return changeVerifyState(store, (state) => {
    const theirs = state.sample?.readOn ?? {};
    const readOn = Object.fromEntries(
      Object.entries(sample.readOn).map(([shelf, day]) => [shelf, Math.max(day, theirs[shelf] ?? day)]),
    );
    return { ...state, sample: { ...sample, readOn, doneOn: state.sample?.doneOn ?? sample.doneOn } };
  });
}

/** All keys that are noted as spoilt, once those were looked at again that today's reading has not found. */
async function spoiltAfter(
  store: Store,
  found: readonly string[],
): Promise<Result<readonly string[], StoreFailure>> {
  const noted = await spoiltKeys(store);
  if (!noted.ok) return noted;
  const today = new Set(found);
  const earlier = [...noted.value].filter((key) => !today.has(key)).slice(0, MOST_LOOKED_AT);
  const read = await readObjects(
    store,
    earlier.map((key) => ({ key, size: 0 })),
  );
  if (!read.ok) return read;
  const still = new Set(read.value.spoilt);
  const well = earlier.filter((key) => !still.has(key));
  const gone = await forgetSpoilt(store, well);
  if (!gone.ok) return failed(gone.failure);
  const forgotten = new Set(well);
  return succeeded([...noted.value].filter((key) => !forgotten.has(key)));
}
