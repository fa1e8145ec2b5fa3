import type { Cadence } from "../../utils/config.ts";
import type { Logger } from "../../utils/logger.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Policy } from "../catalog/policy.ts";
import type { Budget } from "../datocms/budget.ts";
import type { Environments, PlanLimit } from "../datocms/environments.ts";
import type { ShrinkGuard } from "./shrinkGuard.ts";
import type { Removes } from "./situation.ts";
import type { World } from "./world.ts";

/** What the steps of one invocation act on. */
export interface RunContext {
  readonly environments: Environments;
  readonly budget: Budget;
  readonly logger: Logger;
  readonly policy: Policy;
  readonly enabledCadences: readonly Cadence[];
  readonly removes: Removes;
  /** Whether a person asked for the run, and not the schedule. */
  readonly byHand: boolean;
  /** The present moment, ms since the epoch. */
  readonly now: (catalog: Catalog) => number;
  readonly world: World;
  readonly guard: ShrinkGuard;
  capacity: PlanLimit;
  /** Sandboxes that existed when the price plan last refused another, for whichever target. */
  fullAt: number | undefined;
  /** Sandboxes above which DatoCMS charges extra; asked once something was forked. */
  threshold: Promise<number | undefined> | undefined;
  /** Identities of what it has had removed, less one for each fork since: DatoCMS may see their places later. */
  readonly freed: Set<string>;
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
