import { describe, expect, test } from "vitest";
import { type History, historyOf, type RunQuery } from "../../services/history/history.ts";
import { createRunReader } from "../../services/history/known.ts";
import type { BackupRecord } from "../../services/history/record.ts";
import { isWorthKeeping } from "../../services/history/run.ts";
import { statsOf } from "../../services/history/stats.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { failed, OUT_OF_TIME, succeeded } from "../../utils/failures.ts";
import { bytesOf, value } from "./conformance.ts";

const NOW = Date.UTC(2026, 2, 7, 5);
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

function backup(startedAt: number, changes: Partial<BackupRecord> = {}): BackupRecord {
  return {
    kind: "backup",
    trigger: "schedule",
    by: "schedule",
    startedAt,
    durationMs: 1_000,
    calls: 5,
    status: "done",
    result: succeeded([
      {
        kind: "done",
        cadence: "daily",
        date: "2026-03-07",
        environmentId: "backup-plugin-daily-2026-03-07",
        deleted: ["backup-plugin-daily-2026-03-06"],
        problems: [],
        takenAt: startedAt,
        reused: false,
      },
    ]),
    ...changes,
  };
}

const broken = (startedAt: number) =>
  backup(startedAt, { status: "failed", trigger: "hand", by: "holder", result: failed(OUT_OF_TIME) });

function open() {
  const store = createMemoryStore({ now: () => NOW });
  return { store, history: historyOf(store) };
}

describe("a run that is over", () => {
  test("is one object, and its key alone tells what a list shows", async () => {
    const { store, history } = open();
    const id = value(await history.finish(backup(NOW)));
    const { objects } = value(await store.list({}));
    expect(objects.map(({ key }) => key)).toEqual([
      `runs/8227140399999~backup~done~1000~0~daily~schedule~${id.slice(-8)}.json`,
    ]);
    const { runs } = value(await history.list({ limit: 10 }));
    expect(runs).toEqual([
      {
        id,
        kind: "backup",
        status: "done",
        trigger: "schedule",
        startedAt: NOW,
        durationMs: 1_000,
        bytes: 0,
        cadences: ["daily"],
      },
    ]);
  });

  test("is found by its id, with what came of each backup", async () => {
    const { history } = open();
    const id = value(await history.finish(backup(NOW)));
    value(await history.finish(backup(NOW)));
    const run = value(await history.get(id));
    expect(run).toMatchObject({ id, by: "schedule", calls: 5, failure: null });
    expect(run?.backups).toMatchObject([{ outcome: "done", cadence: "daily", failure: null }]);
    const other = value(await history.finish(broken(NOW)));
    const { cause, sentence } = OUT_OF_TIME;
    expect(value(await history.get(other))).toMatchObject({ backups: [], failure: { cause, sentence } });
  });

  test.each(["", "run_1", "run_8227140399999_aaaaaaaa", "../dato-archive", "run_8227140399999_a/../b"])(
    "is not found by %j",
    async (id) => {
      const { history } = open();
      value(await history.finish(backup(NOW)));
      expect(value(await history.get(id))).toBeUndefined();
    },
  );

  test("is one, however often it is kept", async () => {
    const { history } = open();
    const id = value(await history.finish(backup(NOW)));
    value(await history.finish(backup(NOW), id));
    expect(value(await history.list({ limit: 10 })).runs).toHaveLength(1);
  });

  test("is not kept where the schedule found nothing to do", () => {
    expect(isWorthKeeping(backup(NOW, { status: "skipped", result: succeeded([]) }))).toBe(false);
    expect(isWorthKeeping(backup(NOW, { status: "skipped", trigger: "hand" }))).toBe(true);
    expect(isWorthKeeping(broken(NOW))).toBe(true);
  });
});

