import { beforeEach, describe, expect, it } from "vitest";
import { backupNowForm, rowActions } from "../../handlers/page/deeds/forms.ts";
import { noteFor, noteOf } from "../../handlers/page/deeds/notes.ts";
import type { StoredBackup } from "../../services/backupService.ts";
import { Catalog } from "../../services/catalog/catalog.ts";
import { ADMIN_SECRET, openSite, READ_SECRET, SECRET, type Seen, type Site } from "./support.ts";

/** The forms that keep and remove backups and make one, judged by what DatoCMS has. */

const DAY_MS = 24 * 60 * 60_000;
const START = Date.parse("2026-03-02T12:00:00.000Z");
const [OLD, NEW] = ["backup-plugin-weekly-2026-03-01", "backup-plugin-daily-2026-03-02"];
const TODAY = "backup-plugin-monthly-2026-03-02";

let site: Site;
const ids = () =>
  site.project
    .environments()
    .filter(({ primary, status }) => !primary && status !== "destroying")
    .map(({ id }) => id);
const post = (path: string, form: Record<string, string>) => site.ask(path, { method: "POST", form });
/** What the browser is told to hand to the next page. */
const saidBy = ({ headers }: Seen) => {
  expect(headers.get("location")).toBe("/");
  const cookie = /^datocms-backups-said=([a-z-]+); Max-Age=60; Path=\/; HttpOnly; SameSite=Strict$/;
  return headers.getSetCookie().flatMap((line) => cookie.exec(line)?.[1] ?? [])[0];
};
const writes = () => site.emulator.requests.filter(({ method }) => method !== "GET");

beforeEach(async () => {
  site = openSite({ project: { forkMs: 60_000 } });
  site.project.user.fork(null, OLD, { createdAt: START - DAY_MS, ready: true });
  site.project.user.fork(null, NEW, { createdAt: START - 60_000, ready: true });
  await site.signIn(ADMIN_SECRET);
});

describe("a backup now", () => {
  it("comes back as soon as DatoCMS is at work on it, and the overview says so", async () => {
    const began = site.clock.monotonic();
    const sent = await post("/backups/now", { kind: "monthly" });
    expect(sent.status).toBe(303);
    expect(saidBy(sent)).toBe("begun");
    expect(site.clock.monotonic() - began).toBeLessThan(3_000);
    expect(ids()).toContain(TODAY);
    expect((await site.ask("/")).text).toContain("The backup has begun: DatoCMS is making it.");
  });

  it("is seen through after the answer, where the host lets it", async () => {
    const kept: Promise<unknown>[] = [];
    const afterAnswer = { budgetMs: 15 * 60_000, keep: (work: Promise<unknown>) => void kept.push(work) };
    site = openSite({ project: { forkMs: 60_000 }, runtime: { afterAnswer } });
    site.project.user.fork(null, NEW, { createdAt: START - DAY_MS, ready: true });
    await site.signIn(SECRET);
    await post("/backups/now", { kind: "daily" });
    expect(kept).toHaveLength(1);
    await site.clock.run(() => Promise.all(kept));
    // What it replaces has gone.
    expect(ids()).toEqual([NEW]);
    expect(site.project.environment(NEW)?.status).toBe("ready");
  });

  it.each([
    [{ forkMs: 0 }, "made"],
    [{ plan: { sandboxLimit: 0 } }, "environment-limit-reached"],
  ] as const)("says what came of it: %j", async (project, note) => {
    site = openSite({ project });
    await site.signIn(SECRET);
    const sent = await post("/backups/now", { kind: "daily" });
    expect(saidBy(sent)).toBe(note);
  });

  it("is nobody's who may only read, and of no other kind", async () => {
    expect((await post("/backups/now", { kind: "hourly" })).status).toBe(400);
    await site.ask("/session/end", { method: "POST", form: {} });
    await site.signIn(READ_SECRET);
    expect((await post("/backups/now", { kind: "daily" })).status).toBe(403);
    expect(writes()).toEqual([]);
  });
});

describe("keeping", () => {
  it("gives a backup its name, and says so", async () => {
    const sent = await post(`/backups/${OLD}/keep`, { name: " before-launch " });
    expect(saidBy(sent)).toBe("kept");
    expect(ids()).toEqual(["before-launch", NEW]);
  });

  it.each([
    ["main", "", "name-taken"],
    ["Before", "", "invalid-name"],
    ["other", "1", "environment-replaced"],
  ])("is refused for %j and what was made at %j: %s", async (name, createdAt, note) => {
    const sent = await post(`/backups/${OLD}/keep`, { name, createdAt });
    expect(saidBy(sent)).toBe(note);
    expect(writes()).toEqual([]);
  });
});

