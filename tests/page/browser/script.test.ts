import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { SECRET, START } from "../support.ts";
import { describeInBrowser } from "./browser.ts";
import { type ServedSite, serveSite, signIn } from "./support.ts";

/** After it, an idle page looks again. */
const IDLE_MS = 300_000;

async function makeBackups({ address }: ServedSite): Promise<void> {
  const headers = { authorization: `Bearer ${SECRET}` };
  const made = await fetch(`${address}/api/jobs/initialize`, { method: "POST", headers });
  expect(made.status).toBe(200);
}

/** Signed in, on a clock that goes on only where it is told to. */
async function lookAt(site: ServedSite, page: Page, path = "/"): Promise<{ count: number }> {
  const asked = { count: 0 };
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/" && request.resourceType() === "fetch") asked.count += 1;
  });
  await signIn(page, SECRET);
  await page.getByRole("navigation").waitFor();
  await page.clock.install({ time: START });
  await page.goto(`${site.address}${path}`);
  return asked;
}

describeInBrowser("the script", (open) => {
  test("shows what has changed, and leaves focus and open details as they are", async () => {
    const site = await serveSite();
    const page = await open({ address: site.address });
    await lookAt(site, page);
    expect(await page.title()).toContain("No backup yet");
    const details = page.locator("details").first();
    await details.locator("summary").click();
    await makeBackups(site);
    await page.clock.runFor(IDLE_MS);
    await page.getByRole("heading", { level: 1 }).filter({ hasNotText: "No backup yet" }).waitFor();
    expect(await page.title()).not.toContain("No backup yet");
    expect(await details.getAttribute("open")).not.toBeNull();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("SUMMARY");
  });

  test("looks again without asking DatoCMS, and not while nobody sees the page", async () => {
    const site = await serveSite();
    const page = await open({ address: site.address });
    const asked = await lookAt(site, page, "/?fresh");
    const calls = site.emulator.requests.length;
    const answered = page.waitForResponse((each) => each.request().resourceType() === "fetch");
    await page.clock.runFor(IDLE_MS);
    expect((await answered).url()).toBe(`${site.address}/`);
    expect([asked.count, site.emulator.requests.length]).toEqual([1, calls]);
    const hide = "Object.defineProperty(document, 'hidden', { value: true, configurable: true })";
    await page.evaluate(`${hide}; document.dispatchEvent(new Event("visibilitychange"))`);
    await page.clock.runFor(3 * IDLE_MS);
    expect(asked.count).toBe(1);
  });

  test("says so where no page comes, and takes it back with the next one", async () => {
    const site = await serveSite();
    const page = await open({ address: site.address });
    await lookAt(site, page);
    const title = await page.title();
    const icon = page.locator("link[rel=icon]");
    const iconBefore = await icon.getAttribute("href");
    const note = page.getByText("No answer since Mon 2 March");
    for (const fails of ["abort", "502"]) {
      await page.route(`${site.address}/`, (route) =>
        fails === "abort" ? route.abort() : route.fulfill({ status: 502, body: "" }),
      );
      await page.clock.runFor(IDLE_MS);
      await note.waitFor();
      expect(await page.title()).toMatch(/^\? No answer since/);
      expect(await icon.getAttribute("href")).toBe("/icon-unknown.svg");
      await page.unroute(`${site.address}/`);
      await page.clock.runFor(IDLE_MS);
      await note.waitFor({ state: "detached" });
      expect([await page.title(), await icon.getAttribute("href")]).toEqual([title, iconBefore]);
    }
  });

  test("asks for the secret where the session has ended meanwhile", async () => {
    const site = await serveSite();
    const page = await open({ address: site.address });
    await lookAt(site, page);
    site.variables.DATOCMS_BACKUPS_SHARED_SECRET = "another-secret-of-the-plugin";
    await page.clock.runFor(IDLE_MS);
    await page.getByLabel("Secret").waitFor();
  });

  test("writes times in the reader's zone", async () => {
    const site = await serveSite();
    await makeBackups(site);
    const page = await open({ address: site.address, timezoneId: "Asia/Tokyo" });
    await lookAt(site, page);
    // Noon of UTC.
    await page.locator("time", { hasText: "today 21:00" }).first().waitFor();
    expect(await page.locator("time").first().getAttribute("title")).toBe("2026-03-02 12:00 UTC");
    expect(await page.locator("#zone").textContent()).toContain("Asia/Tokyo");
  });
});
