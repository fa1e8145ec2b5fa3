import { describe, expect, it } from "vitest";
import { at, copyOf } from "../simulation/support.ts";
import { HEARTBEATS, notifyingWorld, WEBHOOK } from "./receiver.ts";

const HOUR_MS = 3_600_000;
const HUNG = { forkMs: 1e12 };
const STATUS = {
  event_type: "backup_status_request",
  mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
  plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
};
const SHORT = { budgetMs: 25_000 };

/** Each day's fork hangs, and the host ends each tick long before. */
async function daysOfHungForks(days: number, variables: Readonly<Record<string, string>>) {
  const world = await notifyingWorld({}, { ...variables, BACKUP_CADENCES: "daily" });
  await world.tickAt("daily", 0, 0);
  world.calls.length = 0;
  world.project.settings.forkMs = HUNG.forkMs;
  for (let day = 1; day <= days; day += 1)
    for (const hours of [0, 1, 2, 3, 4, 5]) await world.tickAt("daily", day, hours, SHORT);
  return world;
}

describe("forks that DatoCMS never finishes", () => {
  it("are sent as late, each once and by its name", async () => {
    const world = await daysOfHungForks(4, WEBHOOK);
    const sent = world.calls.map(({ body }) => JSON.parse(body));
    expect(sent.map(({ type, id }) => [type, id.slice(0, 21)])).toEqual(
      [1, 2, 3].map((day) => ["backup.late", `late-daily-${copyOf("", day).slice(-10)}`]),
    );
    for (const [index, { data }] of sent.entries()) {
      expect(data.sentence).toContain(`DatoCMS does not finish the fork of ${copyOf("daily", index + 1)} `);
      expect(data.advice).toContain("Delete in DatoCMS what hangs");
    }
  });

  it("are sent within the hour where a tick comes then", async () => {
    const world = await notifyingWorld({}, { ...WEBHOOK, BACKUP_CADENCES: "daily" });
    await world.tickAt("daily", 0, 0);
    world.project.settings.forkMs = HUNG.forkMs;
    const hour = at(1, world.slots.daily.hour);
    world.project.user.fork(null, copyOf("daily", 9), { createdAt: hour - 4 * HOUR_MS + 30 * 60_000 });
    world.project.settings.forkMs = 1_000;
    const heard: string[][] = [];
    for (const day of [1, 2])
      for (const hours of [0, 1, 2, 3, 4, 5]) {
        world.calls.length = 0;
        await world.tickAt("daily", day, hours);
        heard.push(world.kinds());
      }
    expect(heard).toEqual([[], [], [], ["late daily"], [], [], [], [], [], [], [], []]);
  });

  it("are begun once and end as failed for a dead-man's switch", async () => {
    const world = await daysOfHungForks(3, HEARTBEATS);
    expect(world.signals()).toEqual(["start", "start", "fail", "start", "fail"]);
    const ids = world.calls.map(({ url }) => url.searchParams.get("rid"));
    expect(ids[2]).toBe(ids[0]);
    expect(ids[4]).toBe(ids[1]);
  });

  it("stand in status, inventory and metrics by their names and number", async () => {
    const world = await daysOfHungForks(2, WEBHOOK);
    await world.tickAt("daily", 3, 0, SHORT);
    const hung = [copyOf("daily", 2), copyOf("daily", 1)];
    const { body } = await world.call("POST", "/api/datocms/backup-status", { body: STATUS });
    expect(body.slots).toMatchObject({
      daily: { hanging: hung, timeliness: "late" },
      monthly: { hanging: [] },
    });
    const problems = body.problems as { code: string; sentence: string }[];
    expect(problems.map(({ code }) => code)).toEqual(["FORK_HANGS", "DAILY_OVERDUE"]);
    for (const id of hung) expect(problems[0]?.sentence).toContain(id);
    const inventory = await world.call("GET", "/api/backups?format=json");
    const copies = inventory.body.copies as { environmentId: string; hangs?: boolean }[];
    expect(copies.flatMap(({ environmentId, hangs }) => (hangs ? environmentId : []))).toEqual(hung);
  });
});
