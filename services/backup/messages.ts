import {
  busy,
  type Failure,
  OUT_OF_CALLS,
  OUT_OF_TIME,
  noRoom as withoutRoom,
} from "../../utils/failures.ts";
import type { Problem } from "./outcome.ts";
import type { Shrink } from "./shrinkGuard.ts";

export { FORK_FAILED, HIDDEN, PRIMARY_NOT_FOUND as NO_PRIMARY } from "../../utils/failures.ts";

export const CHANGING: Failure = busy();

/** Why nothing was begun, where nothing but the invocation's own limits stood in the way. */
export const CUT = { OUT_OF_TIME, OUT_OF_CALLS };

/** Tells how the plan's places are taken; `limit` null where DatoCMS does not tell it. */
export interface Places {
  readonly limit: number | null;
  readonly inUse: number;
  readonly ours: number;
  readonly foreign: number;
  /** Ids of our backups in the making. */
  readonly creating: readonly string[];
}

/** Says why no old backup is evicted; `evicted`: one was, and in vain. */
export type WhyNoRoom = "evicted" | "owed" | "guarded" | "wayBack" | "creating" | "turn" | "last";

const NO_ROOM_BECAUSE: Readonly<Record<WhyNoRoom, (places: Places) => string>> = {
  evicted: () => "an old backup was removed to make room, and DatoCMS still refuses",
  owed: () => "what is free is kept for the backups that come first",
  guarded: () =>
    "no old backup is removed, because what they hold is not in the project any more (see SHRUNK)",
  wayBack: () =>
    "no old backup is removed, because a run by hand never removes the newest one that is more than 48 hours old",
  creating: ({ creating }) =>
    `DatoCMS has not finished ${creating.join(" and ")}, and no old backup is removed meanwhile (delete a fork that has been in the making for hours)`,
  turn: () => "no old backup is removed, because another run is about to remove one",
  last: () => "no old backup is removed, because no other ready one would stay",
};

/** @param because what more there is to say */
export function noRoom(places: Places, because: WhyNoRoom | undefined): Failure {
  const what = because === undefined ? "nothing was destroyed for it" : NO_ROOM_BECAUSE[because](places);
  const { creating, ...facts } = places;
  return withoutRoom(what, { ...facts, ...(creating.length > 0 && { creating }) });
}

/** Reports a backup that a run by hand would have removed. */
export function wayBack(id: string): Problem {
  return {
    code: "OLDER_BACKUP_KEPT",
    sentence: `${id} stays: it is the newest backup that is more than 48 hours old, and a run by hand never removes that one. A scheduled run removes it in its time.`,
  };
}

export const NO_ROOM_FOR_REPLACEMENT: Problem = {
  code: "NO_ROOM_FOR_REPLACEMENT",
  sentence:
    "The DatoCMS plan has no room for a second backup of today (ENVIRONMENT_LIMIT_REACHED), so the one that exists stays. Force the run to remove an old backup first.",
};

export const CUT_BEFORE_PRUNING: Problem = {
  code: "COPY_NOT_REMOVED",
  sentence:
    "The backup is ready, but this run ended before it had removed what it replaces; the next run does.",
};

export function notRemoved(id: string): Problem {
  const sentence = `${id} is no longer needed but could not be destroyed; the next run tries again.`;
  return { code: "COPY_NOT_REMOVED", sentence };
}

export function gaveWay(id: string, reason: string): Problem {
  return {
    code: "OLD_COPY_GAVE_WAY",
    sentence: `${id} was destroyed before its successor was ready, because ${reason}.`,
  };
}

/** @param shrink of backups of one cadence */
export function shrunk({ older, newer, before, after }: Shrink): Problem {
  const had = `${before.records} records and ${before.uploads} uploads`;
  const has = `${after.records} and ${after.uploads}`;
  return {
    code: "SHRUNK",
    sentence: `${older} stays, because it holds ${had} where ${newer} holds ${has}. If that is meant to be, force a run; it then goes.`,
  };
}

export function overage(sandboxes: number, threshold: number): Problem {
  return {
    code: "OVERAGE",
    sentence: `The project now has ${sandboxes} sandboxes; DatoCMS may charge extra above ${threshold}.`,
  };
}
