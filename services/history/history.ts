import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { documentBytes, documentIn } from "../stores/document.ts";
import type { StoreFailure } from "../stores/failures.ts";
import type { Store } from "../stores/store.ts";
import { keyBefore, newRunId, placeOf, RUNS, runKey, summaryIn } from "./keys.ts";
import type { RunRecord } from "./record.ts";
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
  /** Ms since the epoch. */
  readonly since?: number | undefined;
  /** A page's. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface RunPage {
  readonly runs: readonly RunSummary[];
  /** Where the next page begins; undefined on the last one. It may turn out empty. */
  readonly cursor: string | undefined;
}

/** One request lists no more than so many thousands of runs. */
const MOST_PAGES = 20;

export function historyOf(store: Store): History {
  /** Runs in order, page by page, from one key on; ends with what a failure is. */
  async function* pages(cursor: string | undefined): AsyncGenerator<Result<RunPage, StoreFailure>, void> {
    let next = cursor;
    for (let count = 0; count < MOST_PAGES; count += 1) {
      const page = await store.list({ prefix: RUNS, cursor: next });
      if (!page.ok) return yield page;
      const { objects } = page.value;
      next = page.value.cursor;
      yield succeeded({ runs: objects.flatMap(({ key }) => summaryIn(key) ?? []), cursor: next });
      if (next === undefined) return;
    }
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
      if (key === undefined) return succeeded(undefined);
      const found = await store.get(key);
      if (!found.ok) return found;
      return succeeded(found.value && readRun(found.value.bytes));
    },

    async list({ kind, status, since = 0, cursor, limit }) {
      const runs: RunSummary[] = [];
      let rest: string | undefined;
      for await (const page of pages(cursor)) {
        if (!page.ok) return page;
        rest = page.value.cursor;
        for (const run of page.value.runs) {
          if (run.startedAt < since) return succeeded({ runs, cursor: undefined });
          if ((kind ?? run.kind) !== run.kind || (status ?? run.status) !== run.status) continue;
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

/** Undefined where the object is damaged. */
function readRun(bytes: Uint8Array): StoredRun | undefined {
  return StoredRun.safeParse(documentIn(bytes)).data;
}
