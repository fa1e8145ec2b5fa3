import type { HistoryEvent } from "../../emulator/emulator.ts";
import type { Cadence } from "../../utils/config.ts";
import { at, copyOf, DAY_ONE, openWorld, type World } from "./support.ts";

/** What happened, told from what DatoCMS had and never from what the service says. */

export const ALWAYS = { times: Number.POSITIVE_INFINITY } as const;
export const FOUR = ["daily", "weekly", "biweekly", "monthly"] as const;
/** How long ago each cadence's last copy was made where its next one is due on day one. */
const DAYS_BEFORE = { daily: 1, weekly: 7, biweekly: 14, monthly: 28 } as const;

const OURS = /^backup-plugin-(daily|weekly|biweekly|monthly)-\d{4}-\d\d-\d\d(?:-superseded-\d{9})?$/;

/** The cadence in a copy's name; undefined for what is not ours. */
export function cadenceIn(id: string): string | undefined {
  return OURS.exec(id)?.[1];
}

/** Forks that the service began, of a copy or of all whose name holds a text. */
export function forks(world: World, text = ""): HistoryEvent[] {
  return world.project.history.filter(
    ({ type, by, id }) => type === "fork-began" && by === "api" && id.includes(text),
  );
}

/** Ids that the service destroyed. */
export function destroyed(world: World): string[] {
  return world.project.history
    .filter(({ type, by }) => type === "destroy-began" && by === "api")
    .map(({ id }) => id);
}

/** Ready copies of one cadence, the primary aside. */
export function copies(world: World, cadence: string): string[] {
  return world.ready().filter((id) => cadenceIn(id) === cadence);
}

/**
 * The moments, since an instant, at which a cadence that then had a ready copy had none.
 *
 * @param from ms since the epoch
 * @returns ISO dates
 */
export function withoutCopy({ project }: World, cadence: string, from: number): string[] {
  const has = (instant: number) =>
    project
      .existedAt(instant)
      .some(({ id, status, primary }) => !primary && status === "ready" && cadenceIn(id) === cadence);
  if (!has(from)) return ["from the beginning"];
  const moments = new Set(project.history.map((event) => event.at).filter((instant) => instant > from));
  return [...moments].filter((instant) => !has(instant)).map((instant) => new Date(instant).toISOString());
}

/** The moments at which no ready backup of ours existed, whatever its cadence. */
export function withoutAny({ project }: World, from: number): string[] {
  const has = (instant: number) =>
    project
      .existedAt(instant)
      .some(({ id, status, primary }) => !primary && status === "ready" && cadenceIn(id) !== undefined);
  const moments = new Set(project.history.map(({ at: instant }) => instant).filter((each) => each > from));
  return [...moments].filter((each) => !has(each)).map((each) => new Date(each).toISOString());
}

/** A schedule as the plugin saves it, in UTC. */
export function schedule(enabledCadences: readonly Cadence[], anchorLocalDate = DAY_ONE) {
  const updatedAt = `${anchorLocalDate}T00:00:00.000Z`;
  return { backupSchedule: { version: 1, enabledCadences, timezone: "UTC", anchorLocalDate, updatedAt } };
}

/** Day one at noon, yesterday's daily copy there. */
export async function withYesterday(...options: Parameters<typeof openWorld>): Promise<World> {
  const world = await openWorld(...options);
  world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 12), ready: true });
  await world.goTo(1, 12);
  return world;
}

/** Day one at noon, where a saved schedule makes some cadences due, each with an older copy. */
export async function withDue(
  cadences: readonly Cadence[],
  ...options: Parameters<typeof openWorld>
): Promise<World> {
  const world = await openWorld(...options);
  world.project.user.setParameters("main", schedule(cadences, copyOf("", -27).slice(-10)));
  for (const cadence of cadences) {
    const day = 1 - DAYS_BEFORE[cadence];
    world.project.user.fork(null, copyOf(cadence, day), { createdAt: at(day, 12), ready: true });
  }
  await world.goTo(1, 12);
  return world;
}
