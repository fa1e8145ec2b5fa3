import type { Cadence } from "../utils/config.ts";
import { type Result, succeeded } from "../utils/failures.ts";
import { type BackupContext, connect, type Dato, readProject } from "./context.ts";
import type { Environment } from "./datocms/environments.ts";
import { cadenceFinding } from "./health/cadence.ts";
import type { Finding } from "./health/finding.ts";
import { statesIn } from "./health/findings.ts";
import { hangingFindings } from "./health/hanging.ts";
import { heldFindings } from "./health/held.ts";
import { pluginFinding } from "./health/plugin.ts";
import { scheduleFindings, whyStopped } from "./health/schedule.ts";
import { shrunkFindings } from "./health/shrunk.ts";
import { type Coverage, coverageOf } from "./recovery/coverage.ts";
import { type Timeliness, timelinessOf } from "./recovery/timeliness.ts";
import { brakeFor, shrunkIn } from "./rotation/brake.ts";
import { hangingIn } from "./rotation/hanging.ts";
import { backupsIn, holdsIn } from "./rotation/held.ts";
import { type Copy, startOf } from "./rotation/names.ts";
import { isDue } from "./schedule/due.ts";
import { nextRun } from "./schedule/nextRun.ts";
import type { Schedule } from "./schedule/schedule.ts";
import type { Scheduler } from "./schedule/scheduler.ts";

/** One cadence as its owner sees it; instants in ms since the epoch. */
export interface CadenceStatus {
  /** Whether the schedule makes it by itself. */
  readonly enabled: boolean;
  /**
   * When the newest ready copy was made, always within its name's own UTC day: the plugin computes the name from it.
   * Where none counts, a held one's: the plugin would say "Never" of it.
   */
  readonly lastBackupAt: number | undefined;
  /** That copy's name. */
  readonly environmentId: string | undefined;
  /** Whether a run by date would make one at this moment: today's, or a missed one. */
  readonly dueNow: boolean;
  /** The tick that will make the next one; undefined where none will. */
  readonly nextBackupAt: number | undefined;
  /** `creating` while a copy is being made, whatever stands beside it. */
  readonly state: "ready" | "creating" | "missing";
  /** Ready copies that count as backups, superseded ones included. */
  readonly copies: number;
  /** Whether its copies come when they should; undefined where it is not enabled. */
  readonly timeliness: Timeliness | undefined;
  /** Names of copies that are kept, and do not count, because somebody has worked in them or forked from them. */
  readonly held: readonly string[];
  /** Names of forks that DatoCMS has been at for six hours or more. */
  readonly hanging: readonly string[];
}

export interface Status {
  readonly scheduler: Scheduler;
  readonly schedule: Schedule;
  readonly checkedAt: number;
  readonly slots: Readonly<Record<Cadence, CadenceStatus>>;
  /** What can be returned to. */
  readonly coverage: Coverage;
  /** What `/api/check` would warn of, as far as the two calls reveal it. */
  readonly problems: readonly Finding[];
}

/**
 * Reads what exists and says when each cadence comes next. Two calls in one round trip, and more only while
 * there are copies beyond the count, to say why; writes nothing.
 */
export async function readStatus(context: BackupContext): Promise<Result<Status>> {
  const { config, cron } = context;
  const dato = connect(context);
  const project = await readProject(context, dato);
  if (!project.ok) return project;
  const { listed, scheduler, schedule, plugin, slots, now } = project.value;
  const { holdDays } = config;
  const backups = backupsIn(listed, holdDays);
  const holds = holdsIn(listed, holdDays);
  const held = new Set(holds.map(({ copy }) => copy.environment.id));
  const judged = { schedule, listed, holdDays, cron, parameters: plugin?.parameters };
  const stopped = whyStopped(scheduler);
  const states = statesIn(listed, holds, now);
  const read = (cadence: Cadence) => {
    const own = backups.filter((copy) => copy.cadence === cadence);
    const ready = own.filter(({ environment }) => environment.status === "ready");
    const [newest] = ready;
    const isCreating = own.some(({ environment }) => environment.status === "creating");
    const query = { cadence, now, slots, catchUp: config.catchUp };
    const next = nextRun(query, schedule, cron, listed, held);
    const enabled = schedule.enabledCadences.includes(cadence);
    const timeliness = enabled ? timelinessOf(query, judged) : undefined;
    const state = states(cadence);
    const shown = newest ?? state.held.find(({ copy }) => copy.environment.status === "ready")?.copy;
    const status: CadenceStatus = {
      enabled,
      lastBackupAt: shown && shownAt(shown, now),
      environmentId: shown?.originalId,
      dueNow: isDue({ ...query, mode: "date" }, schedule, listed, scheduler, held).due,
      nextBackupAt: scheduler.enabled ? next : undefined,
      state: isCreating ? "creating" : newest === undefined ? "missing" : "ready",
      copies: ready.length,
      timeliness,
      held: state.held.map(({ copy }) => copy.environment.id),
      hanging: state.hanging.map(({ environment }) => environment.id),
    };
    const last = newest?.takenAt;
    const findings = timeliness
      ? [cadenceFinding({ cadence, now, timeliness, last, next, stopped, ...state })]
      : [];
    return { status, findings };
  };
  const [daily, weekly, biweekly, monthly] = [
    read("daily"),
    read("weekly"),
    read("biweekly"),
    read("monthly"),
  ];
  const findings = [
    pluginFinding(succeeded(plugin)),
    ...scheduleFindings(schedule, scheduler),
    ...hangingFindings(hangingIn(listed, now)),
    ...heldFindings(holds),
    ...shrunkFindings(await readShrunk(context, dato, listed)),
    ...[daily, weekly, biweekly, monthly].flatMap((each) => each.findings),
  ];
  return succeeded({
    scheduler,
    schedule,
    checkedAt: now,
    coverage: coverageOf(backups, holds, now),
    slots: {
      daily: daily.status,
      weekly: weekly.status,
      biweekly: biweekly.status,
      monthly: monthly.status,
    },
    problems: findings.filter(({ level }) => level !== "ok"),
  });
}

/** What the brake keeps: asked only while there is more than the count, and told only when it can be read. */
function readShrunk({ config }: BackupContext, { contents }: Dato, listed: readonly Environment[]) {
  return shrunkIn(listed, config, brakeFor(contents, config.shrinkLimit));
}

/**
 * Within its name's UTC day, from which the plugin computes the name back; but never in the future, where
 * only somebody's renaming can have put it.
 */
function shownAt({ takenAt, date }: Copy, now: number): number {
  return startOf(date) <= now ? Math.max(takenAt, startOf(date)) : takenAt;
}
