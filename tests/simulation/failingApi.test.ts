import { describe, expect, it } from "vitest";
import type { FaultEffect } from "../../emulator/emulator.ts";
import { ALWAYS, destroyed, withYesterday } from "./judging.ts";
import { bodyOf } from "./pluginCalls.ts";
import { copyOf } from "./support.ts";

/** Against an API that only fails, whoever asks has an answer within ten seconds, and no copy is lost. */

const LIMIT_MS = 10_000;

const ROUTES = [
  ["POST", "/api/datocms/plugin-health", bodyOf("health")],
  ["POST", "/api/datocms/backup-status", bodyOf("status")],
  ["POST", "/api/datocms/scheduler-disconnect", bodyOf("disconnect")],
  ["POST", "/api/datocms/backup-now", bodyOf("backupNow", { slot: { scope: "weekly" } })],
  ["GET", "/api/jobs/daily-backup", undefined],
  ["GET", "/api/jobs/weekly-backup", undefined],
  ["POST", "/api/jobs/daily-backup", undefined],
  ["POST", "/api/jobs/daily-backup?force=true", undefined],
  ["POST", "/api/jobs/weekly-backup", undefined],
  ["POST", "/api/jobs/initialize", undefined],
  ["POST", "/api/jobs/scheduled-backups", undefined],
  ["GET", "/api/jobs/scheduled-backups", undefined],
  ["GET", "/api/check?format=json", undefined],
  ["GET", "/api/backups?format=json", undefined],
  ["GET", `/api/restore-guide/${copyOf("daily", 0)}?format=json`, undefined],
] as const;

const EFFECTS: [string, FaultEffect][] = [
  ["503", { kind: "status", status: 503 }],
  ["500 after the effect", { kind: "status", status: 500, when: "after" }],
  ["an HTML 502", { kind: "html", status: 502 }],
  ["a page of HTML that says that all is well", { kind: "html", status: 200 }],
  ["half a document", { kind: "broken-json" }],
  ["a dropped connection", { kind: "drop", when: "before" }],
  ["no answer", { kind: "hang", when: "before" }],
  ["a body that never comes", { kind: "slow-body", ms: 60 * 60_000 }],
  ["429 without end", { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "2" } }],
  ["429 without a word of its end", { kind: "status", status: 429 }],
  ["redirects", { kind: "status", status: 307, headers: { Location: "http://127.0.0.1:9/" } }],
];

describe.each(EFFECTS)("an API that answers nothing but %s", (_, effect) => {
  it.each(ROUTES)("has %s %s answered within ten seconds", async (method, path, body) => {
    const world = await withYesterday();
    await world.goTo(8, world.slots.daily.hour);
    world.project.faults.add({ ...ALWAYS, effect });
    const began = world.clock.monotonic();
    const { status } = await world.call(method, path, body && { body: { ...body } });
    expect([200, 500]).toContain(status);
    expect(world.clock.monotonic() - began).toBeLessThanOrEqual(LIMIT_MS);
    expect(destroyed(world)).toEqual([]);
    expect(world.ready()).toContain(copyOf("daily", 0));
  });
});
