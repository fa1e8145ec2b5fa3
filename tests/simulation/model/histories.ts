import fc from "fast-check";
import { scene } from "./acts.ts";
import { recipe } from "./recipes.ts";
import type { History } from "./script.ts";
import { setting } from "./setting.ts";

/** A history: a handful of scenes. */
export const history: fc.Arbitrary<History> = fc
  .record({
    setting,
    scenes: fc.oneof(
      { weight: 2, arbitrary: fc.array(scene, { minLength: 1, maxLength: 5 }) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(recipe, fc.array(scene, { maxLength: 3 }))
          .map(([first, rest]) => [...first, ...rest]),
      },
    ),
  })
  .map(suited);

/** What is aimed at shall mostly be there: a project in which the service makes the call at which it is killed. */
function suited(made: History): History {
  const { setting: drawn } = made;
  const aims = new Set(
    made.scenes.flatMap(({ parts }) =>
      parts.flatMap(({ act: one }) =>
        (one.do === "ask" || one.do === "tick") && one.kill?.at === "call" ? [one.kill.operation] : [],
      ),
    ),
  );
  if (drawn.chance % 5 === 0) return made;
  const { project } = drawn;
  const isForkedFrom = made.scenes.some(({ parts }) =>
    parts.some(
      ({ after, act: one }) => after > 0 && one.do === "user" && one.what.user === "fork" && !one.what.ready,
    ),
  );
  if (isForkedFrom && drawn.chance % 2 === 0) {
    const plan = { ...project.plan, sandboxLimit: null };
    const forkMs = Math.max(7_000, Math.min(project.forkMs, 40_000));
    return { ...made, setting: { ...drawn, holdDays: 0, project: { ...project, plan, forkMs } } };
  }
  if (aims.size === 0) return made;
  const compares = aims.has("items.list") || aims.has("uploads.list");
  const finds = aims.has("environments.find") && !compares;
  return {
    ...made,
    setting: {
      ...drawn,
      paused: false,
      ...(compares && { shrinkLimit: 50, maxCalls: 40 }),
      // Whose token it is, is asked where there is no copy yet.
      ...(aims.has("users.me") && { seeds: [] }),
      project: {
        ...project,
        role: "admin",
        maintenanceMode: false,
        plan: { ...project.plan, sandboxLimit: null },
        forkMs: finds ? Math.max(project.forkMs, 2_000) : Math.min(project.forkMs, 2_000),
        unknowns: {
          ...project.unknowns,
          idMaxLength: null,
          ...(finds && { creating: "unlisted" as const }),
        },
      },
    },
  };
}
