import { describe, expect, test } from "vitest";
import { ADMIN_SECRET, openSite, READ_SECRET, SECRET, SECRETS, START } from "./support.ts";

const HOUR_MS = 60 * 60 * 1_000;
const NAME = "Acme shop";
const variables = { ALERT_PROJECT_NAME: NAME };

describe("signed out", () => {
  test("a browser gets one field and one button, and learns nothing of the project", async () => {
    const site = openSite({ variables });
    const { status, text, headers } = await site.ask("/");
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toBe("Bearer");
    expect(text.match(/<input(?! type="hidden")/g)).toHaveLength(1);
    expect(text.match(/<button/g)).toHaveLength(1);
    expect(text).not.toContain(NAME);
    expect(site.emulator.requests).toEqual([]);
  });

  test("a browser that comes from another site's link, without its cookie, asks again from here", async () => {
    const ask = (site: string, path = "/") => openSite().ask(path, { headers: { "sec-fetch-site": site } });
    const refreshOf = async (site: string, path?: string) => (await ask(site, path)).headers.get("refresh");
    expect(await refreshOf("cross-site")).toBe("0;url=/");
    expect(await refreshOf("cross-site", "/runs?month=2026-03&kind=daily")).toBe(
      "0;url=/runs?month=2026-03&kind=daily",
    );
    expect(await refreshOf("cross-site", "/runs?a=%3Bb")).toBe("0;url=/runs");
    for (const site of ["same-origin", "none"]) expect(await refreshOf(site)).toBeNull();
    const strange = await ask("cross-site", "/runs/%E2%82%AC");
    expect([strange.status, strange.headers.get("refresh")]).toEqual([401, null]);
  });

  test.each(["/api/check", "/api/backups", "/metrics", "/nowhere"])(
    "%s in a browser asks for the secret, too; a script gets JSON",
    async (path) => {
      const site = openSite();
      const page = await site.ask(path);
      expect([page.status, page.headers.get("content-type")]).toEqual([401, "text/html; charset=UTF-8"]);
      const json = await site.ask(path, { headers: { accept: "*/*" } });
      expect([json.status, JSON.parse(json.text).error.code]).toEqual([401, "UNAUTHORIZED"]);
      const wrong = await site.ask(path, { headers: { "x-datocms-backups-auth": "a wrong secret" } });
      expect(JSON.parse(wrong.text).error.code).toBe("UNAUTHORIZED");
    },
  );

  test("GET / of whoever does not ask for HTML is what it was", async () => {
    const site = openSite();
    expect((await site.ask("/", { headers: { accept: "application/json" } })).status).toBe(401);
    const known = { accept: "*/*", "x-datocms-backups-auth": SECRET };
    expect((await site.ask("/", { headers: known })).status).toBe(404);
  });
});

describe("signing in", () => {
  test.each([
    ["plugin's", SECRET],
    ["read", READ_SECRET],
    ["admin's", ADMIN_SECRET],
  ])("with the %s secret leads to the overview", async (_, secret) => {
    const site = openSite({ variables });
    const answer = await site.signIn(` ${secret} `);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    const page = await site.ask("/");
    expect(page.status).toBe(200);
    expect(page.text).toContain(NAME);
    expect(page.text).toContain("Sign out");
  });

  test("with a wrong one says so, on the same page", async () => {
    const site = openSite();
    const { status, text } = await site.signIn("not the secret at all");
    expect(status).toBe(401);
    expect(text).toContain("This is not the secret.");
    expect(text).not.toContain("not the secret at all");
    expect(site.cookies.size).toBe(0);
  });

  test("leads to the page that was asked for, and never to another site", async () => {
    const site = openSite();
    const goTo = async (to: string) =>
      (await site.ask("/session", { method: "POST", form: { secret: SECRET, to } })).headers.get("location");
    expect(await goTo("/runs/run_1")).toBe("/runs/run_1");
    for (const to of [
      "//evil.test",
      "https://evil.test/",
      "/\\evil.test",
      "/a?b",
      "javascript:1",
      "/\n/evil",
    ])
      expect(await goTo(to)).toBe("/");
  });

  test("is refused as slowly as the API refuses: fifty a second", async () => {
    const site = openSite();
    const before = site.clock.monotonic();
    await Promise.all(Array.from({ length: 51 }, (_, at) => site.signIn(`a wrong secret ${at}`)));
    expect(site.clock.monotonic() - before).toBeGreaterThanOrEqual(1_000);
  });

  test.each([
    ["of another site", { "sec-fetch-site": "cross-site" }],
    ["of a sibling's site", { "sec-fetch-site": "same-site" }],
    ["typed into no page", { "sec-fetch-site": "none" }],
  ])("by a form %s does nothing", async (_, headers) => {
    const site = openSite();
    const { status } = await site.ask("/session", { method: "POST", form: { secret: SECRET }, headers });
    expect([status, site.cookies.size]).toEqual([403, 0]);
  });

  test("where the browser names no site, its Origin must be ours", async () => {
    const site = openSite();
    const send = (origin: string) =>
      site.ask("/session", {
        method: "POST",
        headers: { origin, "content-type": "application/x-www-form-urlencoded" },
      });
    for (const origin of ["null", "http://evil.test", "http://localhost:8788"])
      expect((await send(origin)).status).toBe(403);
    expect((await send("http://localhost:8787")).status).toBe(401);
  });

  test("takes a small form and nothing else", async () => {
    const site = openSite();
    const form = { secret: SECRET, to: "x".repeat(5_000) };
    expect((await site.ask("/session", { method: "POST", form })).status).toBe(413);
    const headers = { "content-type": "application/json" };
    expect((await site.ask("/session", { method: "POST", form: {}, headers })).status).toBe(415);
  });
});

