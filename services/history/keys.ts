import { CADENCES, type Cadence } from "../../utils/config.ts";
import { RUN_KINDS, RUN_STATUSES, RUN_TRIGGERS, type RunSummary } from "./run.ts";

/**
 * The key of a finished run carries its summary, so that a list or a statistic costs a LIST and no GET. It begins with
 * the time counted backwards, which makes the newest run the first. It holds codes and numbers only.
 */

/** Where all runs lie. */
export const RUNS = "runs/";
/** From here times are counted backwards: 13 digits, up to the year 2286. */
const END = 9_999_999_999_999;
const KEY = /^runs\/(\d{13})~([a-z]+)~([a-z]+)~(\d{1,12})~(\d{1,16})~([a-z.]*)~([a-z]+)~([a-z\d]{8})\.json$/;
const ID = /^run_(\d{13})_([a-z\d]{8})$/;

export function runKey(run: RunSummary): string {
  const [, inverted = "", name = ""] = ID.exec(run.id) ?? [];
  const { kind, status, durationMs, bytes, cadences, trigger } = run;
  const codes = [inverted, kind, status, durationMs, bytes, cadences.join("."), trigger, name];
  return `${RUNS}${codes.join("~")}.json`;
}

/** The summary in a key; undefined where it is none of a run's. */
export function summaryIn(key: string): RunSummary | undefined {
  const [, inverted, kind, status, ms, bytes, cadences, trigger, name] = KEY.exec(key) ?? [];
  const [known, ended, set] = [
    RUN_KINDS.find((each) => each === kind),
    RUN_STATUSES.find((each) => each === status),
    RUN_TRIGGERS.find((each) => each === trigger),
  ];
  if (known === undefined || ended === undefined || set === undefined) return undefined;
  return {
    id: `run_${inverted}_${name}`,
    kind: known,
    status: ended,
    trigger: set,
    startedAt: END - Number(inverted),
    durationMs: Number(ms),
    bytes: Number(bytes),
    cadences: cadencesIn(cadences ?? ""),
  };
}

/** @param startedAt ms since the epoch */
export function newRunId(startedAt: number): string {
  const random = crypto.getRandomValues(new Uint8Array(8));
  const name = Array.from(random, (byte) => (byte % 36).toString(36)).join("");
  return `run_${invertedAt(startedAt)}_${name}`;
}

/** What the key of a run begins with, and ends with; undefined where nobody can have such an id. */
export function placeOf(id: string): { readonly prefix: string; readonly end: string } | undefined {
  const [, inverted, name] = ID.exec(id) ?? [];
  return inverted === undefined ? undefined : { prefix: `${RUNS}${inverted}~`, end: `~${name}.json` };
}

/** A key behind all runs of this time and later, and before all earlier ones. */
export function keyBefore(startedAt: number): string {
  return `${RUNS}${invertedAt(startedAt)}~~`;
}

function invertedAt(startedAt: number): string {
  return String(END - Math.max(0, Math.floor(startedAt))).padStart(13, "0");
}

function cadencesIn(text: string): Cadence[] {
  const names = text.split(".");
  return CADENCES.filter((cadence) => names.includes(cadence));
}
