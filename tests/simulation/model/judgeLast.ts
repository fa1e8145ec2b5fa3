import type { Breach, Deed, Evidence } from "./evidence.ts";
import { hidingIn, isRefusal } from "./giving.ts";
import {
  backupsIn,
  CADENCES,
  type Copy,
  copiesIn,
  DAY_MS,
  isHeld,
  type Known,
  listed,
  newestFirst,
} from "./ours.ts";
import type { Setting } from "./setting.ts";

/** What a removal must leave, whoever else is at work: the last copies of all, and the last way back. */

/** No exception for runs that meet: this is what must hold whatever they see of each other. */
export function* judgeLast(deed: Deed, evidence: Evidence): Generator<Breach> {
  const { event, before, seen, meddled, invocation } = deed;
  const { setting } = evidence;
  const victim = copiesIn(before).find(({ id }) => id === event.id);
  if (victim === undefined || victim.status !== "ready" || meddled) return;
  const who = `#${invocation.number} destroyed ${event.id}`;
  const { asked } = invocation;
  if (asked.removes === "nothing" || (asked.removes === "own" && !asked.cadences.includes(victim.cadence)))
    yield { rule: "removes nothing for anybody", what: `${who} for ${asked.path} without a secret` };

  const hiding = hidingIn(setting);
  if (!asked.scheduled) {
    const pictures = [before, seen].map((state) => listed(state, hiding));
    const moments = [earliestShown(deed, evidence), event.at];
    const isKnown = pictures.every((state) =>
      moments.every((now) => wayBack(state, now, setting)?.uid === victim.uid),
    );
    if (isKnown)
      yield { rule: "leaves a way back by hand", what: `${who}, the newest of more than 48 hours` };
  }

  if (setting.rotation === "delete-first") return;
  // A fork that no list shows nobody can take into account.
  if (hiding.creating || hiding.destroying) return;
  const others = ready(before, event.at, setting).filter(({ uid }) => uid !== victim.uid);
  if (others.length > 0) return;
  const places = placesOfOurs(deed, evidence);
  if (places >= 2)
    yield { rule: "leaves a ready copy where two places are ours", what: `${who}, the last of all` };
}

/** Whether a copy goes before its successor is there: judged by what the run was shown. */
export function* judgeBeside(deed: Deed, { setting }: Evidence): Generator<Breach> {
  const { event, before, seen, invocation } = deed;
  if (setting.rotation === "delete-first") return;
  const hiding = hidingIn(setting);
  const making = [before, seen].map((state) =>
    copiesIn(listed(state, hiding)).filter(({ status }) => status === "creating"),
  );
  const [now = [], shown = []] = making;
  const both = now.filter(({ uid }) => shown.some((each) => each.uid === uid));
  if (both.length > 0)
    yield {
      rule: "lets nothing give way beside a fork",
      what: `#${invocation.number} destroyed ${event.id} beside ${both.map(({ id }) => id).join(", ")}`,
    };
}

/** Whether a run by hand had to spare a copy: by its own clock, at its beginning, or by DatoCMS's. */
export function isSpared(copy: Copy, { event, invocation, seen, before }: Deed, setting: Setting): boolean {
  if (invocation.asked.scheduled) return false;
  const latest = latestCreation(seen);
  const own = event.at + invocation.hostOffset;
  return [invocation.startedAt, event.at, own, latest].some((now) =>
    [before, seen].some((state) => wayBack(state, now, setting)?.uid === copy.uid),
  );
}

/**
 * The earliest that a run may have taken for the present: what passes 48 hours while it decides may go. Where the host's
 * clock was off it had only DatoCMS's, by the newest environment that was listed.
 */
function earliestShown({ event, invocation, seen }: Deed, { stage, setting }: Evidence): number {
  const hasJumped = stage.jumps.some((at) => at >= invocation.startedAt && at <= event.at);
  if (invocation.hostOffset === 0 && !hasJumped) return invocation.startedAt;
  return latestCreation(listed(seen, hidingIn(setting)));
}

function latestCreation(state: readonly Known[]): number {
  return Math.max(...state.map(({ createdAt }) => createdAt));
}

function ready(state: readonly Known[], now: number, { holdDays }: Setting): Copy[] {
  return CADENCES.flatMap((cadence) => backupsIn(state, cadence, now, holdDays));
}

/** The newest backup of more than 48 hours. */
function wayBack(state: readonly Known[], now: number, setting: Setting): Copy | undefined {
  return ready(state, now, setting)
    .filter(({ takenAt }) => takenAt < now - 2 * DAY_MS)
    .sort(newestFirst)[0];
}

/** How many places of the plan are ours at least: those that foreign and held environments do not take. */
function placesOfOurs(
  { event, before, invocation, call }: Deed,
  { setting, stage, timeline }: Evidence,
): number {
  const limits = stage.limitsBetween(invocation.startedAt, call.sentAt);
  const told = Math.min(...limits.map((each) => each ?? Number.POSITIVE_INFINITY));
  // Where the plan does not tell its limit, a refusal is all that anybody can know of it, whatever its reason.
  const refusals = invocation.calls.filter(
    ({ operation, outcome, sentAt }) =>
      operation === "environments.fork" && isRefusal(outcome) && sentAt < call.sentAt,
  );
  const inUse = refusals.map(({ sentAt }) => timeline.at(sentAt).filter(({ primary }) => !primary).length);
  const limit = setting.project.plan.limitsEndpoint === "listed" ? told : Math.min(told, ...inUse);
  const ours = copiesIn(before);
  const held = ours.filter((copy) => isHeld(copy, before, event.at, setting.holdDays));
  const foreign = before.filter((known) => !known.primary && ours.every(({ uid }) => uid !== known.uid));
  return limit - foreign.length - held.length;
}
