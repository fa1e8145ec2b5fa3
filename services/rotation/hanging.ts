import type { Environment } from "../datocms/environments.ts";
import { type Copy, copiesIn } from "./names.ts";

/** A fork that DatoCMS works on for so long hangs, ms; most take seconds, those of big projects up to hours. */
export const HANGS_AFTER_MS = 6 * 60 * 60 * 1_000;

/** Our copies in the making, the newest first. */
export function creatingIn(environments: readonly Environment[]): Copy[] {
  return copiesIn(environments).filter(({ environment }) => environment.status === "creating");
}

/**
 * Whether DatoCMS has been making an environment for too long: nobody waits for it any more.
 *
 * @param now ms since the epoch; see `referenceTime`
 */
export function isHanging({ status, createdAt }: Environment, now: number): boolean {
  return status === "creating" && now - createdAt >= HANGS_AFTER_MS;
}

/** Our copies in the making for six hours or more, the newest first. Pure. */
export function hangingIn(environments: readonly Environment[], now: number): Copy[] {
  return creatingIn(environments).filter(({ environment }) => isHanging(environment, now));
}
