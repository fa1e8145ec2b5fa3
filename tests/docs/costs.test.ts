import { expect, test } from "vitest";
import { makeWorld } from "../../bench/world.ts";
import { runTick } from "../../handlers/cron.ts";
import { textOf } from "./support.ts";

const COSTS = textOf("docs/costs.md");
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Until old backups are there to be removed; then two whole weeks are counted. */
const WARM_UP_DAYS = 8;
const DAYS = 14;

/** DatoCMS calls of a self-hosted server in 30 days. */
async function monthlyCalls(forkMs: number): Promise<number> {
  const world = await makeWorld({ moment: "in the slot", forkMs });
  const start = Math.floor(world.clock.now() / HOUR_MS) * HOUR_MS;
  for (let hour = 0; hour < (WARM_UP_DAYS + DAYS) * 24; hour += 1) {
    if (hour === WARM_UP_DAYS * 24) world.emulator.clearRequests();
    for (const [job, minute] of [["daily", 5] as const, ["weekly", 35] as const]) {
      await world.clock.advance(Math.max(0, start + hour * HOUR_MS + minute * MINUTE_MS - world.clock.now()));
      await world.clock.run(() => runTick(job, world.runtime("cron")));
    }
  }
  return (world.emulator.requests.length / DAYS) * 30;
}

test("a project costs the calls that the page says", async () => {
  const [, least = "", most = ""] = /^\| a machine of yours \| ([\d,]+) to ([\d,]+) \|$/m.exec(COSTS) ?? [];
  const figure = (text: string) => Number(text.replace(",", ""));
  for (const [forkMs, claimed] of [
    [5_000, figure(least)] as const,
    [20 * MINUTE_MS, figure(most)] as const,
  ]) {
    const calls = await monthlyCalls(forkMs);
    expect(calls).toBeGreaterThan(claimed * 0.93);
    expect(calls).toBeLessThan(claimed * 1.05);
  }
  expect(COSTS).toContain(`| [about ${least}](#your-datocms-plan), at most ${most} |`);
  expect(COSTS).toContain(
    `${(30 * figure(least)).toLocaleString("en")} to ${(30 * figure(most)).toLocaleString("en")}`,
  );
}, 60_000);

test("every price has the date on which it was read", () => {
  const sources = COSTS.split("Sources: ")[1]?.split("\n\n")[0]?.replaceAll("\n", " ") ?? "";
  for (const vendor of ["Netlify", "Vercel", "Cloudflare"])
    expect(sources).toMatch(new RegExp(`\\[${vendor}'s prices\\]\\(https:[^;]+\\d{4}`));
  expect(COSTS).toMatch(/copy read in November 2026\)/);
});
