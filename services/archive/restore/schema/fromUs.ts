import { canonicalJson, isArray, isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import { differing, relatedTo } from "./form.ts";
import type { Kind } from "./kinds.ts";
import { loosened, structural, validatorsOf, widened } from "./validators.ts";

/** Whether a thing that a restore created is still as the restore made it. */
export function isAsMade(kind: Kind, found: Resource, made: Resource | undefined): boolean {
  // A model brings its items of both menus with it.
  if (made === undefined) return kind === "schema_menu_item" || kind === "menu_item";
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

/** Whether a field's validators are those that loosening leaves of what they were. */
export function isLoose(found: Resource, before: Resource): boolean {
  return isSame(found, loosened(validatorsOf(before)));
}

/**
 * Whether a value is one that a restore writes: the last one, or one on the way to it.
 *
 * @param before undefined where the thing was not there
 * @param made what the restore made of it, or was about to
 */
export function isFromUs(
  kind: Kind,
  member: string,
  found: Resource,
  before: Resource | undefined,
  made: Resource,
): boolean {
  if (!differing(kind, made, found).includes(member)) return true;
  const value = found.attributes[member];
  // DatoCMS empties what names a thing that goes, and takes a model's first fields by itself.
  if (value === undefined) return relatedTo(found, member) === null || OF_ITSELF.includes(member);
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
