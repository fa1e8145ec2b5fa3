import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { hasShrunk } from "../../backup/shrinkGuard.ts";
import { type ListedArchive, momentOf } from "../archives.ts";
import type { ArchiveFailure } from "../failures.ts";
import type { Manifest } from "../manifest.ts";
import type { ScheduleKeep } from "../schedules/schedule.ts";
import type { KeptBySchedule } from "../schedules/schedules.ts";
import { clockSkew } from "./failures.ts";
import { type KeepRules, PERIODS, periodOf } from "./periods.ts";

/** What decides which archives stay. */
export interface Retention {
  readonly keep: KeepRules;
  /** What schedules say of their own archives, by their ids; of one that is gone, or says nothing, `keep` holds. */
  readonly schedules?: ReadonlyMap<string, KeptBySchedule>;
  /** An archive displaces none of which it lacks more percent of the records, or uploads; undefined: any. */
  readonly shrinkLimit: number | undefined;
  /** Ids of archives that something is being restored from; default: none. */
  readonly inUse?: readonly string[] | undefined;
}

export interface KeptArchive {
  readonly id: string;
  /** Names of periods, and words for people. */
  readonly because: readonly string[];
}

export interface RemovedArchive {
  readonly id: string;
  /** The nearest newer archive that stays in its place. */
  readonly successor: string;
}

/** Which archives stay and which go, the newest first. */
export interface RetentionPlan {
  readonly kept: readonly KeptArchive[];
  readonly removed: readonly RemovedArchive[];
}

/** An archive whose manifest can be read. */
interface Readable {
  readonly archive: ListedArchive;
  readonly manifest: Manifest;
  readonly moment: number;
}

type Verdict = { readonly stays: true; readonly because: string[] } | { readonly stays: false; by: string };

const MS_PER_DAY = 24 * 60 * 60 * 1_000;
const UNMATCHED = "nothing newer holds as much";

/**
 * Decides which archives stay: of those with one source and scope the newest of each period, for as many periods as a
 * rule says, by any of the rules. What is partial, came by upload or has lost much takes the place of none that holds
 * more. Pure.
 *
 * @param archives the newest first
 * @param now the store's time, ms since the epoch
 * @returns `CLOCK_SKEW` where an archive is dated over a day ahead: nobody knows then what is old
 */
export function planRetention(
  archives: readonly ListedArchive[],
  retention: Retention,
  now: number,
): Result<RetentionPlan, ArchiveFailure> {
  const groups = new Map<string, Readable[]>();
  for (const archive of archives) {
    if (archive.manifest.kind !== "read") continue;
    const { manifest } = archive.manifest;
    const moment = momentOf(archive);
    if (Math.max(moment, Date.parse(manifest.writtenAt)) > now + MS_PER_DAY)
      return failed(clockSkew(archive.id));
    const name = groupOf(manifest);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [{ archive, manifest, moment }]);
    else group.push({ archive, manifest, moment });
  }
  const verdicts = new Map([...groups.values()].flatMap((group) => verdictsIn(group, retention, now)));
  const kept: KeptArchive[] = [];
  const removed: RemovedArchive[] = [];
  for (const { id, isPinned } of archives) {
    const verdict = verdicts.get(id) ?? { stays: true, because: ["not readable"] };
    const pinned = isPinned ? ["pinned"] : [];
    const spared = [...pinned, ...(retention.inUse?.includes(id) ? ["a restore reads it"] : [])];
    if (verdict.stays) kept.push({ id, because: [...spared, ...verdict.because] });
    else if (spared.length > 0) kept.push({ id, because: spared });
    else removed.push({ id, successor: verdict.by });
  }
  return succeeded({ kept, removed });
}

/**
 * Names what may be counted together. Those by schedule are of the project, whatever sandbox they were read from, and
 * each schedule of archives counts its own; those by hand are counted apart, each environment for itself.
 */
function groupOf({ source, scope, consistency }: Manifest): string {
  const { kind, projectId, environment, isPrimary } = source;
  const isOfBackup = consistency === "fork" || consistency === "frozen-fork";
  const byHand = isOfBackup ? "a backup" : isPrimary ? "the primary" : `environment ${environment}`;
  const { schedule } = scope;
  const bySchedule = schedule === undefined ? "by schedule" : `schedule ${schedule.id}`;
  const origin = scope.cadences.length > 0 || schedule !== undefined ? bySchedule : byHand;
  return JSON.stringify([kind, projectId, origin, scope.assets, scope.excludedModels.toSorted()]);
}

/** One rule, and the archives of a group that stay by it. */
interface Rule {
  readonly name: string;
  readonly stay: ReadonlySet<Readable>;
  /** These would stay if one archive were as good as another. */
  readonly usual: ReadonlySet<Readable>;
}

