import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { hasShrunk } from "../../backup/shrinkGuard.ts";
import { type ListedArchive, momentOf } from "../archives.ts";
import type { ArchiveFailure } from "../failures.ts";
import type { Manifest } from "../manifest.ts";
import { clockSkew } from "./failures.ts";
import { type KeepRules, PERIODS, type Period, periodOf } from "./periods.ts";

/** What decides which archives stay. */
export interface Retention {
  readonly keep: KeepRules;
  /** An archive displaces none of which it lacks more percent of the records, or uploads; undefined: any. */
  readonly shrinkLimit: number | undefined;
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
  const verdicts = new Map([...groups.values()].flatMap((group) => verdictsIn(group, retention)));
  const kept: KeptArchive[] = [];
  const removed: RemovedArchive[] = [];
  for (const { id, isPinned } of archives) {
    const verdict = verdicts.get(id) ?? { stays: true, because: ["not readable"] };
    const pinned = isPinned ? ["pinned"] : [];
    if (verdict.stays) kept.push({ id, because: [...pinned, ...verdict.because] });
    else if (isPinned) kept.push({ id, because: pinned });
    else removed.push({ id, successor: verdict.by });
  }
  return succeeded({ kept, removed });
}

/**
 * Names what may be counted together. Those by schedule are of the project, whatever sandbox they were read from; those
 * by hand are counted apart, each environment for itself.
 */
function groupOf({ source, scope, consistency }: Manifest): string {
  const { kind, projectId, environment, isPrimary } = source;
  const isOfBackup = consistency === "fork" || consistency === "frozen-fork";
  const byHand = isOfBackup ? "a backup" : isPrimary ? "the primary" : `environment ${environment}`;
  const origin = scope.cadences.length > 0 ? "by schedule" : byHand;
  return JSON.stringify([kind, projectId, origin, scope.assets, scope.excludedModels.toSorted()]);
}

/** @param group archives of one source and scope, the newest first */
function verdictsIn(group: readonly Readable[], { keep, shrinkLimit }: Retention): [string, Verdict][] {
  const replaces = (newer: Readable, older: Readable) => holdsAsMuch(newer, older, shrinkLimit);
  const rules = PERIODS.flatMap((period) => {
    const count = keep[period];
    if (count === undefined) return [];
    return [
      {
        period,
        stay: new Set(stayingBy(group, period, count, replaces)),
        // These would stay if one archive were as good as another.
        usual: new Set(stayingBy(group, period, count, () => true)),
      },
    ];
  });
  const places = new Map(group.map((each, place) => [each, place]));
  return group.map((each, place) => {
    const { id } = each.archive;
    const holding = rules.filter(({ stay }) => stay.has(each));
    const periods = holding.flatMap(({ period, usual }) => (usual.has(each) ? [period] : []));
    const newest = place === 0 ? ["newest"] : [];
    if (periods.length + newest.length > 0) return [id, { stays: true, because: [...newest, ...periods] }];
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

/** The archives that one rule keeps: nothing that it keeps has taken their place. */
function stayingBy(
  group: readonly Readable[],
  period: Period,
  count: number,
  replaces: (newer: Readable, older: Readable) => boolean,
): Readable[] {
  const staying: Readable[] = [];
  for (const each of group) {
    const newer = staying.filter((other) => replaces(other, each));
    const periods = new Set(newer.map(({ moment }) => periodOf(period, moment)));
    if (periods.size < count && !periods.has(periodOf(period, each.moment))) staying.push(each);
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
