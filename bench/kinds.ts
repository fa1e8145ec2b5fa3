import { CADENCES } from "../utils/config.ts";
import { CALLS, CONTRACT_VERSION, PLUGIN_NAME, type PluginCall } from "../utils/healthContract.ts";
import { LATENCY_MS, type Seed, type WorldOptions } from "./world.ts";

/** What somebody asks of the service. */
export type Ask =
  /** A tick of the built-in cron for daily. */
  | { readonly by: "tick" }
  | {
      readonly by: "request";
      readonly method: "GET" | "POST";
      readonly path: string;
      readonly body?: object;
      /** Whose patience it has; default a caller's over HTTP. */
      readonly caller?: "cron";
    };

/** A kind of request, in the situation in which it is measured. */
export interface Kind extends Pick<WorldOptions, "moment" | "seeds" | "plan" | "schedule"> {
  readonly name: string;
  readonly ask: Ask;
  /** Forks that it must send, so that a run that does not do its work is never taken for a cheap one. */
  readonly forks: number;
  /** Calls that it may make, polls not counted. */
  readonly mostCalls?: number;
  /** Calls that it may make, polls counted. */
  readonly mostCallsInAll?: number;
  /** Polls that it may make. */
  readonly mostPolls?: number;
  readonly mostWallMs?: number;
  /** A cadence may be without a copy meanwhile: the stated exception. */
  readonly breaksBeforeMake?: boolean;
}

/** Environments and plugin, two about the plan, the fork, and for a first copy the token's role. */
const FIRST_COPY_CALLS = 6;
/** Where an older copy goes: both are counted before it does (four calls), and the destruction. */
const ONE_CADENCE_CALLS = 10;
const MAX_CALLS = 40;
const MOST_WALL_OF_FOUR_MS = 45_000;

const tick: Ask = { by: "tick" };
const get = (path: string): Ask => ({ by: "request", method: "GET", path });
const post = (path: string): Ask => ({ by: "request", method: "POST", path });

function pluginCall(call: PluginCall, path: string): Ask {
  const { event, ask } = CALLS[call];
  const body = {
    event_type: event,
    mpi: { message: ask, version: CONTRACT_VERSION, phase: "config_mount" },
    plugin: { name: PLUGIN_NAME, environment: "main" },
  };
  return { by: "request", method: "POST", path, body };
}

const OLDER_DAILY = { moment: "in the slot", seeds: ["daily of yesterday"] } as const;
const TODAYS_DAILY = { moment: "in the slot", seeds: ["daily of today"] } as const;

const SEEDS: readonly Seed[] = [
  "daily of yesterday",
  "weekly of last week",
  "biweekly of the week before",
  "monthly of last month",
];

/** Everything that is measured, from the cheapest to the dearest. */
export const KINDS: readonly Kind[] = [
  {
    ...OLDER_DAILY,
    name: "health",
    ask: pluginCall("health", "/api/datocms/plugin-health"),
    forks: 0,
    mostCalls: 0,
    mostPolls: 0,
  },
  {
    ...OLDER_DAILY,
    name: "off-slot tick",
    moment: "12 hours off the slot",
    ask: tick,
    forks: 0,
    mostCalls: 0,
    mostPolls: 0,
  },
  {
    ...OLDER_DAILY,
    name: "status",
    ask: pluginCall("status", "/api/datocms/backup-status"),
    forks: 0,
    mostCalls: 3,
    mostPolls: 0,
    mostWallMs: LATENCY_MS,
  },
  { ...TODAYS_DAILY, name: "awake tick, nothing due", ask: tick, forks: 0 },
  {
    ...OLDER_DAILY,
    name: "scheduler-disconnect",
    ask: pluginCall("disconnect", "/api/datocms/scheduler-disconnect"),
    forks: 0,
  },
  {
    name: "daily tick, first copy",
    moment: "in the slot",
    ask: tick,
    forks: 1,
    mostCalls: FIRST_COPY_CALLS,
  },
  {
    ...OLDER_DAILY,
    name: "daily tick, older copy",
    ask: tick,
    forks: 1,
    mostCalls: ONE_CADENCE_CALLS,
  },
  {
    ...OLDER_DAILY,
    name: "daily tick, older copy, room for one (exception)",
    plan: { sandboxLimit: 1 },
    ask: tick,
    forks: 1,
    mostCalls: ONE_CADENCE_CALLS,
    breaksBeforeMake: true,
  },
  { ...TODAYS_DAILY, name: "by hand, replaces today's", ask: post("/api/jobs/daily-backup"), forks: 1 },
  {
    ...TODAYS_DAILY,
    name: "forced, replaces today's",
    ask: get("/api/jobs/daily-backup?force=true"),
    forks: 1,
  },
  { name: "initialize, no copies", moment: "in the slot", ask: post("/api/jobs/initialize"), forks: 2 },
  {
    name: "scheduled-backups, daily and weekly",
    moment: "on weekly's day",
    seeds: ["daily of yesterday", "weekly of last week"],
    ask: post("/api/jobs/scheduled-backups"),
    forks: 2,
  },
  ...([1, 2, 4] as const).map(due),
];

/** Cadences that are due at once, seen through to their end as a cron does. */
function due(cadences: 1 | 2 | 4): Kind {
  const enabled = CADENCES.slice(0, cadences);
  return {
    name: `${cadences} due, seen through`,
    moment: "in the slot",
    seeds: SEEDS.slice(0, cadences),
    schedule: enabled,
    ask: { by: "request", method: "POST", path: "/api/jobs/scheduled-backups", caller: "cron" },
    forks: cadences,
    mostCallsInAll: MAX_CALLS,
    mostWallMs: MOST_WALL_OF_FOUR_MS,
  };
}