type Replaces = (newer: Readable, older: Readable) => boolean;

/** @param group archives of one source and scope, the newest first */
function verdictsIn(group: readonly Readable[], retention: Retention, now: number): [string, Verdict][] {
  const replaces: Replaces = (newer, older) => holdsAsMuch(newer, older, retention.shrinkLimit);
  const ruled = ruledBy(group, retention);
  if (ruled === "everything")
    return group.map(({ archive: { id } }) => [id, { stays: true, because: ["schedule not readable"] }]);
  const rules = ruled.map(({ name, staying }): Rule => {
    const [stay, usual] = [staying(replaces, now), staying(() => true, now)];
    return { name, stay: new Set(stay), usual: new Set(usual) };
  });
  const places = new Map(group.map((each, place) => [each, place]));
  return group.map((each, place) => {
    const { id } = each.archive;
    const holding = rules.filter(({ stay }) => stay.has(each));
    const names = holding.flatMap(({ name, usual }) => (usual.has(each) ? [name] : []));
    const newest = place === 0 ? ["newest"] : [];
    if (names.length + newest.length > 0) return [id, { stays: true, because: [...newest, ...names] }];
    if (holding.length > 0) {
      const partial = each.manifest.partial ? "partial: " : "";
      return [id, { stays: true, because: [`${partial}${UNMATCHED}`] }];
    }
    const newer = [...(rules[0]?.stay ?? [])].filter(
      (other) => (places.get(other) ?? place) < place && replaces(other, each),
    );
    return [id, { stays: false, by: newer.at(-1)?.archive.id ?? "" }];
  });
}

interface NamedRule {
  readonly name: string;
  readonly staying: (replaces: Replaces, now: number) => Readable[];
}

/** The rules of a group: its schedule's own, or else those for all. */
function ruledBy(group: readonly Readable[], { keep, schedules }: Retention): NamedRule[] | "everything" {
  const own = schedules?.get(group[0]?.manifest.scope.schedule?.id ?? "");
  if (own === "everything") return own;
  const ofSchedule = own === undefined ? [] : scheduleRules(group, own);
  if (ofSchedule.length > 0) return ofSchedule;
  return PERIODS.flatMap((name) => {
    const count = keep[name];
    const of = ({ moment }: Readable) => periodOf(name, moment);
    return count === undefined
      ? []
      : [{ name, staying: (replaces: Replaces) => stayingBy(group, of, count, replaces) }];
  });
}

function scheduleRules(group: readonly Readable[], { count, days }: ScheduleKeep): NamedRule[] {
  const byCount = (most: number): NamedRule => ({
    name: "count",
    staying: (replaces) => stayingBy(group, (each) => each, most, replaces),
  });
  const byDays = (most: number): NamedRule => ({
    name: "days",
    staying: (replaces, now) => stayingSince(group, now - most * MS_PER_DAY, replaces),
  });
  return [...(count === undefined ? [] : [byCount(count)]), ...(days === undefined ? [] : [byDays(days)])];
}

/** The archives that are younger than a moment, and those in whose place nothing has come. */
function stayingSince(group: readonly Readable[], since: number, replaces: Replaces): Readable[] {
  const staying: Readable[] = [];
  for (const each of group)
    if (each.moment >= since || !staying.some((other) => replaces(other, each))) staying.push(each);
  return staying;
}

/**
 * The archives that one rule keeps: nothing that it keeps has taken their place.
 *
 * @param periodIn names what of which the newest stays
 */
function stayingBy(
  group: readonly Readable[],
  periodIn: (each: Readable) => unknown,
  count: number,
  replaces: Replaces,
): Readable[] {
  const staying: Readable[] = [];
  for (const each of group) {
    const newer = staying.filter((other) => replaces(other, each));
    const periods = new Set(newer.map(periodIn));
    if (periods.size < count && !periods.has(periodIn(each))) staying.push(each);
  }
  return staying;
}

/** Whether nothing is lost where the older one goes and the newer one stays. */
function holdsAsMuch(newer: Readable, older: Readable, shrinkLimit: number | undefined): boolean {
  if (newer.archive.isUploaded) return false;
  const [had, has] = [older.manifest.counts, newer.manifest.counts];
  if (shrinkLimit !== undefined && hasShrunk(had, has, shrinkLimit)) return false;
  if (!newer.manifest.partial) return true;
  // One file that DatoCMS never sends again makes every archive partial, and they may not all stay for ever.
  const missing = new Set(older.manifest.warnings.map(nameOf));
  return older.manifest.partial && newer.manifest.warnings.every((warning) => missing.has(nameOf(warning)));
}

function nameOf({ code, id, name, sentence }: Manifest["warnings"][number]): string {
  return JSON.stringify([code, id, name, sentence]);
}
