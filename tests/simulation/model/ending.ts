import type { EnvironmentView } from "../../../emulator/emulator.ts";
import { parametersOf } from "./deployment.ts";
import type { Breach } from "./evidence.ts";
import {
  backupsIn,
  CADENCES,
  type Cadence,
  type Copy,
  copiesIn,
  DAY_MS,
  dayOf,
  HOUR_MS,
  isNewer,
  isShrunk,
  isSource,
  type Known,
  localDay,
  newestFirst,
} from "./ours.ts";
import { count, type Reach } from "./reach.ts";
import { BY_DATE } from "./requests.ts";
import type { Stage } from "./stage.ts";

/** So many days are given at most; one is the rule. */
const MOST_DAYS = 9;
/** Hours after a slot's opening at which ticks are delivered. */
const AWAKE = [0, 1, 2] as const;

/**
 * Lets the faults end and the ticks come as they should, and tells what is still not as it ought to be once
 * they had their time. What a project makes impossible is no breach: no room, a token that may not, a
 * scheduler that somebody has stopped.
 */
export async function end(stage: Stage, reach: Reach): Promise<Breach[]> {
  const { project, setting } = stage;
  stage.begin();
  project.faults.clear();
  stage.hostOffset = 0;
  stage.note("the faults end");
  if (setting.endsUnlimited) stage.setLimit(null);
  const isLimited = project.settings.plan.sandboxLimit !== null;
  if (isLimited || project.settings.unknowns.concurrentOperations !== "allowed") clearStuck(stage);
  const primary = project.environments().find((each) => each.primary);
  if (primary === undefined) throw new Error("There is always a primary.");
  const disconnected = !setting.endsConnected;
  project.user.setParameters(
    primary.id,
    parametersOf({ saved: setting.saved, disconnected }, stage.clock.now()),
  );
  if (setting.paused || disconnected || setting.project.role !== "admin") {
    await tickThrough(stage, () => false, 1);
    return [];
  }
  let breaches: Breach[] = [];
  await tickThrough(
    stage,
    () => {
      breaches = [...missing(stage, reach), ...leftovers(stage)];
      return breaches.length === 0;
    },
    MOST_DAYS,
  );
  return breaches;
}

/** Its owner removes what hangs for ever and would keep everything else from happening. */
function clearStuck({ project }: Stage): void {
  for (const { id, primary, status } of project.environments())
    if (!primary && status !== "ready") project.user.destroy(id);
}

/** Lets the cron's ticks come, from the next day on which a copy is due, until all is well. */
async function tickThrough(stage: Stage, isWell: () => boolean, days: number): Promise<void> {
  const { clock, slots, setting } = stage;
  const hourly = setting.cron === "hourly";
  let day = Math.floor(clock.now() / DAY_MS) * DAY_MS + DAY_MS;
  // Where the slots are the schedule, weekly is due on its weekday alone.
  const waits = setting.saved === undefined && setting.cadences.includes("weekly");
  while (waits && new Date(day).getUTCDay() !== slots.weekly.weekday) day += DAY_MS;
  for (let passed = 0; passed < days; passed += 1, day += DAY_MS) {
    const ticks = (["daily", "weekly"] as const)
      .flatMap((job) =>
        AWAKE.map((late) => ({
          job,
          at:
            day +
            (hourly ? slots[job].hour : 2) * HOUR_MS +
            (job === "daily" ? 5 : 35) * 60_000 +
            late * HOUR_MS,
        })),
      )
      .sort((a, b) => a.at - b.at);
    const opened = day + (hourly ? Math.max(slots.daily.hour, slots.weekly.hour) : 2) * HOUR_MS + 35 * 60_000;
    for (const { job, at } of ticks) {
      if (at <= clock.now()) continue;
      await clock.advance(at - clock.now());
      await clock.run(() => stage.tick(job));
      if (clock.now() < opened) continue;
      // What is being made or destroyed gets its time before anything is judged.
      if (isWell()) return;
    }
    // Where DatoCMS does one thing at a time, a tick a day may never catch up: somebody calls once more.
    if (passed < 2 || days === 1) continue;
    await clock.advance(3 * HOUR_MS);
    await clock.run(() => stage.ask(BY_DATE));
    if (isWell()) return;
  }
}

/** As the API shows it. */
export function knownOf(views: readonly EnvironmentView[]): Known[] {
  return views.map((view, uid) => ({
    uid,
    id: view.id,
    status: view.status,
    primary: view.primary,
    createdAt: view.createdAt,
    changedAt: view.lastDataChangeAt,
    forkedFrom: view.forkedFrom,
    sourceUid: views.findIndex(({ id }) => id === view.forkedFrom),
    items: view.items,
    uploads: view.uploads,
  }));
}

