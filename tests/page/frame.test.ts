import { gzipSync } from "node:zlib";
import { Hono } from "hono/tiny";
import { describe, expect, test } from "vitest";
import { html } from "../../handlers/page/html.ts";
import { PAGES, type Page } from "../../handlers/page/pages.ts";
import { respondPage } from "../../handlers/page/respond.ts";
import type { AppEnv } from "../../handlers/requestContext.ts";
import openapi from "../../openapi.json" with { type: "json" };
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { ADMIN_SECRET, openSite, READ_SECRET, SECRET, SECRETS, type Site, TOKEN } from "./support.ts";

const KIB = 1_024;
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/** A page's path with something for each part that varies. */
const pathOf = ({ path }: Page) => path.replace(/:\w+(?:\{[^}]*\})?/g, "nothing-of-that-name");
const titled = PAGES.map((page): [string, Page] => [`${page.method} ${page.path}`, page]);
const forPeople = titled.filter(([, { needs }]) => needs !== "nothing");

const send = (site: Site, page: Page, headers: Readonly<Record<string, string>> = {}) =>
  site.ask(pathOf(page), { method: page.method, headers, ...(page.method === "POST" && { form: {} }) });

async function signedIn(secret: string, variables = {}, project = {}) {
  const site = openSite({ variables, project });
  await site.signIn(secret);
  return site;
}

describe("who gets a page", () => {
  test.each(forPeople)("%s: nobody who is not signed in", async (_, page) => {
    const site = openSite();
    const { status, text } = await send(site, page);
    expect([status, text.includes('name="secret"')]).toEqual([401, true]);
    expect(site.emulator.requests).toEqual([]);
  });

  test.each(forPeople.filter(([, { needs }]) => needs !== "looking"))(
    "%s: nobody whose secret does not open it",
    async (_, page) => {
      const tooSmall = page.needs === "admin" ? [READ_SECRET, SECRET] : [READ_SECRET];
      for (const secret of tooSmall) {
        const site = await signedIn(secret);
        expect((await send(site, page)).status).toBe(403);
        expect(site.emulator.requests).toEqual([]);
      }
    },
  );

  test.each(titled.filter(([, { method }]) => method === "POST"))(
    "%s: no form of another site, nor HTTP Basic",
    async (_, page) => {
      const site = await signedIn(ADMIN_SECRET);
      for (const from of ["cross-site", "same-site", "none"])
        expect((await send(site, page, { "sec-fetch-site": from })).status).toBe(403);
      const basic = { authorization: `Basic ${btoa(`wall:${ADMIN_SECRET}`)}` };
      if (page.needs !== "nothing") expect((await send(openSite(), page, basic)).status).toBe(401);
      expect(site.emulator.requests).toEqual([]);
    },
  );

  test("no page is the plugin's, or in the API's document", async () => {
    for (const { path } of PAGES) expect(Object.keys(openapi.paths)).not.toContain(path);
    const site = await signedIn(SECRET);
    for (const [, page] of titled) {
      const { headers } = await send(site, page, { origin: "https://plugins-cdn.datocms.com" });
      expect([...headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });
});

describe("every page", () => {
  test("says what a browser may do with it, and is kept by nobody", async () => {
    const site = openSite();
    const signedOut = await site.ask("/");
    await site.signIn(SECRET);
    for (const { headers } of [signedOut, await site.ask("/")]) {
      expect(headers.get("content-security-policy")).toBe(POLICY);
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  test("holds no secret, no token, and no inline code", async () => {
    const site = await signedIn(ADMIN_SECRET);
    for (const [, page] of titled.filter(([, { method }]) => method === "GET")) {
      const { text } = await send(site, page);
      for (const secret of [TOKEN, ...Object.values(SECRETS)]) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/<script(?! src="\/script\.js)|<style|\sstyle=|\son\w+=|javascript:/i);
    }
  });

  test("holds no secret that markup would write otherwise", async () => {
    const secret = "a&b<c>'d\"e-f9c1e7ab";
    const site = await signedIn(SECRET, { CRON_SECRET: secret, ALERT_PROJECT_NAME: `Acme ${secret}` });
    expect((await site.ask("/")).text).toContain("<strong>Acme [redacted]</strong>");
  });

  const hostile = `<img src=x onerror=alert(1)>"'&\u202etxt.exe\u001b[31mred\u0007${"W".repeat(300)}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
  const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u2066-\u2069]|<img|<b>/;

  test("shows somebody else's text as text", async () => {
    const site = await signedIn(SECRET, { ALERT_PROJECT_NAME: "<b>Acme</b> & sons" }, { name: hostile });
    const { text } = await site.ask("/");
    expect(text).toContain("&lt;b&gt;Acme&lt;/b&gt; &amp; sons");
    expect(text).not.toMatch(ACTIVE);
  });

  test("shows characters that act instead of being shown, whoever made the page", async () => {
    const app = new Hono<AppEnv>();
    app.get("/", (context) =>
      respondPage(context, {
        title: hostile,
        state: "good",
        body: html`<p title="${hostile}">${hostile}</p>`,
      }),
    );
    const text = await (
      await app.request("/", {}, nodeRuntime({ variables: {}, logger: silentLogger }, "http"))
    ).text();
    expect(text.split("\\u202etxt.exe\\u001b[31mred\\u0007")).toHaveLength(4);
    expect(text).not.toMatch(ACTIVE);
  });

  test("is not sent again to whoever has it", async () => {
    const site = await signedIn(SECRET);
    // The first view says what it has cost.
    await site.ask("/");
    const shown = await site.ask("/");
    const tag = shown.headers.get("etag") ?? "";
    const again = await site.ask("/", { headers: { "if-none-match": tag } });
    expect([again.status, again.text]).toEqual([304, ""]);
    site.set({ ALERT_PROJECT_NAME: "Another name" });
    expect((await site.ask("/", { headers: { "if-none-match": tag } })).status).toBe(200);
  });

  test("costs DatoCMS nothing within the hour", async () => {
    const site = await signedIn(SECRET);
    await site.ask("/");
    const once = site.emulator.requests.length;
    await site.clock.advance(59 * 60_000);
    await site.ask("/");
    expect(site.emulator.requests.length).toBe(once);
  });

  test("is small, with its style and its script", async () => {
    const site = await signedIn(SECRET);
    const { text } = await site.ask("/");
    const addresses = [...text.matchAll(/(?:href|src)="(\/(?:style|script)[^"]+)"/g)].map(
      ([, path]) => path ?? "",
    );
    expect(addresses).toHaveLength(2);
    let bytes = gzipSync(text).byteLength;
    for (const address of addresses) {
      const file = await openSite().ask(address);
      expect(file.headers.get("cache-control")).toContain("immutable");
      bytes += gzipSync(file.text).byteLength;
    }
    expect(bytes).toBeLessThan(20 * KIB);
    const script = await site.ask("/script.js");
    expect(script.headers.get("cache-control")).toBe("no-store");
    expect(script.text.length).toBeLessThan(4 * KIB);
  });
});
