import type { Environment } from "../../services/datocms/environments.ts";
import { asCopy, type Copy } from "../../services/rotation/names.ts";

export const HOUR_MS = 60 * 60 * 1_000;
export const DAY_MS = 24 * HOUR_MS;

/** An instant in ms since the epoch; UTC. */
export function at(text: string): number {
  const instant = Date.parse(`${text.replace(" ", "T")}Z`);
  if (!Number.isFinite(instant)) throw new Error(`"${text}" is no instant`);
  return instant;
}

/** The primary environment. */
export const MAIN: Environment = environment("main", { primary: true, createdAt: at("2025-01-01 09:00") });

/** A ready sandbox, created when its name says (noon), or long ago where it does not. */
export function environment(id: string, change: Partial<Environment> = {}): Environment {
  const noon = Date.parse(`${/\d{4}-\d{2}-\d{2}/.exec(id)?.[0]}T12:00:00Z`);
  const createdAt = change.createdAt ?? (Number.isFinite(noon) ? noon : at("2025-06-01 12:00"));
  return {
    id,
    status: "ready",
    percentage: undefined,
    createdAt,
    lastDataChangeAt: createdAt,
    primary: false,
    forkedFrom: "main",
    ...change,
  };
}

/** Ids of copies, in their order. */
export function idsOf(copies: readonly Copy[]): string[] {
  return copies.map((copy) => copy.environment.id);
}

/** One of our copies. */
export function copyOf(found: Environment): Copy {
  const copy = asCopy(found);
  if (copy === undefined) throw new Error(`${found.id} is no copy of ours`);
  return copy;
}
