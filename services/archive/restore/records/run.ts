import { failed, type Result, succeeded } from "../../../../utils/failures.ts";
import { sideBySide } from "../../../../utils/sideBySide.ts";
import type { Written } from "../../../sources/datocms/contentWrites.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Schema } from "../../../sources/datocms/schema.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import type { Refused, RestoreFailure } from "../words.ts";
import { type Attempts, createAttempts } from "./attempts.ts";
import { fieldsThatDiffer } from "./canonical.ts";
import type { RecordRestore, RestoredRecords } from "./context.ts";
import { draftsIn } from "./draft.ts";
import { withAllLocales } from "./fill.ts";
import { bodiesOf, parentOf, publishedBody, readLines, referencesIn, versionOf } from "./line.ts";
import { trimmed } from "./links.ts";
import { levelsOf } from "./order.ts";
import { draftBehind } from "./outgoing.ts";
import { publishUnchanged, withdrawOthers } from "./publishing.ts";
import { createRecord, moveRecord, setPublished, versionIn, writeRecord } from "./requests.ts";
import { differenceOf, nextStep, type RecordStep, type StepRules } from "./step.ts";

/** Requests that are under way at once: creates of one level do not link to each other. */
const AT_ONCE = 4;

export interface Round {
  /** Whether a request was carried out, or may have been. */
  readonly hasMoved: boolean;
  readonly isUnclear: boolean;
}

/**
 * The records that are restored, what is known of each, and what was tried.
 *
 * @param wanted what they are to be, by id
 * @param found what they were when the plan was made
 */
