import { CADENCES, type Cadence, type Config } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { backupsIn } from "../rotation/held.ts";
import type { ProjectFacts } from "./facts.ts";
import { fail, type Line, ok, warn } from "./line.ts";
import { whyUnread } from "./unread.ts";

/** Sandboxes that the copies need beside what others take. */
interface Need {
  /** Enabled cadences without a copy. */
  readonly missing: readonly Cadence[];
  /** Taken now, less what the next run tidies up. */
  readonly occupied: number;
  /** Taken once every enabled cadence has the copies that are to stay. */
  readonly wanted: number;
}

const CODE = { ok: "ROOM_SUFFICIENT", fail: "ENVIRONMENT_LIMIT_REACHED" } as const;
const MAKE_ROOM =
  "Delete sandboxes in DatoCMS that are not needed, keep fewer copies, or take a bigger plan.";

/** Whether the plan has room for the copies, and for one more while the new one is made beside the old one. */
export function roomLine(
  { environments, room }: Pick<ProjectFacts, "environments" | "room">,
  { keep, rotation, holdDays }: Pick<Config, "keep" | "rotation" | "holdDays">,
  enabled: readonly Cadence[],
): Line {
  if (environments.kind === "unread") {
    const { code, sentence, advice } = whyUnread(environments.failure);
    return fail(code, `The environments cannot be read. ${sentence}`, advice);
  }
  if (!environments.value.some(({ primary }) => primary))
    return fail(
      "PRIMARY_NOT_FOUND",
      "DatoCMS lists no primary environment, so there is nothing to copy.",
      "Let the token's role enter all environments.",
    );
  const need = needOf(environments.value, { keep, holdDays }, enabled);
  const atMost = need.wanted + 1;
  const { limit, overageThreshold } = room;
  const hard = limit === undefined ? undefined : underLimit(need, limit, rotation);
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

function underLimit(need: Need, limit: number, rotation: Config["rotation"]): Line | undefined {
  const { missing, occupied, wanted } = need;
  const allows = `The plan allows ${sandboxes(limit)}`;
  if (limit - occupied < missing.length || occupied > limit) {
    const whose = missing.length === 0 ? "a new copy" : `the first copy (${missing.join(", ")})`;
    return fail(CODE.fail, `${allows} and ${occupied} are taken: there is no room for ${whose}.`, MAKE_ROOM);
  }
  if (limit > wanted) return undefined;
  const needed = `${allows}, and ${wanted + 1} would be needed`;
  if (rotation === "fork-first")
    return fail(
      CODE.fail,
      `${needed}: with BACKUP_ROTATION=fork-first, no copy is replaced without one more than those that stay.`,
      MAKE_ROOM,
    );
  if (limit < wanted)
    return warn(
      "ROOM_FOR_FEWER",
      `${needed}: fewer copies will stay than BACKUP_KEEP_… asks for.`,
      MAKE_ROOM,
    );
  if (rotation === "delete-first") return undefined;
  return warn(
    "ROOM_WITHOUT_SPARE",
    `${needed}: an old copy will be deleted before the new one is there.`,
    MAKE_ROOM,
  );
}

function needOf(
  environments: readonly Environment[],
  { keep, holdDays }: Pick<Config, "keep" | "holdDays">,
  enabled: readonly Cadence[],
): Need {
  // What is on its way out gives its place back by itself.
  const staying = environments.filter(({ primary, status }) => !primary && status !== "destroying");
  // A held copy takes a place like anybody's sandbox.
  const copies = backupsIn(staying, holdDays);
  const named = CADENCES.map((cadence) => {
    const ids = copies.filter((copy) => copy.cadence === cadence).map(({ originalId }) => originalId);
    return { cadence, kept: Math.min(new Set(ids).size, keep[cadence]) };
  });
  const foreign = staying.length - copies.length;
  const occupied = named.reduce((sum, { kept }) => sum + kept, foreign);
  const wanted = named.reduce(
    (sum, { cadence, kept }) => sum + (enabled.includes(cadence) ? keep[cadence] : kept),
    foreign,
  );
  const missing = named.filter(({ kept }) => kept === 0).map(({ cadence }) => cadence);
  return { missing: missing.filter((cadence) => enabled.includes(cadence)), occupied, wanted };
}

function sandboxes(count: number): string {
  return count === 1 ? "one sandbox environment" : `${count} sandbox environments`;
}
