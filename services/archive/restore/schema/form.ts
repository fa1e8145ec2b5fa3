import { isArray, isJsonObject, isSameJson, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import { KIND_FACTS, type Kind } from "./kinds.ts";
import { canonicalValidators } from "./validators.ts";

/**
 * The members in which something differs from what it is to be: names of attributes and relationships. Members that one
 * of both does not have are not compared, and neither is a value in which a secret was hidden.
 */
export function differing(kind: Kind, wanted: Resource, found: Resource): string[] {
  const { attributes, relationships } = KIND_FACTS[kind];
  const compared = attributes.filter((member) => !isDerived(kind, member, wanted));
  return [
    ...compared.filter((member) => {
      const [one, other] = [wanted.attributes[member], found.attributes[member]];
      if (one === undefined || other === undefined || isRedacted(one)) return false;
      return !isSameJson(formOf(member, one, wanted), formOf(member, other, found));
    }),
    ...relationships.filter((member) => {
      const [one, other] = [relatedTo(wanted, member), relatedTo(found, member)];
      return one !== undefined && other !== undefined && one !== other;
    }),
  ];
}

/** The id that a relationship names, null where it names nothing; undefined where the resource does not have it. */
export function relatedTo({ relationships }: Resource, member: string): string | null | undefined {
  const related = isJsonObject(relationships) ? relationships[member] : undefined;
  if (!isJsonObject(related)) return undefined;
  const { data } = related;
  if (data === null) return null;
  return isJsonObject(data) && typeof data.id === "string" ? data.id : undefined;
}

/** Whether a value holds a hidden secret, at whatever depth. */
export function isRedacted(value: Json): boolean {
  if (isArray(value)) return value.some(isRedacted);
  return isJsonObject(value) && (Object.hasOwn(value, "$redacted") || Object.values(value).some(isRedacted));
}

/** The global SEO settings by locale, however many locales there are: with one, DatoCMS sends them plain. */
export function seoByLocale(seo: Json, { attributes: { locales } }: Resource): JsonObject | undefined {
  if (!isJsonObject(seo)) return undefined;
  const [only, ...others] = isArray(locales) ? locales : [];
  return typeof only === "string" && others.length === 0 ? { [only]: seo } : seo;
}

/** Name and address of a package's plugin follow from the package; the version may not be there any more. */
function isDerived(kind: Kind, member: string, { attributes }: Resource): boolean {
  if (kind !== "plugin") return false;
  return typeof attributes.package_name === "string" ? member !== "parameters" : member === "package_version";
}

function formOf(member: string, value: Json, resource: Resource): Json {
  return FORMS[member]?.(value, resource) ?? value;
}

/** What is written in several ways and means the same (facts, section 8). */
const FORMS: Readonly<Record<string, (value: Json, resource: Resource) => Json>> = {
  validators: (value) => (isJsonObject(value) ? canonicalValidators(value) : {}),
  global_seo: (value, resource) => withoutNulls(seoByLocale(value, resource) ?? value),
  // The default of a localized field names every locale of the site, null where there is none.
  default_value: (value, { attributes }) => (attributes.localized === true ? withoutNulls(value) : value),
  appearance: (value) => (isJsonObject(value) ? withoutBlanks(value) : value),
  stages: (value) => (isArray(value) ? value.map(withoutBlanks) : value),
  filter: withoutBlanks,
};

function withoutNulls(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
}

/** Without members that say nothing, at whatever depth: DatoCMS fills in those that a client leaves out. */
function withoutBlanks(value: Json): Json {
  if (isArray(value)) return value.map(withoutBlanks);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, each]): [string, Json] => [name, withoutBlanks(each)]);
  return Object.fromEntries(members.filter(([, each]) => !isBlank(each)));
}

function isBlank(value: Json): boolean {
  if (isArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return value === null || value === false || value === "";
}
