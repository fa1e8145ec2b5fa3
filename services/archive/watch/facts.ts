import type { Clock } from "../../../utils/clock.ts";
import type { Cadence } from "../../../utils/config.ts";
import { type Result, succeeded } from "../../../utils/failures.ts";
import { historyOf } from "../../history/history.ts";
import type { RunFailure } from "../../history/record.ts";
import type { RunSummary } from "../../history/run.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import { ROOT_KEY } from "../../stores/root.ts";
import type { Store } from "../../stores/store.ts";
import type { ArchiveFailure } from "../failures.ts";
import { ARCHIVE_ID, type Manifest, manifestKey, readManifest } from "../manifest.ts";
import type { Schedule } from "../schedules/schedule.ts";
import { listSchedules } from "../schedules/schedules.ts";
import { spoiltKeys } from "../spoiltNotes.ts";
import { pagesOf } from "../verify/sample/read.ts";
import { readVerifyState, type VerifyState } from "../verify/state.ts";
import { sweepRefusal } from "./refusal.ts";

/** What is known of a store's archives: what the check, the metrics and the alerts rest on. */
export interface ArchiveFacts {
  readonly count: number;
  /** When the oldest manifest was written, by the store's clock; undefined where there is none. */
  readonly oldestWrittenAt: number | undefined;
  /** The newest manifests, newest first: as many as it takes to find a complete one, and so many at most. */
  readonly newest: readonly SeenArchive[];
  /** When the newest complete archive for each kind of backup was begun, ms since the epoch. */
  readonly madeFor: Readonly<Partial<Record<Cadence, number>>>;
  readonly verify: VerifyState;
  /** Those that can be read. */
  readonly schedules: readonly Schedule[];
  /** How many objects are noted as spoilt. */
  readonly spoilt: number;
  /** Why the last prune had to leave objects that may be surplus; undefined where it had not. */
  readonly refusal: RunFailure | undefined;
  /** How far the store's clock is ahead of this machine's, ms. */
  readonly ahead: number;
}

/** An archive whose manifest was looked at; `manifest`: undefined where it cannot be read. */
export interface SeenArchive {
  readonly id: string;
  readonly manifest: Manifest | undefined;
}

/** So many manifests are read at most: a row of archives that are not complete was told long ago. */
const MOST_READ = 8;
const DAY_MS = 24 * 60 * 60_000;
/** The longest kind of backup comes once a month. */
export const LOOK_BACK_MS = 40 * DAY_MS;

/**
 * Reads what a store says of its archives: a few lists side by side, a manifest or a few, and the last prune where it was
 * refused.
 *
 * @returns a failure where the store gives no answer
 */
export async function readArchiveFacts(
  store: Store,
  clock: Clock,
): Promise<Result<ArchiveFacts, ArchiveFailure>> {
  const now = clock.now();
  const history = historyOf(store);
  const [archives, runs, verify, spoilt, root, schedules] = await Promise.all([
    readNewest(store),
    history.all(now - LOOK_BACK_MS),
    readVerifyState(store),
    spoiltKeys(store),
    store.head(ROOT_KEY),
    listSchedules(store),
  ]);
  if (!archives.ok) return archives;
  if (!runs.ok) return runs;
  if (!verify.ok) return verify;
  if (!spoilt.ok) return spoilt;
  if (!root.ok) return root;
  if (!schedules.ok) return schedules;
  const refusal = await sweepRefusal(history, runs.value);
  if (!refusal.ok) return refusal;
  return succeeded({
    ...archives.value,
    madeFor: madeFor(runs.value),
    verify: verify.value.state,
    schedules: schedules.value.flatMap((each) => (each.kind === "read" ? [each.schedule] : [])),
    spoilt: spoilt.value.size,
    refusal: refusal.value,
    ahead: root.value === undefined ? 0 : root.value.readAt - clock.now(),
  });
}

type Newest = Pick<ArchiveFacts, "count" | "oldestWrittenAt" | "newest">;

async function readNewest(store: Store): Promise<Result<Newest, StoreFailure>> {
  const ids: string[] = [];
  let oldestWrittenAt: number | undefined;
  for await (const page of pagesOf(store, "archives/")) {
    if (!page.ok) return page;
    for (const { key, modifiedAt } of page.value) {
      const [, id = ""] = key.split("/");
      if (!ARCHIVE_ID.test(id) || key !== manifestKey(id)) continue;
      ids.push(id);
      oldestWrittenAt = Math.min(oldestWrittenAt ?? modifiedAt, modifiedAt);
    }
  }
  const newest: SeenArchive[] = [];
  // Ids begin with the time, so the last ones are the newest.
  for (const id of ids.toReversed().slice(0, MOST_READ)) {
    const stored = await store.get(manifestKey(id));
    if (!stored.ok) return stored;
    if (stored.value === undefined) continue;
    const read = readManifest(new TextDecoder().decode(stored.value.bytes));
    const manifest = read.kind === "read" ? read.manifest : undefined;
    newest.push({ id, manifest });
    if (manifest?.partial === false) break;
  }
  return succeeded({ count: ids.length, oldestWrittenAt, newest });
}

/** @param runs the newest first */
function madeFor(runs: readonly RunSummary[]): ArchiveFacts["madeFor"] {
  const made: Partial<Record<Cadence, number>> = {};
  for (const { kind, status, cadences, startedAt } of runs)
    if (kind === "archive" && status === "done") for (const cadence of cadences) made[cadence] ??= startedAt;
  return made;
}

/** The newest complete archive; undefined where there is none, or a long row of others has come since. */
export function lastComplete({ newest }: ArchiveFacts): Manifest | undefined {
  return newest.find(({ manifest }) => manifest?.partial === false)?.manifest;
}
