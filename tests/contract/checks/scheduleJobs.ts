import { expect } from "vitest";
import { slotsFor } from "../../../services/schedule/slots.ts";
import { aResult, expectCause, expectOk, pick } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import type { Host } from "../host.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, dateOf, idOf, openingOf, tokenAwake } from "../tokens.ts";
import { DAILY, WEEKLY } from "../wire.ts";
import { save, untouched } from "./saved.ts";

/** The crons' own jobs under a schedule that the plugin's user has saved, on GET in their open slots. */
export function scheduledJobs(host: Host): void {
  let token = "";
  const options = async () => {
    token = await tokenAwake();
    return { token };
  };
  const opening = async (scope: "daily" | "weekly") => openingOf((await slotsFor(token))[scope]);
  group(host, "jobs by a saved schedule", { options }, (check) => {
    dailyJob(check, () => opening("daily"));
    weeklyJob(check, () => opening("weekly"));
    longerCadences(check, () => opening("weekly"));
  });
}

const NEEDS = { needs: ["scheduled-get"] } as const;

type Opening = () => Promise<number>;

async function isNotDue(scene: Scene, path: string, scope: string, because: string): Promise<void> {
  const answer = await scene.send("GET", path);
  expectOk(answer);
  expect(answer.body).toEqual({
    ok: true,
    skipped: true,
    reason: "NOT_DUE_IN_PLUGIN_SCHEDULE",
    because,
    scope,
    schedule: expect.objectContaining({ slotHourUtc: expect.any(Number) }),
  });
}

function seedAt(scene: Scene, cadence: string, at: number): string {
  scene.seed(idOf(cadence, at), at);
  return idOf(cadence, at);
}

function dailyJob(check: Check, opening: Opening): void {
  check(
    "daily: not enabled by the schedule, it is not due",
    "reads",
    async (scene) => {
      save(scene, { enabledCadences: ["weekly"], anchorLocalDate: dateOf(await opening()) });
      await isNotDue(scene, DAILY, "daily", "not_enabled");
    },
    NEEDS,
  );
  check(
    "daily: before the anchor it is not due",
    "reads",
    async (scene) => {
      save(scene, { anchorLocalDate: dateOf((await opening()) + DAY_MS) });
      await isNotDue(scene, DAILY, "daily", "other_day");
    },
    NEEDS,
  );
  check(
    "daily: due every day from the anchor on, once, also when there is no copy yet",
    { forks: 1 },
    async (scene) => {
      const at = await opening();
      const kept = save(scene, { anchorLocalDate: dateOf(at) });
      expectOk(await scene.send("GET", DAILY), { result: aResult("daily", idOf("daily", at), null) });
      expectOk(await scene.send("GET", DAILY), { skipped: true, because: "already_made" });
      untouched(scene, kept);
    },
    NEEDS,
  );
  check(
    "daily: an invalid schedule is replaced for the run and stays as it is",
    { forks: 1 },
    async (scene) => {
      const kept = save(scene, { enabledCadences: {}, timezone: 1, anchorLocalDate: [], updatedAt: "never" });
      expectOk(await scene.send("GET", DAILY), { result: { scope: "daily" } });
      untouched(scene, kept);
    },
    NEEDS,
  );
  check("daily: by hand it is made, whatever the schedule says", { forks: 1 }, async (scene) => {
    save(scene, { enabledCadences: ["monthly"], anchorLocalDate: "2199-01-01" });
    expectOk(await scene.send("POST", DAILY), { result: aResult("daily", idOf("daily"), null) });
  });
}

function weeklyJob(check: Check, opening: Opening): void {
  check(
    "weekly: on its own weekday by the slot, but on another by the schedule, it is not due",
    "reads",
    async (scene) => {
      const at = await opening();
      save(scene, { enabledCadences: ["weekly"], anchorLocalDate: dateOf(at - 3 * DAY_MS) });
      seedAt(scene, "weekly", at - 2 * DAY_MS);
      await isNotDue(scene, WEEKLY, "weekly", "other_day");
    },
    NEEDS,
  );
  check(
    "weekly: a missed date is made up for, days later",
    { forks: 1, destroys: 1 },
    async (scene) => {
      const at = await opening();
      save(scene, { enabledCadences: ["weekly"], anchorLocalDate: dateOf(at - 10 * DAY_MS) });
      const old = seedAt(scene, "weekly", at - 4 * DAY_MS);
      const answer = await scene.send("GET", WEEKLY);
      expectOk(answer, { result: { ...aResult("weekly", idOf("weekly", at), old), late: true } });
      expect(answer.body).not.toHaveProperty("results");
      await isNotDue(scene, WEEKLY, "weekly", "other_day");
    },
    NEEDS,
  );
  check(
    "weekly: a missed date is made up for, also when nothing was ever made",
    { forks: 1 },
    async (scene) => {
      const at = await opening();
      save(scene, { enabledCadences: ["weekly"], anchorLocalDate: dateOf(at - 3 * DAY_MS) });
      expectOk(await scene.send("GET", WEEKLY), { result: aResult("weekly", idOf("weekly", at), null) });
    },
    NEEDS,
  );
}

function longerCadences(check: Check, opening: Opening): void {
  const longer = ["weekly", "biweekly", "monthly"];
  check(
    "the weekly job makes biweekly and monthly copies too",
    { forks: 3 },
    async (scene) => {
      const at = await opening();
      save(scene, { enabledCadences: longer, anchorLocalDate: dateOf(at) });
      const answer = await scene.send("GET", WEEKLY);
      const results = longer.map((scope) => expect.objectContaining(aResult(scope, idOf(scope, at), null)));
      expectOk(answer, { result: aResult("weekly", idOf("weekly", at), null) });
      expect(pick(answer.body, "results")).toEqual(results);
      expect(answer.body).toHaveProperty("schedule.slotWeekdayUtc");
      expectOk(await scene.send("GET", WEEKLY), { skipped: true, because: "already_made", scope: "weekly" });
    },
    NEEDS,
  );
  check(
    "the weekly job answers with what it made, where weekly is not due",
    { forks: 2 },
    async (scene) => {
      const at = await opening();
      save(scene, { enabledCadences: ["biweekly", "monthly"], anchorLocalDate: dateOf(at) });
      const answer = await scene.send("GET", WEEKLY);
      expectOk(answer, { result: aResult("biweekly", idOf("biweekly", at), null) });
      expect(answer.body).toMatchObject({ results: [{ scope: "biweekly" }, { scope: "monthly" }] });
    },
    NEEDS,
  );
  check(
    "the weekly job tells what it made when another copy failed",
    { forks: 2 },
    async (scene) => {
      const at = await opening();
      save(scene, { enabledCadences: ["weekly", "monthly"], anchorLocalDate: dateOf(at) });
      scene.project.faults.add({ environment: idOf("monthly", at), effect: { kind: "job-fails" } });
      const answer = await scene.send("GET", WEEKLY);
      expectCause(answer, "FORK_FAILED");
      expect(answer.body).toMatchObject({
        error: { details: { scope: "monthly", results: [{ scope: "weekly", state: "ready" }] } },
      });
    },
    NEEDS,
  );
}
