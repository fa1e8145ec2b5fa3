import { type Result, succeeded } from "../../../utils/failures.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import { entryOf, linesOfModel, referencesIn } from "./records/line.ts";
import { KIND_FACTS } from "./schema/kinds.ts";
import { modelsLinkingTo } from "./schema/touched.ts";
import type { EnvironmentSide } from "./side.ts";
import type { Journal, RestoreFailure } from "./words.ts";

/**
 * Records that change though nobody writes them: a schema that changes rewrites them, a record that goes is taken out of
 * those that link to it. They are in the journal before that (rule 21 of restores: undo brings their values back).
 */
interface Affected {
  readonly into: EnvironmentSide;
  readonly journal: Journal;
  /** The target's, as it is before the change. */
  readonly schema: Schema;
}

/** Up to so many records that go it is asked for each which others link to it: one call each. */
const MOST_ASKED = 100;

/** Notes all records of some models. @param models ids; those that are not there have no records */
export function noteModels(
  affected: Affected,
  models: readonly string[],
): Promise<Result<void, RestoreFailure>> {
  return noteThose(affected, models, () => true);
}

/** Notes the records that link to some others. @param doomed those that are about to go */
export async function noteReferrers(
  affected: Affected,
  doomed: readonly Pick<RecordLine, "id" | "model">[],
): Promise<Result<void, RestoreFailure>> {
  const { into, journal, schema } = affected;
  const ids = doomed.map(({ id }) => id);
  if (ids.length > MOST_ASKED) {
    const documents = new Map([
      [KIND_FACTS.model.document, schema.itemTypes],
      [KIND_FACTS.field.document, schema.fields],
    ]);
    const gone = new Set(ids);
    const links = (line: RecordLine) => referencesIn(line, schema).records.some((id) => gone.has(id));
    const models = modelsLinkingTo(documents, new Set(doomed.map(({ model }) => model)));
    return noteThose(affected, models, links);
  }
  const referrers = await into.referrers(ids);
  if (!referrers.ok) return referrers;
  const lines = await into.lines(referrers.value);
  return lines.ok ? noteLines(journal, [...lines.value.values()]) : lines;
}

/** Page by page: all records of a model may be more than fit. */
async function noteThose(
  { into, journal, schema }: Affected,
  models: readonly string[],
  isAffected: (line: RecordLine) => boolean,
): Promise<Result<void, RestoreFailure>> {
  for (const id of models) {
    const model = schema.models.get(id);
    if (model === undefined) continue;
    for await (const lines of linesOfModel(into.reader, id, model.holdsBlocks)) {
      if (!lines.ok) return lines;
      const noted = await noteLines(journal, lines.value.filter(isAffected));
      if (!noted.ok) return noted;
    }
  }
  return succeeded(undefined);
}

function noteLines(journal: Journal, lines: readonly RecordLine[]): Promise<Result<void, RestoreFailure>> {
  return journal.note(lines.map(entryOf));
}
