import type { Breach, Deed, Evidence } from "./evidence.ts";
import { dispensableBeside, hidingIn, robbedBy, whyNoRoom } from "./giving.ts";
import { isGuarded, judgeGuard } from "./judgeGuard.ts";
import { isSpared, judgeBeside, judgeLast } from "./judgeLast.ts";
import {
  backupsIn,
  type Cadence,
  type Copy,
  copiesIn,
  isHeld,
  isNewer,
  isSource,
  type Known,
  listed,
  localDay,
  nameOf,
} from "./ours.ts";

/** What the service did to environments, held against the written rules. */
export function judgeDeeds(evidence: Evidence): Breach[] {
  const gaveWay = new Map<string, number>();
  return evidence.deeds.flatMap((deed) => {
    switch (deed.event.type) {
      case "destroy-began":
        return [...judgeDestroy(deed, evidence, gaveWay), ...judgeLast(deed, evidence)];
      case "renamed":
        return [...judgeRename(deed)];
      default:
        return [...judgeFork(deed, evidence)];
    }
  });
}

function* judgeRename({ event, before, meddled, invocation }: Deed): Generator<Breach> {
  const from = event.from ?? "";
  const renamed = before.find(({ id }) => id === from);
  const [old, now] = [nameOf(from), nameOf(event.id)];
  const who = `#${invocation.number} renamed ${from} to ${event.id}`;
  if (
    old === undefined ||
    now === undefined ||
    old.original !== now.original ||
    old.superseded === now.superseded
  )
    yield { rule: "renames only ours, only to set aside or to name back", what: who };
  if (renamed?.primary && !meddled) yield { rule: "leaves the primary alone", what: who };
}

function* judgeFork(deed: Deed, evidence: Evidence): Generator<Breach> {
  const { event, before, seen, meddled, invocation, call } = deed;
  const who = `#${invocation.number} forked ${event.from} to ${event.id}`;
  const name = nameOf(event.id);
  const source = before.find(({ id }) => id === event.from);
  const wasPrimary = seen.find(({ id }) => id === event.from)?.primary ?? false;
  if (name === undefined || name.superseded || !invocation.asked.cadences.includes(name.cadence)) {
    yield { rule: "forks only what it was asked for", what: who };
    return;
  }
  if (!source?.primary && !(meddled && wasPrimary)) yield { rule: "forks the primary", what: who };

  const robbed = robbedBy(deed, evidence);
  if (robbed.length > 0 && !meddled)
    yield {
      rule: "leaves their places to what comes first",
      what: `${who}, and ${robbed.join(", ")} had none`,
    };

  const { asked } = invocation;
  const isThere = (uid: number, state: typeof before) =>
    state.some((known) => known.uid === uid && known.status === "ready");
  // What went while the list was under way may not have been in it.
  const present = copiesIn(seen, name.cadence).filter(
    ({ original, uid }) => original === name.original && isThere(uid, seen) && isThere(uid, before),
  );
  // By schedule, a copy that has the name and is of an earlier local day is to be replaced.
  const isOutdated = (copy: Copy) => asked.scheduled && isOfEarlierDay(copy, deed, evidence);
  const isAnew = !asked.fresh && present.length > 0 && !present.every(isOutdated);
  if (isAnew && !meddled)
    yield { rule: "makes a copy of a date once", what: `${who} beside ${present[0]?.id}` };

  // Within one invocation a second fork is right only where the first has come to nothing.
  const { deeds, timeline } = evidence;
  const earlier = deeds.filter(
    (deed) =>
      deed.invocation === invocation &&
      deed.call.sentAt < call.sentAt &&
      deed.event.type === "fork-began" &&
      deed.event.id === event.id,
  );
  for (const first of earlier) {
    const end = timeline.events.find(
      (each) =>
        each.at >= first.event.at &&
        each.at <= event.at &&
        (each.id === event.id || each.from === event.id) &&
        ["fork-failed", "destroy-began", "destroyed", "renamed"].includes(each.type),
    );
    // Set aside by somebody else, it was to be replaced in any case.
    const wasSetAside = deeds.some((other) => other.event === end && other.invocation === invocation);
    if (end === undefined || wasSetAside) yield { rule: "makes a copy of a date once", what: `${who} twice` };
  }
}

