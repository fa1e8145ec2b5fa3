import type { Memory } from "../../services/backup/memory.ts";
import { plan, type Step } from "../../services/backup/plan.ts";
import { beginRun } from "../../services/backup/run.ts";
import type { PlanInput } from "../../services/backup/situation.ts";
import type { Target } from "../../services/backup/target.ts";
import { identityOf } from "../../services/catalog/backup.ts";
import type { Environment } from "../../services/datocms/environments.ts";
import { catalogOf, environment, idsOf } from "./environments.ts";

/** Names of the copies that most tests speak of: today's, and those of the days before. */
export const TODAY = "backup-plugin-daily-2026-02-26";
export const YESTERDAY = "backup-plugin-daily-2026-02-25";
export const TWO_DAYS_AGO = "backup-plugin-daily-2026-02-24";
/** Today's copy, moved out of the way of a newer one. */
export const ASIDE = `${TODAY}-superseded-120000000`;

export const WEEKLY = "backup-plugin-weekly-2026-02-26";

/** A run as a test describes it: what it does not name is as in a scheduled run that has seen nothing yet. */
export interface Described extends Partial<Omit<PlanInput, "target" | "memory" | "policy">> {
  readonly target?: Partial<Target>;
  readonly memory?: Partial<Memory>;
  readonly keep?: number;
  readonly holdDays?: number;
  readonly rotation?: PlanInput["policy"]["rotation"];
}

/** Runs by hand. */
export const FRESH: Described = { target: { want: "replace" } };
export const FORCED: Described = { target: { want: "force" } };

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
}: Described = {}): PlanInput {
  const whole: Target = { cadence: "daily", date: "2026-02-26", want: "ensure", ...target };
  return {
    target: whole,
    memory: {
      ...beginRun(whole, catalogOf([])).memory,
      ...memory,
      // Tests name the backup that was evicted.
      evicted: memory?.evicted === undefined ? undefined : identityOf(environment(memory.evicted)),
    },
    policy: {
      keep: { daily: keep, weekly: keep, biweekly: keep, monthly: keep },
      rotation,
      holdDays,
      forkMode: "normal",
      shrinkLimit: undefined,
    },
    capacity: undefined,
    guarded: new Set(),
    othersAtWork: false,
    hasFreed: false,
    claims: [],
    surplus: undefined,
    prunesFirst: true,
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
  const all = hasPrimary ? listed : [primary, ...listed];
  return plan(catalogOf(all, described.holdDays), run(described));
}

/** What a step comes to, with names instead of copies. */
function told(step: Step) {
  switch (step.do) {
    case "finish":
      return { do: step.do, copy: step.backup.id, remove: step.prune.remove.map(({ backup }) => backup.id) };
    case "reuse":
      return { do: step.do, copy: step.backup.id, because: step.because };
    case "evict":
    case "mark":
    case "name-back":
    case "set-aside":
      return { do: step.do, copy: step.backup.id };
    case "prune":
      return { do: step.do, copy: step.surplus.backup.id };
    case "fail":
      return { do: step.do, cause: step.failure.cause, restore: idsOf(step.restore) };
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