/** Cadences whose due date has no ready copy, though there was room for it. */
function missing(stage: Stage, reach: Reach): Breach[] {
  const { project, setting, clock } = stage;
  const state = knownOf(project.environments());
  const now = clock.now();
  return wanted(stage).flatMap(({ cadence, since, date }) => {
    const copies = copiesIn(state, cadence).filter(({ status }) => status === "ready");
    const zone = setting.saved?.timezone ?? "UTC";
    // A name that an earlier local day's copy has is made anew, unless that is older than its name.
    const isOutdated = (copy: Copy) =>
      localDay(copy.takenAt, zone) < since && dayOf(copy.createdAt) >= copy.date;
    const named = copies.filter((copy) => copy.date === date);
    if (named.some((copy) => !isOutdated(copy))) return [];
    if (copies.some((copy) => localDay(copy.takenAt, zone) >= since)) return [];
    if (named.length > 0 && isFull(stage, state)) {
      count(reach, "exception", "no room for a replacement");
      return [];
    }
    const id = `backup-plugin-${cadence}-${date}`;
    const bearer = state.find((known) => known.id === id);
    // It was promoted under this name, or hangs in the making: the next date has a name of its own.
    if (
      bearer?.primary ||
      (bearer?.status === "creating" && project.settings.unknowns.concurrentOperations === "allowed")
    ) {
      count(reach, "exception", bearer.primary ? "promoted" : "hangs in the making");
      return [];
    }
    if (hasNoRoom(stage, state, cadence, now)) {
      count(reach, "exception", "no room");
      return [];
    }
    // Begun by the last call, it has not had its time yet.
    if (bearer?.status === "creating" && now - bearer.createdAt <= setting.project.forkMs) return [];
    const ids = state.map((known) => `${known.id} ${known.status}`).join(", ");
    return [{ rule: "comes round", what: `no ${cadence} copy since ${since} among ${ids}` }];
  });
}

function isFull({ project }: Stage, state: readonly Known[]): boolean {
  const { sandboxLimit } = project.settings.plan;
  return sandboxLimit !== null && state.filter(({ primary }) => !primary).length >= sandboxLimit;
}

/** Whether the plan has no place for a copy of a cadence, and none of its own can give way for it. */
function hasNoRoom(stage: Stage, state: readonly Known[], cadence: Cadence, now: number): boolean {
  const { setting, project } = stage;
  const { sandboxLimit, limitsEndpoint } = project.settings.plan;
  const inUse = state.filter(({ primary }) => !primary).length;
  if (sandboxLimit === null || inUse < sandboxLimit) return false;
  if (setting.rotation === "fork-first" || inUse > sandboxLimit) return true;
  const backups = backupsIn(state, cadence, now, setting.holdDays);
  // For a fork, a copy gives way unless the primary holds much less than it; beyond the count, unless the newest does.
  const primary = state.find((known) => known.primary);
  const counted = backups.toSorted(newestFirst).slice(0, setting.keep[cadence]);
  const isKept = (copy: Copy) =>
    counted.includes(copy)
      ? primary !== undefined && isShrunk(copy, primary, setting.shrinkLimit)
      : isBraked(copy, backups, setting.shrinkLimit);
  const free = backups.filter((copy) => !isSource(copy, state) && !isKept(copy));
  if (free.length === 0) return true;
  // Whatever gives way is renamed first, unless it is the only one of ours; and another one has to stay for sure.
  const ours = CADENCES.flatMap((each) => backupsIn(state, each, now, setting.holdDays));
  const isOnly = ours.length === 1 && copiesIn(state).every(({ status }) => status === "ready");
  const canGo = (copy: Copy) =>
    !cannotRename(stage) && ours.some((each) => staysFor(copy, each, ours, setting));
  if (!isOnly && setting.rotation !== "delete-first" && !free.some(canGo)) return true;
  // An unknown limit is learnt from a refusal alone, and never costs the last of several copies.
  const isTold = limitsEndpoint === "listed";
  const { planRefusal } = setting.project.unknowns;
  return !isTold && (planRefusal === "in-job" || backups.length < Math.min(setting.keep[cadence], 2));
}

/** Whether a copy stays while another gives way, whoever prunes: it is within its cadence's count. */
function staysFor(gone: Copy, copy: Copy, ours: readonly Copy[], { keep }: Stage["setting"]): boolean {
  const newer = ours.filter((each) => each.cadence === copy.cadence && isNewer(each, copy));
  const names = new Set(newer.map(({ original }) => original));
  return copy.uid !== gone.uid && !copy.superseded && names.size < keep[copy.cadence];
}

