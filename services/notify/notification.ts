import type { Cadence } from "../../utils/config.ts";
import type { UtcDate } from "../catalog/names.ts";

export type NotificationKind =
  | "failed"
  | "late"
  | "recovered"
  | "success"
  | "disconnected"
  | "test"
  /** Of archives alone: something is missing in one; what is stored is not as it was written. */
  | "partial"
  | "damaged";

/** Why there is no backup, for machines and for people. */
export interface Reason {
  readonly cause: string;
  readonly sentence: string;
}

/** Something that the owner should know, in sentences. */
export interface Notification {
  /** Default: backups. */
  readonly about?: "archive";
  readonly kind: NotificationKind;
  /** Null where it is about none, or all, and where the run could not know what is due. */
  readonly cadence: Cadence | null;
  /** UTC day of the slot's opening, or of the run; kind, cadence and date make the notification's id. */
  readonly date: UtcDate;
  readonly title: string;
  readonly sentence: string;
  /** Says what to do. */
  readonly advice: string | null;
  /** The failure's, as `details.cause` of an answer has it. */
  readonly cause: string | null;
  /** The backup that is ready, or archived. */
  readonly environmentId: string | null;
  /** The archive that it is about; only where it is about one. */
  readonly archiveId?: string;
  /** When the newest backup before was taken, or the last complete archive's; ms since the epoch, null where unknown. */
  readonly lastCopyAt: number | null;
}

/** A notification on its way to a channel. */
export interface OutgoingNotification extends Notification {
  /** Begins the title, where projects share a channel. */
  readonly project?: string | undefined;
  /** The same each time that the same thing is sent, so that receivers can drop doubles. */
  readonly id: string;
  /** Ms since the epoch. */
  readonly sentAt: number;
}

/** A call to a dead-man's switch about one run; `log` changes nothing there. */
export type HeartbeatSignal = {
  /** When the run began, ms since the epoch. */
  readonly beganAt: number;
} & (
  | { readonly state: "start" | "success" | "log" }
  /** There is no backup. */
  | { readonly state: "fail"; readonly failure: Reason }
);
