import type { Environment } from "../datocms/environments.ts";
import type { BackupName } from "./names.ts";

/**
 * What has become of a backup. Only `ready` and `superseded` ones are restore points: a superseded one has moved out of
 * the way of a newer one of the same date, a held one is somebody's work.
 */
export type BackupState = "creating" | "ready" | "superseded" | "held" | "removing";

/** One of our sandboxes. */
export interface Backup extends BackupName {
  readonly id: string;
  readonly environment: Environment;
  readonly state: BackupState;
  /**
   * When it was taken, ms since the epoch: its creation by DatoCMS's clock, but never later than the last
   * millisecond of its name's day. Order, retention and "made" go by this and nothing else.
   */
  readonly takenAt: number;
  /** Present while it is held, in whatever state it is. */
  readonly hold: Hold | undefined;
}

/** Keeps a backup from being pruned for a while, because somebody has made it more than a backup. */
export interface Hold {
  /** `changed`: its data was changed long after it was made; `forked`: an environment was made from it. */
  readonly because: "changed" | "forked";
  /** From when to when, ms since the epoch, on DatoCMS's clock. */
  readonly since: number;
  readonly until: number;
}

export type HeldBackup = Backup & { readonly hold: Hold };

/** An environment that bears the name of a backup; the primary never counts as one. */
export interface Named {
  readonly environment: Environment;
  readonly name: BackupName;
}

export function backupFrom({ environment, name }: Named, hold: Hold | undefined): Backup {
  const { id, status, createdAt } = environment;
  const { cadence, date, originalId, isMarked, endsAt } = name;
  return {
    id,
    environment,
    cadence,
    date,
    originalId,
    isMarked,
    endsAt,
    state: status === "ready" ? stateOf(isMarked, hold) : status === "creating" ? status : "removing",
    takenAt: Math.min(createdAt, endsAt),
    hold,
  };
}

function stateOf(isMarked: boolean, hold: Hold | undefined): "ready" | "superseded" | "held" {
  if (hold !== undefined) return "held";
  return isMarked ? "superseded" : "ready";
}

/**
 * Orders backups, the newest first. No two of them are equally new, whoever looks: or else of two runs each could keep
 * another one and destroy the other's.
 */
export function newestFirst(a: Backup, b: Backup): number {
  const younger = b.takenAt - a.takenAt || b.environment.createdAt - a.environment.createdAt;
  return younger || (rankOf(a) < rankOf(b) ? 1 : -1);
}

/** By name, and of one name its bearer first: so that a backup keeps its place when it is set aside. */
function rankOf({ originalId, isMarked, id }: Backup): string {
  return `${originalId} ${isMarked ? 0 : 1} ${id}`;
}

/** Tells an environment from another that has had its name since. */
export function identityOf({ id, createdAt }: Environment): string {
  return `${id} ${createdAt}`;
}
