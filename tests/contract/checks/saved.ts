import { expect } from "vitest";
import { pick } from "../expectations.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, dateOf, idOf } from "../tokens.ts";

/** The UTC date so many days ago; negative: ahead. */
export function daysAgo(days: number): string {
  return dateOf(Date.now() - days * DAY_MS);
}

/** A schedule as the plugin saves it: daily alone, in UTC, from today on, unless told otherwise. */
export function schedule(changes: Record<string, unknown> = {}) {
  return {
    version: 1,
    enabledCadences: ["daily"],
    timezone: "UTC",
    anchorLocalDate: daysAgo(0),
    updatedAt: new Date().toISOString(),
    ...changes,
  };
}

/**
 * Saves a schedule as the plugin does.
 *
 * @param beside further parameters
 * @returns the parameters as they are now
 */
export function save(
  { project }: Scene,
  changes: Record<string, unknown> = {},
  beside: Record<string, unknown> = {},
): unknown {
  project.user.setParameters("main", { ...beside, backupSchedule: schedule(changes) });
  return parametersOf(project);
}

/** Nobody has written the plugin's parameters since. */
export function untouched({ project, requests }: Scene, kept: unknown): void {
  expect(parametersOf(project)).toEqual(kept);
  expect(requests().filter(({ operation }) => operation === "plugins.update")).toEqual([]);
}

export function parametersOf(project: Scene["project"]): unknown {
  return project.environment("main")?.plugins[0]?.parameters;
}

/** A ready copy of so many days ago. */
export function seedCopy(scene: Scene, cadence: string, days: number): void {
  const at = Date.now() - days * DAY_MS;
  scene.seed(idOf(cadence, at), at);
}

/** Codes of the problems in a status answer. */
export function problemCodes(status: unknown): unknown[] {
  const problems = pick(status, "problems");
  return Array.isArray(problems) ? problems.map((problem) => pick(problem, "code")) : [];
}
