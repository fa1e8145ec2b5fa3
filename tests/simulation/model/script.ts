import type { Fault, Operation } from "../../../emulator/emulator.ts";
import type { Cadence } from "./ours.ts";
import type { Setting } from "./setting.ts";

/** How a process ends before its work does. */
export type Kill =
  /** At the n-th call of a kind: right before it is sent, or once DatoCMS has done it. */
  | { readonly at: "call"; readonly operation: Operation; readonly nth: number; readonly after: boolean }
  /** After so many ms, whatever it is doing then. */
  | { readonly at: "time"; readonly ms: number }
  /** It lives on, but from its n-th call no answer comes through; that one may still have its effect. */
  | { readonly at: "outage"; readonly from: number; readonly lands: boolean };

/** What somebody asks of the service. */
export interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  readonly scheduled: boolean;
  /** What it may remove where no secret is configured; all that is surplus otherwise. */
  readonly removes?: "own" | "nothing";
  /** A new copy is wanted even where one of today exists. */
  readonly fresh: boolean;
  readonly forced: boolean;
  readonly cadences: readonly Cadence[];
}

export type UserAct =
  | { readonly user: "rename"; readonly pick: number; readonly to: "foreign" | "ours" | "back" }
  | { readonly user: "promote"; readonly pick: number; readonly whom: "any" | "today" | "foreign" }
  | { readonly user: "destroy"; readonly pick: number }
  | {
      readonly user: "fork";
      readonly pick: number;
      readonly as: "foreign" | "today";
      readonly ready: boolean;
    }
  | { readonly user: "edit"; readonly pick: number; readonly to: "less" | "more" | "same" }
  | { readonly user: "disconnect" }
  | { readonly user: "reconnect" }
  | { readonly user: "save"; readonly cadences: readonly Cadence[]; readonly timezone: string };

export type Act =
  | { readonly do: "tick"; readonly job: "daily" | "weekly"; readonly kill?: Kill | undefined }
  | { readonly do: "ask"; readonly what: Asked; readonly kill?: Kill | undefined }
  | { readonly do: "user"; readonly what: UserAct }
  | { readonly do: "fault"; readonly fault: Fault }
  /** The host's wall clock jumps. */
  | { readonly do: "jump"; readonly ms: number }
  /** The plan gets room for so many sandboxes more than there are, or fewer. */
  | { readonly do: "limit"; readonly spare: number };

export interface Part {
  /** Ms after the scene's beginning. */
  readonly after: number;
  /** Acts of one process share its memory and its end. */
  readonly process: 0 | 1 | undefined;
  readonly act: Act;
}

/** When a scene begins: so many ms after the last, or in an hour counted from a slot's next opening. */
export type Pause =
  | { readonly wait: "ms"; readonly ms: number }
  | { readonly wait: "slot"; readonly of: "daily" | "weekly"; readonly hours: number };

export interface Scene {
  readonly pause: Pause;
  /** What happens at once, or nearly. */
  readonly parts: readonly Part[];
}

export interface History {
  readonly setting: Setting;
  readonly scenes: readonly Scene[];
}
