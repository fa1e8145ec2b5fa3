import type { Clock } from "../../utils/clock.ts";
import { failed, mapped, type Result, succeeded } from "../../utils/failures.ts";
import { documentBytes } from "../stores/document.ts";
import { STORE_BUSY, type StoreFailure } from "../stores/failures.ts";
import { listAll } from "../stores/listAll.ts";
import type { Store } from "../stores/store.ts";

// Whoever writes an archive counts on objects that are there already; a sweep deletes objects that no archive names. The
// two keep out of each other's way: each raises a flag in the store first, and looks for the other's after it. So one of
// them sees the other at least: a writer waits until the sweep is over, a sweep gives way. A flag of a killed process
// counts until it is too old.

/** A flag for each archive that is being written. */
const WRITING = "writing/";
/** The flag of the one sweep. */
const SWEEPING = "trash/sweeping.json";

/** A writer is heeded so long. */
const WRITING_MS = 24 * 60 * 60 * 1_000;
/** A sweep may delete so long after it has raised its flag, or raised it again. */
const TURN_MS = 3 * 60_000;
/** With less than this left nothing is deleted: the store may carry a call out as late as that. */
const MARGIN_MS = 2 * 60_000;
const RENEW_MS = 20_000;

const PAUSE_MS = 1_000;
/** A sweep gives way in seconds; one that was killed is waited for as long as its turn lasts. */
const MOST_PAUSES = 600;

/**
 * Writes an archive, or what belongs to one, while nothing is swept. To be called once the store is known to be the
 * project's, and before the writer looks at what is there.
 *
 * @returns what `write` returns; or `STORE_BUSY` where a sweep does not end, and what the store refuses
 */
export async function whileWriting<T, F>(
  store: Store,
  clock: Clock,
  write: () => Promise<Result<T, F>>,
): Promise<Result<T, F | StoreFailure>> {
  const key = `${WRITING}${crypto.randomUUID()}.json`;
  const raised = await store.put(key, flag(clock));
  if (!raised.ok) return raised;
  try {
    const free = await untilSwept(store, clock);
    return free.ok ? await write() : free;
  } finally {
    // One that cannot be taken down keeps sweeps away for a day, and no longer.
    await store.delete([key]);
  }
}

async function untilSwept(store: Store, clock: Clock): Promise<Result<void, StoreFailure>> {
  for (let pauses = 0; pauses < MOST_PAUSES; pauses += 1) {
    const sweeping = await store.head(SWEEPING);
    if (!sweeping.ok) return sweeping;
    const facts = sweeping.value;
    if (facts === undefined || isOver(facts)) return succeeded(undefined);
    await clock.sleep(PAUSE_MS);
  }
  return failed(STORE_BUSY);
}

/** Also of a flag from the future: the store's clock was set back since. */
function isOver({ modifiedAt, readAt }: { readonly modifiedAt: number; readonly readAt: number }): boolean {
  return Math.abs(readAt - modifiedAt) >= TURN_MS;
}

/** The right to delete objects, for a time. */
export interface SweepTurn {
  /** Whether objects may be deleted now, a few; false as soon as somebody writes an archive, or the turn is lost. */
  mayDelete(): Promise<Result<boolean, StoreFailure>>;
  /** Lets writers go on at once. */
  end(): Promise<void>;
}

/** Takes the turn to sweep; undefined while somebody else sweeps, or writes an archive. */
export async function takeSweepTurn(
  store: Store,
  clock: Clock,
): Promise<Result<SweepTurn | undefined, StoreFailure>> {
  let since = clock.monotonic();
  const present = await store.get(SWEEPING);
  if (!present.ok) return present;
  if (present.value !== undefined && !isOver(present.value)) return succeeded(undefined);
  const raised = await store.put(
    SWEEPING,
    flag(clock),
    present.value === undefined ? { ifAbsent: true } : { ifMatch: present.value.etag },
  );
  if (!raised.ok) return raised;
  if (raised.value.kind === "conflict") return succeeded(undefined);
  let { etag } = raised.value;

  const timeLeft = () => since + TURN_MS - clock.monotonic();

  async function renew(): Promise<Result<boolean, StoreFailure>> {
    const began = clock.monotonic();
    const renewed = await store.put(SWEEPING, flag(clock), { ifMatch: etag });
    if (!renewed.ok) return renewed;
    if (renewed.value.kind === "conflict") return succeeded(false);
    [since, etag] = [began, renewed.value.etag];
    return succeeded(true);
  }

  const turn: SweepTurn = {
    async mayDelete() {
      // A turn that was over for a moment may have been followed by a writer that never saw it.
      if (timeLeft() <= MARGIN_MS) return succeeded(false);
      if (timeLeft() > TURN_MS - RENEW_MS) return succeeded(true);
      const mine = await renew();
      if (!mine.ok || !mine.value) return mine;
      const writers = await isSomebodyWriting(store);
      return mapped(writers, (isWritten) => !isWritten && timeLeft() > MARGIN_MS);
    },
    async end() {
      // Later on it may be another one's flag.
      if (timeLeft() > MARGIN_MS) await store.delete([SWEEPING]);
    },
  };
  const writers = await isSomebodyWriting(store);
  if (writers.ok && !writers.value) return succeeded(turn);
  await turn.end();
  return writers.ok ? succeeded(undefined) : writers;
}

/** Takes down the flags of writers that were killed long ago, too. */
async function isSomebodyWriting(store: Store): Promise<Result<boolean, StoreFailure>> {
  const flags = await listAll(store, WRITING);
  if (!flags.ok || flags.value.length === 0) return mapped(flags, () => false);
  const sweeping = await store.head(SWEEPING);
  if (!sweeping.ok) return sweeping;
  const now = sweeping.value?.readAt ?? 0;
  const isOld = ({ modifiedAt }: { readonly modifiedAt: number }) => Math.abs(now - modifiedAt) >= WRITING_MS;
  if (flags.value.some((each) => !isOld(each))) return succeeded(true);
  return mapped(await store.delete(flags.value.map(({ key }) => key)), () => false);
}

/** Unlike any other, so that a version of it can be told from the next one. */
function flag({ now }: Clock): Uint8Array<ArrayBuffer> {
  const since = new Date(now()).toISOString();
  return documentBytes({ since, by: crypto.randomUUID() });
}
