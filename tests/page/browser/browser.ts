import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import * as z from "zod";

/**
 * Where Debian, Ubuntu and Google put it. The first is the same browser without windows, profiles and extensions, which
 * takes a quarter of the processor's time.
 */
const PATHS = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

const path = [process.env.CHROMIUM_PATH ?? "", ...PATHS].find((each) => existsSync(each));

/** What somebody's browser is. */
export interface Visit extends BrowserContextOptions {
  /** The address of a page. */
  readonly address: string;
  /** Called before the page is opened. */
  readonly before?: ((page: Page) => Promise<void>) | undefined;
}

/** Opens an address in a browser of its own, without cookies; ends with the test. */
export type Open = (visit: Visit) => Promise<Page>;

/**
 * Tests in a real browser: skipped where there is none, as their name then says, and failed where
 * `REQUIRE_BROWSER=1`. Each page must load without an error of its own: no script that fails, nothing that its policy
 * refuses.
 */
export function describeInBrowser(name: string, tests: (open: Open) => void): void {
  if (path === undefined && process.env.REQUIRE_BROWSER !== "1") {
    const how = "no browser here: apt-get install chromium-headless-shell, or set CHROMIUM_PATH";
    describe.skip(`${name} (${how})`, () => tests(async () => expect.unreachable(how)));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    const problems: string[] = [];
    const ends: (() => Promise<void>)[] = [];
    beforeAll(async () => {
      browser = await chromium.launch({ ...(path !== undefined && { executablePath: path }) });
    });
    afterEach(async () => {
      for (const end of ends.splice(0)) await end();
      expect(problems.splice(0)).toEqual([]);
    });
    afterAll(() => browser?.close());

    tests(async ({ address, before, ...options }) => {
      if (browser === undefined) throw new Error("The browser has not been started.");
      const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", ...options });
      ends.push(() => context.close());
      const page = await context.newPage();
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (message) => {
        // The status of an answer is what tests look at themselves.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
          problems.push(message.text());
      });
      await before?.(page);
      await page.goto(address);
      return page;
    });
  });
}

const Violations = z.array(
  z.object({
    id: z.string(),
    impact: z.nullable(z.string()),
    help: z.string(),
    nodes: z.array(z.object({ html: z.string() })),
  }),
);

/** What axe-core finds serious or critical on a page, with the elements that it means. */
export async function axeFindings(page: Page): Promise<string[]> {
  // By the debugger, which the page's policy does not bind.
  await page.evaluate(axe.source);
  const found = await page.evaluate(
    "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => JSON.parse(JSON.stringify(violations)))",
  );
  return Violations.parse(found)
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
}

/** How far the page can be scrolled sideways, px. */
export async function sideways(page: Page): Promise<number> {
  const root = "document.documentElement";
  return z.number().parse(await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`));
}
