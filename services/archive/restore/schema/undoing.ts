import { canonicalJson, isArray, isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import { isResource, type Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Entity, JournalEntry, Refused } from "../words.ts";
import { extension } from "./extension.ts";
import { differing, targetOf } from "./form.ts";
import { byId, entityOf, isKind, KIND_FACTS, KINDS, KINDS_OF_MODELS, type Kind, listOf } from "./kinds.ts";
import { keyOf } from "./requests.ts";
import type { Target } from "./target.ts";
import { loosened, structural, validatorsOf, widened } from "./validators.ts";
import { modelOf } from "./wishes.ts";

/** What a schema is to become when a restore is undone. */
export interface Undoing {
  readonly desired: Documents;
  /** Things that the restore created. */
  readonly delete: readonly Entity[];
  /** What somebody has changed since: it stays as it is. */
  readonly refused: readonly Refused[];
}

/** A thing of the journal. */
interface Noted {
  readonly kind: Kind;
  readonly id: string;
  readonly before: Resource | undefined;
}

/**
 * Puts before-values in the place of what a restore wrote, and leaves all else as it is. Pure.
 *
 * @param left what the restore made, or was about to make, of the schema
 * @param deleted things that the restore was to delete
 * @param inUse ids of models that have records which are not the restore's own
 */
export function undoing(
  entries: readonly JournalEntry[],
  observed: Documents,
  left: Target,
  deleted: readonly Entity[],
  inUse: ReadonlySet<string>,
): Undoing {
  const noted = notedIn(entries);
  const gone = new Set(deleted.map(keyOf));
  const refused: Refused[] = [];
  const removed: Entity[] = [];
  const desired = new Map(observed);
  const isBack = (kind: Kind, id: string) => noted.get(kind)?.get(id)?.before !== undefined;
  for (const kind of KINDS) {
    const list = new Map(byId(observed, kind));
    for (const thing of noted.get(kind)?.values() ?? []) {
      const found = list.get(thing.id);
      const made = byId(left.documents, kind).get(thing.id);
      if (found === undefined) {
        if (thing.before === undefined) continue;
        if (wasDeleted(kind, thing.before, gone)) list.set(thing.id, thing.before);
        else if (isChanged(kind, thing.before, made)) refused.push(changedSince(kind, thing.before));
      } else if (thing.before === undefined) {
        if (isAsMade(kind, found, made) && !isUsed(kind, found, observed, noted, inUse)) {
          list.delete(thing.id);
          removed.push(entityOf(kind, found));
        } else refused.push(changedSince(kind, found));
      } else {
        // What was deleted and is there again is on its way back.
        const last = wasDeleted(kind, thing.before, gone) ? thing.before : made;
        const back = withBefore(kind, thing.before, found, last, isBack);
        if (back === undefined) refused.push(changedSince(kind, found));
        else list.set(thing.id, back);
      }
    }
    if (observed.has(KIND_FACTS[kind].document)) desired.set(KIND_FACTS[kind].document, [...list.values()]);
  }
  return { desired, delete: removed, refused };
}

/** The schema as it was before a restore, as far as its journal tells; the rest is as it is. */
export function asBefore(entries: readonly JournalEntry[], observed: Documents): Documents {
  const documents = new Map(observed);
  for (const [kind, things] of notedIn(entries)) {
    const list = new Map(byId(observed, kind));
    for (const { id, before } of things.values())
      if (before === undefined) list.delete(id);
      else list.set(id, before);
    if (observed.has(KIND_FACTS[kind].document)) documents.set(KIND_FACTS[kind].document, [...list.values()]);
  }
  return documents;
}

function notedIn(entries: readonly JournalEntry[]): ReadonlyMap<Kind, ReadonlyMap<string, Noted>> {
  const noted = new Map<Kind, Map<string, Noted>>(KINDS.map((kind) => [kind, new Map()]));
  for (const { what, id, before } of entries)
    if (isKind(what))
      noted.get(what)?.set(id, { kind: what, id, before: isResource(before) ? before : undefined });
  return noted;
}

/** Whether the restore changed more of a thing than its place. */
function isChanged(kind: Kind, before: Resource, made: Resource | undefined): boolean {
  return made !== undefined && differing(kind, made, before).length > 0;
}

/** With a model goes what belongs to it. */
function wasDeleted(kind: Kind, before: Resource, gone: ReadonlySet<string>): boolean {
  if (gone.has(keyOf({ kind, id: before.id }))) return true;
  const model = KINDS_OF_MODELS.includes(kind) ? modelOf(kind, before) : undefined;
  return model !== undefined && gone.has(keyOf({ kind: "model", id: model }));
}

/** Whether a model has got fields or records that are not the restore's: they would go with it. */
function isUsed(
  kind: Kind,
  { id }: Resource,
  observed: Documents,
  noted: ReadonlyMap<Kind, ReadonlyMap<string, Noted>>,
  inUse: ReadonlySet<string>,
): boolean {
  if (kind !== "model") return false;
  const fields = (listOf(observed, "field") ?? []).filter((field) => modelOf("field", field) === id);
  return inUse.has(id) || fields.some((field) => !noted.get("field")?.has(field.id));
}

/**
 * A thing that is there with the members back that the restore changed; undefined where somebody changed one since.
 *
 * @param made what the restore made of it
 */
function withBefore(
  kind: Kind,
  before: Resource,
  found: Resource,
  made: Resource | undefined,
  isBack: (kind: Kind, id: string) => boolean,
): Resource | undefined {
  const lost = extension(kind, before, found, isBack);
  const attributes: Record<string, Json> = { ...found.attributes, ...lost.attributes, ...placeOf(before) };
  const relationships: Record<string, Json> = { ...relationsOf(found), ...relationsOf(lost) };
  for (const member of differing(kind, before, found)) {
    const isLoose = member === "validators" && isSame(found, loosened(validatorsOf(before)));
    if (!isLoose) {
      if (made === undefined) continue;
      if (made !== before && !differing(kind, made, before).includes(member)) continue;
      if (!isFromUs(kind, member, found, before, made)) return undefined;
    }
    const own = before.attributes[member];
    if (own === undefined) relationships[member] = relationsOf(before)[member] ?? null;
    else attributes[member] = own;
  }
  return { ...found, attributes, relationships };
}

function isAsMade(kind: Kind, found: Resource, made: Resource | undefined): boolean {
  // A model brings its item of the schema's menu with it.
  if (made === undefined) return kind === "schema_menu_item";
  return differing(kind, made, found).every((member) => isFromUs(kind, member, found, undefined, made));
}

const ON_THE_WAY: Readonly<Record<string, Json>> = {
  draft_mode_active: true,
  draft_saving_active: true,
  all_locales_required: false,
  singleton: false,
};
const OF_ITSELF = ["title_field", "image_preview_field"];
const ASIDE = /(?:_replaced(?:_\d+)?| \(replaced(?: \d+)?\))$/;

/** Whether a value is one that a restore writes: the last one, or one on the way to it. */
function isFromUs(
  kind: Kind,
  member: string,
  found: Resource,
  before: Resource | undefined,
  made: Resource,
): boolean {
  if (!differing(kind, made, found).includes(member)) return true;
  const value = found.attributes[member];
  // DatoCMS empties what names a thing that goes, and takes a model's first fields by itself.
  if (value === undefined) return targetOf(found, member) === null || OF_ITSELF.includes(member);
  if (member === "validators") return onTheWay(before ?? made, made).some((each) => isSame(found, each));
  if (member === "default_value") return isEmpty(value);
  if (member === "stages" || member === "locales") return isAmong(value, before, made, member);
  if (typeof value === "string" && ASIDE.test(value)) return true;
  return ON_THE_WAY[member] === value;
}

function onTheWay(before: Resource, made: Resource): JsonObject[] {
  const [one, other] = [validatorsOf(before), validatorsOf(made)];
  return [structural(other), widened(one, other), loosened(one), loosened(other)];
}

function isSame(field: Resource, validators: JsonObject): boolean {
  return !differing("field", { ...field, attributes: { validators } }, field).includes("validators");
}

function isEmpty(value: Json): boolean {
  return value === null || (isJsonObject(value) && Object.values(value).every((each) => each === null));
}

function isAmong(value: Json, before: Resource | undefined, made: Resource, member: string): boolean {
  const known = [before, made].flatMap((each) => {
    const list = each?.attributes[member];
    return isArray(list) ? list.map(nameIn) : [];
  });
  return isArray(value) && value.every((each) => known.includes(nameIn(each)));
}

function nameIn(value: Json): string {
  return isJsonObject(value) ? canonicalJson(value.id ?? null) : canonicalJson(value);
}

function placeOf({ attributes: { position } }: Resource): JsonObject {
  return position === undefined ? {} : { position };
}

function relationsOf({ relationships }: Resource): JsonObject {
  return isJsonObject(relationships) ? relationships : {};
}

function changedSince(kind: Kind, resource: Resource): Refused {
  const { id, name } = entityOf(kind, resource);
  const sentence = `The ${kind.replaceAll("_", " ")} ${name} was changed since the restore, so it stays as it is.`;
  return { what: kind, id, code: "CHANGED_SINCE", sentence };
}