/**
 * Whether a copy is of an earlier day than the run, in a zone whose days may count: which of them was saved last is not
 * followed up.
 */
function isOfEarlierDay({ takenAt }: Copy, { event, invocation }: Deed, { setting }: Evidence): boolean {
  const zones = setting.saved === undefined ? SAVED_LATER : [setting.saved.timezone, ...SAVED_LATER];
  return zones.some((zone) => localDay(takenAt, zone) < localDay(event.at + invocation.hostOffset, zone));
}

/** Zones that a user saves in the middle of a history. */
const SAVED_LATER = ["UTC", "Asia/Kathmandu"];

/** Newer ones, by when they were taken. */
function newerThan(copy: Copy, others: readonly Copy[]): Copy[] {
  return others.filter((other) => isNewer(other, copy));
}

function* judgeDestroy(deed: Deed, evidence: Evidence, gaveWay: Map<string, number>): Generator<Breach> {
  const { event, before, seen, meddled, invocation } = deed;
  const { setting } = evidence;
  const victim = copiesIn(before).find(({ id }) => id === event.id);
  const who = `#${invocation.number} destroyed ${event.id}`;
  if (victim === undefined) {
    const known = before.find(({ id }) => id === event.id);
    const isOurName = nameOf(event.id) !== undefined;
    if (!(meddled && isOurName))
      yield { rule: "destroys only ours", what: `${who}${known?.primary ? ", the primary" : ""}` };
    return;
  }
  if (meddled) return;
  // What came after the list, or was left out of it, nobody could know.
  const hiding = hidingIn(setting);
  const pictures = [before, seen].map((state) => listed(state, hiding));
  const { cadence } = victim;
  const others = othersOf(victim, listed(before, hiding), event.at, setting.holdDays, cadence);
  if (others.length > 0 && hasNewBearer(victim, seen)) return;
  if (victim.status === "creating") {
    yield { rule: "never destroys a copy in the making", what: who };
    return;
  }
  // A second request for one that is on its way out changes nothing.
  if (victim.status === "destroying") return;
  if (pictures.every((state) => isSource(victim, state)))
    yield { rule: "never destroys the source of a running fork", what: who };
  if (pictures.every((state) => isHeld(victim, state, event.at, setting.holdDays)))
    yield { rule: "never destroys a held copy", what: who };

  // Two runs at once may differ about what is to go, as long as a newer one stays.
  if (isRaced(deed, cadence, evidence) && newerThan(victim, others).length > 0) return;
  const isOwn = invocation.asked.cadences.includes(cadence);
  const prunes = isPruning(victim, others, setting.keep[cadence]);
  yield* judgeGuard(deed, { victim, others, prunes, isOwn }, evidence);
  if (prunes) return;

  const left = others.length === 0 ? ", the last one" : "";
  const what = `${who}${left}; beside it ${others.map(({ id }) => id).join(", ") || "none"}`;
  if (!isOwn) {
    yield { rule: "keeps every cadence's copies", what: `${what} (no run of ${cadence})` };
    return;
  }
  const knowsSource = seen.some(({ primary }) => primary) && !hiding.primary;
  if (!knowsSource) yield { rule: "lets a copy give way only for a fork that can follow", what };
  yield* judgeBeside(deed, evidence);
  const key = `${invocation.number} ${cadence}`;
  const times = (gaveWay.get(key) ?? 0) + 1;
  gaveWay.set(key, times);
  if (times > 1) yield { rule: "lets at most one copy give way", what };
  if (setting.rotation === "delete-first") return;
  if (setting.rotation === "fork-first") {
    yield { rule: "forks first where it is told to", what };
    return;
  }
  const onItsWay = copiesIn(listed(seen, hiding)).find(({ status }) => status === "destroying");
  if (onItsWay !== undefined)
    yield {
      rule: "lets a copy give way only where that makes room",
      what: `${what}; ${onItsWay.id} was on its way out`,
    };
  // A run by hand does not wait long for the plugin's word.
  const knowsScheduler = invocation.calls.some(
    ({ operation, outcome, sentAt, endedAt = Number.POSITIVE_INFINITY }) =>
      operation === "plugins.list" && outcome === 200 && endedAt - sentAt <= 1_000,
  );
  const isHolder = invocation.asked.removes === undefined;
  const mayTidy =
    knowsScheduler && isHolder && !invocation.disconnected && !setting.paused && invocation.maxCalls === 40;
  const [dispensable] = dispensableBeside(victim, deed, setting);
  if (dispensable !== undefined && mayTidy)
    yield {
      rule: "lets a copy give way only where nothing is dispensable",
      what: `${what}; ${dispensable.id} was`,
    };
  const why = whyNoRoom(deed, evidence, others.length + 1);
  if (why !== undefined)
    yield { rule: "lets a copy give way only where that makes room", what: `${what}; ${why}` };
  const older = others.filter(
    (other) =>
      isNewer(victim, other) &&
      !isAsideFor(other, before) &&
      !isSource(other, before) &&
      !isGuarded(other, deed, setting) &&
      !isSpared(other, deed, setting),
  );
  // What was set aside for the run's own target goes where no other may.
  const isOwnAside = invocation.asked.fresh && isAsideFor(victim, before);
  // So does what somebody has set aside before: nobody counts on it.
  const isFound =
    victim.superseded &&
    invocation.calls.every(({ id, operation }) => id !== victim.id || operation === "environments.destroy");
  // Where a renaming moves the creation, one that was marked is no longer the oldest by it.
  const isMoved = victim.superseded && !setting.project.unknowns.renameKeepsCreatedAt;
  if (older.length > 0 && left === "" && !isOwnAside && !isFound && !isMoved)
    yield { rule: "lets the oldest give way", what };
}

