import { expect, test } from "vitest";
import { createApp } from "../../handlers/app.ts";
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { openWorld, SECRET, TOKEN, type World } from "../simulation/support.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The end of the day until which the page says that a record which is deleted today can be got back; NaN: it says nothing. */
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
  "a record deleted today is there until the day that the page names: %s daily, %s weekly",
  async (daily, weekly) => {
    const variables = { BACKUP_KEEP_DAILY: daily, BACKUP_KEEP_WEEKLY: weekly };
    const world = await openWorld({ plan: { sandboxLimit: 20 } }, variables);
    const promises: { readonly deletedAt: number; readonly until: number }[] = [];
    /** Whether one can still go back to a moment before. */
    const reaches = (at: number) =>
      world.project.environments().some(({ primary, createdAt }) => !primary && createdAt <= at);
    let kept = 0;
    const look = async () => {
      const now = world.clock.now();
      for (const { deletedAt, until } of promises.filter((each) => now <= each.until)) {
        const what = `deleted at ${new Date(deletedAt)}, promised until ${new Date(until)}, now ${new Date(now)}`;
        expect(reaches(deletedAt), what).toBe(true);
        kept += 1;
      }
      const until = await promiseOf(world, variables);
      if (Number.isNaN(until)) return;
      expect(until).toBeGreaterThan(now);
      // The first moment of the day: nothing is deleted earlier today.
      promises.push({ deletedAt: Math.floor(now / DAY_MS) * DAY_MS, until });
    };
    for (let day = 0; day < 40; day += 1) {
      const isWatched = day % 3 === 0;
      await world.goTo(day, 0);
      if (isWatched) await look();
      for (const cadence of ["daily", "weekly"] as const) {
        const { hour, weekday } = world.slots[cadence];
        if (weekday !== null && new Date(world.clock.now()).getUTCDay() !== weekday) continue;
        await world.goTo(day, Math.max(hour, world.slots.daily.hour));
        await world.tick(cadence);
      }
      await world.goTo(day, 23);
      if (isWatched) await look();
    }
    expect(promises.length).toBeGreaterThan(5);
    expect(kept).toBeGreaterThan(0);
  },
);
