import fc from "fast-check";
import { expect, test } from "vitest";
import { seedFrom } from "../support/seed.ts";
import { restoresOf } from "./service.ts";
import { type Act, type Story, someActs } from "./stories.ts";
import { nastySite } from "./support.ts";
import { everyPair } from "./switches.ts";

/** Whatever people edit, archive, restore and take back, a restore keeps what its mode and scope promise. */

const STORIES = Number(process.env.RESTORE_STORIES ?? 12);

async function played(acts: readonly Act[], site: ReturnType<typeof nastySite>): Promise<string[]> {
  const restores = await restoresOf(site);
  const story: Story = {
    site,
    restores,
    archives: new Map(),
    environments: ["main"],
    runs: [],
    outcomes: [],
  };
  await site.clock.run(async () => {
    story.archives.set(await restores.archive("main"), site.state());
    site.project.user.fork(null, "sandbox", { ready: true });
    story.environments.push("sandbox");
    for (const act of acts) await act.play(story);
  });
  return story.outcomes;
}

test("whatever happens before, restores keep their promises, and undo takes them back", async () => {
  const outcomes = new Map<string, number>();
  const property = fc.asyncProperty(someActs(10), fc.constantFrom(...everyPair()), async (acts, unknowns) => {
    for (const outcome of await played(acts, nastySite({ contentUnknowns: unknowns })))
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  });
  await fc.assert(property, { numRuns: STORIES, seed: seedFrom("PROPERTY_SEED"), endOnFailure: false });
  if (process.env.RESTORE_STORIES !== undefined)
    process.stdout.write(`${JSON.stringify(Object.fromEntries([...outcomes].sort()))}\n`);
  expect(outcomes.get("whole") ?? 0).toBeGreaterThan(0);
}, 600_000);
