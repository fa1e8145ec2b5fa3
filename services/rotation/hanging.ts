import type { Environment } from "../datocms/environments.ts";
import { type Copy, copiesIn } from "./names.ts";

/** A fork in the making for longer than this hangs: nobody waits for it any more. */
export const HANGS_AFTER_MS = 6 * 60 * 60 * 1_000;

/** Our copies in the making, the newest first. */
export function creatingIn(environments: readonly Environment[]): Copy[] {
  return copiesIn(environments).filter(({ environment }) => environment.status === "creating");
}

/** @param now ms since the epoch */
export function hangs({ environment }: Copy, now: number): boolean {
  return environment.status === "creating" && now - environment.createdAt >= HANGS_AFTER_MS;
}
