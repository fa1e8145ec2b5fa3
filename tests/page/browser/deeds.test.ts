import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ADMIN_SECRET, START } from "../support.ts";
import { axeFindings, describeInBrowser, sideways } from "./browser.ts";
import { type ServedSite, serveSite, signIn, typeIntoFocused } from "./support.ts";

const DAY_MS = 24 * 60 * 60_000;
const [OLD, NEW] = ["backup-plugin-weekly-2026-03-01", "backup-plugin-daily-2026-03-02"];

async function withBackups(): Promise<ServedSite> {
  const site = await serveSite({}, { forkMs: 600_000 });
  site.project.user.fork(null, OLD, { createdAt: START - DAY_MS, ready: true });
  site.project.user.fork(null, NEW, { createdAt: START - 60_000, ready: true });
  return site;
}

const note = (page: Page) => page.locator("p.note[role=status]").textContent();

describeInBrowser("deeds", (open) => {
  test.each([true, false])("are done by forms (script: %s)", async (javaScriptEnabled) => {
    const { address, project } = await withBackups();
    const page = await open({ address, javaScriptEnabled, viewport: { width: 360, height: 740 } });
    await signIn(page, ADMIN_SECRET);

    const row = page.locator(`#backup-${OLD}`);
    await row.locator("summary").first().click();
    await row.getByLabel("Keep it for good, as").fill("before-launch");
    await row.getByRole("button", { name: "Keep" }).click();
    expect(await note(page)).toContain("The backup is kept under its own name");
    expect(project.environments().map(({ id }) => id)).toContain("before-launch");

    await page.getByLabel("Kind of backup").selectOption("monthly");
    await page.getByRole("button", { name: "Back up now" }).click();
    expect(await note(page)).toContain("The backup has begun");
    expect(project.environment("backup-plugin-monthly-2026-03-02")?.status).toBe("creating");
    expect(await sideways(page)).toBe(0);
    if (javaScriptEnabled) expect(await axeFindings(page)).toEqual([]);
  });

  test("a removal needs a keyboard only, and its page fits a phone", async () => {
    const { address, project } = await withBackups();
    const page = await open({ address, viewport: { width: 360, height: 740 } });
    await signIn(page, ADMIN_SECRET);
    await page.getByRole("navigation").waitFor();
    await page.goto(`${address}/backups/${OLD}/remove`);
    expect(await axeFindings(page)).toEqual([]);
    expect(await sideways(page)).toBe(0);
    await typeIntoFocused(page, `Type ${OLD}`, OLD);
    expect(await note(page)).toContain("The backup is removed.");
    expect(project.environments().filter(({ status }) => status === "ready")).toHaveLength(2);
  });
});
