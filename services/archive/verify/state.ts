import * as z from "zod";
import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { parsedJson } from "../../../utils/json.ts";
import { documentBytes } from "../../stores/document.ts";
import { type StoreFailure, storeUnavailable } from "../../stores/failures.ts";
import type { Store } from "../../stores/store.ts";
import { SHELF_NAME } from "./sample/plan.ts";

/** What a store remembers of verifications: one object of bounded size. Where it is lost, more is read again. */

const KEY = "verify/state.json";

const whole = z.number().min(0);
const ReadOn = z.record(z.string().regex(SHELF_NAME), z.int());

const Outcome = z.object({
  /** Ms since the epoch. */
  at: whole,
  /** Null for a sample of the whole store. */
  archive: z.string().nullable(),
  objects: whole,
  bytes: whole,
  problems: whole,
  /** How many the verification before has found; undefined where there was none. */
  problemsBefore: whole.optional(),
});
/** How the last verification of a level ended. */
export type Outcome = z.infer<typeof Outcome>;

const State = z.object({
  format: z.literal(1),
  last: z.object({
    quick: Outcome.optional(),
    full: Outcome.optional(),
    deep: Outcome.optional(),
    /** A share of one archive. */
    share: Outcome.optional(),
    /** The daily sample of the whole store. */
    sample: Outcome.optional(),
  }),
  /** Of the daily sample. */
  sample: z
    .object({
      readOn: ReadOn,
      credit: z.number(),
      /** Days since 1970-01-01. */
      creditedOn: z.int().optional(),
      /** The day whose sample is complete. */
      doneOn: z.int().optional(),
      /** The first day whose readings are in `readOn`. */
      since: z.int(),
      /** What the store held by then. */
      objects: whole,
      bytes: whole,
    })
    .optional(),
  /** Of the archive of which a share was read last. */
  archive: z.object({ id: z.string(), readOn: ReadOn }).optional(),
});
export type VerifyState = z.infer<typeof State>;
export type SampleState = NonNullable<VerifyState["sample"]>;
export type OutcomeLevel = keyof VerifyState["last"];

export interface FoundState {
  readonly state: VerifyState;
  /** Undefined where there is none yet. */
  readonly etag: string | undefined;
  /** The store's time, ms since the epoch; undefined where there is no state. */
  readonly readAt: number | undefined;
}

const NOTHING: VerifyState = { format: 1, last: {} };
/** Two processes at most write it at a time, now and then. */
const MOST_TRIES = 5;

/** Reads it; one that is missing or damaged is one in which nothing stands. */
export async function readVerifyState(store: Store): Promise<Result<FoundState, StoreFailure>> {
  const stored = await store.get(KEY);
  if (!stored.ok) return stored;
  if (stored.value === undefined) return succeeded({ state: NOTHING, etag: undefined, readAt: undefined });
  const { bytes, etag, readAt } = stored.value;
  const read = State.safeParse(parsedJson(new TextDecoder().decode(bytes)));
  return succeeded({ state: read.data ?? NOTHING, etag, readAt });
}

/** @param change makes the next state of the one that is there; called again where somebody else wrote meanwhile */
export async function changeVerifyState(
  store: Store,
  change: (state: VerifyState) => VerifyState,
): Promise<Result<void, StoreFailure>> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    const found = await readVerifyState(store);
    if (!found.ok) return found;
    const { state, etag } = found.value;
    const bytes = documentBytes(change(state));
    const put = await store.put(KEY, bytes, etag === undefined ? { ifAbsent: true } : { ifMatch: etag });
    if (!put.ok) return put;
    if (put.value.kind === "written") return succeeded(undefined);
  }
  return failed(storeUnavailable("others that write at the same time"));
}

/** The same state once a verification of a level has ended. */
export function withOutcome(
  state: VerifyState,
  level: OutcomeLevel,
  outcome: Omit<Outcome, "problemsBefore">,
): VerifyState {
  const problemsBefore = state.last[level]?.problems;
  return { ...state, last: { ...state.last, [level]: { ...outcome, problemsBefore } } };
}
