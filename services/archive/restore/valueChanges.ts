import { isArray, isJsonObject, isSameJson, type Json, type JsonObject } from "../../../utils/json.ts";
import { type Resource, relatedId } from "../../sources/datocms/resource.ts";
import type { Field, Model } from "../../sources/datocms/schema.ts";
import { type Comparing, canonicalValues } from "./records/canonical.ts";
import { excerpts, shortText } from "./shortText.ts";

/** A value that differs between two readings of a record, for people to look at. */
export interface ValueChange {
  /** By API key. */
  readonly field: string;
  /** Null where the field has one value for all. */
  readonly locale: string | null;
  /** In short, the part that differs; null where there is nothing. Both are where no words differ: blocks or marks do. */
  readonly from: string | null;
  readonly to: string | null;
  readonly blocks: readonly BlockChange[];
}

export interface BlockChange {
  readonly id: string;
  /** The block model's API key. */
  readonly model: string;
  /** `moved`: it is the same, and stands elsewhere among the others. */
  readonly do: "added" | "removed" | "changed" | "moved";
  /** Of a block that was changed. */
  readonly values: readonly ValueChange[];
}

/** A block within canonical values. */
interface Block extends JsonObject {
  readonly id: string;
  readonly model: Json;
  readonly values: JsonObject;
}

/**
 * What differs between a record as it is and as it is to be, value by value, block by block.
 *
 * @param from as it is
 * @param to as it is to be, of the same model
 */
export function valueChanges(from: Resource, to: Resource, comparing: Comparing): ValueChange[] {
  const modelId = relatedId(to, "item_type") ?? "";
  return changesIn(modelId, canonicalValues(from, comparing), canonicalValues(to, comparing), comparing);
}

function changesIn(modelId: Json, from: JsonObject, to: JsonObject, comparing: Comparing): ValueChange[] {
  return fieldsOf(modelId, comparing).flatMap((field) => {
    const [one, other] = [from[field.apiKey] ?? null, to[field.apiKey] ?? null];
    if (!field.isLocalized) return changeOf(field, null, one, other, comparing);
    const [byLocale, otherByLocale] = [localesIn(one), localesIn(other)];
    const locales = new Set([...Object.keys(otherByLocale), ...Object.keys(byLocale)]);
    return [...locales].flatMap((locale) =>
      changeOf(field, locale, byLocale[locale] ?? null, otherByLocale[locale] ?? null, comparing),
    );
  });
}

function fieldsOf(modelId: Json, { schema }: Comparing): readonly Field[] {
  return modelOf(modelId, schema.models)?.fields ?? [];
}

function modelOf(modelId: Json, models: ReadonlyMap<string, Model>): Model | undefined {
  return typeof modelId === "string" ? models.get(modelId) : undefined;
}

function localesIn(value: Json): JsonObject {
  return isJsonObject(value) ? value : {};
}

function changeOf(
  { apiKey: field, type }: Field,
  locale: string | null,
  from: Json,
  to: Json,
  comparing: Comparing,
): ValueChange[] {
  if (isSameJson(from, to)) return [];
  const blocks = blockChanges([...blocksIn(from)], [...blocksIn(to)], comparing);
  const [one, other] = [shortText(from, type), shortText(to, type)];
  const [shortFrom, shortTo] = one === other ? [null, null] : excerpts(one, other);
  return [{ field, locale, from: shortFrom, to: shortTo, blocks }];
}

function blockChanges(from: readonly Block[], to: readonly Block[], comparing: Comparing): BlockChange[] {
  const before = new Map(from.map((block) => [block.id, block]));
  const after = new Map(to.map((block) => [block.id, block]));
  const nameOf = ({ model }: Block) => modelOf(model, comparing.schema.models)?.apiKey ?? String(model);
  const changeTo = (
    block: Block,
    what: BlockChange["do"],
    values: readonly ValueChange[] = [],
  ): BlockChange => ({
    id: block.id,
    model: nameOf(block),
    do: what,
    values,
  });
  const moved = movedAmong(
    from.map(({ id }) => id).filter((id) => after.has(id)),
    to.map(({ id }) => id).filter((id) => before.has(id)),
  );
  const kept = to.flatMap((block): BlockChange[] => {
    const former = before.get(block.id);
    if (former === undefined) return [changeTo(block, "added")];
    if (isSameJson({ ...former }, { ...block })) return moved.has(block.id) ? [changeTo(block, "moved")] : [];
    return [changeTo(block, "changed", changesIn(block.model, former.values, block.values, comparing))];
  });
  const removed = from.filter(({ id }) => !after.has(id)).map((block) => changeTo(block, "removed"));
  return [...kept, ...removed];
}

/** Those that stand elsewhere: as few as explain the new order. */
function movedAmong(from: readonly string[], to: readonly string[]): Set<string> {
  const placeOf = new Map(from.map((id, place) => [id, place]));
  const places = to.map((id) => placeOf.get(id) ?? 0);
  // The longest run in the former order that ends with each of them.
  const runs: { readonly length: number; readonly before: number }[] = [];
  for (const [at, place] of places.entries()) {
    let best = { length: 1, before: -1 };
    for (let before = 0; before < at; before += 1) {
      const length = (runs[before]?.length ?? 0) + 1;
      if ((places[before] ?? 0) < place && length > best.length) best = { length, before };
    }
    runs.push(best);
  }
  const longest = runs.reduce((best, { length }, at) => (length > (runs[best]?.length ?? 0) ? at : best), 0);
  const moved = new Set(to);
  for (let at = longest; at >= 0; at = runs[at]?.before ?? -1) moved.delete(to[at] ?? "");
  return moved;
}

/** The blocks of a canonical value, in order, without those in them. */
function* blocksIn(value: Json): Generator<Block> {
  if (isArray(value)) for (const each of value) yield* blocksIn(each);
  else if (isBlock(value)) yield value;
  else if (isJsonObject(value))
    for (const name of ["document", "item", "children"]) yield* blocksIn(value[name] ?? null);
}

function isBlock(value: Json): value is Block {
  return (
    isJsonObject(value) && typeof value.id === "string" && "model" in value && isJsonObject(value.values)
  );
}
