import { activity } from "../../handlers/page/runs/activity.ts";
import { runBar } from "../../handlers/page/runs/bar.ts";
import { endsOf } from "../../handlers/page/runs/ends.ts";
import type { AppRuntime } from "../../handlers/requestContext.ts";
import type { HeadlineState } from "../../services/backupService.ts";
import type { Attempt, KnownRun, RecentRuns } from "../../services/offsite.ts";
import { STORE } from "../simulation/checkSupport.ts";
import { openSite, type Site, START } from "./support.ts";

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

type Options = NonNullable<Parameters<typeof openSite>[0]>;

/** A project in one of the states that the page tells apart. */
export interface Scene {
  readonly state: HeadlineState;
  /** For pictures and titles of tests. */
  readonly name: string;
  /** What the page begins with. */
  readonly headline: RegExp;
  open(): Promise<Site>;
}

/** What the page shows of some last runs. */
function glance(recent: RecentRuns): NonNullable<AppRuntime["offsite"]>["runs"] {
  return {
    ...STORE.runs,
    atAGlance: async (now) => ({
      bar: (cadence) => recent.bars[cadence] && runBar(recent.bars[cadence]),
      activity: activity(recent.latest, now),
      ends: endsOf(recent),
    }),
  };
}

/** A store of which there is nothing to say. */
export const QUIET: NonNullable<AppRuntime["offsite"]> = {
  ...STORE,
  runs: glance({ latest: [], bars: {} }),
  archives: async () => [1, 8, 15, 40].map((days) => ({ id: `arc_${days}`, takenAt: START - days * DAY_MS })),
};
/** Settings with which nothing is left to do. */
const WELL = {
  ALERT_PROJECT_NAME: "Acme shop",
  ALERT_SLACK_WEBHOOK_URL: "https://slack.test/services/T0/B0/x",
  BACKUP_KEEP_DAILY: "7",
  BACKUP_KEEP_WEEKLY: "4",
};

export function openScene({ variables, project, runtime }: Options = {}): Site {
  return openSite({
    variables: { ...WELL, ...variables },
    project: {
      items: 120,
      uploads: 15,
      createdAt: START - 400 * DAY_MS,
      plan: { sandboxLimit: 15 },
      ...project,
    },
    runtime: { offsite: QUIET, ...runtime },
  });
}

/** The name of a backup so many days ago. */
export function idOf(cadence: "daily" | "weekly", days: number): string {
  return `backup-plugin-${cadence}-${new Date(START - days * DAY_MS).toISOString().slice(0, 10)}`;
}

function seed(into: Site, cadence: "daily" | "weekly", days: number): string {
  const id = idOf(cadence, days);
  const createdAt = Math.floor((START - days * DAY_MS) / DAY_MS) * DAY_MS + HOUR_MS;
  into.project.user.fork(null, id, { createdAt, ready: true });
  return id;
}

/** Seven nights and four weeks of backups. */
export function seedAll(into: Site, from = 0): Site {
  for (const days of [22, 15, 8, 1]) seed(into, "weekly", days);
  for (let days = 6; days >= from; days -= 1) seed(into, "daily", days);
  return into;
}

/** Thirty nights, of which the last one may have failed. */
function nights(isLastFailed: boolean): RecentRuns {
  const isFailure = (days: number, cadence: string) => isLastFailed && days === 1 && cadence === "daily";
  const all = Array.from({ length: 30 }, (_, index) => 30 - index);
  const ran = (days: number, cadence: "daily" | "weekly"): KnownRun & Attempt => ({
    id: `run_${cadence}_${days}`,
    kind: "backup",
    status: isFailure(days, cadence) ? "failed" : "done",
    trigger: "schedule",
    startedAt: START - (days - 1) * DAY_MS - 11 * HOUR_MS,
    durationMs: 31_000,
    bytes: 0,
    cadences: [cadence],
    failure: isFailure(days, cadence)
      ? { cause: "FORK_FAILED", sentence: "DatoCMS has begun the backup and dropped it." }
      : null,
  });
  const bars = {
    daily: all.map((days) => ran(days, "daily")),
    weekly: [23, 16, 9, 2].map((days) => ran(days, "weekly")),
  };
  const latest = [...bars.daily, ...bars.weekly].toSorted((one, other) => other.startedAt - one.startedAt);
  return { latest: latest.slice(0, 10), bars };
}

