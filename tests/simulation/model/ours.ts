/** The written rules about names and copies, worked out a second time: this shares no code with the service. */

export const CADENCES = ["daily", "weekly", "biweekly", "monthly"] as const;
export type Cadence = (typeof CADENCES)[number];

export const HOUR_MS = 60 * 60 * 1_000;
export const DAY_MS = 24 * HOUR_MS;

/** An environment as the emulator's history shows it at one moment; instants in ms since the epoch. */
export interface Known {
  /** Who it is, whatever it is called. */
  readonly uid: number;
  readonly id: string;
  readonly status: "creating" | "ready" | "destroying";
  readonly primary: boolean;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly forkedFrom: string | null;
  readonly sourceUid: number | null;
  readonly items: number;
  readonly uploads: number;
}

/** What a name of ours says. */
export interface Name {
  readonly cadence: Cadence;
  readonly date: string;
  readonly original: string;
  readonly superseded: boolean;
}

const names = new Map<string, Name | undefined>();

/** Takes an id apart; undefined for whatever is not exactly one of ours. */
export function nameOf(id: string): Name | undefined {
  if (!names.has(id)) names.set(id, parsed(id));
  return names.get(id);
}

function parsed(id: string): Name | undefined {
  const cadence = CADENCES.find((each) => id.startsWith(`backup-plugin-${each}-`));
  if (cadence === undefined) return undefined;
  const rest = id.slice(`backup-plugin-${cadence}-`.length);
  const date = rest.slice(0, 10);
  const mark = rest.slice(10);
  if (!isDay(date) || !(mark === "" || /^-superseded-[0-9]{9}$/.test(mark))) return undefined;
  return { cadence, date, original: id.slice(0, id.length - mark.length), superseded: mark !== "" };
}

function isDay(text: string): boolean {
  const [year, month, day] = text.split("-").map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const moment = new Date(Date.UTC(year, month - 1, day));
  return dayOf(moment.getTime()) === text;
}

/** The UTC day of an instant. */
export function dayOf(instant: number): string {
  const moment = new Date(instant);
  const two = (part: number) => String(part).padStart(2, "0");
  return Number.isNaN(instant)
    ? ""
    : `${moment.getUTCFullYear()}-${two(moment.getUTCMonth() + 1)}-${two(moment.getUTCDate())}`;
}

/** One of our copies. */
export interface Copy extends Known, Name {
  /** When it counts as taken: never later than its name's day. */
  readonly takenAt: number;
}

/** Every copy of ours, or of one cadence, whatever its state. */
export function copiesIn(state: readonly Known[], cadence?: Cadence): Copy[] {
  return state.flatMap((known) => {
    const name = known.primary ? undefined : nameOf(known.id);
    if (name === undefined || (cadence !== undefined && name.cadence !== cadence)) return [];
    const takenAt = Math.min(known.createdAt, Date.parse(`${name.date}T23:59:59.999Z`));
    return [{ ...known, ...name, takenAt }];
  });
}

/** Sorts the newest first. No two copies are equally new, so that all runs agree on what stays. */
export function newestFirst(a: Copy, b: Copy): number {
  if (a.takenAt !== b.takenAt) return b.takenAt - a.takenAt;
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  if (a.original !== b.original) return a.original < b.original ? 1 : -1;
  if (a.superseded !== b.superseded) return a.superseded ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

/** Whether the first of two copies is the newer one. */
export function isNewer(copy: Copy, than: Copy): boolean {
  return copy.uid !== than.uid && newestFirst(copy, than) < 0;
}

/**
 * Whether somebody has made more of a copy than a copy: changed it more than an hour after it was made, or
 * forked an environment from it that is none of ours.
 *
 * @param days for how long that protects it
 */
export function isHeld(copy: Copy, state: readonly Known[], now: number, days: number): boolean {
  if (days === 0) return false;
  const marks: number[] = [];
  if (copy.changedAt > copy.createdAt + HOUR_MS) marks.push(copy.changedAt);
  for (const other of state) {
    const isOurs = !other.primary && nameOf(other.id) !== undefined;
    const isNamed = other.forkedFrom === copy.id || other.forkedFrom === copy.original;
    // Forked while it was set aside, and named back since.
    const isChild = isNamed || other.forkedFrom === asideName(copy);
    if (!isOurs && isChild && other.createdAt >= copy.createdAt) marks.push(other.createdAt, copy.changedAt);
  }
  return marks.length > 0 && Math.max(...marks) + days * DAY_MS > now;
}

/** What it is called while it is set aside. */
function asideName({ original, createdAt }: Copy): string {
  return `${original}-superseded-${new Date(createdAt).toISOString().slice(11, 23).replace(/\D/g, "")}`;
}

/** Copies that count as backups at a moment: ready, and nobody's but ours. */
export function backupsIn(state: readonly Known[], cadence: Cadence, now: number, holdDays: number): Copy[] {
  return copiesIn(state, cadence).filter(
    (copy) => copy.status === "ready" && !isHeld(copy, state, now, holdDays),
  );
}

/** Whether so much of a copy is missing in a later one that the earlier may be the last good one. */
export function isShrunk(before: Known, after: Known, limit: number | undefined): boolean {
  if (limit === undefined) return false;
  const pairs = [
    [before.items, after.items],
    [before.uploads, after.uploads],
  ] as const;
  return pairs.some(([had, has]) => had - has >= 20 && (had - has) / had > limit / 100);
}

/** Whether a fork under way copies from it. */
export function isSource(known: Known, state: readonly Known[]): boolean {
  return state.some((other) => other.status === "creating" && other.sourceUid === known.uid);
}

/** What DatoCMS's list leaves out. */
export interface Hiding {
  readonly creating: boolean;
  readonly destroying: boolean;
  readonly primary: boolean;
}

/** What a list of the environments shows: nobody can spare a copy for an environment that it leaves out. */
export function listed(state: readonly Known[], hidden: Hiding): readonly Known[] {
  if (!hidden.creating && !hidden.destroying && !hidden.primary) return state;
  return state.filter(
    ({ primary, status }) => !(primary && hidden.primary) && !(status !== "ready" && hidden[status]),
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day that it is somewhere. */
export function localDay(instant: number, timeZone: string): string {
  if (timeZone === "UTC") return dayOf(instant);
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone });
  formats.set(timeZone, format);
  return format.format(instant);
}
