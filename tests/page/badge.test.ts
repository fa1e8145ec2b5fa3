import { describe, expect, test } from "vitest";
import { openSite, SECRETS } from "./support.ts";

const KEY = "3f9c1e7ab2d84461";
const variables = { BACKUP_BADGE_KEY: KEY };
const IMAGE = { headers: { accept: "image/svg+xml,image/*" } };
const HOUR_MS = 60 * 60 * 1_000;

function openBadge(more = {}, project = {}) {
  const site = openSite({ variables: { ...variables, ...more }, project });
  return { ...site, show: () => site.ask(`/badge.svg?key=${KEY}`, IMAGE) };
}

const wordIn = (svg: string) => /<title>backups: (\w+)<\/title>/.exec(svg)?.[1];

test("is nowhere without a key in the settings", async () => {
  const { show } = openBadge({ BACKUP_BADGE_KEY: undefined });
  expect((await show()).status).toBe(404);
});

test.each(["", "?key=", "?key=3f9c1e7ab2d84460", `?key=${SECRETS.BACKUP_ADMIN_SECRET}`])(
  "is refused without its key, and leads to no page: %o",
  async (query) => {
    const site = openBadge();
    for (const asking of [IMAGE, {}]) {
      const { status, text, headers } = await site.ask(`/badge.svg${query}`, asking);
      expect([status, JSON.parse(text).error.code]).toEqual([401, "UNAUTHORIZED"]);
      expect(headers.get("www-authenticate")).toBe("Bearer");
    }
    expect(site.emulator.requests).toEqual([]);
  },
);

test("a key that anybody could guess is none", async () => {
  const site = openBadge({ BACKUP_BADGE_KEY: "short" });
  const { status, text } = await site.ask("/badge.svg?key=short", IMAGE);
  expect([status, JSON.parse(text).error.code]).toEqual([500, "INVALID_CONFIGURATION"]);
});

test.each(Object.values(SECRETS))(
  "a secret of the service is no key: who sees a badge could sign in",
  async (secret) => {
    const site = openBadge({ BACKUP_BADGE_KEY: secret });
    for (const key of [secret, "wrong"]) {
      const { status, text } = await site.ask(`/badge.svg?key=${key}`, IMAGE);
      expect([status, JSON.parse(text).error.code]).toEqual([500, "INVALID_CONFIGURATION"]);
      expect(text).not.toContain(secret);
    }
  },
);

describe("says in one word", () => {
  test("unknown before the first backup, and up after it", async () => {
    const site = openBadge({}, { forkMs: 0 });
    expect(wordIn((await site.show()).text)).toBe("unknown");
    const headers = { accept: "*/*", "x-datocms-backups-auth": SECRETS.DATOCMS_BACKUPS_SHARED_SECRET };
    expect((await site.ask("/api/jobs/initialize", { method: "POST", headers })).status).toBe(200);
    await site.clock.advance(5 * 60_000);
    expect(wordIn((await site.show()).text)).toBe("up");
    await site.clock.advance(4 * 24 * HOUR_MS);
    expect(wordIn((await site.show()).text)).toBe("late");
  });

  test("paused", async () => {
    expect(wordIn((await openBadge({ BACKUP_SCHEDULER: "off" }).show()).text)).toBe("paused");
  });

  test("failed where no backup can be made", async () => {
    expect(wordIn((await openBadge({ BACKUP_KEEP_DAILY: "0" }).show()).text)).toBe("failed");
  });

  test("unknown while DatoCMS does not answer", async () => {
    const away = openSite({ variables, runtime: { fetch: () => Promise.reject(new TypeError("away")) } });
    expect(wordIn((await away.ask(`/badge.svg?key=${KEY}`, IMAGE)).text)).toBe("unknown");
  });
});

test("reads DatoCMS once an hour, whoever insists", async () => {
  const site = openBadge();
  await site.show();
  const once = site.emulator.requests.length;
  expect(once).toBeGreaterThan(0);
  for (let minutes = 0; minutes < 55; minutes += 5) {
    const headers = { ...IMAGE.headers, "cache-control": "no-cache" };
    const answer = await site.ask(`/badge.svg?key=${KEY}`, { headers });
    expect(answer.headers.get("cache-control")).toBe("max-age=300");
    await site.clock.advance(5 * 60_000);
  }
  expect(site.emulator.requests.length).toBe(once);
});
