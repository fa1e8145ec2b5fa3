import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { storeUnavailable } from "../../../services/stores/failures.ts";
import { createMemoryStore } from "../../../services/stores/memory.ts";
import { failed } from "../../../utils/failures.ts";
import { openSite, READ_SECRET, SECRET } from "../support.ts";
import { archive, everyRun, openRuns } from "./support.ts";

const rowsIn = (page: string) => page.match(/<td data-label="Began">/g)?.length ?? 0;
const linkIn = (page: string, name: string) =>
  new RegExp(`href="([^"]+)"[^>]*>${name}</a>`).exec(page)?.[1]?.replaceAll("&amp;", "&");

describe("GET /runs", () => {
  test("shows a run of every kind and status, each leading to its page", async () => {
    const { site, keep } = await openRuns();
    const ids: string[] = [];
    for (const [record] of everyRun()) ids.push(await keep(record));
    const { status, text } = await site.ask("/runs");
    expect(status).toBe(200);
    expect(rowsIn(text)).toBe(ids.length);
    for (const id of ids) expect(text).toContain(`href="/runs/${id}"`);
    for (const word of ["done", "in the making", "nothing to do", "in part", "failed"])
      expect(text).toContain(`</span>${word}</td>`);
  });

  test("asks for a secret, and the one for reading will do", async () => {
    const { site, keep } = await openRuns({ secret: READ_SECRET });
    await keep(archive());
    expect((await site.ask("/runs")).text).toContain("3.2 MiB");
    site.cookies.clear();
    const { status, text } = await site.ask("/runs");
    expect([status, text.includes("3.2 MiB")]).toEqual([401, false]);
  });

  test("says so where there are none yet, where none matches, and where there is no store", async () => {
    const { site, keep } = await openRuns();
    expect((await site.ask("/runs")).text).toContain("No runs yet");
    await keep(archive());
    expect((await site.ask("/runs?kind=restore")).text).toContain("No run matches");
    const storeless = openSite();
    await storeless.signIn(SECRET);
    for (const path of ["/runs", "/runs.csv", "/runs/run_1"]) {
      const { status, text } = await storeless.ask(path);
      expect([status, text.includes("No store"), text.includes("BACKUP_STORE")]).toEqual([200, true, true]);
    }
  });

  test("says so where the store fails", async () => {
    const store = createMemoryStore({ now: () => 0 });
    const away = storeUnavailable("It does not answer.");
    const { site } = await openRuns({ store: { ...store, list: async () => failed(away) } });
    const { status, text } = await site.ask("/runs");
    expect(status).toBe(500);
    expect(text).toContain(away.sentence);
  });

  test("leads through more than a thousand runs, fifty a page, and back to the newest", async () => {
    const { site, keepMany } = await openRuns();
    await keepMany(1_020);
    const seen = new Set<string>();
    let pages = 0;
    for (let address: string | undefined = "/runs"; address !== undefined && pages < 40; pages += 1) {
      const { text } = await site.ask(address);
      for (const [, id = ""] of text.matchAll(/href="\/runs\/(run_\w+)"/g)) seen.add(id);
      expect(linkIn(text, "Newest")).toBe(pages === 0 ? undefined : "/runs");
      address = linkIn(text, "Older");
    }
    expect([seen.size, pages]).toEqual([1_020, 21]);
  });

  test("shows what was chosen, and goes on with it", async () => {
    const { site, keep, keepMany } = await openRuns();
    await keepMany(600);
    await keep(archive());
    const failures = await site.ask("/runs?kind=backup&status=failed&trigger=hand&from=&to=");
    expect(rowsIn(failures.text)).toBe(50);
    expect(failures.text).toContain('<option value="failed" selected>');
    const older = await site.ask(linkIn(failures.text, "Older") ?? "");
    expect(rowsIn(older.text)).toBe(10);
    expect(linkIn(older.text, "Newest")).toBe("/runs?kind=backup&status=failed&trigger=hand");
    expect(linkIn(older.text, "Download as CSV")).toBe("/runs.csv?kind=backup&status=failed&trigger=hand");
    const days = await site.ask("/runs?from=2026-02-01&to=2026-02-07");
    expect(rowsIn(days.text)).toBe(7);
    expect(days.text).toContain('value="2026-02-07"');
    expect(rowsIn((await site.ask("/runs?kind=archive")).text)).toBe(1);
  });

  test.each([
    ["kind=copy", "kind", "Choose one of the list"],
    ["status=ok", "status", "Choose one of the list"],
    ["trigger=%3Cb%3E", "trigger", "Choose one of the list"],
    ["from=yesterday", "from", "Enter a day"],
    ["to=2026-02-30", "to", "Enter a day"],
    ["from=2026-02-02&to=2026-02-01", "to", "before the first one"],
  ])("says at its field what is wrong with ?%s", async (query, field, sentence) => {
    const { site, keep } = await openRuns();
    await keep(archive());
    for (const path of ["/runs", "/runs.csv"]) {
      const { status, text } = await site.ask(`${path}?${query}`);
      expect(status).toBe(400);
      expect(text).toMatch(new RegExp(`id="${field}-problem">[^<]*${sentence}`));
      expect(text).toContain(`aria-describedby="${field}-problem"`);
      expect(rowsIn(text)).toBe(0);
    }
  });

  test("refuses a place in the list that is none", async () => {
    const { site } = await openRuns();
    const { status, text } = await site.ask("/runs?cursor=../../x");
    expect([status, text.includes("no such part of the list")]).toEqual([400, true]);
  });

  test("shows the last 30 days by kind, in figures and drawn, on its first page alone", async () => {
    const { site, keep, keepMany } = await openRuns();
    await keepMany(60);
    await keep(archive());
    const { text } = await site.ask("/runs");
    const month = text.split("The last 30 days")[1] ?? "";
    expect(month).toContain("<title>Backup: 30 runs in 30 days, 3 failed</title>");
    expect(month).toMatch(/data-label="Succeeded">90 %</);
    expect(month).toMatch(/data-label="Usually took">31 s</);
    expect(month).toContain("<desc>3.2 MiB on the day with most, 3.2 MiB on 2026-03-02.</desc>");
    expect(text).not.toContain("style=");
    expect((await site.ask("/runs?kind=backup")).text).not.toContain("The last 30 days");
  });

  test("is small: 50 runs and the figures in 20 KiB", async () => {
    const { site, keep, keepMany } = await openRuns();
    await keepMany(120);
    for (const [record] of everyRun()) await keep(record);
    const { text } = await site.ask("/runs");
    expect(rowsIn(text)).toBe(50);
    expect(gzipSync(text).length).toBeLessThan(20 * 1024);
  });

  test("reads each record once, and lists no more than a page needs", async () => {
    const inner = createMemoryStore({ now: () => 0 });
    const calls: string[] = [];
    const store = {
      ...inner,
      get(key: string) {
        calls.push("get");
        return inner.get(key);
      },
      list(query: Parameters<typeof inner.list>[0]) {
        calls.push(`list ${query.limit}`);
        return inner.list(query);
      },
    };
    const { site, keepMany } = await openRuns({ store });
    await keepMany(60);
    await site.ask("/runs?kind=backup");
    expect(calls).toEqual(["list 51", ...Array(50).fill("get")]);
    await site.ask("/runs?kind=backup");
    expect(calls.slice(51)).toEqual(["list 51"]);
  });
});
