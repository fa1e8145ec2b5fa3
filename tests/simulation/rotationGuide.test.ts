import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as z from "zod";
import { FOUR, schedule, withDue, withYesterday } from "./judging.ts";
import { at, copyOf, openWorld, type World } from "./support.ts";

/** The examples of these documents, played again: what they say is what happens. */
const DOCUMENTS = ["how-backups-are-kept.md", "design/rotation.md"];
/** Without what indents or quotes a line. */
const GUIDE = DOCUMENTS.map((name) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8"))
  .join("\n")
  .replace(/^[ >]+/gm, "");
const MANUAL = "/api/jobs/daily-backup";
const WORDS: Readonly<Record<string, string>> = {
  "fork-began": "is being created",
  ready: "is ready",
  "fork-failed": "vanishes",
  "destroy-began": "is being destroyed",
  destroyed: "is gone",
  promoted: "is promoted",
};

/** What happened in DatoCMS since an instant, a line each. */
function storyOf({ project }: World, from: number): string {
  const told = project.history.filter((event) => event.at >= from && event.type !== "data-changed");
  return told
    .map(({ at: instant, type, id, from: other }) => {
      const time = new Date(instant).toISOString().replace("T", " ").slice(0, 19);
      return `${time}  ${type === "renamed" ? `${other} becomes ${id}` : `${id} ${WORDS[type]}`}`;
    })
    .join("\n");
}

/** Day one in daily's slot hour, yesterday's copy there, forks of 30 s. */
async function inTheSlot(options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld({ forkMs: 30_000, ...options });
  world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
  await world.goTo(1, world.slots.daily.hour);
  return world;
}

it("an ordinary night", async () => {
  const world = await inTheSlot();
  await world.tick("daily");
  await world.clock.advance(5_000);
  expect(GUIDE).toContain(storyOf(world, at(1, 0)));
});

it("a replacement by hand", async () => {
  const world = await inTheSlot();
  await world.tick("daily");
  await world.goTo(1, 15);
  await world.call("POST", MANUAL, { runtime: { budgetMs: 50_000 } });
  await world.clock.advance(5_000);
  expect(GUIDE).toContain(storyOf(world, at(1, 15)));
});

it("a replacement that fails", async () => {
  const world = await inTheSlot();
  await world.tick("daily");
  await world.goTo(1, 15);
  world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
  await world.call("POST", MANUAL, { runtime: { budgetMs: 50_000 } });
  expect(GUIDE).toContain(storyOf(world, at(1, 15)));
});

it("a plan of one place", async () => {
  const world = await inTheSlot({ plan: { sandboxLimit: 1 } });
  await world.tick("daily");
  expect(GUIDE).toContain(storyOf(world, at(1, 0)));
});

it("a function that is killed while DatoCMS forks", async () => {
  const world = await inTheSlot({ forkMs: 20 * 60_000 });
  await world.tick("daily", { runtime: { budgetMs: 25_000 } });
  await world.goTo(1, world.slots.daily.hour + 1);
  await world.tick("daily");
  await world.clock.advance(5_000);
  expect(GUIDE).toContain(storyOf(world, at(1, 0)));
});

it("a copy that is held until 30 days after it was last worked in", async () => {
  const world = await openWorld();
  world.project.user.setParameters("main", schedule(["daily"]));
  const held = copyOf("daily", 1);
  for (let day = 0; day < 50; day += 1) {
    await world.goTo(day, world.slots.daily.hour);
    await world.tick("daily");
    await world.goTo(day, 12);
    if (day === 1) world.project.user.promote(held);
    if (day > 1 && day < 15) world.project.user.edit(held);
    if (day === 15) world.project.user.promote("main");
  }
  const gone = world.project.history.find(({ type, id }) => type === "destroyed" && id === held);
  const line = `${new Date(gone?.at ?? 0).toISOString().replace("T", " ").slice(0, 19)}  ${held} is gone`;
  expect(GUIDE).toContain(line);
});

it("what a run costs", async () => {
  for (const count of [1, 2, 4])
    for (const forkMs of [5_000, 30_000]) {
      const world = await withDue(FOUR.slice(0, count), { forkMs });
      const from = world.clock.monotonic();
      await world.call("POST", "/api/jobs/scheduled-backups", { runtime: { budgetMs: 50_000 } });
      const seconds = ((world.clock.monotonic() - from) / 1_000).toFixed(1);
      const row = `| ${count} | ${forkMs / 1_000} s | ${seconds} s | ${world.emulator.requests.length} |`;
      expect(GUIDE).toContain(row);
    }
});

it("the sentence of a full plan", async () => {
  const world = await withYesterday({ plan: { sandboxLimit: 1 } }, { BACKUP_ROTATION: "fork-first" });
  const { body } = await world.call("POST", MANUAL);
  const { message } = z.object({ error: z.object({ message: z.string() }) }).parse(body).error;
  expect(GUIDE.replace(/\s+/g, " ")).toContain(message);
});

it("what each plan keeps", async () => {
  const rows = [
    "| 0 | none | never |",
    "| 1 | daily | after the old one is removed |",
    "| 2 | daily, weekly | after the old one is removed |",
    "| 3 | daily, weekly, biweekly | after the old one is removed |",
    "| 4 | all four | after the old one is removed |",
    "| 5 and more | all four | before the old one is removed |",
  ];
  for (const [places, row] of rows.entries()) {
    const world = await openWorld({ plan: { sandboxLimit: places } });
    world.project.user.setParameters("main", schedule(FOUR));
    await world.goTo(0, 12);
    await world.call("POST", "/api/jobs/scheduled-backups");
    const served = FOUR.filter((cadence) => world.ready().includes(copyOf(cadence, 0)));
    await world.goTo(1, world.slots.daily.hour);
    const run = JSON.stringify(await world.tick("daily"));
    const isMade = world.ready().includes(copyOf("daily", 1));
    const when = run.includes("OLD_COPY_GAVE_WAY")
      ? "after the old one is removed"
      : "before the old one is removed";
    const kept = served.length === FOUR.length ? "all four" : served.join(", ") || "none";
    const told = `| ${places < 5 ? places : "5 and more"} | ${kept} | ${isMade ? when : "never"} |`;
    expect(told).toBe(row);
    expect(GUIDE).toContain(told);
  }
});
