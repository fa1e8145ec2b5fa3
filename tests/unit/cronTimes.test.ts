import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { startService } from "../../node/service.ts";
import { CRON_TIMES, cronExpression, JOBS } from "../../utils/cron.ts";
import { silentLogger } from "../../utils/logger.ts";

const crons = vi.hoisted((): unknown[][] => []);
vi.mock("croner", () => ({
  Cron: class {
    constructor(pattern: string, { timezone }: { readonly timezone: string }) {
      crons.push([pattern, timezone]);
    }
    stop() {}
  },
}));

const HOURLY = JOBS.map((job) => cronExpression(job, "hourly"));
const fileOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Every cron expression in a platform's file, in its order. */
function expressionsIn(path: string): string[] {
  return fileOf(path).match(/(?<=")[\d*/,-]+(?: [\d*/,-]+){4}(?=")/g) ?? [];
}

test("the times are in the documented form", () => {
  expect(HOURLY).toEqual(["5 * * * *", "35 * * * *"]);
  expect(JOBS.map((job) => cronExpression(job, "daily"))).toEqual(["5 2 * * *", "35 2 * * *"]);
  expect(CRON_TIMES.hour).toBe(2);
});

test.each([
  ["netlify/functions/dailyBackup/dailyBackup.ts", [cronExpression("daily", "hourly")]],
  ["netlify/functions/weeklyBackup/weeklyBackup.ts", [cronExpression("weekly", "hourly")]],
  ["wrangler.toml", HOURLY],
  ["vercel.json", JOBS.map((job) => cronExpression(job, "daily"))],
])("%s repeats them", (path, expected) => {
  expect(expressionsIn(path)).toEqual(expected);
});

test("vercel.json gives each to its own job", () => {
  const { crons: listed } = JSON.parse(fileOf("vercel.json"));
  expect(listed).toEqual(
    JOBS.map((job) => ({ path: `/api/jobs/${job}-backup`, schedule: cronExpression(job, "daily") })),
  );
});

test("the server schedules them, in UTC", async () => {
  const service = await startService({ port: 0, cron: true, variables: {}, logger: silentLogger });
  await service.close();
  expect(crons).toEqual(HOURLY.map((pattern) => [pattern, "UTC"]));
});
