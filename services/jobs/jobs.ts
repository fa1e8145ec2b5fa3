import type { Clock } from "../../utils/clock.ts";
import { failed, mapped, type Result, succeeded } from "../../utils/failures.ts";
import { sideBySide } from "../../utils/sideBySide.ts";
import { documentBytes } from "../stores/document.ts";
import { type StoreFailure, storeUnavailable } from "../stores/failures.ts";
import { listAll } from "../stores/listAll.ts";
import type { Store } from "../stores/store.ts";
import { isEnded, JOBS, type Job, jobIn, jobKey } from "./job.ts";
import { createLease, LEASE_MS, type Lease } from "./lease.ts";

/** All jobs of a store. Whoever calls is one of many: in this process, in another one, on another machine. */
export interface Jobs {
  /** Opens a job, or joins the one that has its id already, in whatever state. To be called again after a failure. */
  open(asked: Pick<Job, "id" | "kind" | "cursor">): Promise<Result<Job, StoreFailure>>;
  /**
   * Opens the next job of a kind, or joins the one that has not ended: of such a kind there is one at a time. To be
   * called again after a failure.
   */
  openNext(asked: Pick<Job, "kind" | "cursor">): Promise<Result<Job, StoreFailure>>;
  /** The newest of those; undefined where there was none yet. */
  newest(kind: string): Promise<Result<Job | undefined, StoreFailure>>;
  /** Of each kind that begins like this the newest, unless it has ended. */
  underWay(kinds: string): Promise<Result<readonly UnderWay[], StoreFailure>>;
  get(id: string): Promise<Result<Job | undefined, StoreFailure>>;
  /** The newest first; of very many, some. */
  list(): Promise<Result<readonly Job[], StoreFailure>>;
  /** Whether somebody works on a job, as far as can be told. */
  isHeld(id: string): Promise<Result<boolean, StoreFailure>>;
  /**
   * Takes a job over where nobody works on it, or whoever did is gone, or has not been heard of for the time of a lease.
   */
  claim(id: string): Promise<Result<Claim, StoreFailure>>;
  /** Asks for the end of a job; whoever works on it stops after its present step. Undefined where there is none. */
  cancel(id: string): Promise<Result<Job | undefined, StoreFailure>>;
  /**
   * Deletes jobs that ended, except the newest of each kind: the numbers of later ones go on from there.
   *
   * @param olderThan ms since their last write, by the store's clock
   */
  prune(olderThan: number): Promise<Result<void, StoreFailure>>;
}

/** How a process names itself to others that claim, and what it can tell of them. */
export interface Holders {
  /** What the names of its claims begin with. */
  readonly name: string;
  /** Whether the process of such a name is known to have ended. */
  isGone(holder: string): boolean;
}

const NAMELESS: Holders = { name: "", isGone: () => false };

export type Claim =
  | { readonly kind: "claimed"; readonly lease: Lease }
  /** Somebody works on it. */
  | { readonly kind: "held"; readonly job: Job }
  | { readonly kind: "ended"; readonly job: Job }
  | { readonly kind: "absent" };

/** A job that has not ended. */
export interface UnderWay {
  readonly job: Job;
  /** Somebody works on it, as far as can be told. */
  readonly isHeld: boolean;
}

interface Found {
  readonly key: string;
  readonly job: Job;
  readonly etag: string;
  /** Since the last write, in ms, by the store's clock. */
  readonly age: number;
}

const MOST_LISTED = 200;
const AT_ONCE = 8;
/** Writers who meet each other so often have a reason. */
const TRIES = 5;

