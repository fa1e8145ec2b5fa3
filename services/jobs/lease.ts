import type { Clock } from "../../utils/clock.ts";
import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { documentBytes } from "../stores/document.ts";
import { type StoreFailure, storeUnavailable } from "../stores/failures.ts";
import type { Store } from "../stores/store.ts";
import { type Job, jobIn } from "./job.ts";

/** A claim holds so long by the store's clock, from the last write on. */
export const LEASE_MS = 60_000;
/** A holder with less than this left sends nothing more: what it sent could arrive behind the next one's. */
export const MARGIN_MS = 15_000;

/** The right to work on a job, for a time. Only what is written under it counts. */
export interface Lease {
  /** As it was last read or written. */
  readonly job: Job;
  /** How long the holder may still act, in ms; never negative, and never longer than the store lets it. */
  timeLeft(): number;
  /**
   * Writes what has changed, which also renews the lease; one write at a time.
   *
   * @returns `lost` where somebody else has the job; a failure where nobody knows yet: to be called again
   */
  save(change: Partial<Job>): Promise<Result<"saved" | "lost", StoreFailure>>;
}

/** What a lease begins with. */
export interface Claimed {
  readonly key: string;
  readonly job: Job;
  readonly etag: string;
  /** When the write that claimed it began, on the clock's monotonic scale: the store counts from later on. */
  readonly since: number;
}

/** Somebody asks for the end between two writes at most a few times. */
const TRIES = 5;

export function createLease(store: Store, clock: Clock, claimed: Claimed): Lease {
  let { job, etag, since } = claimed;
  const { key } = claimed;
  const { holder, epoch } = job;
  let isLost = false;
  let last: Promise<unknown> = Promise.resolve();

  async function write(change: Partial<Job>): Promise<Result<"saved" | "lost", StoreFailure>> {
    for (let tries = 0; tries < TRIES && !isLost; tries += 1) {
      const began = clock.monotonic();
      const next: Job = { ...job, ...change, write: crypto.randomUUID() };
      const put = await store.put(key, documentBytes(next), { ifMatch: etag });
      if (put.ok && put.value.kind === "written") {
        [job, etag, since] = [next, put.value.etag, began];
        return succeeded("saved");
      }
      // Refused, or not known: what is there now decides.
      const found = await store.get(key);
      if (!found.ok) return found;
      const present = found.value && jobIn(found.value.bytes);
      if (found.value !== undefined && present?.write === next.write) {
        [job, etag, since] = [next, found.value.etag, began];
        return succeeded("saved");
      }
      if (present === undefined || found.value === undefined || !isMine(present)) isLost = true;
      else [job, etag] = [{ ...job, cancelRequested: present.cancelRequested }, found.value.etag];
    }
    return isLost ? succeeded("lost") : failed(storeUnavailable("writes that never arrive"));
  }

  function isMine(present: Job): boolean {
    return present.holder === holder && present.epoch === epoch;
  }

  return {
    get job() {
      return job;
    },
    timeLeft: () => (isLost ? 0 : Math.max(0, since + LEASE_MS - clock.monotonic())),
    save(change) {
      const saved = last.then(() => write(change));
      last = saved.catch(() => {});
      return saved;
    },
  };
}
