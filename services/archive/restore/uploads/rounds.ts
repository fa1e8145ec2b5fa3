import { type Result, succeeded } from "../../../../utils/failures.ts";
import type { Json } from "../../../../utils/json.ts";
import { sideBySide } from "../../../../utils/sideBySide.ts";
import type { JournalEntry, Mode, Refused, RestoreFailure } from "../words.ts";
import { changeOf, fingerprintOf, type Member } from "./compare.ts";
import { AT_ONCE, LOOK_AGAIN_MS, type Reason, type UploadsContext } from "./context.ts";
import type { UploadLine } from "./line.ts";
import { DIFFERS } from "./place.ts";
import { readUploads } from "./read.ts";
import { CHANGED_SINCE } from "./reasons.ts";
import type { RestoredUploads } from "./restore.ts";
import type { UploadWriter } from "./write.ts";

/** What the rounds of a restore have in common. */
export interface Rounds {
  readonly context: UploadsContext;
  readonly writer: UploadWriter;
  readonly mode: Mode;
  /** What an earlier attempt has noted: what uploads were before, by id; null for those that it made. */
  readonly journalled: ReadonlyMap<string, Json>;
  /** See `UploadsToRestore`. */
  readonly planned: ReadonlyMap<string, string> | undefined;
}

/** An upload that is not as it is to be. */
interface Pending {
  readonly line: UploadLine;
  readonly observed: UploadLine | undefined;
  readonly members: readonly Member[];
}

/** So often an upload is written and looked at again before it is told as not equal. */
const MOST_ROUNDS = 4;

/**
 * Writes uploads and looks at them again, until they are as they are to be or another round cannot help.
 *
 * @param lines so many as one call reads
 */
export async function restoreSome(
  rounds: Rounds,
  all: readonly UploadLine[],
): Promise<Result<RestoredUploads, RestoreFailure>> {
  const { context, journalled } = rounds;
  const ids = all.map(({ id }) => id);
  /** What this restore has made. */
  const ours = new Set(ids.filter((id) => journalled.get(id) === null));
  const seen = await readUploads(context.reader, ids);
  if (!seen.ok) return seen;
  const latest = seen.value;
  const moved = all.filter(({ id }) => isMoved(rounds, id, latest.get(id)));
  const lines = all.filter((line) => !moved.includes(line));
  const pendingAmong = (some: readonly UploadLine[]) =>
    some.flatMap((line) => pendingOf(rounds, line, latest.get(line.id), ours.has(line.id)));

  const first = [...pendingAmong(lines), ...unfinishedAmong(rounds, lines, latest)];
  const stuck: Pending[] = [];
  let pending: readonly Pending[] = first;
  for (let round = 1; round <= MOST_ROUNDS && pending.length > 0; round += 1) {
    for (const { line, observed } of pending) if (observed === undefined) ours.add(line.id);
    const untouched = await writeAll(rounds, pending, ours);
    if (!untouched.ok) return untouched;
    const again = await readUploads(context.reader, idsOf(pending));
    if (!again.ok) return again;
    for (const id of idsOf(pending)) latest.delete(id);
    for (const [id, upload] of again.value) latest.set(id, upload);
    const open = pendingAmong(pending.map(({ line }) => line));
    const isStuck = (now: Pending) => untouched.value.some((before) => isSame(before, now));
    stuck.push(...open.filter(isStuck));
    pending = open.filter((now) => !isStuck(now));
  }
  const open = new Map([...stuck, ...pending].map((each) => [each.line.id, each]));
  const done = idsOf(first).filter((id) => !open.has(id));
  const written = [...ids.filter((id) => journalled.has(id)), ...idsOf(first)];
  return succeeded({
    created: done.filter((id) => ours.has(id)),
    changed: done.filter((id) => !ours.has(id)),
    refused: [
      ...[...open.values()].map((each) => refusedOf(each, rounds.writer.reason(each.line.id))),
      ...moved.map(({ id }): Refused => ({ what: "upload", id, ...CHANGED_SINCE })),
    ],
    left: fingerprintsOf(written.flatMap((id) => latest.get(id) ?? [])),
  });
}

/** Whether somebody has changed an upload since the plan was made. What the run itself has begun is its own. */
function isMoved({ planned, journalled }: Rounds, id: string, now: UploadLine | undefined): boolean {
  if (planned === undefined || journalled.has(id)) return false;
  return planned.get(id) !== (now && fingerprintOf(now));
}

/** Uploads that are equal, but an earlier attempt that made them was stopped between its two writes. */
function unfinishedAmong(
  { context, writer, journalled }: Rounds,
  lines: readonly UploadLine[],
  uploads: ReadonlyMap<string, UploadLine>,
): Pending[] {
  return lines.flatMap((line): Pending[] => {
    const observed = uploads.get(line.id);
    if (observed === undefined || journalled.get(line.id) !== null) return [];
    const isEqual = changeOf(line, observed, "overwrite", context.target).do === "unchanged";
    return isEqual && !writer.isFinished(line, observed) ? [{ line, observed, members: [] }] : [];
  });
}

function fingerprintsOf(uploads: readonly UploadLine[]): Map<string, string> {
  return new Map(uploads.map((upload) => [upload.id, fingerprintOf(upload)]));
}

/** @returns those of which nothing was written */
async function writeAll(
  { context, writer }: Rounds,
  pending: readonly Pending[],
  ours: ReadonlySet<string>,
): Promise<Result<Pending[], RestoreFailure>> {
  const noted = await context.journal.note(pending.map(entryOf));
  if (!noted.ok) return noted;
  const attempts = await sideBySide(pending, AT_ONCE, ({ line, observed, members }) =>
    writer.write(line, observed, members, ours.has(line.id)),
  );
  if (!attempts.ok) return attempts;
  if (attempts.value.includes("unclear")) await context.clock.sleep(LOOK_AGAIN_MS);
  return succeeded(pending.filter((_, place) => attempts.value[place] === "nothing"));
}

/** The upload, where it is not as it is to be. */
function pendingOf(
  { context, mode }: Rounds,
  line: UploadLine,
  observed: UploadLine | undefined,
  isOurs: boolean,
): Pending[] {
  const change = changeOf(line, observed, isOurs ? "overwrite" : mode, context.target);
  return change.do === "unchanged" ? [] : [{ line, observed, members: change.members }];
}

function idsOf(pending: readonly Pick<Pending, "line">[]): string[] {
  return pending.map(({ line }) => line.id);
}

function isSame(one: Pending, other: Pending): boolean {
  if (one.line.id !== other.line.id) return false;
  const isThere = ({ observed }: Pending) => observed !== undefined;
  return isThere(one) === isThere(other) && one.members.join() === other.members.join();
}

function entryOf({ line, observed }: Pending): JournalEntry {
  return { what: "upload", id: line.id, before: observed?.upload ?? null };
}

function refusedOf({ line, observed, members }: Pending, reason: Reason | undefined): Refused {
  const { code, sentence } = reason ?? unequal(observed, members);
  return { what: "upload", id: line.id, code, sentence };
}

function unequal(observed: UploadLine | undefined, members: readonly Member[]): Reason {
  if (observed === undefined)
    return { code: "NOT_EQUAL", sentence: "The upload was written, and was not there afterwards." };
  if (members.includes("bytes")) return DIFFERS;
  const which = members.join(", ");
  return { code: "NOT_EQUAL", sentence: `The upload was written, and differs afterwards: ${which}.` };
}