/** @param holders default: nobody is known to be gone */
export function jobsOf(store: Store, clock: Clock, holders = NAMELESS): Jobs {
  async function find(key: string | undefined): Promise<Result<Found | undefined, StoreFailure>> {
    if (key === undefined) return succeeded(undefined);
    const found = await store.get(key);
    if (!found.ok) return found;
    if (found.value === undefined) return succeeded(undefined);
    const { bytes, etag, readAt, modifiedAt } = found.value;
    const job = jobIn(bytes);
    if (job === undefined) return failed(storeUnavailable("a job that cannot be read"));
    return succeeded({ key, job, etag, age: readAt - modifiedAt });
  }

  async function get(id: string): Promise<Result<Job | undefined, StoreFailure>> {
    const found = await find(jobKey(id));
    return found.ok ? succeeded(found.value?.job) : found;
  }

  function isAlive({ job: { holder }, age }: Found): boolean {
    return holder !== null && age < LEASE_MS && !holders.isGone(holder);
  }

  /** Writes a claim; undefined where somebody else has written meanwhile. */
  async function take({ key, job, etag }: Found): Promise<Result<Lease | undefined, StoreFailure>> {
    const since = clock.monotonic();
    const [holder, write] = [holders.name + crypto.randomUUID(), crypto.randomUUID()];
    const mine: Job = { ...job, state: "running", epoch: job.epoch + 1, holder, write };
    const put = await store.put(key, documentBytes(mine), { ifMatch: etag });
    if (put.ok && put.value.kind === "conflict") return succeeded(undefined);
    if (put.ok && put.value.kind === "written")
      return succeeded(createLease(store, clock, { key, job: mine, etag: put.value.etag, since }));
    // Nobody knows whether it was written; a look does.
    const seen = await find(key);
    if (!seen.ok) return seen;
    if (seen.value?.job.write !== write) return put.ok ? succeeded(undefined) : put;
    return succeeded(createLease(store, clock, { key, job: mine, etag: seen.value.etag, since }));
  }

  async function open({ id, kind, cursor }: Pick<Job, "id" | "kind" | "cursor">) {
    const key = jobKey(id);
    if (key === undefined) throw new Error(`"${id}" is no id of a job`);
    const job: Job = {
      format: 1,
      id,
      kind,
      state: "queued",
      createdAt: clock.now(),
      endedAt: null,
      epoch: 0,
      holder: null,
      write: crypto.randomUUID(),
      cursor,
      progress: null,
      cancelRequested: false,
      result: null,
      failure: null,
    };
    const put = await store.put(key, documentBytes(job), { ifAbsent: true });
    if (!put.ok) return put;
    if (put.value.kind === "written") return succeeded(job);
    const present = await get(id);
    if (!present.ok) return present;
    return present.value === undefined
      ? failed(storeUnavailable("a job that goes"))
      : succeeded(present.value);
  }

  /** The newest job of a kind of which there is one at a time, by its number. */
  async function newest(kind: string): Promise<Result<Job | undefined, StoreFailure>> {
    const listed = await listAll(store, `${JOBS}${numberedId(kind, "")}`);
    if (!listed.ok) return listed;
    // The name of another kind may begin like this one.
    const own = listed.value.filter(({ key }) => kindIn(key) === kind);
    const found = await find(own.at(-1)?.key);
    return found.ok ? succeeded(found.value?.job) : found;
  }

  return {
    get,
    open,
    newest,

    async underWay(kinds) {
      const listed = await listAll(store, `${JOBS}${numberedId(kinds, "").slice(0, -1)}`);
      if (!listed.ok) return listed;
      const newestKeys = new Map(listed.value.map(({ key }) => [kindIn(key), key]));
      const found = await sideBySide([...newestKeys.values()], AT_ONCE, find);
      return mapped(found, (all) =>
        all.flatMap((each) =>
          each === undefined || isEnded(each.job) ? [] : [{ job: each.job, isHeld: isAlive(each) }],
        ),
      );
    },

    async openNext({ kind, cursor }) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const last = await newest(kind);
        if (!last.ok) return last;
        if (last.value !== undefined && !isEnded(last.value)) return succeeded(last.value);
        const next = await open({ id: idAfter(last.value, kind), kind, cursor });
        // One that somebody else has opened meanwhile may have ended as well.
        if (!next.ok || !isEnded(next.value)) return next;
      }
      return failed(storeUnavailable("jobs that end as they begin"));
    },

    async list() {
      const page = await store.list({ prefix: JOBS });
      if (!page.ok) return page;
      const newest = page.value.objects.toSorted((one, other) => other.modifiedAt - one.modifiedAt);
      const keys = newest.slice(0, MOST_LISTED).map(({ key }) => key);
      const jobs: Job[] = [];
      for (let at = 0; at < keys.length; at += AT_ONCE) {
        const found = await Promise.all(keys.slice(at, at + AT_ONCE).map((key) => store.get(key)));
        for (const each of found) {
          if (!each.ok) return each;
          const job = each.value && jobIn(each.value.bytes);
          if (job !== undefined) jobs.push(job);
        }
      }
      return succeeded(jobs.sort((one, other) => other.createdAt - one.createdAt));
    },

    async isHeld(id) {
      const found = await find(jobKey(id));
      if (!found.ok) return found;
      return succeeded(found.value !== undefined && isAlive(found.value));
    },

    async claim(id) {
      const found = await find(jobKey(id));
      if (!found.ok) return found;
      if (found.value === undefined) return succeeded({ kind: "absent" });
      const { job } = found.value;
      if (isEnded(job)) return succeeded({ kind: "ended", job });
      if (isAlive(found.value)) return succeeded({ kind: "held", job });
      const lease = await take(found.value);
      if (!lease.ok) return lease;
      return succeeded(
        lease.value === undefined ? { kind: "held", job } : { kind: "claimed", lease: lease.value },
      );
    },

    async cancel(id) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const found = await find(jobKey(id));
        if (!found.ok) return found;
        if (found.value === undefined) return succeeded(undefined);
        const { key, job, etag } = found.value;
        if (isEnded(job) || job.cancelRequested) return succeeded(job);
        const next: Job = { ...job, cancelRequested: true, write: crypto.randomUUID() };
        const put = await store.put(key, documentBytes(next), { ifMatch: etag });
        if (put.ok && put.value.kind === "written") return succeeded(next);
      }
      return failed(storeUnavailable("writes that never arrive"));
    },

    async prune(olderThan) {
      const listed = await listAll(store, JOBS);
      if (!listed.ok) return listed;
      const last = new Map(listed.value.map(({ key }) => [key.replace(/\d+\.json$/, ""), key]));
      const newestKeys = new Set(last.values());
      for (const { key } of listed.value) {
        const found = newestKeys.has(key) ? succeeded(undefined) : await find(key);
        // What cannot be read is left alone.
        if (!found.ok || found.value === undefined || found.value.age < olderThan) continue;
        if (!isEnded(found.value.job)) continue;
        const gone = await store.delete([key]);
        if (!gone.ok) return gone;
      }
      return succeeded(undefined);
    },
  };
}

/** Ids of jobs of which there is one at a time carry a number, and their order is that of their numbers. */
function numberedId(kind: string, digits: string): string {
  return `job_${kind}-${digits}`;
}

const DIGITS = 8;

/** The kind that such an id, as a key, is of. */
function kindIn(key: string): string | undefined {
  return /^jobs\/job_(.*)-\d{8}\.json$/.exec(key)?.[1];
}

function idAfter(last: Job | undefined, kind: string): string {
  const number = last === undefined ? 0 : Number(last.id.slice(numberedId(kind, "").length));
  return numberedId(kind, String(number + 1).padStart(DIGITS, "0"));
}