/** Names that are too long, or a maintenance mode in which DatoCMS renames nothing. */
function cannotRename({ project, setting }: Stage): boolean {
  const { idMaxLength, maintenanceBlocksRename } = setting.project.unknowns;
  return idMaxLength !== null || (maintenanceBlocksRename && project.settings.maintenanceMode === true);
}

function isBraked(copy: Copy, backups: readonly Copy[], limit: number | undefined): boolean {
  const newest = backups.toSorted(newestFirst)[0];
  return newest !== undefined && newest.uid !== copy.uid && isShrunk(copy, newest, limit);
}

/** Copies that should be gone: more than are kept, or set aside for one that is ready. */
function leftovers(stage: Stage): Breach[] {
  const { project, setting, clock } = stage;
  const state = knownOf(project.environments());
  const unseen = readyUnseen(stage);
  return CADENCES.flatMap((cadence) => {
    const backups = backupsIn(state, cadence, clock.now(), setting.holdDays);
    const stays = (copy: Copy) => isSource(copy, state) || isBraked(copy, backups, setting.shrinkLimit);
    // What has become ready since the service last looked, it will know what to do about.
    const counted = backups.filter((copy) => !stays(copy) && !unseen.has(copy.id));
    const beside = counted.filter(
      (copy) =>
        copy.superseded &&
        backups.some(
          (other) => !other.superseded && other.original === copy.original && isNewer(other, copy),
        ),
    );
    const keep = setting.keep[cadence];
    // Where DatoCMS does one thing at a time and a tick comes once a day, forking leaves no moment to destroy.
    const hasNoMoment = !setting.catchUp && setting.project.unknowns.concurrentOperations === "refuse-all";
    const ids = counted.map(({ id }) => id).join(", ");
    return [
      ...(new Set(counted.map(({ original }) => original)).size > keep + Number(hasNoMoment)
        ? [{ rule: "keeps no more than it should", what: `${ids} for ${keep}` }]
        : []),
      ...beside.map(({ id }) => ({ rule: "leaves nothing set aside", what: `${id} among ${ids}` })),
    ];
  });
}

/** Ids of copies that became ready after the last call of the service. */
function readyUnseen({ project, invocations }: Stage): Set<string> {
  const last = invocations.findLast(({ calls }) => calls.length > 0)?.calls.at(-1)?.sentAt ?? 0;
  return new Set(project.history.filter(({ type, at }) => type === "ready" && at > last).map(({ id }) => id));
}

interface Wanted {
  readonly cadence: Cadence;
  /** The due date: a copy of this day or a later one will do. */
  readonly since: string;
  /** The date that its copy would be named by. */
  readonly date: string;
}

/** What should exist by now: every cadence's latest due date up to its latest opening. */
function wanted({ setting, slots, clock }: Stage): Wanted[] {
  const { saved, cron } = setting;
  const now = clock.now();
  const cadences =
    saved?.enabledCadences ?? setting.cadences.filter((each) => each === "daily" || each === "weekly");
  return cadences.flatMap((cadence) => {
    const { hour } = cadence === "daily" ? slots.daily : slots.weekly;
    const hours = cron === "hourly" ? (new Date(now).getUTCHours() - hour + 24) % 24 : 0;
    const opening = now - hours * HOUR_MS;
    const zone = saved?.timezone ?? "UTC";
    const today = localDay(opening, zone);
    const since = latestDue(cadence, today, saved?.anchorLocalDate, slots.weekly.weekday ?? 1);
    return since === undefined ? [] : [{ cadence, since, date: dayOf(opening) }];
  });
}

/** Goes back day by day. */
function latestDue(
  cadence: Cadence,
  today: string,
  anchor: string | undefined,
  weekday: number,
): string | undefined {
  for (let back = 0; back < 40; back += 1) {
    const instant = Date.parse(`${today}T12:00:00Z`) - back * DAY_MS;
    const day = dayOf(instant);
    if (anchor !== undefined && day < anchor) return undefined;
    if (isDue(cadence, day, anchor, weekday)) return day;
  }
  return undefined;
}

function isDue(cadence: Cadence, day: string, anchor: string | undefined, weekday: number): boolean {
  const noon = new Date(`${day}T12:00:00Z`);
  if (cadence === "daily") return true;
  if (anchor === undefined) return cadence === "weekly" && noon.getUTCDay() === weekday;
  const days = Math.round((noon.getTime() - Date.parse(`${anchor}T12:00:00Z`)) / DAY_MS);
  if (cadence !== "monthly") return days % (cadence === "weekly" ? 7 : 14) === 0;
  const isLastDay = new Date(noon.getTime() + DAY_MS).getUTCDate() === 1;
  const wantedDay = Number(anchor.slice(8));
  return noon.getUTCDate() === wantedDay || (isLastDay && noon.getUTCDate() < wantedDay);
}
