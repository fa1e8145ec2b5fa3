import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { documentBytes, documentIn } from "../stores/document.ts";
import type { StoreFailure } from "../stores/failures.ts";
import type { Store } from "../stores/store.ts";
import { keyBefore, newRunId, placeOf, RUNS, runKey, summaryIn } from "./keys.ts";
import type { RunRecord, RunTrigger } from "./record.ts";
import { type RunKind, type RunSummary, StoredRun, type StoredStatus, storedRun } from "./run.ts";

/**
 * What ran, when, and how it ended: one immutable object for each run that is over. A list or a statistic is a LIST.
 * Nothing throws; a failure is the store's.
 */
export interface History {
  /** Keeps a run. To be called again with the same id after a failure. */
  finish(record: RunRecord, id?: string): Promise<Result<string, StoreFailure>>;
  /** Undefined where there is none of this id. */
  get(id: string): Promise<Result<StoredRun | undefined, StoreFailure>>;
  /** The record of a run that was listed, by one GET; undefined where it is gone or damaged. */
  read(run: RunSummary): Promise<Result<StoredRun | undefined, StoreFailure>>;
  /** The newest first. */
  list(query: RunQuery): Promise<Result<RunPage, StoreFailure>>;
  /** Every run since a time, the newest first; of very many, the newest. */
  all(since: number): Promise<Result<readonly RunSummary[], StoreFailure>>;
  /** Deletes the runs that began before a time, ms since the epoch. */
  prune(before: number): Promise<Result<number, StoreFailure>>;
}

export interface RunQuery {
  readonly kind?: RunKind | undefined;
  readonly status?: StoredStatus | undefined;
  readonly trigger?: RunTrigger | undefined;
  /** Began then or later, ms since the epoch. */
  readonly since?: number | undefined;
  /** Began earlier, ms since the epoch. */
  readonly before?: number | undefined;
  /** A page's. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface RunPage {
  readonly runs: readonly RunSummary[];
  /** Where the next page begins; undefined on the last one. It may turn out empty. */
  readonly cursor: string | undefined;
}

/** One request lists no more than so many pages of the store's. */
const MOST_PAGES = 20;
/** Keys of a page; a first page that turns out too small is followed by larger ones. */
const PAGE = { most: 1_000, growth: 4 };

export function historyOf(store: Store): History {
  /** Runs in order, page by page, from one key on; ends with what a failure is. */
  async function* pages(
    cursor: string | undefined,
    first = PAGE.most,
  ): AsyncGenerator<Result<RunPage, StoreFailure>, void> {
    let next = cursor;
    let limit = first;
    for (let count = 0; count < MOST_PAGES; count += 1, limit *= PAGE.growth) {
      const page = await store.list({ prefix: RUNS, cursor: next, limit: Math.min(limit, PAGE.most) });
      if (!page.ok) return yield page;
      const { objects } = page.value;
      next = page.value.cursor;
      yield succeeded({ runs: objects.flatMap(({ key }) => summaryIn(key) ?? []), cursor: next });
      if (next === undefined) return;
    }
  }

  async function readAt(key: string): Promise<Result<StoredRun | undefined, StoreFailure>> {
    const found = await store.get(key);
    return found.ok ? succeeded(found.value && readRun(found.value.bytes)) : found;
  }

  return {
    async finish(record, id = newRunId(record.startedAt)) {
      const run = storedRun(record, id);
      const bytes = documentBytes(run);
      const put = await store.put(runKey(run), bytes);
      return put.ok ? succeeded(id) : put;
    },

    async get(id) {
      const place = placeOf(id);
      if (place === undefined) return succeeded(undefined);
      const page = await store.list({ prefix: place.prefix });
      if (!page.ok) return page;
      const key = page.value.objects.find((each) => each.key.endsWith(place.end))?.key;
      return key === undefined ? succeeded(undefined) : readAt(key);
    },

    read: (run) => readAt(runKey(run)),

    async list({ since = 0, before, cursor, limit, ...wanted }) {
      const runs: RunSummary[] = [];
      let rest: string | undefined;
      const start = before === undefined ? undefined : keyBefore(before);
      for await (const page of pages(laterOf(start, cursor), limit + 1)) {
        if (!page.ok) return page;
        rest = page.value.cursor;
        for (const run of page.value.runs) {
          if (run.startedAt < since) return succeeded({ runs, cursor: undefined });
          if (!isWanted(run, wanted)) continue;
          const last = runs.at(-1);
          if (runs.length === limit) return succeeded({ runs, cursor: last && runKey(last) });
          runs.push(run);
        }
      }
      return succeeded({ runs, cursor: rest });
    },

    async all(since) {
      const runs: RunSummary[] = [];
      for await (const page of pages(undefined)) {
        if (!page.ok) return page;
        runs.push(...page.value.runs.filter(({ startedAt }) => startedAt >= since));
        if (page.value.runs.some(({ startedAt }) => startedAt < since)) break;
      }
      return succeeded(runs);
    },

    async prune(before) {
      let count = 0;
      for (let cursor: string | undefined = keyBefore(before); cursor !== undefined; ) {
        const page = await store.list({ prefix: RUNS, cursor });
        if (!page.ok) return page;
        const keys = page.value.objects.map(({ key }) => key);
        const gone = await store.delete(keys);
        if (!gone.ok) return failed(gone.failure);
        count += keys.length;
        cursor = page.value.cursor;
      }
      return succeeded(count);
    },
  };
}

/** The key that stands further down in the list. */
function laterOf(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

function isWanted(run: RunSummary, { kind, status, trigger }: Omit<RunQuery, "limit">): boolean {
  return (
    (kind ?? run.kind) === run.kind &&
    (status ?? run.status) === run.status &&
    (trigger ?? run.trigger) === run.trigger
  );
}

/** Undefined where the object is damaged. */
function readRun(bytes: Uint8Array): StoredRun | undefined {
  return StoredRun.safeParse(documentIn(bytes)).data;
}