export function createRun(
  restore: RecordRestore,
  wanted: ReadonlyMap<string, RecordLine>,
  found: ReadonlyMap<string, RecordLine>,
) {
  const { reader, writes, schema, comparing } = restore;
  const seen = new Map([...found].filter(([id]) => wanted.has(id)));
  /** The version that a record must still have when it is written; none where it is not known. */
  const versions = new Map([...seen].map(([id, line]) => [id, versionOf(line)]));
  /** The version that the run has left each record with that it wrote; null where none is known. */
  const left = new Map<string, string | null>();
  const attempts: Attempts = createAttempts();
  /** Where a model can be let off demanding all locales, records come back without those that they did not have. */
  let fillsLocales = restore.loosen === undefined;
  /** Why each of these records cannot be published. */
  const unpublishable = new Map<string, Refused>();
  const isThere = (id: string) => seen.has(id) || (!wanted.has(id) && restore.records.has(id));
  const hasDrafts = draftsIn(schema);
  const nameable = (modelId: string, ownId: string) => ({
    // Where every write publishes, what is linked must be published as well.
    record: (id: string) => id === ownId || (isThere(id) && (hasDrafts(modelId) || isPublishedByNow(id))),
    upload: (id: string) => restore.uploads.has(id),
  });

  function isPublishedByNow(id: string): boolean {
    const isNow = seen.get(id);
    if (isNow === undefined) return wanted.has(id) || !restore.drafts.has(id);
    return publishedBody(isNow) !== undefined;
  }

  function isToBePublished(id: string): boolean {
    const line = wanted.get(id);
    return line === undefined || publishedBody(line) !== undefined;
  }

  const rulesFor = ({ id, model }: RecordLine): StepRules => ({
    comparing,
    hasDrafts,
    isThere,
    reachable(body) {
      const { record } = trimmed(body, schema, nameable(model, id));
      const kept = withWhatIsThere(record, body, seen.get(id));
      return fillsLocales ? withAllLocales(kept, schema) : kept;
    },
  });

  function lineOf(id: string): RecordLine {
    const line = wanted.get(id);
    if (line === undefined) throw new Error(`${id} is not to be restored`);
    if (unpublishable.has(id)) return { ...line, published: null, publishedIsCurrent: false };
    if (hasDrafts(line.model)) return line;
    // Without drafts every write publishes, so what the public saw is all that can come back.
    return {
      ...line,
      current: publishedBody(line) ?? line.current,
      published: null,
      publishedIsCurrent: true,
    };
  }

  /**
   * What cannot be published comes back as a draft at least.
   *
   * @returns whether there is such a record that was to be published until now
   */
  function giveUpPublishing(): boolean {
    const stuck = openIds().filter((id) => !unpublishable.has(id) && publishedBody(lineOf(id)) !== undefined);
    const isNew = (id: string) => found.get(id) === undefined && seen.get(id) !== undefined;
    for (const id of stuck.filter(isNew)) unpublishable.set(id, attempts.refusalOf(id));
    return stuck.some(isNew);
  }

  /** @returns whether this may help: some records are refused for the locales that they do not have */
  function fillLocales(): boolean {
    const isNew = !fillsLocales && openIds().some((id) => attempts.refusalOf(id).code === "MISSING_LOCALES");
    fillsLocales ||= isNew;
    return isNew;
  }

  function stepOf(id: string): RecordStep {
    const line = lineOf(id);
    return nextStep(line, seen.get(id), rulesFor(line));
  }

  function openIds(): string[] {
    return [...wanted.keys()].filter((id) => stepOf(id).kind !== "none");
  }

  /** Undefined where many go together. */
  async function send(id: string, step: RecordStep): Promise<Written | undefined> {
    const line = lineOf(id);
    const before = seen.get(id);
    const parentId = parentOf(line);
    // Below a draft nothing can be published, but what is published can be put there.
    const hasParent =
      typeof parentId === "string" &&
      isThere(parentId) &&
      (publishedBody(line) === undefined || isToBePublished(parentId));
    switch (step.kind) {
      case "create":
        return createRecord(writes, schema, step.body, line, hasParent);
      case "write":
        return before && writeRecord(writes, schema, step.body, before, step.fields, versions.get(id));
      case "unpublish":
        return setPublished(writes, id, false);
      case "stage":
        return moveRecord(writes, id, { stage: step.stage }, versions.get(id));
      case "parent":
        return moveRecord(writes, id, { attributes: { parent_id: step.parentId } }, versions.get(id));
      default:
        return undefined;
    }
  }

  /** A field that is as it is to be stays, with links that lead nowhere: DatoCMS would not take them again. */
  function withWhatIsThere(record: Resource, body: Resource, line: RecordLine | undefined): Resource {
    if (line === undefined) return record;
    const differing = new Set(fieldsThatDiffer(body, line.current, comparing));
    const kept = Object.entries(body.attributes).filter(([field]) => !differing.has(field));
    return { ...record, attributes: { ...record.attributes, ...Object.fromEntries(kept) } };
  }

  /** Takes one step of a record, unless it is one of many to be published. */
  async function advance(id: string, step: RecordStep): Promise<Result<undefined, RestoreFailure>> {
    if (attempts.isSilent() || !attempts.mayTry(id, step)) return succeeded(undefined);
    const written = await send(id, step);
    if (written === undefined) return succeeded(undefined);
    if (written.kind === "stopped") return failed(written.failure);
    attempts.note(id, step, written);
    if (written.kind === "done") versions.set(id, versionIn(written));
    else if (written.kind === "unclear") versions.delete(id);
    // Later records of this round may link to it.
    if (written.kind === "done" && step.kind === "create") seen.set(id, asCreated(lineOf(id), step.body));
    return succeeded(undefined);
  }

  async function readAgain(ids: readonly string[]): Promise<Result<undefined, RestoreFailure>> {
    if (ids.length === 0) return succeeded(undefined);
    const read = await readLines(reader, ids);
    if (!read.ok) return read;
    for (const id of ids) {
      const line = read.value.get(id);
      if (line === undefined) seen.delete(id);
      else seen.set(id, line);
      if (!versions.get(id)) versions.set(id, line && versionOf(line));
    }
    // Somebody may have saved another version meanwhile: that is not ours.
    for (const id of ids) left.set(id, seen.has(id) ? (versions.get(id) ?? null) : null);
    const told = ids.map((id) => [id, left.get(id) ?? null] as const);
    const kept = (await restore.onRead?.(Object.fromEntries(told))) ?? succeeded(undefined);
    return kept.ok ? succeeded(undefined) : kept;
  }

  /** Records that can be published now. One that would take a draft out with it waits, as it may be in vain. */
  function readyAmong(ids: readonly string[]): string[] {
    const bodyOf = (id: string) => (wanted.has(id) ? publishedBody(lineOf(id)) : undefined);
    const publicity = { schema, bodyOf, isPublic: (id: string) => !isThere(id) || isPublishedByNow(id) };
    const ready = ids.filter((id) => stepOf(id).kind === "publish" && !attempts.wasWritten(id));
    const held = new Map(ready.flatMap((id) => [[id, draftBehind(id, publicity)] as const]));
    attempts.hold(new Map([...held].flatMap(([id, draft]) => (draft === undefined ? [] : [[id, draft]]))));
    return ready.filter((id) => held.get(id) === undefined);
  }

  async function round(): Promise<Result<Round, RestoreFailure>> {
    attempts.begin();
    const levels = levelsOf(openIds(), (id) => dependenciesOf(lineOf(id), schema));
    for (const level of levels) {
      const advanced = await sideBySide(level, AT_ONCE, (id) => advance(id, stepOf(id)));
      if (!advanced.ok) return advanced;
    }
    const ready = readyAmong(levels.flat());
    const publishing = { reader, writes, attempts, versions };
    const published = await publishUnchanged(publishing, ready);
    if (!published.ok) return published;
    const before = new Map(ready.filter(attempts.wasWritten).map((id) => [id, seen.get(id)]));
    const read = await readAgain(attempts.touched());
    if (!read.ok) return read;
    const withdrawn = await withdrawOthers(publishing, before, seen);
    if (!withdrawn.ok) return withdrawn;
    const again = await readAgain(withdrawn.value);
    return again.ok ? succeeded({ hasMoved: attempts.hasMoved(), isUnclear: attempts.isUnclear() }) : again;
  }

  /** What a record links to that is not there, where that keeps it from being what it is to be. */
  function dangling(id: string): readonly string[] {
    const [line, isNow] = [lineOf(id), seen.get(id)];
    if (isNow !== undefined && differenceOf(line, isNow, comparing) === undefined) return [];
    return bodiesOf(line).flatMap((body) => trimmed(body, schema, nameable(line.model, id)).dropped);
  }

  function outcome(): RestoredRecords {
    const equal: string[] = [];
    const refused: Refused[] = [];
    for (const id of wanted.keys()) {
      const isDone = stepOf(id).kind === "none";
      const refusal =
        unpublishable.get(id) ?? (isDone ? danglingIn(id, dangling(id)) : attempts.refusalOf(id));
      if (refusal === undefined) equal.push(id);
      else refused.push(refusal);
    }
    return { equal, refused, seen, left };
  }

  return {
    stepOf,
    openIds,
    round,
    outcome,
    fillLocales,
    giveUpPublishing,
    modelsInTheWay: () =>
      new Set([...wanted.values()].filter(({ id }) => attempts.isInTheWay(id)).map(({ model }) => model)),
    tryAgain: attempts.forget,
  };
}

function danglingIn(id: string, ids: readonly string[]): Refused | undefined {
  if (ids.length === 0) return undefined;
  const names = [...new Set(ids)].slice(0, 5).join(", ");
  const sentence = `The record is back without its links to ${names}: what they led to is not there, or not public.`;
  return { what: "record", id, code: "DANGLING_LINK", sentence };
}

function dependenciesOf(line: RecordLine, schema: Schema): string[] {
  const parentId = parentOf(line);
  return [...referencesIn(line, schema).records, ...(typeof parentId === "string" ? [parentId] : [])];
}

function asCreated(line: RecordLine, body: Resource): RecordLine {
  return { ...line, current: body, published: null, publishedIsCurrent: false };
}
