import { describe, expect, test } from "vitest";
import { csvFile } from "../../../handlers/page/runs/csv.ts";
import { storeUnavailable } from "../../../services/stores/failures.ts";
import { createMemoryStore } from "../../../services/stores/memory.ts";
import { failed } from "../../../utils/failures.ts";
import { SECRET, START } from "../support.ts";
import { archive, backup, brokenBackup, everyRun, openRuns } from "./support.ts";

const HEAD =
  "run_id,began_at,kind,status,trigger,asked_by,duration_ms,datocms_calls,bytes,kinds_of_backup,environments,archive_id,removed,cause,sentence";

/** Reads CSV as RFC 4180 has it; throws where it is none. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (found === null) throw new Error(`No CSV: ${text.slice(0, 80)}`);
    const [, quoted, plain = "", end] = found;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\r\n") rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

async function csvOf(site: { ask(path: string): Promise<{ text: string }> }, query = "") {
  return rowsOf((await site.ask(`/runs.csv${query}`)).text.replace(/^\ufeff/, ""));
}

describe("GET /runs.csv", () => {
  test("is a file with a head of names, one line for each run of every kind", async () => {
    const { site, keep } = await openRuns();
    for (const [record] of everyRun()) await keep(record);
    const { status, headers } = await site.ask("/runs.csv");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(headers.get("content-disposition")).toBe('attachment; filename="runs-2026-03-02.csv"');
    expect(headers.get("cache-control")).toBe("no-store");
    const [head, ...rows] = await csvOf(site);
    expect(head?.join()).toBe(HEAD);
    expect(rows).toHaveLength(everyRun().length);
    for (const row of rows) expect(row).toHaveLength(head?.length ?? 0);
  });

  test("is given to a script that sends the secret as a password", async () => {
    const { site, keep } = await openRuns();
    const id = await keep(backup());
    site.cookies.clear();
    const ask = (secret: string) =>
      site.ask("/runs.csv", { headers: { accept: "*/*", authorization: `Basic ${btoa(`any:${secret}`)}` } });
    expect((await ask(SECRET)).text).toContain(id);
    expect((await ask("another secret")).status).toBe(401);
  });

  test("holds no secret, though a record does", async () => {
    const { site, keep } = await openRuns();
    await keep(brokenBackup(`It said "${SECRET}".`));
    const { text } = await site.ask("/runs.csv");
    expect(text).toContain("[redacted]");
    expect(text).not.toContain(SECRET);
  });

  test("says of a run what its page says", async () => {
    const { site, keep } = await openRuns();
    const made = await keep(backup());
    const broken = await keep({ ...brokenBackup('Not "so", it said.'), startedAt: START - 1 });
    const began = new Date(START - 60 * 60_000).toISOString();
    const id = "backup-plugin-daily-2026-03-02";
    const [, first, second] = await csvOf(site);
    expect(first?.slice(0, 4)).toEqual([broken, "2026-03-02T11:59:59.999Z", "backup", "failed"]);
    expect(first?.slice(-2)).toEqual(["FORK_FAILED", 'Not "so", it said.']);
    expect(second).toEqual([
      ...[made, began, "backup", "done", "hand", "holder", "31000", "9", "0", "daily", id, ""],
      ...["backup-plugin-daily-2026-03-01", "", ""],
    ]);
  });

  test.each([
    ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(1)", "'@SUM(1)"],
    ["\t=1", "'\\u0009=1"],
    ["\r=1", "'\\u000d=1"],
    ["a\r\n=1,2", "a\\u000d\\u000a=1,2"],
    ["\u001b[31m\u202e<b>", "\\u001b[31m\\u202e<b>"],
    ["Jürgen", "Jürgen"],
  ])("makes no formula of %j, and breaks no line at it", async (sentence, shown) => {
    const { site, keep } = await openRuns();
    await keep(brokenBackup(sentence));
    const rows = await csvOf(site);
    expect(rows[1]?.at(-1)).toBe(shown);
    expect(rows).toHaveLength(2);
  });

  test("begins with the mark by which Excel knows UTF-8", async () => {
    const none = (async function* () {})();
    const bytes = new Uint8Array(await new Response(await csvFile(none)).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toBe(`${HEAD}\r\n`);
  });

  test("holds what was chosen", async () => {
    const { site, keep, keepMany } = await openRuns();
    await keepMany(320);
    await keep(archive());
    expect(await csvOf(site, "?kind=archive")).toHaveLength(2);
    expect(await csvOf(site, "?from=2026-02-01&to=2026-02-07")).toHaveLength(8);
    expect(await csvOf(site, "?status=failed")).toHaveLength(33);
    expect(await csvOf(site)).toHaveLength(322);
  });

  test("fails at once where the store does, and breaks off where it fails later", async () => {
    const inner = createMemoryStore({ now: () => START });
    let answers = Number.POSITIVE_INFINITY;
    const { site, keepMany } = await openRuns({
      store: {
        ...inner,
        list(query) {
          answers -= 1;
          return answers < 0
            ? Promise.resolve(failed(storeUnavailable("It does not answer.")))
            : inner.list(query);
        },
      },
    });
    await keepMany(320);
    answers = 0;
    expect((await site.ask("/runs.csv")).status).toBe(500);
    answers = 1;
    await expect(site.ask("/runs.csv")).rejects.toThrow("It does not answer.");
  });
});
