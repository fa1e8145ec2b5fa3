import type { Config } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { copiesIn } from "../rotation/names.ts";
import type { Slots } from "../schedule/slots.ts";
import { type CronCadence, nextRun } from "../schedule/ticks.ts";
import { fail, type Line, ok, warn } from "./line.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** A last copy older than this means that runs have been missed, catching up included. */
const LATEST_DAYS = { daily: 2, weekly: 9 } as const;

/** Why no copy comes by schedule while the owner has disconnected it. */
export const DISCONNECTED = "none will be made by schedule while it is disconnected";

/** What a cadence's turn depends on. */
export interface Turn {
  readonly cadence: "daily" | "weekly";
  readonly now: number;
  readonly slots: Slots;
  readonly cron: CronCadence;
  readonly catchUp: Config["catchUp"];
  /** Why no run will come by itself; undefined where one will. */
  readonly stopped: string | undefined;
}

/** When a cadence's copy was last made, and when the next, or first, one will be. */
export function cadenceLine(turn: Turn, environments: readonly Environment[]): Line {
  const { cadence, now, slots, cron, catchUp, stopped } = turn;
  const code = (what: string) => `${cadence.toUpperCase()}_${what}`;
  const last = copiesIn(environments).find(
    (copy) => copy.cadence === cadence && copy.environment.status === "ready",
  )?.takenAt;
  const made =
    last === undefined ? `There is no ${cadence} copy yet` : `The last ${cadence} copy is of ${utc(last)}`;
  if (stopped !== undefined) return warn(code("STOPPED"), `${made}; ${stopped}.`);

  const mode = cron === "hourly" ? "slot" : "date";
  const next = nextRun({ cadence, now, mode, slots, catchUp }, cron, environments);
  if (next === undefined)
    return fail(
      code("NEVER_DUE"),
      `${made}, and no run in sight will make one.`,
      "If the primary environment has a copy's name, rename it in DatoCMS.",
    );
  if (last === undefined)
    return ok(
      code("FIRST_RUN"),
      `The first ${cadence} copy will be made at ${utc(next)}.`,
      "To have it now, call POST /api/jobs/initialize.",
    );
  const sentence = `${made}; the next will be made at ${utc(next)}.`;
  return now - last <= LATEST_DAYS[cadence] * DAY_MS
    ? ok(code("NEXT_RUN"), sentence)
    : warn(
        code("OVERDUE"),
        sentence,
        "Runs have been missed. See in the host's log whether its cron calls the service, and what came of it.",
      );
}

/** To the minute, as crons go. */
function utc(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
