import type { Environment } from "../../services/datocms/environments.ts";
import { identityOf } from "../../services/rotation/names.ts";
import { type Memory, plan, type Run, type Step, type Target } from "../../services/rotation/plan.ts";
import { beginRun } from "../../services/rotation/run.ts";
import { environment } from "./environments.ts";

/** Names of the copies that most tests speak of: today's, and those of the days before. */
export const TODAY = "backup-plugin-daily-2026-02-26";
export const YESTERDAY = "backup-plugin-daily-2026-02-25";
export const TWO_DAYS_AGO = "backup-plugin-daily-2026-02-24";
/** Today's copy, moved out of the way of a newer one. */
export const ASIDE = `${TODAY}-superseded-120000000`;

export const WEEKLY = "backup-plugin-weekly-2026-02-26";

/** A run as a test describes it: what it does not name is as in a scheduled run that has seen nothing yet. */
export interface Described extends Partial<Omit<Run, "target" | "memory" | "policy">> {
  readonly target?: Partial<Target>;
  readonly memory?: Partial<Memory>;
  readonly keep?: number;
  readonly holdDays?: number;
  readonly rotation?: Run["policy"]["rotation"];
}

/** Runs by hand. */
export const FRESH: Described = { target: { fresh: true } };
export const FORCED: Described = { target: { fresh: true, forced: true } };

export function creating(id: string, forkedFrom = "main"): Environment {
  return environment(id, { status: "creating", forkedFrom });
}

export function destroying(id: string): Environment {
  return environment(id, { status: "destroying" });
}

/** A run for today's daily copy. */
export function run({
  target,
  memory,
  keep = 1,
  rotation = "auto",
  holdDays = 30,
  ...rest
}: Described = {}): Run {
  const whole: Target = { cadence: "daily", date: "2026-02-26", fresh: false, forced: false, ...target };
  return {
    target: whole,
    memory: {
      ...beginRun(whole, []).memory,
      ...memory,
      // Tests name the copy that was freed.
      freed: memory?.freed === undefined ? undefined : identityOf(environment(memory.freed)),
    },
    policy: { keep: { daily: keep, weekly: keep, biweekly: keep, monthly: keep }, rotation, holdDays },
    limit: undefined,
    braked: new Set(),
    othersAtWork: false,
    owed: 0,
    dispensable: undefined,
    waysBack: new Set(),
    removes: "all",
    now: Date.parse("2026-02-26T15:00:00Z"),
    ...rest,
  };
}

/** Plans the next step in a project with a primary and some sandboxes; a text is a ready one of that name. */
export function stepFor(sandboxes: readonly (string | Environment)[], described: Described = {}): Step {
  const listed = sandboxes.map((each) => (typeof each === "string" ? environment(each) : each));
  const hasPrimary = listed.some((each) => each.primary);
  const primary = environment("main", { primary: true, forkedFrom: undefined });
  return plan(hasPrimary ? listed : [primary, ...listed], run(described));
}

/** What a step comes to, with names instead of copies. */
function told(step: Step) {
  switch (step.do) {
    case "finish":
      return { do: step.do, copy: step.copy.environment.id, remove: step.remove.map(idOf) };
    case "reuse":
      return { do: step.do, copy: idOf(step.copy), because: step.because };
    case "free":
    case "mark":
    case "tidy":
    case "set-aside":
      return { do: step.do, copy: idOf(step.copy) };
    case "fail":
      return { do: step.do, cause: step.failure.cause, restore: step.restore.map(idOf) };
    default:
      return step;
  }
}

/** The next step, told with names. */
export function next(...given: Parameters<typeof stepFor>) {
  return told(stepFor(...given));
}

/** Steps that many tests expect. */
export const FORK = { do: "fork", source: "main", id: TODAY };
export const NO_ROOM = { do: "fail", cause: "ENVIRONMENT_LIMIT_REACHED", restore: [] };

function idOf(copy: { readonly environment: Environment }): string {
  return copy.environment.id;
}
