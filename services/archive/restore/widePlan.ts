import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { isArray } from "../../../utils/json.ts";
import { portionsOf } from "../../../utils/portions.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { archiveDamaged } from "../failures.ts";
import { compareModel } from "./compare.ts";
import { hashOfRecord, type PlannedRecord } from "./plan.ts";
import { arrangement, isArranged } from "./records/arrange.ts";
import type { Comparing } from "./records/canonical.ts";
import { asDraft, draftless, draftsIn } from "./records/draft.ts";
import { referencesIn } from "./records/line.ts";
import { dependenciesFirst } from "./records/order.ts";
import { relink } from "./records/relink.ts";
import { idsIn, placesIn } from "./side.ts";
import type { Snapshot } from "./snapshot.ts";
import { titleOf } from "./title.ts";
import type { Mode, RestoreFailure, Warning } from "./words.ts";

/** What is to be done with the records of many models. */
export interface ModelsPlan {
  readonly records: readonly PlannedRecord[];
  /** How many records of each model, by model id, are as they are to be. */
  readonly unchanged: ReadonlyMap<string, number>;
  readonly warnings: readonly Warning[];
}

/** What of the models is wanted. */
export interface ModelsWishes {
  readonly mode: Mode;
  /** By id; undefined: all that the source has. */
  readonly models: ReadonlySet<string> | undefined;
  /** Records that an earlier attempt of the same run has made: they are finished in every mode. */
  readonly made: ReadonlySet<string>;
  /** See `Wishes`. */
  readonly isDraft?: boolean | undefined;
}

/** Lines are read so many at a time: only what the plan needs of them is kept. */
const LINES_AT_ONCE = 500;

/** Plans what becomes of all records of some models. */
export async function planModels(
  from: Snapshot,
  into: Snapshot,
  { mode, models, made, isDraft }: ModelsWishes,
): Promise<Result<ModelsPlan, RestoreFailure>> {
  const comparing = comparingFor(from, mode);
  const hasDrafts = draftsOfEither(from, into);
  const known = new Set(from.schema.models.keys());
  // What goes with a model is deleted, and noted, before the model.
  const surplus = mode === "mirror" ? into.models.filter(({ id }) => !known.has(id)) : [];
  const planned = [...from.models, ...surplus].filter(
    ({ id, isBlock }) => !isBlock && (models?.has(id) ?? true),
  );
  for (const side of [from, into])
    for (const { id, apiKey, isBlock } of side.models)
      if (!isBlock && (await side.model(id)) === undefined)
        return failed(archiveDamaged("", `index/${apiKey}.ndjson.gz`));
  const created = new Set<string>();
  for (const { id } of planned) {
    const [first, second] = [await from.model(id), await into.model(id)];
    if (first !== undefined)
      for (const each of idsIn(first))
        if (second?.fileOf(each) === undefined || made.has(each)) created.add(each);
  }
  const records: PlannedRecord[] = [];
  const unchanged = new Map<string, number>();
  const warnings: Warning[] = [];
  for (const { id: model } of planned) {
    const compared = await compareModel(
      await from.model(model),
      await into.model(model),
      comparing,
      ({ first, second, difference }): PlannedRecord => ({
        id: first.id,
        model,
        do: "change",
        title: titleOf(first, from.schema) ?? first.id,
        fields: difference.fields,
        status: difference.status,
        ...becauseOf(first, second, created, comparing),
        hash: hashOfRecord(first, second),
      }),
      isDraft && hasDrafts(model),
    );
    if (!compared.ok) return compared;
    const { onlyInFirst, onlyInSecond, different, equal } = compared.value;
    const changing = mode === "add" ? different.filter(({ id }) => made.has(id)) : different;
    unchanged.set(model, equal + different.length - changing.length);
    const creations = await describe(from, onlyInFirst, (line) => ({
      id: line.id,
      model,
      do: "create",
      title: titleOf(line, from.schema) ?? line.id,
      hash: hashOfRecord(line, undefined),
    }));
    if (!creations.ok) return creations;
    records.push(...creations.value.planned);
    warnings.push(...creations.value.warnings);
    records.push(...changing);
    if (mode === "add") continue;
    const ofModel = new Set([...onlyInFirst, ...changing.map(({ id }) => id)]);
    const moved = await planMoves(from, into, model, ofModel);
    if (!moved.ok) return moved;
    records.push(...moved.value);
    if (mode !== "mirror") continue;
    const gone = onlyInSecond.filter((id) => !from.hidden.records.has(id));
    const deletions = await describe(into, gone, (line) => ({
      id: line.id,
      model,
      do: "delete",
      title: titleOf(line, into.schema) ?? line.id,
      hash: hashOfRecord(undefined, line),
    }));
    if (!deletions.ok) return deletions;
    records.push(...deletions.value.planned);
  }
  const written = isDraft ? records.filter((each) => each.do !== "delete") : [];
  const published = written.filter((each) => !hasDrafts(each.model)).map(({ id }) => id);
  return succeeded({ records, unchanged, warnings: [...warnings, ...draftless(published)] });
}