describe("removing", () => {
  const PATH = `/backups/${OLD}/remove`;

  it("asks for the id, and removes the backup", async () => {
    const { status, text } = await site.ask(PATH);
    expect(status).toBe(200);
    expect(text).toContain("What is removed cannot be got back.");
    expect(text).not.toContain('name="secret"');
    const createdAt = /name="createdAt" value="(\d+)"/.exec(text)?.[1] ?? "";
    const sent = await post(PATH, { confirm: OLD, createdAt });
    expect(saidBy(sent)).toBe("removed");
    expect(ids()).toEqual([NEW]);
  });

  it("wants the admin's secret again after ten minutes, and no other one", async () => {
    await site.clock.advance(11 * 60_000);
    expect((await site.ask(PATH)).text).toContain('name="secret"');
    for (const secret of ["", "wrong", SECRET, READ_SECRET]) {
      const refused = await post(PATH, { confirm: OLD, secret });
      expect(refused.status).toBe(403);
      expect(refused.text).toContain("This is not the admin&#39;s secret.");
    }
    expect(writes()).toEqual([]);
    // Nobody was signed in anew as somebody else.
    expect((await site.ask(PATH)).status).toBe(200);
    const sent = await post(PATH, { confirm: OLD, secret: ADMIN_SECRET });
    expect(saidBy(sent)).toBe("removed");
    expect((await site.ask(`/backups/${NEW}/remove`)).text).not.toContain('name="secret"');
  });

  it("does nothing where another id is typed, nor to the last backup", async () => {
    expect((await post(PATH, { confirm: NEW })).status).toBe(400);
    expect(writes()).toEqual([]);
    await post(PATH, { confirm: OLD });
    const last = await post(`/backups/${NEW}/remove`, { confirm: NEW });
    expect(saidBy(last)).toBe("last-backup");
    expect(ids()).toEqual([NEW]);
  });

  it("has no page for what is no backup", async () => {
    expect((await site.ask("/backups/main/remove")).status).toBe(404);
    expect((await site.ask("/backups/%3Cb%3E/remove")).status).toBe(400);
  });
});

describe("every deed", () => {
  const DEEDS: readonly (readonly [string, Record<string, string>])[] = [
    [`/backups/${OLD}/keep`, { name: "mine" }],
    [`/backups/${OLD}/remove`, { confirm: OLD }],
  ];

  it.each(DEEDS)(
    "is closed to the other secrets, to pages of other sites and to whoever is signed out: %s",
    async (path, form) => {
      const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
      expect((await site.ask(path, { method: "POST", form, headers: foreign })).status).toBe(403);
      for (const secret of [SECRET, READ_SECRET]) {
        await site.signIn(secret);
        expect((await post(path, form)).status).toBe(403);
      }
      site.cookies.clear();
      expect((await post(path, form)).status).toBe(401);
      const basic = { authorization: `Basic ${btoa(`x:${ADMIN_SECRET}`)}` };
      expect((await site.ask(path, { method: "POST", form, headers: basic })).status).toBe(401);
      expect(writes()).toEqual([]);
    },
  );

  it.each(["OUT_OF_TIME", "OUT_OF_CALLS", "DATOCMS_REFUSED"])(
    "that was cut off by %s says that it may have been done",
    (cause) => {
      expect(String(noteFor(noteOf(cause)))).toContain("It may have been done: look at the list.");
    },
  );

  it("says once what came of it, on a page that has asked DatoCMS anew", async () => {
    await site.ask("/");
    await post(`/backups/${OLD}/keep`, { name: "before-launch" });
    site.emulator.clearRequests();
    const shown = await site.ask("/");
    expect(shown.text).toContain("The backup is kept under its own name");
    expect(site.emulator.requests.length).toBeGreaterThan(0);
    expect(shown.text).toContain("<code>before-launch</code>");
    expect((await site.ask("/")).text).not.toContain("The backup is kept under its own name");
  });

  it("is offered to no screen that sends a password with each look", async () => {
    site.cookies.clear();
    const headers = { authorization: `Basic ${btoa(`x:${ADMIN_SECRET}`)}` };
    const { status, text } = await site.ask("/", { headers });
    expect(status).toBe(200);
    expect(text).not.toContain("<form");
    expect((await site.ask(`/backups/${OLD}/remove`, { headers })).status).toBe(401);
  });

  it("says nothing from the address but words of its own", async () => {
    for (const said of ["made", "<b>x</b>", "constructor"])
      expect((await site.ask(`/?said=${encodeURIComponent(said)}`)).text).not.toContain('role="status"');
    for (const said of ["%3Cb%3E", "constructor", "__proto__", "a".repeat(300)]) {
      site.cookies.set("datocms-backups-said", said);
      expect((await site.ask("/")).text).not.toContain('role="status"');
    }
    expect(noteOf("SOMETHING_ELSE")).toBe("failed");
    expect(noteOf("TO_STRING")).toBe("failed");
  });
});

describe("the forms of a row", () => {
  const stored = (status: "ready" | "creating"): StoredBackup => {
    const environment = {
      ...{ id: OLD, status, percentage: undefined, createdAt: START, lastDataChangeAt: START },
      ...{ primary: false, forkedFrom: "main" },
    };
    const [backup] = new Catalog([environment], { holdDays: 30 }).backups;
    if (backup === undefined) throw new Error("No backup");
    return { backup, is: { state: "ready" }, totals: undefined };
  };

  it("are an admin's alone; everybody sees the commands, and nobody a secret", async () => {
    const texts = (["admin", "holder", "reader"] as const).map(
      (bearer) => String(rowActions(stored("ready"), { bearer })) + String(backupNowForm({ bearer })),
    );
    expect(texts.map((text) => text.includes('/keep"'))).toEqual([true, false, false]);
    expect(texts.map((text) => text.includes('action="/backups/now"'))).toEqual([true, true, false]);
    for (const text of texts) {
      expect(text).toContain(`datocms-backups keep ${OLD} --name before-launch`);
      expect(text).toContain("$ADMIN_SECRET");
    }
    expect(String(rowActions(stored("creating"), { bearer: "admin" }))).toBe("");
  });
});