describe("the list", () => {
  async function many(count: number) {
    const { store, history } = open();
    for (let index = 0; index < count; index += 1) {
      const at = NOW - index * HOUR_MS;
      value(await history.finish(index % 4 === 3 ? broken(at) : backup(at)));
    }
    const pages = async (query: Omit<RunQuery, "cursor">) => {
      const all = [];
      for (let cursor: string | undefined, page = 0; ; page += 1) {
        const found = value(await history.list({ ...query, cursor }));
        all.push(...found.runs);
        cursor = found.cursor;
        if (cursor === undefined || page > 100) return all;
      }
    };
    return { store, history, pages };
  }

  test("is the newest first, page by page, each run once", async () => {
    const { pages } = await many(50);
    const runs = await pages({ limit: 7 });
    expect(runs.map(({ startedAt }) => startedAt)).toEqual(
      Array.from({ length: 50 }, (_, i) => NOW - i * HOUR_MS),
    );
  });

  test("is of one kind, one status, set off by one thing, or of some time", async () => {
    const { pages } = await many(50);
    expect(await pages({ limit: 5, status: "failed" })).toHaveLength(12);
    expect(await pages({ limit: 5, trigger: "hand" })).toHaveLength(12);
    expect(await pages({ limit: 5, trigger: "plugin" })).toEqual([]);
    const [from, to] = [NOW - 9 * HOUR_MS, NOW - 2 * HOUR_MS];
    const between = await pages({ limit: 5, since: from, before: to });
    expect(between.map(({ startedAt }) => startedAt)).toEqual(
      Array.from({ length: 7 }, (_, index) => NOW - (index + 3) * HOUR_MS),
    );
    expect(await pages({ limit: 5, kind: "archive" })).toEqual([]);
    expect(await pages({ limit: 5, kind: "backup", since: NOW - 9 * HOUR_MS })).toHaveLength(10);
  });

  test("goes on beyond a thousand runs, and takes a run that comes meanwhile", async () => {
    const { history, pages } = await many(1_100);
    const first = value(await history.list({ limit: 500 }));
    value(await history.finish(backup(NOW + 1)));
    const second = value(await history.list({ limit: 500, cursor: first.cursor }));
    expect(second.runs[0]?.startedAt).toBe(NOW - 500 * HOUR_MS);
    expect(await pages({ limit: 500 })).toHaveLength(1_101);
    expect(value(await history.all(0))).toHaveLength(1_101);
  });

  test("asks the store for no more than a page of it needs", async () => {
    const { store } = await many(300);
    const limits: (number | undefined)[] = [];
    const history = historyOf({
      ...store,
      list(query) {
        limits.push(query.limit);
        return store.list(query);
      },
    });
    expect(value(await history.list({ limit: 50 })).runs).toHaveLength(50);
    expect(limits).toEqual([51]);
    expect(value(await history.list({ limit: 50, status: "failed" })).runs).toHaveLength(50);
    expect(limits).toEqual([51, 51, 204]);
  });

  test("leaves out what is none of a run's", async () => {
    const { store, history } = open();
    for (const key of ["runs/x.json", "runs/8227140399999~later~done~1~0~~hand~aaaaaaaa.json", "jobs/a"])
      value(await store.put(key, bytesOf("{}")));
    expect(value(await history.list({ limit: 10 }))).toEqual({ runs: [], cursor: undefined });
  });

  test("ends with what has gone by its time, and nothing else", async () => {
    const { history } = await many(50);
    expect(value(await history.prune(NOW - 9 * HOUR_MS))).toBe(40);
    expect(value(await history.all(0))).toHaveLength(10);
    expect(value(await history.prune(NOW - 9 * HOUR_MS))).toBe(0);
  });
});

describe("records of runs that were listed", () => {
  test("are read once while they are remembered, and stay summaries where they are gone", async () => {
    const { store, history } = open();
    for (const at of [NOW, NOW - 1, NOW - 2]) value(await history.finish(backup(at)));
    const read: string[] = [];
    const readRuns = createRunReader(2);
    const watched: Pick<History, "read"> = {
      read(run) {
        read.push(run.id);
        return history.read(run);
      },
    };
    const { runs } = value(await history.list({ limit: 3 }));
    const [first, second, third] = runs.map(({ id }) => id);
    expect(value(await readRuns(watched, runs.slice(0, 2)))).toMatchObject([
      { id: first, calls: 5 },
      { id: second, calls: 5 },
    ]);
    value(await readRuns(watched, runs.slice(0, 2)));
    expect(read).toEqual([first, second]);
    value(await readRuns(watched, runs.slice(2)));
    value(await readRuns(watched, runs.slice(0, 1)));
    expect(read).toEqual([first, second, third, first]);

    for (const { key } of value(await store.list({ prefix: "runs/" })).objects)
      value(await store.put(key, bytesOf("damaged")));
    expect(value(await createRunReader()(history, runs))).toEqual(runs);
  });
});

describe("the statistics", () => {
  test("count what ended well, and what did not", async () => {
    const { history } = open();
    value(await history.finish(backup(NOW - 3 * DAY_MS, { durationMs: 9_000 })));
    value(await history.finish(backup(NOW - 2 * DAY_MS, { durationMs: 1_000 })));
    value(await history.finish(backup(NOW - DAY_MS / 2, { status: "creating" })));
    value(await history.finish(broken(NOW - 3 * DAY_MS)));
    value(await history.finish(broken(NOW - HOUR_MS)));
    const stats = statsOf(value(await history.all(0)), NOW);
    expect(stats).toMatchObject({ count: 5, failures: 2, failuresOf24Hours: 1, successRate: 0.5 });
    expect(stats.medianDurationMs).toBe(5_000);
    expect(stats.kinds.backup).toMatchObject({ count: 5 });
    expect(stats.cadences).toMatchObject({ daily: { count: 3, failures: 0, successRate: 1 } });
  });

  test("say nothing of nothing", () => {
    expect(statsOf([], NOW)).toEqual({
      count: 0,
      failures: 0,
      failuresOf24Hours: 0,
      successRate: undefined,
      medianDurationMs: undefined,
      bytes: 0,
      kinds: {},
      cadences: {},
    });
  });
});