/** Records that are as they are to be, and stand at another place of their list or tree. */
async function planMoves(
  from: Snapshot,
  into: Snapshot,
  model: string,
  planned: ReadonlySet<string>,
): Promise<Result<PlannedRecord[], RestoreFailure>> {
  if (!isArranged(from.schema, model)) return succeeded([]);
  const [wanted, now] = [await placesIn(from, model), await placesIn(into, model)];
  if (!wanted.ok) return wanted;
  if (!now.ok) return now;
  const ids = arrangement(now.value, wanted.value).map(({ id }) => id);
  const moves: PlannedRecord[] = [];
  for (const some of portionsOf(
    ids.filter((id) => !planned.has(id)),
    LINES_AT_ONCE,
  )) {
    const [lines, seen] = [await from.lines(some), await into.lines(some)];
    if (!lines.ok) return lines;
    if (!seen.ok) return seen;
    for (const line of lines.value.values())
      moves.push({
        id: line.id,
        model,
        do: "change",
        title: titleOf(line, from.schema) ?? line.id,
        fields: ["position"],
        hash: hashOfRecord(line, seen.value.get(line.id)),
      });
  }
  return succeeded(moves);
}

/** In a mirror, values of locales that go with it do not count. */
export function comparingFor({ schema }: Snapshot, mode: Mode): Comparing {
  const { locales } = schema.site.attributes;
  const known = isArray(locales) ? locales.filter((locale) => typeof locale === "string") : [];
  return { schema, locales: mode === "mirror" ? new Set(known) : undefined };
}

/** Orders records so that what they link to comes before them. */
export async function linkedFirst(
  source: Snapshot,
  ids: readonly string[],
): Promise<Result<readonly string[], RestoreFailure>> {
  const known = new Map(ids.map((id) => [id, id]));
  // Of what they refer to only each other counts, and each id is kept once.
  const linked = new Map<string, readonly string[]>();
  const read = await source.references(({ id, records }) => {
    if (known.has(id))
      linked.set(
        id,
        records.flatMap((each) => known.get(each) ?? []),
      );
  });
  return mapped(read, () => dependenciesFirst(ids, (id) => linked.get(id) ?? []));
}

/** What records of the source are to be that come back as drafts. */
export function draftsOf(source: Snapshot, target: Snapshot, comparing: Comparing): Snapshot["lines"] {
  const hasDrafts = draftsOfEither(source, target);
  return async (ids) => {
    const [lines, seen] = [await source.lines(ids), await target.lines(ids)];
    if (!lines.ok) return lines;
    return mapped(seen, (now) => {
      const draftOf = (line: RecordLine) =>
        hasDrafts(line.model) ? asDraft(line, now.get(line.id), comparing) : line;
      return new Map([...lines.value].map(([id, line]) => [id, draftOf(line)]));
    });
  };
}

/** A model may get drafts, or lose them, with the same restore: nothing is published in vain. */
function draftsOfEither(source: Snapshot, target: Snapshot): (modelId: string) => boolean {
  const [first, second] = [draftsIn(source.schema), draftsIn(target.schema)];
  return (modelId) => first(modelId) || second(modelId);
}

async function describe(
  snapshot: Snapshot,
  ids: readonly string[],
  planned: (line: RecordLine) => PlannedRecord,
): Promise<Result<{ planned: PlannedRecord[]; warnings: Warning[] }, RestoreFailure>> {
  const all: PlannedRecord[] = [];
  const scheduled: string[] = [];
  for (const some of portionsOf(ids, LINES_AT_ONCE)) {
    const lines = await snapshot.lines(some);
    if (!lines.ok) return lines;
    for (const line of lines.value.values()) {
      all.push(planned(line));
      if (line.schedules !== null) scheduled.push(line.id);
    }
  }
  const warnings =
    scheduled.length === 0 ? [] : [{ code: "SCHEDULE_NOT_RESTORED", sentence: SCHEDULES, ids: scheduled }];
  return succeeded({ planned: all, warnings });
}

const SCHEDULES =
  "When these records were to be published or unpublished does not come back: set their schedules by hand.";

/** The deleted records whose links are all that a record lacks. */
function becauseOf(
  first: RecordLine,
  second: RecordLine,
  created: ReadonlySet<string>,
  comparing: Comparing,
): Pick<PlannedRecord, "because"> {
  const linked = new Set(referencesIn(first, comparing.schema).records);
  const because = [...linked].filter((id) => created.has(id));
  if (because.length === 0) return {};
  const found = relink(first, second, created, comparing);
  return found.kind === "stripped" ? { because } : {};
}
