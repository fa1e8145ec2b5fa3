import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { HOLDER, NOBODY, openServer, READER } from "./archiveServer.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
const open = (variables?: Record<string, string>) => openServer(ends, variables);

const HOUR_MS = 60 * 60_000;
const PATH = "/api/schedules";
const Made = z.object({ schedule: z.object({ id: z.string().regex(/^schedule_/) }) });
const NIGHTLY = {
  name: "Nightly",
  every: "30 2 * * *",
  zone: "Europe/Berlin",
  keep: { count: 14, days: 30 },
};

describe("schedules of archives over HTTP", () => {
  it("are made, listed, replaced, changed and deleted", async () => {
    const { call } = await open();
    expect((await call("GET", PATH)).body).toEqual({ ok: true, schedules: [] });
    const made = await call("POST", PATH, NIGHTLY);
    expect(made).toMatchObject({
      status: 201,
      body: { schedule: { ...NIGHTLY, maxBytes: null, enabled: true, lastRun: null } },
    });
    expect(Date.parse(made.body.schedule.nextAt)).toBeGreaterThan(Date.now());
    const one = `${PATH}/${Made.parse(made.body).schedule.id}`;
    const changed = await call("PATCH", one, { enabled: false, maxBytes: 1_000_000, keep: null });
    expect(changed.body).toMatchObject({
      schedule: {
        name: "Nightly",
        zone: "Europe/Berlin",
        enabled: false,
        keep: null,
        maxBytes: 1_000_000,
        nextAt: null,
      },
    });
    const replaced = await call("PUT", one, { name: "Other", every: "weekly" });
    expect(replaced.body).toMatchObject({
      schedule: { name: "Other", every: "weekly", zone: "UTC", keep: null, maxBytes: null, enabled: true },
    });
    expect((await call("GET", PATH)).body.schedules).toEqual([replaced.body.schedule]);
    expect((await call("DELETE", one)).body).toMatchObject({ schedule: { deleted: true } });
    for (const [method, body] of [
      ["PUT", NIGHTLY],
      ["PATCH", {}],
      ["DELETE", undefined],
    ] as const)
      expect(await call(method, one, body)).toMatchObject({
        status: 404,
        body: { error: { code: "SCHEDULE_NOT_FOUND" } },
      });
  });

  it("make their archive with the cron of the hour, and tell of it", async () => {
    const { call, pass, archives } = await open();
    await call("POST", PATH, { name: "Hourly", every: "hourly", keep: { count: 1 } });
    await pass(HOUR_MS);
    const lastRun = async () => (await call("GET", PATH)).body.schedules[0].lastRun;
    await expect
      .poll(lastRun, { timeout: 20_000 })
      .toMatchObject({ archive: { partial: false }, failure: null });
    expect(await archives()).toEqual([(await lastRun()).archive.id]);
  });

  it("refuse what they cannot take, with a sentence that names it", async () => {
    const { call } = await open();
    const wrong = {
      name: ["", " x", "x".repeat(101), "a\nb", 1],
      every: [
        "yearly",
        "* * * * *",
        "*/30 * * * *",
        "0,30 2 * * *",
        "0 25 * * *",
        "0 0 31 2 *",
        "0 0 * * * *",
      ],
      zone: ["Mars/Base", "+01:00", ""],
      keep: [{}, { count: 0 }, { days: 1.5 }, { count: 1, weeks: 2 }, 7],
      maxBytes: [0, -1, "1 GB"],
      enabled: ["yes"],
    };
    for (const [member, values] of Object.entries(wrong))
      for (const given of values) {
        const answer = await call("POST", PATH, { ...NIGHTLY, [member]: given });
        expect(answer).toMatchObject({ status: 400, body: { error: { code: "INVALID_BODY" } } });
        expect(answer.body.error.message).toMatch(new RegExp(`^${member} must be `));
      }
    expect((await call("POST", PATH, { ...NIGHTLY, cadence: "daily" })).status).toBe(400);
    expect((await call("POST", PATH, {})).body.error.message).toMatch(/^name must be /);
    expect((await call("GET", PATH)).body.schedules).toEqual([]);
  });

  it("are fifty at most", async () => {
    const { call } = await open();
    for (let count = 0; count < 50; count += 1) expect((await call("POST", PATH, NIGHTLY)).status).toBe(201);
    expect(await call("POST", PATH, NIGHTLY)).toMatchObject({
      status: 409,
      body: { error: { code: "SCHEDULE_REFUSED", details: { cause: "TOO_MANY_SCHEDULES" } } },
    });
  });

  it("open their deeds to the admin's secret alone, and their list to readers", async () => {
    const { ask, call } = await open();
    const one = `${PATH}/schedule_0`;
    for (const [method, path] of [
      ["POST", PATH],
      ["PUT", one],
      ["PATCH", one],
      ["DELETE", one],
    ] as const) {
      expect(await ask(method, path, HOLDER, NIGHTLY)).toMatchObject({
        status: 403,
        body: { error: { code: "ADMIN_SECRET_REQUIRED" } },
      });
      for (const secret of [READER, NOBODY])
        expect((await ask(method, path, secret, NIGHTLY)).status).toBe(401);
    }
    expect((await ask("GET", PATH, READER)).status).toBe(200);
    expect((await ask("GET", PATH, NOBODY)).status).toBe(401);
    expect((await call("GET", PATH)).body.schedules).toEqual([]);
  });

  it("need a store", async () => {
    const { call } = await open({ BACKUP_STORE: "" });
    expect(await call("GET", PATH)).toMatchObject({ status: 404, body: { error: { code: "NO_STORE" } } });
    expect(await call("POST", PATH, NIGHTLY)).toMatchObject({
      status: 404,
      body: { error: { code: "NO_STORE" } },
    });
  });
});
