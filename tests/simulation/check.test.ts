import { describe, expect, it } from "vitest";
import type { Operation } from "../../emulator/emulator.ts";
import { VERSION } from "../../utils/version.ts";
import {
  ALWAYS,
  ask,
  atNoon,
  BOTH,
  Report,
  RIGHT,
  report,
  rewritten,
  SECRET,
  TOKEN_ONLY,
  type Variables,
} from "./checkSupport.ts";
import { openWorld, TOKEN } from "./support.ts";

describe("a deployment that is right", () => {
  it.each(["netlify", "cloudflare", "node"] as const)("is told so on %s", async (host) => {
    const { verdict, summary, found, lines, checkedAt } = await report(await atNoon(), { host });
    expect({ verdict, summary, found }).toEqual({
      verdict: "ok",
      summary: "Backups will be made.",
      found: RIGHT,
    });
    expect(checkedAt).toMatch(/^2026-03-02T23:05:0/);
    expect(lines[0]?.sentence).toContain('"Project 1"');
    expect(lines.at(-1)?.sentence).toContain(VERSION);
    expect(lines.at(-1)?.sentence).toContain("every hour");
  });

  it("is told so on Vercel, whose cron comes once a day", async () => {
    const world = await atNoon();
    const variables = { ...TOKEN_ONLY, CRON_SECRET: SECRET };
    const { verdict, found, lines } = await report(world, { host: "vercel", variables });
    expect({ verdict, found }).toEqual({ verdict: "ok", found: RIGHT });
    expect(lines.find(({ code }) => code === "DAILY_NEXT_RUN")?.sentence).toContain("2026-03-03 02:05 UTC");
    expect(lines.at(-1)?.sentence).toContain("vercel, where the cron comes once a day");
  });

  it("costs six reads side by side, four for the content, and no write", async () => {
    const world = await atNoon();
    world.emulator.clearRequests();
    const before = world.project.history.length;
    const began = world.clock.monotonic();
    await report(world);
    expect(world.clock.monotonic() - began).toBe(100);
    expect(world.emulator.requests.map(({ operation }) => operation ?? "").toSorted()).toEqual([
      "environments.list",
      "items.list",
      "items.list",
      "plugins.list",
      "publicInfo.find",
      "site.find",
      "subscriptionLimits.list",
      "uploads.list",
      "uploads.list",
      "users.me",
    ]);
    expect(new Set(world.emulator.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(world.project.history).toHaveLength(before);
  });

  it("says the very moments at which the crons then make the copies", async () => {
    const world = await openWorld();
    const { lines } = await report(world);
    const sentence = lines.find(({ code }) => code === "DAILY_FIRST_RUN")?.sentence ?? "";
    const moment = /(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/.exec(sentence);
    const then = Date.parse(`${moment?.[1]}T${moment?.[2]}:00.000Z`);
    await world.clock.advance(then - 60 * 60_000 - world.clock.now());
    expect(await world.tick("daily")).toMatchObject({ kind: "skipped" });
    await world.clock.advance(60 * 60_000);
    expect(await world.tick("daily")).toMatchObject({
      kind: "ran",
      attempts: [{ outcome: { kind: "done" }, late: false }],
    });
  });
});

describe("the answer", () => {
  it("is text in columns with the summary first, and no more is needed than curl", async () => {
    const world = await atNoon({ plugin: null });
    const { response, text } = await ask(world, { headers: { accept: "*/*" } });
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const [summary, blank, ...rows] = text.trimEnd().split("\n");
    expect([summary, blank]).toEqual(["Backups will be made. One thing to look at below.", ""]);
    expect(rows.at(-1)).toMatch(/^Checked at 2026-03-02T23:05/);
    const table = rows.slice(0, -2);
    const advice = table.filter((row) => /^\s+→ /.test(row));
    const others = table.filter((row) => !advice.includes(row));
    const columns = others.map((row) => /^(?:ok {2}|warn|fail) {2}[A-Z_]+ {2,}(?=\S)/.exec(row)?.[0].length);
    expect(new Set(columns).size).toBe(1);
    expect(advice.map((row) => row.search(/\S/))).toEqual([columns[0]]);
    const described = table.slice(3, 6).map((row) => row.slice(0, 25).trimEnd());
    expect(described).toEqual(["warn  PLUGIN_NOT_FOUND", "", "ok    SCHEDULE_BY_SLOTS"]);
  });

  it("is text for a browser", async () => {
    const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const { response } = await ask(await atNoon(), { headers: { accept } });
    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
  });

  it.each([
    ["an Accept header", { headers: { accept: "application/json" } }],
    ["?format=json", { path: "/api/check?format=json" }],
  ])("is JSON when asked for by %s", async (_, asked) => {
    const { response, text } = await ask(await atNoon(), asked);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(Report.parse(JSON.parse(text)).verdict).toBe("ok");
  });

  it("wants the secret, and GET", async () => {
    const world = await atNoon();
    expect(
      (await ask(world, { headers: { "X-Datocms-Backups-Auth": "a-wrong-secret" } })).response.status,
    ).toBe(401);
    const variables = { ...BOTH, DATOCMS_BACKUPS_SHARED_SECRET: "changeme" };
    const { response, text } = await ask(world, { variables });
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ error: { code: "MISSING_SHARED_SECRET_CONFIG" } });
    const { status } = await world.call("POST", "/api/check");
    expect(status).toBe(405);
    expect(world.emulator.requests).toEqual([]);
  });
});

describe("the token", () => {
  it.each([
    ["missing", {}],
    ["a template's text", { DATOCMS_FULLACCESS_API_TOKEN: "your-api-token" }],
  ])("that is %s fails, without a call", async (_, token: Variables) => {
    const world = await atNoon();
    const variables = { DATOCMS_BACKUPS_SHARED_SECRET: SECRET, ...token };
    const { found, summary } = await report(world, { variables });
    expect(found).toEqual([
      "fail MISSING_API_TOKEN",
      "ok SECRET_SET",
      "ok CRON_READY",
      "warn ALERTS_OFF",
      "ok VERSION",
    ]);
    expect(summary).toBe("Backups will NOT be made: There is no API token.");
    expect(world.emulator.requests).toEqual([]);
  });

  it.each([
    ["an invisible character", `${TOKEN}\u200b`],
    ["a character above U+00FF", `${TOKEN}\u0436`],
    ["a line break", `${TOKEN}\n${TOKEN}`],
  ])("with %s is a wrong setting and no outage of DatoCMS: named, without a call", async (_, token) => {
    const world = await atNoon();
    world.emulator.clearRequests();
    const { verdict, found, lines } = await report(world, {
      variables: { ...BOTH, DATOCMS_FULLACCESS_API_TOKEN: token },
    });
    expect(verdict).toBe("fail");
    expect(found).toEqual([
      "fail INVALID_CONFIGURATION",
      "ok SECRET_SET",
      "ok CRON_READY",
      "ok ALERTS_READY",
      "ok VERSION",
    ]);
    expect(lines[0]?.sentence).toMatch(/^DATOCMS_FULLACCESS_API_TOKEN holds U\+/);
    expect(JSON.stringify(lines)).not.toContain(TOKEN);
    expect(world.emulator.requests).toEqual([]);
  });

  it("that DatoCMS does not know fails", async () => {
    const variables = { ...BOTH, DATOCMS_FULLACCESS_API_TOKEN: "token-of-nobody" };
    const { found } = await report(await atNoon(), { variables });
    expect(found).toEqual([
      "fail INVALID_API_TOKEN",
      "ok SECRET_SET",
      "ok CRON_READY",
      "ok ALERTS_READY",
      "ok VERSION",
    ]);
  });

  it("without access to the API fails", async () => {
    const { found } = await report(await atNoon({ role: { can_access_cma: false } }));
    expect(found[0]).toBe("fail INSUFFICIENT_PERMISSIONS");
  });

  it("is not blamed where only the project's name cannot be read", async () => {
    const world = await atNoon();
    world.project.faults.add({ operation: "site.find", effect: { kind: "status", status: 503 } });
    const { found } = await report(world);
    expect(found).toEqual(["warn PROJECT_NAME_UNKNOWN", ...RIGHT.slice(1)]);
  });
});

describe("DatoCMS", () => {
  const effects = [
    ["does not answer", { kind: "hang", when: "before" }],
    ["drops the connection", { kind: "drop", when: "before" }],
    ["answers 503", { kind: "status", status: 503 }],
    ["answers with a page", { kind: "html", status: 502 }],
    ["answers half a document", { kind: "broken-json" }],
    ["answers too slowly", { kind: "slow-body", ms: 60_000 }],
  ] as const;
  it.each(effects)("that %s is told within 8 seconds, after six calls at most", async (_, effect) => {
    const world = await atNoon();
    world.emulator.clearRequests();
    world.project.faults.add({ ...ALWAYS, effect });
    const began = world.clock.monotonic();
    const { verdict, found, summary } = await report(world);
    expect(world.clock.monotonic() - began).toBeLessThan(8_000);
    expect(verdict).toBe("fail");
    expect(found).toEqual([
      "fail DATOCMS_UNAVAILABLE",
      "ok SECRET_SET",
      "ok CRON_READY",
      "ok ALERTS_READY",
      "ok VERSION",
    ]);
    expect(summary).toMatch(/^Backups will NOT be made: DatoCMS gives no usable answer/);
    expect(world.emulator.requests).toHaveLength(6);
  });

  it("that limits the rate is told at once", async () => {
    const world = await atNoon();
    const headers = { "X-RateLimit-Reset": "3" };
    world.project.faults.add({ ...ALWAYS, effect: { kind: "status", status: 429, headers } });
    const began = world.clock.monotonic();
    expect((await report(world)).found[0]).toBe("fail RATE_LIMITED");
    expect(world.clock.monotonic() - began).toBeLessThan(1_100);
  });

  it.each([
    ["/site", "warn PROJECT_NAME_UNKNOWN"],
    ["/users/me", "warn ROLE_UNKNOWN"],
    ["/environments", "fail UNEXPECTED_ANSWER"],
    ["/plugins", "fail UNEXPECTED_ANSWER"],
    ["/subscription-limits", "warn ROOM_UNKNOWN"],
  ])("that changes the form of %s breaks nothing else", async (path, line) => {
    const world = await atNoon();
    const { found } = await report(world, { fetch: rewritten(world, path, () => '{"data":{"new":[]}}') });
    expect(found.filter((each) => !RIGHT.includes(each))).toEqual([line]);
  });
});

describe("settings that are wrong", () => {
  it("fail, are all named, and the rest is looked at all the same", async () => {
    const variables = { ...BOTH, BACKUP_KEEP_DAILY: "many", BACKUP_ROTATION: "sometimes" };
    const { verdict, found, lines } = await report(await atNoon(), { variables });
    expect(verdict).toBe("fail");
    expect(found).toEqual([
      "fail INVALID_CONFIGURATION",
      "ok TOKEN_ACCEPTED",
      "ok ROLE_SUFFICIENT",
      "ok PLUGIN_FOUND",
      "ok SECRET_SET",
      "ok CRON_READY",
      "ok ALERTS_READY",
      "ok VERSION",
    ]);
    expect(lines[0]?.sentence).toContain("BACKUP_KEEP_DAILY");
    expect(lines[0]?.sentence).toContain("BACKUP_ROTATION");
    expect(lines[0]?.sentence).toContain('BACKUP_ROTATION is "sometimes" (9 characters); it must be');
  });

  it.each(["BACKUP_KEEP_DAYLY", "DATOCMS_BACKUP_SHARED_SECRET"])(
    "by a name that is none are named: %s",
    async (name) => {
      const { verdict, found, lines } = await report(await atNoon(), { variables: { ...BOTH, [name]: "7" } });
      expect(verdict).toBe("warn");
      expect(found.toSorted()).toEqual([...RIGHT, "warn UNKNOWN_SETTING"].toSorted());
      const line = lines.find(({ code }) => code === "UNKNOWN_SETTING");
      expect(line?.sentence).toMatch(new RegExp(`^${name} is not a setting\\. Did you mean [A-Z_]+\\?`));
    },
  );

  it("about the address keep the token from being sent anywhere", async () => {
    const world = await atNoon();
    const { found } = await report(world, { variables: { ...BOTH, DATOCMS_CMA_BASE_URL: "nowhere" } });
    expect(found).toEqual([
      "fail INVALID_CONFIGURATION",
      "ok SECRET_SET",
      "ok CRON_READY",
      "ok ALERTS_READY",
      "ok VERSION",
    ]);
    expect(world.emulator.requests).toEqual([]);
  });
});

describe("nothing leaks:", () => {
  const operations: readonly Operation[] = ["site.find", "users.me", "environments.list", "plugins.list"];
  it.each([undefined, ...operations])("token and secret, with trouble at %s", async (operation) => {
    const world = await atNoon({ name: `Project of ${TOKEN} and ${SECRET}` });
    const effect = { kind: "status", status: 422, code: "INVALID_FIELD", details: { given: TOKEN } } as const;
    if (operation !== undefined) world.project.faults.add({ operation, effect });
    for (const host of ["netlify", "vercel", "cloudflare", "node"] as const)
      for (const path of ["/api/check", "/api/check?format=json"]) {
        const { text } = await ask(world, { host, path });
        expect(text).not.toContain(TOKEN);
        expect(text).not.toContain(SECRET);
        if (path.endsWith("json")) Report.parse(JSON.parse(text));
      }
  });

  it("a name with control characters reaches no terminal", async () => {
    const world = await atNoon({ name: "Nice\u001b[2J\n\u202eproject" });
    const { text } = await ask(world);
    expect(text).toContain('"Nice[2Jproject"');
  });

  it("nor does an id with control characters, wherever one is shown", async () => {
    const world = await atNoon();
    const copy = world.ready()[0];
    const hostile = "main\u001b[2J\u009b2J\u007f\u202e";
    const fetch = rewritten(world, "/environments", (text) =>
      text.replaceAll('"main"', JSON.stringify(hostile)),
    );
    for (const path of ["/api/check", "/api/backups", `/api/restore-guide/${copy}`])
      for (const query of ["", "?format=json"]) {
        const { text } = await ask(world, { path: `${path}${query}`, fetch });
        expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
        if (path.includes("guide")) expect(text).toContain("main\\u001b[2J\\u009b2J\\u007f\\u202e");
      }
  });
});
