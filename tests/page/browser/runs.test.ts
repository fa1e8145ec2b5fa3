import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, expect, test } from "vitest";
import { type History, historyOf } from "../../../services/history/history.ts";
import { openDiskStore } from "../../../services/stores/disk.ts";
import { value } from "../../stores/conformance.ts";
import { archive, backup, brokenBackup, everyRun } from "../runs/support.ts";
import { SECRET, START } from "../support.ts";
import { axeFindings, describeInBrowser, sideways, type Visit } from "./browser.ts";
import { serveSite, signIn } from "./support.ts";

const DAY_MS = 24 * 60 * 60_000;
const PHONE = { width: 360, height: 740 };

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

/** A server whose store holds runs of every kind, and of 40 days before. */
async function serveRuns(): Promise<{ readonly address: string; readonly broken: string }> {
  const folder = await mkdtemp(join(tmpdir(), "runs-"));
  folders.push(folder);
  const { address } = await serveSite({ BACKUP_STORE: `file://${folder}` });
  const history: History = historyOf(value(await openDiskStore({ root: folder })));
  for (let day = 1; day <= 40; day += 1) {
    const startedAt = START - day * DAY_MS;
    value(await history.finish({ ...(day % 7 === 0 ? brokenBackup() : backup()), startedAt }));
    value(await history.finish({ ...archive(), startedAt: startedAt + 60_000 }));
  }
  for (const [record] of everyRun()) value(await history.finish(record));
  const broken = value(await history.finish({ ...brokenBackup(), startedAt: START - 1 }));
  return { address, broken };
}

describeInBrowser("the pages about runs", (open) => {
  async function openAt(path: string, options: Omit<Visit, "address"> = {}): Promise<Page> {
    const { address, broken } = await serveRuns();
    const page = await open({ address, ...options });
    await signIn(page, SECRET);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    await page.goto(`${address}${path.replace(":broken", broken)}`);
    return page;
  }

  test.each([
    ["light", "/runs"],
    ["dark", "/runs"],
    ["light", "/runs/:broken"],
    ["dark", "/runs/:broken"],
    ["light", "/runs?kind=copy&from=never"],
  ] as const)("%s %s: are accessible, and fit a phone", async (colorScheme, path) => {
    const page = await openAt(path, { colorScheme });
    for (const details of await page.locator("summary").all()) await details.click();
    expect(await axeFindings(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await sideways(page)).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
  });

  test.each([true, false])("choose and go on, with script: %s", async (javaScriptEnabled) => {
    const page = await openAt("/runs", { javaScriptEnabled });
    await page.getByRole("link", { name: "Older" }).click();
    await page.getByRole("link", { name: "Newest" }).click();
    await page.getByLabel("Kind").selectOption("Backup");
    await page.getByLabel("Outcome").selectOption("failed");
    await page.getByRole("button", { name: "Show" }).click();
    await page.waitForURL(/kind=backup&status=failed/);
    // Five of 40 days, two of every kind, and the newest.
    expect(await page.locator('td[data-label="Began"]').count()).toBe(8);
    await page.getByRole("link", { name: "Backup", exact: true }).first().click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("Daily backup failed");
  });

  test("need a keyboard only", async () => {
    const page = await openAt("/runs");
    await page.getByLabel("Outcome").focus();
    await page.keyboard.press("f");
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate("document.activeElement.textContent")) === "Show") break;
    }
    await page.keyboard.press("Enter");
    await page.waitForURL(/status=failed/);
  });

  test("give a file to spreadsheets", async () => {
    const page = await openAt("/runs?status=failed");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download as CSV" }).click();
    expect((await download).suggestedFilename()).toBe("runs-2026-03-02.csv");
    expect(await (await download).failure()).toBeNull();
  });
});