/**
 * DatoCMS destroys by name: where another run has given this one to a new copy since the list, the new one goes
 * in place of the old. No answer shows that in time.
 */
function hasNewBearer(victim: Copy, seen: readonly Known[]): boolean {
  return seen.some(({ id, uid }) => id === victim.id && uid !== victim.uid);
}

/** Whether another run has destroyed a copy of the cadence since this one has listed them. */
function isRaced({ event, invocation, seen }: Deed, cadence: Cadence, { deeds }: Evidence): boolean {
  return deeds.some(
    (other) =>
      other.invocation !== invocation &&
      other.event.type === "destroy-began" &&
      other.event.at <= event.at &&
      nameOf(other.event.id)?.cadence === cadence &&
      seen.some(({ id, status }) => id === other.event.id && status === "ready"),
  );
}

function othersOf(
  victim: Copy,
  state: readonly Known[],
  now: number,
  holdDays: number,
  cadence: Cadence,
): Copy[] {
  return backupsIn(state, cadence, now, holdDays).filter(({ uid }) => uid !== victim.uid);
}

/** Whether enough newer ones stay, or another of the same name where a copy was set aside. */
function isPruning(victim: Copy, others: readonly Copy[], keep: number): boolean {
  if (newerThan(victim, others).length === 0) return false;
  const bearer = others.find(({ original }) => original === victim.original);
  const names = new Set(others.map(({ original }) => original));
  return (victim.superseded && bearer !== undefined) || names.size >= keep;
}

function isAsideFor(victim: Copy, state: readonly Known[]): boolean {
  return victim.superseded && state.every(({ id }) => id !== victim.original);
}
