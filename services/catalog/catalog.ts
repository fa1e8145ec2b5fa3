import { CADENCES, type Cadence } from "../../utils/config.ts";
import type { Environment } from "../datocms/environments.ts";
import { type Backup, backupFrom, type HeldBackup, identityOf, type Named, newestFirst } from "./backup.ts";
import { holdsOf } from "./holds.ts";
import { type BackupName, parseName } from "./names.ts";
import type { Policy } from "./policy.ts";

/** Backups, each list the newest first. */
export interface Backups {
  /** In whatever state. */
  readonly backups: readonly Backup[];
  /** Not held, in whatever state. */
  readonly unheld: readonly Backup[];
  /** Ready and not held, superseded ones included: what can be returned to. */
  readonly restorePoints: readonly Backup[];
}

/** A fork that DatoCMS works on for so long hangs, ms; most take seconds, those of big projects up to hours. */
export const HANGS_AFTER_MS = 6 * 60 * 60 * 1_000;

/**
 * What a project holds at one moment: a listing of DatoCMS's, understood once. Immutable; a later listing, or a change
 * that DatoCMS has accepted since, makes another.
 */
export class Catalog implements Backups {
  /** Everything that DatoCMS lists. */
  readonly environments: readonly Environment[];
  readonly backups: readonly Backup[];
  readonly unheld: readonly Backup[];
  readonly restorePoints: readonly Backup[];
  /** Held backups, in whatever state, the newest first. */
  readonly held: readonly HeldBackup[];
  readonly creating: readonly Backup[];
  readonly removing: readonly Backup[];
  readonly primary: Environment | undefined;
  /** Every sandbox takes a place of the capacity, in whatever state it is. */
  readonly sandboxes: number;
  /** When DatoCMS made the newest environment, by its own clock, ms since the epoch; 0 where it lists none. */
  readonly latestCreation: number;
  private readonly policy: Pick<Policy, "holdDays" | "inUse">;
  private readonly names: Names;
  private readonly byCadence: ReadonlyMap<Cadence, Backups>;
  private readonly byId: ReadonlyMap<string, Environment>;
  private readonly backupById: ReadonlyMap<string, Backup>;
  private readonly byOriginalId: ReadonlyMap<string, readonly Backup[]>;
  private readonly forkSources: ReadonlySet<string>;

  /**
   * @param policy says for how many days a backup is held, and what is being read
   * @param names of an earlier listing, which mean the same in this one
   */
  constructor(
    environments: readonly Environment[],
    policy: Pick<Policy, "holdDays" | "inUse">,
    names: Names = new Map(),
  ) {
    const ours: Named[] = [];
    const others: Environment[] = [];
    const byId = new Map<string, Environment>();
    // An archive or a restore reads its source as a fork does.
    const sources = new Set(policy.inUse);
    let latestCreation = 0;
    for (const environment of environments) {
      const name = environment.primary ? undefined : nameOf(environment.id, names);
      if (name === undefined) others.push(environment);
      else ours.push({ environment, name });
      byId.set(environment.id, environment);
      if (environment.createdAt > latestCreation) latestCreation = environment.createdAt;
      if (environment.status === "creating" && environment.forkedFrom !== undefined)
        sources.add(environment.forkedFrom);
    }
    const holds = holdsOf(ours, others, policy.holdDays, latestCreation);
    const backups = ours.map((each) => backupFrom(each, holds.get(each.environment))).sort(newestFirst);
    const all = viewOf(backups);
    this.environments = environments;
    this.policy = policy;
    this.names = names;
    this.backups = backups;
    this.unheld = all.unheld;
    this.restorePoints = all.restorePoints;
    this.held = backups.filter(isHeld);
    this.creating = backups.filter(({ state }) => state === "creating");
    this.removing = backups.filter(({ state }) => state === "removing");
    this.primary = others.find(({ primary }) => primary);
    this.sandboxes = ours.length + others.filter(({ primary }) => !primary).length;
    this.latestCreation = latestCreation;
    this.byCadence = new Map(
      CADENCES.map((cadence) => [cadence, viewOf(backups.filter((each) => each.cadence === cadence))]),
    );
    this.byId = byId;
    this.backupById = new Map(backups.map((backup) => [backup.id, backup]));
    this.byOriginalId = groupedByOriginalId(backups);
    this.forkSources = new Set([...sources].flatMap((id) => [id, ...this.namesSince(id)]));
  }

