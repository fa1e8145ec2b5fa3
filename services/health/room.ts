import { CADENCES, type Cadence } from "../../utils/config.ts";
import { PRIMARY_NOT_FOUND } from "../../utils/failures.ts";
import type { Backup } from "../catalog/backup.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { Policy } from "../catalog/policy.ts";
import { type Finding, fail, ok, warn } from "../findings/finding.ts";
import { hangingSentence } from "../recovery/hangingWords.ts";
import type { ProjectFacts } from "./facts.ts";

/** Sandboxes that the copies need beside what others take. */
interface Need {
  /** Enabled cadences without a copy, the most important first: places are given in this order. */
  readonly missing: readonly Cadence[];
  /** Enabled cadences that have one. */
  readonly present: readonly Cadence[];
  /** Taken now, less what the next run tidies up. */
  readonly occupied: number;
  /** Taken once every enabled cadence has the copies that are to stay. */
  readonly wanted: number;
}

const CODE = { ok: "ROOM_SUFFICIENT", fail: "ENVIRONMENT_LIMIT_REACHED" } as const;
const MAKE_ROOM =
  "Delete sandboxes in DatoCMS that are not needed, keep fewer backups, or take a bigger plan.";

/** The plan's room for the backups, and for one more while the new one is made beside the old one. */
export function roomFinding(
  { environments, room }: Pick<ProjectFacts, "environments" | "room">,
  { keep, rotation }: Policy,
  enabled: readonly Cadence[],
  now: number,
): Finding {
  if (!environments.ok) {
    const { cause, problem, advice } = environments.failure;
    return fail(cause, `The environments cannot be read. ${problem}`, advice);
  }
  if (environments.value.primary === undefined)
    return fail(PRIMARY_NOT_FOUND.cause, PRIMARY_NOT_FOUND.problem, PRIMARY_NOT_FOUND.advice);
  const hanging = environments.value.hanging(now);
  const need = needOf(environments.value, keep, enabled, hanging);
  const atMost = need.wanted + 1;
  const { limit, overageThreshold } = room;
  const hard = limit === undefined ? undefined : underLimit(need, limit, rotation, hanging);
  if (hard !== undefined) return hard;
  if (overageThreshold !== undefined && atMost > overageThreshold)
    return warn(
      "OVERAGE",
      `The project will have up to ${sandboxes(atMost)}; above ${overageThreshold} DatoCMS may charge extra.`,
      MAKE_ROOM,
    );
  if (limit === undefined && overageThreshold === undefined)
    return warn(
      "ROOM_UNKNOWN",
      `DatoCMS does not tell how many sandbox environments the plan allows; up to ${atMost} will be needed.`,
      "Compare with your plan in DatoCMS, under Project settings → Environments.",
    );
  const allowed = limit === Number.POSITIVE_INFINITY ? "any number" : `${limit ?? overageThreshold}`;
  return ok(CODE.ok, `Up to ${sandboxes(atMost)} will be needed, and the plan has room for ${allowed}.`);
}

function underLimit(
  need: Need,
  limit: number,
  rotation: Policy["rotation"],
  hanging: readonly Backup[],
): Finding | undefined {
  const { missing, present, occupied, wanted } = need;
  const allows = `The plan allows ${sandboxes(limit)}`;
  const taken = `${allows} and ${occupied === 1 ? "one is" : `${occupied} are`} taken`;
  const free = Math.max(0, limit - occupied);
  // While a fork of ours is in the making no ready copy gives way for another.
  const stuck = free === 0 && hanging.length > 0;
  if (free < missing.length || occupied > limit || stuck) {
    const served = missing.slice(0, free);
    const isReplaced = occupied <= limit && rotation !== "fork-first" && hanging.length === 0;
    const made = CADENCES.filter((each) => served.includes(each) || (isReplaced && present.includes(each)));
    const unserved = missing.slice(free);
    if (made.length > 0)
      return fail(
        "ROOM_FOR_SOME",
        `${taken}: ${listed(made)} backups will be made, and ${listed(unserved)} ones have no room.`,
        MAKE_ROOM,
      );
    const whose = missing.length === 0 ? "a new backup" : `the first backup (${missing.join(", ")})`;
    const hangs = hanging.length === 0 ? "" : ` ${hangingSentence(hanging)}`;
    return fail(CODE.fail, `${taken}: there is no room for ${whose}.${hangs}`, MAKE_ROOM);
  }
  if (limit > wanted) return undefined;
  const needed = `${allows}, and ${wanted + 1} would be needed`;
  if (rotation === "fork-first")
    return fail(
      CODE.fail,
      `${needed}: with BACKUP_ROTATION=fork-first, no backup is replaced without one more than those that stay.`,
      MAKE_ROOM,
    );
  if (limit < wanted)
    return warn(
      "ROOM_FOR_FEWER",
      `${needed}: fewer backups will stay than BACKUP_KEEP_… asks for.`,
      MAKE_ROOM,
    );
  if (rotation === "delete-first") return undefined;
  return warn(
    "ROOM_WITHOUT_SPARE",
    `${needed}: an old backup will be deleted before the new one is there.`,
    MAKE_ROOM,
  );
}

function needOf(
  catalog: Catalog,
  keep: Policy["keep"],
  enabled: readonly Cadence[],
  hanging: readonly Backup[],
): Need {
  // An environment on its way out gives its place back by itself.
  const staying = catalog.environments.filter(({ primary, status }) => !primary && status !== "destroying");
  // A held backup takes a place like anybody's sandbox, and so does a fork that hangs.
  const backups = catalog.unheld.filter((each) => each.state !== "removing" && !hanging.includes(each));
  const named = CADENCES.map((cadence) => {
    const ids = backups.filter((each) => each.cadence === cadence).map(({ originalId }) => originalId);
    return { cadence, kept: Math.min(new Set(ids).size, keep[cadence]) };
  });
  const foreign = staying.length - backups.length;
  const occupied = named.reduce((sum, { kept }) => sum + kept, foreign);
  const wanted = named.reduce(
    (sum, { cadence, kept }) => sum + (enabled.includes(cadence) ? keep[cadence] : kept),
    foreign,
  );
  const those = named.filter(({ cadence }) => enabled.includes(cadence));
  const missing = those.filter(({ kept }) => kept === 0).map(({ cadence }) => cadence);
  const present = those.filter(({ kept }) => kept > 0).map(({ cadence }) => cadence);
  return { missing, present, occupied, wanted };
}

function listed(cadences: readonly Cadence[]): string {
  return cadences.join(" and ");
}

function sandboxes(count: number): string {
  return count === 1 ? "one sandbox environment" : `${count} sandbox environments`;
}
