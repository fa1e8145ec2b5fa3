import { describe, expect, test } from "vitest";
import { barText, runBar } from "../../../handlers/page/runs/bar.ts";
import type { Attempt } from "../../../services/history/bars.ts";
import { storeUnavailable } from "../../../services/stores/failures.ts";
import { createMemoryStore } from "../../../services/stores/memory.ts";
import { failed } from "../../../utils/failures.ts";
import { START } from "../support.ts";
import { archive, backup, brokenBackup, everyRun, openRuns } from "./support.ts";

const attempts = (...statuses: Attempt["status"][]): Attempt[] =>
  statuses.map((status, index) => ({ id: `run_${index}`, startedAt: index, status }));
const many = (count: number) => attempts(...Array<"done">(count).fill("done"));

describe("the bar of a kind of backup", () => {
  test.each([
    [attempts(), "No run yet"],
    [attempts("done"), "1 of 1 made"],
    [attempts("done", "failed", "creating"), "1 of 3 made, 1 failed, 1 in the making"],
    [[...attempts("failed", "failed"), ...many(29)], "29 of 30 made, 1 failed"],
  ])("says in words what it shows", async (runs, text) => {
    expect(barText(runs)).toBe(text);
    expect(String(await runBar(runs))).toContain(`role="img"`);
    expect(String(await runBar(runs))).toContain(`<title>${text}</title>`);
  });

  test("gives each end a shape of its own, and a place that no run took a dot", async () => {
    const drawn = String(await runBar(attempts("done", "creating", "failed")));
    const shapes = new Map(
      [...drawn.matchAll(/<path class="(\w+)" d="M\d+ 0([^M"]+)/g)].map(([, a, b]) => [a, b]),
    );
    expect([...shapes.keys()]).toEqual(["good", "busy", "bad", "unknown"]);
    expect(new Set(shapes.values()).size).toBe(4);
    expect(drawn.match(/m2 7h2/g)).toHaveLength(27);
    // The newest stands on the right.
    expect(drawn).toContain('class="bad" d="M232 0');
  });
});

describe("recent activity", () => {
  test("is a sentence for each run, which leads to it; and a bar of those of a kind", async () => {
    const { keep, runs } = await openRuns();
    await keep({ ...backup(), startedAt: START - 3 });
    await keep({ ...brokenBackup(), startedAt: START - 2 });
    const newest = await keep({ ...archive(), startedAt: START - 1 });
    const shown = await runs.atAGlance(START);
    const text = String(await shown?.activity);
    expect(text.match(/<li>/g)).toHaveLength(3);
    expect(text).toContain(
      `<a href="/runs/${newest}">Archive of backup-plugin-daily-2026-03-02 made in 31 s, 3.2 MiB</a>`,
    );
    expect(text).toContain("Daily backup made in 31 s, 1 older one removed");
    expect(text).toContain(">Daily backup failed: DatoCMS began the backup, and it is gone again</a>");
    expect(String(await shown?.bar("daily"))).toContain("<title>1 of 2 made, 1 failed</title>");
    expect(shown?.bar("weekly")).toBeUndefined();
  });

  test("is ten runs, or says that there is none", async () => {
    const { keep, runs } = await openRuns();
    const shown = async () => String(await (await runs.atAGlance(START))?.activity);
    expect(await shown()).toContain("No runs yet");
    for (const [record] of everyRun()) await keep(record);
    expect((await shown()).match(/<li>/g)).toHaveLength(10);
  });

  test("is not there where the store fails", async () => {
    const store = createMemoryStore({ now: () => START });
    const { runs } = await openRuns({
      store: { ...store, list: async () => failed(storeUnavailable("503")) },
    });
    expect(await runs.atAGlance(START)).toBeUndefined();
  });

  test("stands on the overview", async () => {
    const { site, keep } = await openRuns();
    await keep(backup());
    const { text } = await site.ask("/");
    expect(text).toContain("<h2>Recent activity</h2>");
    expect(text).toContain("<title>1 of 1 made</title>");
  });

  test("costs one short listing while no run has ended since", async () => {
    const inner = createMemoryStore({ now: () => START });
    const calls: string[] = [];
    const store: typeof inner = {
      ...inner,
      get: (key) => inner.get(key).finally(() => calls.push("get")),
      list: (query) => inner.list(query).finally(() => calls.push("list")),
    };
    const { keep, runs } = await openRuns({ store });
    await keep(backup());
    await runs.atAGlance(START);
    expect(calls.splice(0)).toEqual(["list", "list", "get"]);
    await runs.atAGlance(START);
    expect(calls.splice(0)).toEqual(["list"]);
    await keep({ ...archive(), startedAt: START });
    await runs.atAGlance(START);
    expect(calls).toEqual(["list", "list", "get"]);
  });
});
