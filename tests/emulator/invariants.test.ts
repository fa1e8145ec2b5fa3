import fc from "fast-check";
import { expect, test } from "vitest";
import { type World, world } from "./support.ts";

const ids = ["main", "a", "b", "c", "d"];
const anId = fc.constantFrom(...ids);

type Step = (here: World) => Promise<unknown>;

/** Whatever is refused or makes no sense is part of the game. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(anId, anId, fc.boolean()).map(([source, id, fast]): Step => {
    const path = `/environments/${source}/fork?immediate_return=true&fast=${fast}`;
    return ({ raw }) => raw("POST", path, { body: { data: { type: "environment", id } } });
  }),
  fc.tuple(anId, anId).map(
    ([id, newId]): Step =>
      ({ raw }) =>
        raw("PUT", `/environments/${id}/rename`, { body: { data: { type: "environment", id: newId } } }),
  ),
  anId.map(
    (id): Step =>
      ({ raw }) =>
        raw("PUT", `/environments/${id}/promote`),
  ),
  anId.map(
    (id): Step =>
      ({ raw }) =>
        raw("DELETE", `/environments/${id}`),
  ),
  anId.map(
    (id): Step =>
      async ({ project }) =>
        project.user.destroy(id),
  ),
  fc.tuple(anId, fc.boolean()).map(
    ([id, ready]): Step =>
      async ({ project }) =>
        project.user.fork(null, id, { ready }),
  ),
  fc.integer({ min: 1, max: 4000 }).map(
    (ms): Step =>
      ({ clock }) =>
        clock.advance(ms),
  ),
  fc.constantFrom<("job-fails" | "never-ends")[]>("job-fails", "never-ends").map((kind): Step => {
    return async ({ project }) => project.faults.add({ effect: { kind } });
  }),
);

const unknowns = fc.record({
  destroying: fc.constantFrom("listed-until-gone" as const, "hidden-at-once" as const),
  destroyForkingOrigin: fc.constantFrom("refuse" as const, "allow" as const),
  destroyDestroying: fc.constantFrom("refuse" as const, "accept" as const),
  concurrentOperations: fc.constantFrom("allowed" as const, "refuse-forks" as const, "refuse-all" as const),
  planRefusal: fc.constantFrom("sync" as const, "in-job" as const),
});

test("whatever happens: one primary, ids that differ, and a history that tells what exists", async () => {
  await fc.assert(
    fc.asyncProperty(unknowns, fc.array(step, { maxLength: 30 }), async (options, steps) => {
      const here = world({ unknowns: options, rateLimit: null, forkMs: 3000, plan: { sandboxLimit: 3 } });
      const { clock, project } = here;
      for (const take of steps) {
        await take(here).catch(() => undefined);
        const views = project.environments();
        expect(views.filter(({ primary }) => primary)).toHaveLength(1);
        expect(views.find(({ primary }) => primary)?.status).toBe("ready");
        expect(new Set(views.map(({ id }) => id)).size).toBe(views.length);
        const told = project.existedAt(clock.now());
        const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
        expect(told.toSorted(byId)).toEqual(
          views.map(({ id, status, primary }) => ({ id, status, primary })).toSorted(byId),
        );
        const times = project.history.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
      }
    }),
    { numRuns: 300 },
  );
});
