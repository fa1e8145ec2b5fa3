import type { Deed, Evidence } from "./evidence.ts";
import {
  backupsIn,
  CADENCES,
  type Cadence,
  type Copy,
  copiesIn,
  type Hiding,
  isNewer,
  isShrunk,
  isSource,
  type Known,
  nameOf,
  newestFirst,
} from "./ours.ts";
import type { Setting } from "./setting.ts";

/** Codes with which the plan refuses are answered like this, or set by a fault. */
export const isRefusal = (outcome: unknown) => typeof outcome === "number" && outcome >= 400 && outcome < 600;

/** Why no copy had to give way; undefined where one had to. */
export function whyNoRoom(
  { invocation, call, before, seen }: Deed,
  evidence: Evidence,
  backups: number,
): string | undefined {
  const { setting, stage } = evidence;
  const earlier = invocation.calls.filter(
    ({ sentAt, outcome }) => sentAt <= call.sentAt && outcome !== "unanswered",
  );
  const limits = earlier.filter(({ operation }) => operation === "subscriptionLimits.list");
  const isListed = setting.project.plan.limitsEndpoint === "listed";
  const isTold = isListed && !limits.some(({ outcome }) => isWithheld(outcome));
  if (isTold) {
    const allowed = stage.limitsBetween(invocation.startedAt, call.sentAt);
    const inUse = [before, seen].flatMap((state) => visibleIn(state, evidence));
    return allowed.some((limit) => limit !== null && inUse.includes(limit))
      ? undefined
      : `${inUse[0]} of ${allowed[0] ?? "endless"} places were taken`;
  }
  if (!earlier.some(({ operation, outcome }) => operation === "environments.fork" && isRefusal(outcome)))
    return "no fork had been refused";
  const name = nameOf(call.id);
  const keep = name === undefined ? 1 : setting.keep[name.cadence];
  return backups >= Math.min(keep, 2) ? undefined : "it was the last of several";
}

/**
 * More important cadences whose place a scheduled run has taken: they had no copy, and as many places were free as
 * there are such cadences, or fewer. Only where the plan tells its limit can that be known.
 */
export function robbedBy({ event, before, seen, invocation, call }: Deed, evidence: Evidence): Cadence[] {
  const { setting, stage, timeline, deeds } = evidence;
  const cadence = nameOf(event.id)?.cadence;
  const { asked, startedAt, calls } = invocation;
  const [limit, ...others] = stage.limitsBetween(startedAt, call.sentAt);
  const wasRead = calls.some(
    ({ operation, outcome, isBroken }) =>
      operation === "subscriptionLimits.list" && outcome === 200 && !isBroken,
  );
  const isTold = setting.project.plan.limitsEndpoint === "listed" && wasRead && others.length === 0;
  // What a user has saved since is not followed up.
  const hasSaved = timeline.events.some((each) => each.type === "parameters-changed" && each.at <= event.at);
  if (cadence === undefined || !asked.scheduled || !isTold || limit == null || hasSaved) return [];
  // Its own old copy has made room for it.
  const isSwap = deeds.some(
    (deed) =>
      deed.invocation === invocation &&
      deed.event.type === "destroy-began" &&
      deed.event.at <= event.at &&
      nameOf(deed.event.id)?.cadence === cadence,
  );
  if (isSwap) return [];
  const enabled = setting.saved?.enabledCadences ?? setting.cadences;
  const pictures = [before, seen];
  const isMissing = (each: Cadence) =>
    pictures.every((state) => copiesIn(state, each).every(({ status }) => status === "destroying"));
  // One that has a copy has its place.
  const hasNone = pictures.every(
    (state) => backupsIn(state, cadence, event.at, setting.holdDays).length === 0,
  );
  const missing = CADENCES.slice(0, CADENCES.indexOf(cadence)).filter(
    (each) => enabled.includes(each) && isMissing(each),
  );
  const free = limit - Math.min(...pictures.flatMap((state) => visibleIn(state, evidence)));
  return hasNone && free <= missing.length ? missing : [];
}

/**
 * Copies of whatever cadence that newer ones had made dispensable, as a run saw them and as they still were, and
 * nothing had kept it from removing them.
 */
export function dispensableBeside(
  victim: Copy,
  { event, before, seen, invocation, call: deed }: Deed,
  setting: Setting,
): Copy[] {
  const earlier = invocation.calls.slice(0, invocation.calls.indexOf(deed));
  if (earlier.some(({ environment, outcome }) => environment !== undefined && outcome !== 200)) return [];
  const wasAsked = ({ id }: Copy) =>
    earlier.some((call) => call.operation === "environments.destroy" && call.id === id);
  return CADENCES.flatMap((cadence) => {
    const backups = backupsIn(seen, cadence, event.at, setting.holdDays);
    return backups.filter((copy) => {
      const bearers = backups.filter((other) => !other.superseded && isNewer(other, copy));
      const isOutlived =
        bearers.length >= setting.keep[cadence] ||
        (copy.superseded && bearers.some(({ original }) => original === copy.original));
      const isStill = before.some(({ uid, status }) => uid === copy.uid && status === "ready");
      const isKept = shrunkSuccessor(copy, seen, event.at, setting) !== undefined;
      // Set aside for what is to come.
      const isSpared = copy.superseded && before.every(({ id }) => id !== copy.original);
      return (
        isOutlived &&
        !isSpared &&
        isStill &&
        !isKept &&
        copy.uid !== victim.uid &&
        !isSource(copy, seen) &&
        !wasAsked(copy)
      );
    });
  });
}

/** The newest copy, where another is older and holds much more. */
export function shrunkSuccessor(
  copy: Copy,
  state: readonly Known[],
  now: number,
  { holdDays, shrinkLimit }: Setting,
): Copy | undefined {
  const present = copiesIn(state).find(({ uid }) => uid === copy.uid);
  const [newest] = backupsIn(state, copy.cadence, now, holdDays).sort(newestFirst);
  if (present === undefined || newest === undefined || newest.uid === copy.uid) return undefined;
  return isShrunk(present, newest, shrinkLimit) ? newest : undefined;
}

/** The primary, where a copy holds much more: a fork would hold what it does. */
export function shrunkPrimary(
  copy: Copy,
  state: readonly Known[],
  limit: number | undefined,
): Known | undefined {
  const present = state.find(({ uid }) => uid === copy.uid);
  const primary = state.find((known) => known.primary);
  if (present === undefined || primary === undefined) return undefined;
  return isShrunk(present, primary, limit) ? primary : undefined;
}

const isWithheld = (outcome: unknown) => typeof outcome === "number" && outcome >= 400 && outcome < 500;

/** What is left out of the lists of a history. */
export function hidingIn(setting: Setting): Hiding {
  const { destroying, creating } = setting.project.unknowns;
  const { role } = setting.project;
  return {
    creating: creating === "unlisted",
    destroying: destroying === "hidden-at-once",
    primary: typeof role === "object" && role.environments_access === "sandbox_only",
  };
}

/** How many sandboxes a list shows; with and without those in the making, where it may leave them out. */
function visibleIn(state: readonly Known[], { setting }: Evidence): number[] {
  const { destroying, creating } = setting.project.unknowns;
  const visible = state.filter(
    ({ primary, status }) => !primary && !(destroying === "hidden-at-once" && status === "destroying"),
  );
  const made = visible.filter(({ status }) => status !== "creating");
  return creating === "unlisted" ? [visible.length, made.length] : [visible.length];
}