export const SCENES: readonly Scene[] = [
  {
    state: "ok",
    name: "fine",
    headline: /^Everything is backed up$/,
    open: async () => seedAll(openScene({ runtime: { offsite: { ...QUIET, runs: glance(nights(false)) } } })),
  },
  {
    state: "warnings",
    name: "warnings",
    headline: /^Backed up, with 1 thing to look at$/,
    open: async () => seedAll(openScene({ variables: { ALERT_SLACK_WEBHOOK_URL: undefined } })),
  },
  {
    state: "warnings",
    name: "no store",
    headline: /^Backed up, with 1 thing to look at$/,
    open: async () => seedAll(openScene({ runtime: { offsite: undefined } })),
  },
  { state: "empty", name: "empty", headline: /^No backup yet$/, open: async () => openScene() },
  {
    state: "running",
    name: "running",
    headline: /^Backing up now: daily, \d+ %$/,
    async open() {
      const busy = seedAll(openScene({ project: { forkMs: 60_000 } }), 1);
      busy.project.user.fork(null, idOf("daily", 0), { createdAt: START });
      await busy.clock.advance(30_000);
      return busy;
    },
  },
  {
    state: "hung",
    name: "hung fork",
    headline: /^DatoCMS does not finish a backup$/,
    async open() {
      const hung = seedAll(openScene({ project: { forkMs: 1_000 * DAY_MS } }), 1);
      hung.project.user.fork(null, idOf("daily", 0), { createdAt: START - 7 * HOUR_MS });
      return hung;
    },
  },
  {
    state: "failed",
    name: "failed",
    headline: /^The last daily backup failed$/,
    async open() {
      return seedAll(openScene({ runtime: { offsite: { ...QUIET, runs: glance(nights(true)) } } }), 1);
    },
  },
  {
    state: "late",
    name: "late",
    headline: /^The daily and weekly backups are late$/,
    async open() {
      const late = openScene();
      for (const days of [16, 15, 14, 13]) seed(late, "daily", days);
      seed(late, "weekly", 22);
      return late;
    },
  },
  {
    state: "paused",
    name: "paused",
    headline: /^Paused by a setting$/,
    open: async () => seedAll(openScene({ variables: { BACKUP_SCHEDULER: "off" } })),
  },
  {
    state: "shrunk",
    name: "shrunk",
    headline: /^The newest backup has much less content than the one before$/,
    async open() {
      const shrunk = openScene({ variables: { BACKUP_KEEP_DAILY: "1" } });
      seed(shrunk, "weekly", 1);
      seed(shrunk, "daily", 1);
      shrunk.project.user.edit("main", { items: 40 });
      seed(shrunk, "daily", 0);
      return shrunk;
    },
  },
  {
    state: "protected",
    name: "protected",
    headline: /^Backed up, and a backup is protected$/,
    async open() {
      const held = seedAll(openScene());
      held.project.user.edit(idOf("daily", 2), { items: 121 });
      return held;
    },
  },
  {
    state: "full",
    name: "full plan",
    headline: /^The plan is full$/,
    async open() {
      const full = openScene({ project: { plan: { sandboxLimit: 2 } } });
      full.project.user.fork(null, "feature-a", { ready: true });
      full.project.user.fork(null, "feature-b", { ready: true });
      return full;
    },
  },
  {
    state: "away",
    name: "DatoCMS away",
    headline: /^DatoCMS does not answer$/,
    async open() {
      const away = seedAll(openScene());
      await away.signIn("the-secret-of-the-plugin");
      await away.ask("/");
      away.cookies = new Map();
      await away.clock.advance(2 * HOUR_MS);
      away.project.faults.add({ times: Number.POSITIVE_INFINITY, effect: { kind: "status", status: 503 } });
      return away;
    },
  },
  {
    state: "misconfigured",
    name: "misconfigured",
    headline: /^Backups will not be made$/,
    open: async () => seedAll(openScene({ variables: { BACKUP_KEEP_DAILY: "0" } })),
  },
];
