import { type VirtualClock, virtualClock } from "../emulator/clocks.ts";
import { createEmulator, type Emulator, type Project, type ProjectOptions } from "../emulator/emulator.ts";
import { slotsFor } from "../services/schedule/slots.ts";
import type { Cadence } from "../utils/config.ts";
import { silentLogger } from "../utils/logger.ts";
import { type NodeProcess, nodeRuntime, type Runtime } from "../utils/platformAdapters.ts";

export const TOKEN = "token-of-project-one";
export const SECRET = "bench-shared-secret-0001";
/** Between a call to DatoCMS and its answer. */
export const LATENCY_MS = 100;
/** How long DatoCMS takes to make a copy; hours are possible for large projects. */
export const FORK_TIMES_MS = [0, 5_000, 30_000] as const;
export const DESTROY_MS = 1_000;

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** A Sunday; which one does not matter. */
const SUNDAY = Date.parse("2026-03-01T00:00:00.000Z");

/** Where the project's slots stand at the beginning of a run. */
export type Moment = "in the slot" | "12 hours off the slot" | "on weekly's day";

/** Copies that are there at the beginning of a run. */
export type Seed =
  | "daily of today"
  | "daily of yesterday"
  | "weekly of last week"
  | "biweekly of the week before"
  | "monthly of last month";

export interface World {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly project: Project;
  /** A self-hosted process, as HTTP callers or its built-in cron meet it. */
  runtime(caller: "http" | "cron"): Runtime;
}

export interface WorldOptions {
  readonly moment: Moment;
  readonly seeds?: readonly Seed[];
  readonly forkMs: number;
  readonly plan?: ProjectOptions["plan"];
  /** Cadences of a schedule saved in the plugin; all are due today. */
  readonly schedule?: readonly Cadence[];
  /** Runs of one process know of each other; on other hosts they do not. Default true. */
  readonly sharesRuns?: boolean;
}

/** One project, DatoCMS and a process of the service, all on one virtual clock. */
export async function makeWorld(options: WorldOptions): Promise<World> {
  const { moment, seeds = [], forkMs, plan = {}, schedule, sharesRuns = true } = options;
  const now = await startAt(moment);
  const clock = virtualClock(now);
  const emulator = createEmulator({ clock });
  const project = emulator.addProject({
    token: TOKEN,
    createdAt: now - 365 * DAY_MS,
    latencyMs: LATENCY_MS,
    forkMs,
    destroyMs: DESTROY_MS,
    plan,
    ...(schedule !== undefined && { plugin: { parameters: { backupSchedule: saved(schedule, now) } } }),
  });
  for (const seed of seeds) seedCopy(project, seed, now);
  const shared: NodeProcess = {
    variables: { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, DATOCMS_BACKUPS_SHARED_SECRET: SECRET },
    logger: silentLogger,
    clock,
    fetch: emulator.fetch,
    ...(sharesRuns && { inFlight: new Map() }),
  };
  return { clock, emulator, project, runtime: (caller) => nodeRuntime(shared, caller) };
}

/** Five past an hour, as the daily cron fires. */
async function startAt(moment: Moment): Promise<number> {
  const { daily, weekly } = await slotsFor(TOKEN);
  const hour = moment === "12 hours off the slot" ? (daily.hour + 12) % 24 : daily.hour;
  return SUNDAY + (weekly.weekday ?? 0) * DAY_MS + hour * HOUR_MS + 5 * 60_000;
}

/** Anchored four weeks ago, on which day all cadences but monthly are due again; monthly's copy was missed. */
function saved(enabledCadences: readonly Cadence[], now: number): object {
  const anchorLocalDate = new Date(now - 28 * DAY_MS).toISOString().slice(0, 10);
  const updatedAt = new Date(now - 28 * DAY_MS).toISOString();
  return { version: 1, enabledCadences, timezone: "UTC", anchorLocalDate, updatedAt };
}

function seedCopy(project: Project, seed: Seed, now: number): void {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const at = {
    "daily of today": today,
    "daily of yesterday": today - DAY_MS,
    "weekly of last week": today - 7 * DAY_MS,
    "biweekly of the week before": today - 14 * DAY_MS,
    "monthly of last month": today - 28 * DAY_MS,
  };
  const createdAt = at[seed];
  const cadence = seed.split(" ")[0];
  const date = new Date(createdAt).toISOString().slice(0, 10);
  project.user.fork(null, `backup-plugin-${cadence}-${date}`, { createdAt, ready: true });
}
