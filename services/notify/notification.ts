import type { Cadence } from "../../utils/config.ts";
import type { UtcDate } from "../rotation/names.ts";

/** What there is to tell. */
export type NoticeKind = "failed" | "late" | "recovered" | "success" | "disconnected" | "test";

/** Why there is no copy, for machines and for people. */
export interface Reason {
  readonly cause: string;
  readonly sentence: string;
}

/** Something that the owner should know, in words. */
export interface Notice {
  readonly kind: NoticeKind;
  /** Null where it is about none, or all, and where the run could not know what is due. */
  readonly cadence: Cadence | null;
  /** UTC day of the slot's opening, or of the run; with kind and cadence it makes the notice's id. */
  readonly date: UtcDate;
  readonly title: string;
  readonly sentence: string;
  /** What to do. */
  readonly advice: string | null;
  /** The failure's, as `details.cause` of an answer has it. */
  readonly cause: string | null;
  /** The copy that is ready. */
  readonly environmentId: string | null;
  /** When the newest copy before was taken, ms since the epoch; null where there is none, or it is not known. */
  readonly lastCopyAt: number | null;
}

/** A notice on its way. */
export interface Sent extends Notice {
  /** What its title begins with, where projects share a channel. */
  readonly project?: string | undefined;
  /** The same each time that the same thing is told, so that receivers can drop doubles. */
  readonly id: string;
  /** Ms since the epoch. */
  readonly sentAt: number;
}
