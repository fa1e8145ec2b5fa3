import type { Cadence, Config } from "../../utils/config.ts";
import type { Logger } from "../../utils/logger.ts";
import type { Budget } from "../datocms/budget.ts";
import type { Environment, Environments, PlanLimit } from "../datocms/environments.ts";
import type { Brake, Shrink } from "./brake.ts";
import type { Removes } from "./plan.ts";
import type { World } from "./world.ts";

/** What a step acts on. */
export interface Effects {
  readonly environments: Environments;
  readonly allowance: Budget;
  readonly logger: Logger;
  readonly policy: Pick<Config, "keep" | "rotation" | "forkMode" | "holdDays">;
  readonly enabledCadences: readonly Cadence[];
  readonly removes: Removes;
  /** Whether a person asked for the run, and not the schedule. */
  readonly byHand: boolean;
  /** The present moment, ms since the epoch. */
  readonly now: (listed: readonly Environment[]) => number;
  readonly world: World;
  readonly brake: Brake;
  /** What the brake keeps, by the id of the older copy. */
  readonly braked: Map<string, Shrink>;
  /** Copies that were passed over for want of calls to compare them. */
  readonly unsure: Set<string>;
  limit: PlanLimit;
  /** Sandboxes that existed when the plan last refused another, for whichever target. */
  fullAt: number | undefined;
  /** Sandboxes above which DatoCMS charges extra; asked once something was forked. */
  threshold: Promise<number | undefined> | undefined;
  /** How often this invocation has asked for each environment's destruction, by identity. */
  readonly removals: Map<string, number>;
}

/** Whether to plan again on what is known, or to look first; `ms` where the pause before is prescribed. */
export type Next = { readonly kind: "plan" } | { readonly kind: "look"; readonly ms?: number | undefined };

export const PLAN: Next = { kind: "plan" };
export const LOOK: Next = { kind: "look" };
export const LOOK_NOW: Next = { kind: "look", ms: 0 };

/** Between an answer of unknown effect and the look that clears it up. */
export const DOUBT_PAUSE_MS = 250;
export const BUSY_PAUSE_MS = 1_000;
