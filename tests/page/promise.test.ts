import { expect, test } from "vitest";
import { createApp } from "../../handlers/app.ts";
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { openWorld, SECRET, TOKEN, type World } from "../simulation/support.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The end of the day until which the page says that a record which is deleted now can be got back. */
async function promiseOf(world: World, variables: Readonly<Record<string, string>>): Promise<number> {
  const { clock, emulator } = world;
  const all = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, DATOCMS_BACKUPS_SHARED_SECRET: SECRET, ...variables };
  const runtime = nodeRuntime({ variables: all, logger: silentLogger, clock, fetch: emulator.fetch }, "http");
  const headers = { accept: "text/html", authorization: `Basic ${btoa(`wall:${SECRET}`)}` };
  const text = await clock.run(async () => {
    const response = await createApp().fetch(new Request("http://localhost/", { headers }), runtime);
    return response.text();
  });
  const [, day = ""] = /got back until <time datetime="([\d-]+)"/.exec(text) ?? [];
  return Date.parse(day) + DAY_MS - 1;
}

test.each([
  ["1", "1"],
  ["2", "1"],
  ["7", "1"],
  ["3", "4"],
])(
  "a record deleted now is there until the day that the page names: %s daily, %s weekly",
  async (daily, weekly) => {
    const variables = { BACKUP_KEEP_DAILY: daily, BACKUP_KEEP_WEEKLY: weekly };
    const world = await openWorld({ plan: { sandboxLimit: 20 } }, variables);
    const promises: { readonly at: number; readonly until: number }[] = [];
    /** The newest moment before `at` that one can still go back to. */
    const reaches = (at: number) =>
      world.project.environments().some(({ primary, createdAt }) => !primary && createdAt <= at);
    let kept = 0;
    for (let day = 0; day < 50; day += 1) {
      for (const cadence of ["daily", "weekly"] as const) {
        if (cadence === "weekly" && new Date(world.clock.now()).getUTCDay() !== world.slots.weekly.weekday)
          continue;
        await world.goTo(day, Math.max(world.slots[cadence].hour, world.slots.daily.hour));
        await world.tick(cadence);
      }
      const now = world.clock.now();
      for (const { at, until } of promises.filter((each) => now <= each.until)) {
        expect(reaches(at), `deleted at ${new Date(at)}, promised until ${new Date(until)}`).toBe(true);
        kept += 1;
      }
      if (day % 3 === 0) promises.push({ at: now, until: await promiseOf(world, variables) });
    }
    expect(promises.some(({ until }) => !Number.isFinite(until))).toBe(false);
    expect(kept).toBeGreaterThan(0);
  },
);