describe("a session", () => {
  const cookieLine = async (origin: string, headers = {}) => {
    const site = openSite({ origin });
    const answer = await site.ask("/session", { method: "POST", form: { secret: SECRET }, headers });
    return answer.headers.getSetCookie().join();
  };

  test("is a cookie of twelve hours that no script and no other site can use", async () => {
    const plain = await cookieLine("http://localhost:8787");
    expect(plain).toMatch(/^datocms-backups=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const encrypted = await cookieLine("https://backups.test");
    expect(encrypted).toMatch(/^__Host-datocms-backups=[^;]+; .*HttpOnly; Secure; SameSite=Strict$/);
    // A proxy has taken the encryption off.
    expect(await cookieLine("http://10.0.0.7", { origin: "https://backups.test" })).toMatch(
      /^__Host-.*Secure/,
    );
  });

  test("ends after twelve hours by our clock, whatever the browser keeps", async () => {
    const site = openSite();
    await site.signIn(SECRET);
    await site.clock.advance(12 * HOUR_MS - 60_000);
    expect((await site.ask("/")).status).toBe(200);
    await site.clock.advance(60_000);
    expect((await site.ask("/")).status).toBe(401);
  });

  test("ends when the secret changes, and no other one's", async () => {
    const site = openSite();
    await site.signIn(SECRET);
    site.set({ BACKUP_ADMIN_SECRET: "another-admin-secret-of-32-characters" });
    expect((await site.ask("/")).status).toBe(200);
    site.set({ DATOCMS_BACKUPS_SHARED_SECRET: "another-secret-of-the-plugin" });
    expect((await site.ask("/")).status).toBe(401);
  });

  test("cannot be made, prolonged or raised by whoever has none of the secrets", async () => {
    const site = openSite();
    await site.signIn(READ_SECRET);
    const [[name, value] = ["", ""]] = site.cookies;
    const [time = "", random = "", signature = ""] = value.split(".");
    const later = (START + HOUR_MS).toString(36);
    const forged = [
      `${later}.${random}.${signature}`,
      `${time}.${random.replace(/^./, (each) => (each === "a" ? "b" : "a"))}.${signature}`,
      `${time}.${random}.${"0".repeat(64)}`,
      `${time}.${random}.${signature.slice(1)}`,
      `${time}.${random}`,
      "",
      "x".repeat(4_000),
    ];
    for (const other of forged) {
      site.cookies.set(name, other);
      expect((await site.ask("/")).status, other).toBe(401);
    }
    site.cookies.set(name, value);
    expect((await site.ask("/")).status).toBe(200);
  });

  test("ends in this browser by Sign out", async () => {
    const site = openSite();
    await site.signIn(SECRET);
    expect((await site.ask("/")).text).toContain("Sign out");
    const { status } = await site.ask("/session/end", { method: "POST", form: {} });
    expect([status, site.cookies.size]).toEqual([303, 0]);
    expect((await site.ask("/")).status).toBe(401);
  });

  test("opens no route of the API", async () => {
    const site = openSite();
    await site.signIn(ADMIN_SECRET);
    for (const path of ["/api/check", "/api/backups", "/metrics"]) {
      expect((await site.ask(path, { headers: { accept: "*/*" } })).status).toBe(401);
      const page = await site.ask(path);
      expect([page.status, page.text.includes("This address is for scripts")]).toEqual([401, true]);
    }
  });
});

describe("a screen on the wall", () => {
  const basic = (password: string) => ({ authorization: `Basic ${btoa(`wall:${password}`)}` });

  test.each([SECRET, READ_SECRET, ADMIN_SECRET])("looks with %s as a password", async (secret) => {
    const site = openSite();
    const { status, text } = await site.ask("/", { headers: basic(secret) });
    expect(status).toBe(200);
    expect(text).not.toContain("Sign out");
  });

  test("is asked for a password where it asks to be, and nobody else is", async () => {
    const site = openSite();
    const challenge = async (path: string) => (await site.ask(path)).headers.get("www-authenticate");
    expect(await challenge("/?basic")).toMatch(/^Basic /);
    for (const path of ["/", "/api/check", "/api/check?basic"]) expect(await challenge(path)).toBe("Bearer");
  });

  test.each(["wrong", "", ":", SECRET.slice(1)])("gets nothing with the password %o", async (password) => {
    expect((await openSite().ask("/", { headers: basic(password) })).status).toBe(401);
  });

  test("does nothing, and opens no route of the API", async () => {
    const site = openSite();
    const headers = basic(ADMIN_SECRET);
    expect((await site.ask("/api/check", { headers: { ...headers, accept: "*/*" } })).status).toBe(401);
  });
});

describe("without a secret that can be one", () => {
  const none = Object.fromEntries(Object.keys(SECRETS).map((name) => [name, undefined]));

  test("the page explains how to set one, and shows nothing of the project", async () => {
    const site = openSite({ variables: { ...none, ...variables } });
    for (const { status, text } of [await site.ask("/"), await site.ask("/?basic")]) {
      expect(status).toBe(200);
      expect(text).toContain("DATOCMS_BACKUPS_SHARED_SECRET");
      expect(text).not.toContain(NAME);
    }
    expect((await site.signIn("anything at all")).status).toBe(403);
    expect(site.emulator.requests).toEqual([]);
  });

  test("the page says which variable is wrong, and nothing of its text", async () => {
    const site = openSite({ variables: { DATOCMS_BACKUPS_SHARED_SECRET: "short" } });
    const { status, text } = await site.ask("/");
    expect(status).toBe(500);
    expect(text).toContain("<code>DATOCMS_BACKUPS_SHARED_SECRET</code> is shorter than 8 characters");
    expect(text).not.toContain("short<");
    expect((await site.signIn("short")).status).toBe(500);
  });
});
