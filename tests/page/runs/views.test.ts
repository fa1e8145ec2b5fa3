import { describe, expect, test } from "vitest";
import { activity } from "../../../handlers/page/runs/activity.ts";
import { barText, runBar } from "../../../handlers/page/runs/bar.ts";
import type { Attempt } from "../../../services/history/bars.ts";
import { succeeded } from "../../../utils/failures.ts";
import { value } from "../../stores/conformance.ts";
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
  test("is a sentence for each run, which leads to it", async () => {
    const { keep, runs } = await openRuns();
    await keep({ ...backup(), startedAt: START - 3 });
    await keep({ ...brokenBackup(), startedAt: START - 2 });
    const newest = await keep({ ...archive(), startedAt: START - 1 });
    const { latest, bars } = value(await runs.recent());
    const text = String(await activity(latest, START));
    expect(text.match(/<li>/g)).toHaveLength(3);
    expect(text).toContain(
      `<a href="/runs/${newest}">Archive of backup-plugin-daily-2026-03-02 made in 31 s, 3.2 MiB</a>`,
    );
    expect(text).toContain("Daily backup made in 31 s, 1 older one removed");
    expect(text).toMatch(/Daily backup failed: [A-Z]/);
    expect(bars.daily?.map(({ status }) => status)).toEqual(["done", "failed"]);
  });

  test("is ten runs, or says that there is none", async () => {
    const { keep, runs } = await openRuns();
    expect(String(await activity([], START))).toContain("No runs yet");
    for (const [record] of everyRun()) await keep(record);
    expect(value(await runs.recent()).latest).toHaveLength(10);
  });

  test("is read anew once another run has ended", async () => {
    const { keep, runs } = await openRuns();
    expect(value(await runs.recent()).latest).toHaveLength(0);
    await keep(backup());
    const first = value(await runs.recent());
    expect(value(await runs.recent())).toBe(first);
    await keep({ ...backup({ result: succeeded([]) }), startedAt: START });
    expect(value(await runs.recent()).latest).toHaveLength(2);
  });
});