  /** The backups of one cadence. */
  of(cadence: Cadence): Backups {
    return this.byCadence.get(cadence) ?? NONE;
  }

  /** The newest restore point of a cadence. */
  newest(cadence: Cadence): Backup | undefined {
    return this.of(cadence).restorePoints[0];
  }

  /** The environment that bears a name, ours or not. */
  find(id: string): Environment | undefined {
    return this.byId.get(id);
  }

  /** The same environment as it is now; undefined when it is gone, whatever has its name. */
  findSame(environment: Environment): Environment | undefined {
    const present = this.byId.get(environment.id);
    return present && identityOf(present) === identityOf(environment) ? present : undefined;
  }

  /** The backup that bears a name. */
  backup(id: string): Backup | undefined {
    return this.backupById.get(id);
  }

  /** Backups that were made under a name, whatever they are called now, the newest first. */
  madeAs(originalId: string): readonly Backup[] {
    return this.byOriginalId.get(originalId) ?? [];
  }

  /** Ids that a backup may have by now: `forked_from` may hold the id that it had when the fork began. */
  private namesSince(id: string): string[] {
    const name = nameOf(id, this.names);
    return name === undefined ? [] : this.madeAs(name.originalId).map((backup) => backup.id);
  }

  /** Tells whether a running fork copies from this environment. */
  isForkSource(id: string): boolean {
    return this.forkSources.has(id);
  }

  /**
   * Backups that DatoCMS has been making for six hours or more, the newest first: nobody waits for them any more.
   *
   * @param now ms since the epoch; see `referenceTime`
   */
  hanging(now: number): readonly Backup[] {
    return this.creating.filter(({ environment }) => isHanging(environment, now));
  }

  /**
   * A later listing of the same project.
   *
   * @param inUse ids of what is being read by now; default: as before
   */
  next(environments: readonly Environment[], inUse = this.policy.inUse): Catalog {
    return new Catalog(environments, { ...this.policy, inUse }, this.names);
  }

  /** The same listing with one more environment. */
  with(environment: Environment): Catalog {
    return this.next([...this.environments, environment]);
  }

  /** The same listing after a change to one environment. */
  withChange(id: string, change: Partial<Environment>): Catalog {
    return this.next(this.environments.map((each) => (each.id === id ? { ...each, ...change } : each)));
  }

  /** The same listing without one environment. */
  without(id: string): Catalog {
    return this.next(this.environments.filter((each) => each.id !== id));
  }
}

/** @param now ms since the epoch */
export function isHanging({ status, createdAt }: Environment, now: number): boolean {
  return status === "creating" && now - createdAt >= HANGS_AFTER_MS;
}

/** Names that were taken apart; undefined those that are not ours. */
type Names = Map<string, BackupName | undefined>;

/** Taking a name apart costs most of what a listing costs, and a run reads many listings. */
function nameOf(id: string, names: Names): BackupName | undefined {
  if (!names.has(id)) names.set(id, parseName(id));
  return names.get(id);
}

const NONE: Backups = { backups: [], unheld: [], restorePoints: [] };

function viewOf(backups: readonly Backup[]): Backups {
  return {
    backups,
    unheld: backups.filter(({ hold }) => hold === undefined),
    restorePoints: backups.filter(({ state }) => state === "ready" || state === "superseded"),
  };
}

function groupedByOriginalId(backups: readonly Backup[]): ReadonlyMap<string, readonly Backup[]> {
  const groups = new Map<string, Backup[]>();
  for (const backup of backups) {
    const group = groups.get(backup.originalId);
    if (group === undefined) groups.set(backup.originalId, [backup]);
    else group.push(backup);
  }
  return groups;
}

function isHeld(backup: Backup): backup is HeldBackup {
  return backup.hold !== undefined;
}
