import type { Deed, Evidence } from "./evidence.ts";
import { type Hiding, type Known, nameOf } from "./ours.ts";
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
