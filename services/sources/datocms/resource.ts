import { isArray, isJsonObject, type Json, type JsonObject } from "../../../utils/json.ts";

/** A resource as DatoCMS's API sends it (JSON:API), kept member by member. */
export interface Resource extends JsonObject {
  readonly id: string;
  readonly type: string;
  readonly attributes: JsonObject;
}

/** One page of a listing. */
export interface Page {
  readonly rows: readonly Resource[];
  /** How many rows the whole listing has. */
  readonly total: number;
}

export function isResource(value: Json | undefined): value is Resource {
  return (
    isJsonObject(value) &&
    typeof value.id === "string" &&
    typeof value.type === "string" &&
    isJsonObject(value.attributes)
  );
}

/** The one resource of a document; undefined where it has another form. */
export function resourceIn(document: Json): Resource | undefined {
  if (!isJsonObject(document)) return undefined;
  return isResource(document.data) ? document.data : undefined;
}

/** The resources of a list, or of its `included`; undefined where one of them has another form. */
export function resourcesIn(document: Json, member: "data" | "included" = "data"): Resource[] | undefined {
  const rows = isJsonObject(document) ? document[member] : undefined;
  return isArray(rows) && rows.every(isResource) ? [...rows] : undefined;
}

/** A page of a listing; undefined where the document has another form. */
export function pageIn(document: Json): Page | undefined {
  const rows = resourcesIn(document);
  const meta = isJsonObject(document) ? document.meta : undefined;
  const total = isJsonObject(meta) ? meta.total_count : undefined;
  return rows === undefined || typeof total !== "number" ? undefined : { rows, total };
}

/** The id that a relationship names; undefined where it names none, or several. */
export function relatedId(resource: Resource, relationship: string): string | undefined {
  const { relationships } = resource;
  const related = isJsonObject(relationships) ? relationships[relationship] : undefined;
  const data = isJsonObject(related) ? related.data : undefined;
  const id = isJsonObject(data) ? data.id : undefined;
  return typeof id === "string" ? id : undefined;
}

/** A text attribute; undefined where the resource has none of this name. */
export function textOf(resource: Resource, attribute: string): string | undefined {
  const value = resource.attributes[attribute];
  return typeof value === "string" ? value : undefined;
}

/** A member of a resource's `meta`. */
export function metaOf({ meta }: Resource, member: string): Json | undefined {
  return isJsonObject(meta) ? meta[member] : undefined;
}
