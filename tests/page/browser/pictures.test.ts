import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import * as z from "zod";
import type { HeadlineState } from "../../../services/backupService.ts";
import { VERSION } from "../../../utils/version.ts";
import { SCENES, type Scene } from "../states.ts";
import { ADMIN_SECRET, type Site } from "../support.ts";
import { axeFindings, describeInBrowser, sideways } from "./browser.ts";

/** Writes the pictures anew: look at each before it goes into the repository. */
const IS_WRITING = process.env.WRITE_PICTURES === "1";
const FOLDER = "docs/pictures";
/** Says of which markup and style each picture was made, so that none outlives them. */
const MADE_OF = `${FOLDER}/made-of.json`;
const ORIGIN = "http://localhost:8787";
const AGAIN = "The page has changed: WRITE_PICTURES=1 npx vitest run tests/page/browser/pictures.test.ts";

const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 900, height: 640 } },
  { name: "phone", colorScheme: "dark", viewport: { width: 360, height: 640 } },
] as const;

/** The longest pages, and those that others are made of. */
const ON_A_PHONE: readonly HeadlineState[] = ["ok", "failed", "away", "empty", "protected"];

describeInBrowser("the overview", (open) => {
  const made: Record<string, string> = IS_WRITING ? {} : readMadeOf();

  const views = SCENES.flatMap((scene) =>
    LOOKS.filter(({ name }) => name === "light" || ON_A_PHONE.includes(scene.state)).map(
      (look) => [scene.name, look.name, scene, look] as const,
    ),
  );
  test.each(views)(
    "of a project that is %s (%s) is accessible, fits, and has a picture",
    async (_name, _look, scene, { name: look, ...screen }) => {
      const site = await signedIn(scene);
      const page = await open({ ...screen, address: `${ORIGIN}/`, before: (page) => serveFrom(page, site) });
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toMatch(
        new RegExp(scene.headline.source.slice(1)),
      );
      expect([await axeFindings(page), await sideways(page)]).toEqual([[], 0]);
      if (look === "light") await picture(page, scene.name.toLowerCase().replaceAll(" ", "-"));
    },
  );

  test.each(["light", "dark"] as const)("in README, %s", async (colorScheme) => {
    const scene = SCENES.find(({ state }) => state === "ok");
    if (scene === undefined) throw new Error("No project is well.");
    const site = await signedIn(scene);
    const viewport = { width: 900, height: 900 };
    const page = await open({
      colorScheme,
      viewport,
      address: `${ORIGIN}/`,
      before: (page) => serveFrom(page, site),
    });
    await picture(page, `overview-${colorScheme}`);
  });

  async function picture(page: Page, name: string): Promise<void> {
    const hash = await lookOf(page);
    if (!IS_WRITING) {
      expect(made[name], AGAIN).toBe(hash);
      expect(readFileSync(`${FOLDER}/${name}.png`).byteLength).toBeGreaterThan(5_000);
      return;
    }
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(`${FOLDER}/${name}.png`, await page.screenshot());
    made[name] = hash;
    const sorted = Object.entries(made).toSorted(([one], [other]) => (one < other ? -1 : 1));
    writeFileSync(MADE_OF, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
});

function readMadeOf(): Record<string, string> {
  return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(MADE_OF, "utf8")));
}

async function signedIn({ open }: Scene): Promise<Site> {
  const site = await open();
  await site.signIn(ADMIN_SECRET);
  return site;
}

/** The browser's requests are answered in this process, on the site's own time. */
async function serveFrom(page: Page, site: Site): Promise<void> {
  await page.clock.setFixedTime(site.clock.now());
  await page.route("**", async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const accept = route.request().headers().accept ?? "*/*";
    const { status, headers, text } = await site.ask(`${pathname}${search}`, { headers: { accept } });
    await route.fulfill({ status, headers: Object.fromEntries(headers), body: text });
  });
}

/**
 * What decides how a page looks: its markup, and the addresses of style and script, which name their contents. A release
 * alone makes no picture old.
 */
async function lookOf(page: Page): Promise<string> {
  const markup = (await page.content()).replaceAll(VERSION, "");
  return createHash("sha256").update(markup).digest("hex").slice(0, 16);
}
