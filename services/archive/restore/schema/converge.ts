import type { Clock } from "../../../../utils/clock.ts";
import { failed, type Result, succeeded } from "../../../../utils/failures.ts";
import { groupBy } from "../../../../utils/groupBy.ts";
import { formatJson, isJsonObject, type Json } from "../../../../utils/json.ts";
import { sideBySide } from "../../../../utils/sideBySide.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import type { ApiError, ContentWrites, Written } from "../../../sources/datocms/contentWrites.ts";
import type { Documents, Journal, Refused, RestoreFailure } from "../words.ts";
import { readDocuments } from "./documents.ts";
import { KINDS } from "./kinds.ts";
import { keyOf, type Stages, type Step } from "./requests.ts";
import { entriesFor } from "./witness.ts";

/** What a schema is changed with. */
export interface SchemaEffects {
  readonly reader: ContentReader;
  readonly writes: ContentWrites;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** What came of it when nothing moves any more. */
export interface Converged {
  /** As it was read last: nothing was written since. */
  readonly observed: Documents;
  /** The last refusal of each thing that has not been changed since, by `keyOf`. */
  readonly refusals: ReadonlyMap<string, Refused>;
  /** Things that cannot be created, by `keyOf`. */
  readonly impossible: ReadonlySet<string>;
  /** Things that were written, by `keyOf`. */
  readonly written: ReadonlySet<string>;
  /** What would still have to be done. */
  readonly left: readonly Step[];
}

const METHODS = { create: "POST", change: "PUT", delete: "DELETE" } as const;
/** Models whose fields are written side by side (facts 5.2, row 8). */
const LANES = 3;
/** A whole schema takes four rounds; each further one follows from a refusal, or from an answer that was lost. */
const MOST_ROUNDS = 20;
const MOST_UNCLEAR = 5;
/** After an unclear answer DatoCMS is left alone for so long, times the number of such rounds, ms. */
const PAUSE_MS = 1_000;

/**
 * Reads, does what is to be done, and reads again, until nothing is left or nothing moves any more. So a lost answer
 * or the death of a process needs no memory of what was sent.
 *
 * @param stepsFor what is to be done, from what is there; pure. `impossible`: things whose creation was refused
 * @returns a failure where nothing more can be read or written, or answers keep being lost
 */
export async function converge(
  effects: SchemaEffects,
  stepsFor: (observed: Documents, impossible: ReadonlySet<string>) => Stages,
): Promise<Result<Converged, RestoreFailure>> {
  const impossible = new Set<string>();
  /** Things whose members are sent one by one, because DatoCMS refused them together. */
  const apart = new Set<string>();
  const refusals = new Map<string, Refused>();
  const written = new Set<string>();
  let unclear = 0;
  let before = "";
  for (let round = 1; ; round += 1) {
    const read = await readDocuments(effects.reader);
    if (!read.ok) return read;
    const observed = read.value;
    const stages = stepsFor(observed, impossible).map((steps) =>
      steps.flatMap((step) => partsOf(step, apart)),
    );
    const left = stages.flat();
    const end = { observed, refusals, impossible, written, left };
    if (left.length === 0 || round > MOST_ROUNDS) return succeeded(end);
    const same = formatJson(left.map(formatStep));
    if (same === before && unclear === 0) {
      const size = impossible.size + apart.size;
      const refused = left.filter((step) => refusals.has(keyOf(step)));
      for (const step of refused) if (step.does === "change") apart.add(keyOf(step));
      for (const step of firstOfItsKind(refused)) impossible.add(keyOf(step));
      if (impossible.size + apart.size === size) return succeeded(end);
      continue;
    }
    before = same;
    const noted = await effects.journal.note(entriesFor(left, observed));
    if (!noted.ok) return noted;
    const done = await runStages(effects, stages, refusals, written);
    if (!done.ok) return done;
    unclear = done.value === undefined ? 0 : unclear + 1;
    if (done.value !== undefined && unclear > MOST_UNCLEAR) return failed(done.value);
    if (unclear > 0) await effects.clock.sleep(PAUSE_MS * unclear);
  }
}

/** @returns the failure behind the last unclear answer; undefined where all were clear */
async function runStages(
  effects: SchemaEffects,
  stages: Stages,
  refusals: Map<string, Refused>,
  written: Set<string>,
): Promise<Result<RestoreFailure | undefined, RestoreFailure>> {
  const missing = new Set<string>();
  const refusedNow = new Set<string>();
  let unclear: RestoreFailure | undefined;
  const take = async (step: Step): Promise<Result<undefined, RestoreFailure>> => {
    const key = keyOf(step);
    if (step.needs.some((need) => missing.has(need))) {
      if (step.does === "create") missing.add(key);
      return succeeded(undefined);
    }
    const answer = await send(effects.writes, step);
    if (answer.kind === "stopped") return failed(answer.failure);
    if (answer.kind === "done") {
      if (!refusedNow.has(key)) refusals.delete(key);
      written.add(key);
    } else {
      if (step.does === "create") missing.add(key);
      if (answer.kind === "unclear") unclear = answer.failure;
      else {
        refusedNow.add(key);
        refusals.set(key, refusalOf(step, answer.errors));
      }
    }
    return succeeded(undefined);
  };
  for (const stage of stages) {
    const lanes = [...groupBy(stage, ({ lane }) => lane).values()];
    const done = await sideBySide(lanes, LANES, async (steps) => {
      for (const step of steps) {
        const taken = await take(step);
        if (!taken.ok) return taken;
      }
      return succeeded(undefined);
    });
    if (!done.ok) return done;
  }
  return succeeded(unclear);
}

/** Creations of the first kind that is refused: others may have been refused for what they name of it. */
function firstOfItsKind(refused: readonly Step[]): readonly Step[] {
  const creations = refused.filter(({ does }) => does === "create");
  const first = KINDS.find((kind) => creations.some((step) => step.kind === kind));
  return creations.filter(({ kind }) => kind === first);
}

/** A change that was refused, member by member: one of them may be all that is in the way. */
function partsOf(step: Step, apart: ReadonlySet<string>): readonly Step[] {
  const data = step.body?.data;
  if (step.does !== "change" || !apart.has(keyOf(step)) || !isJsonObject(data)) return [step];
  return ["attributes", "relationships"].flatMap((part) => {
    const members = isJsonObject(data[part]) ? Object.entries(data[part]) : [];
    return members.map(([name, value]): Step => {
      const { relationships: _others, ...rest } = data;
      return { ...step, body: { data: { ...rest, attributes: {}, [part]: { [name]: value } } } };
    });
  });
}

function send(writes: ContentWrites, step: Step): Promise<Written> {
  return writes.send(METHODS[step.does], step.path, step.body, step.query);
}

function refusalOf(step: Step, errors: readonly ApiError[]): Refused {
  const [error] = errors;
  const code = error?.fieldCode ?? error?.code ?? "REFUSED";
  const because = error?.field === undefined ? "" : ` because of its ${error.field}`;
  const sentence = `DatoCMS refused to ${step.does} the ${step.kind.replaceAll("_", " ")} ${step.name}${because} (${code}).`;
  return { what: step.kind, id: step.id, code, sentence };
}

function formatStep({ does, path, body }: Step): Json {
  return [does, path, body ?? null];
}
