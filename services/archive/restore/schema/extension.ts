import { isJsonObject, type Json } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import { relatedTo } from "./form.ts";
import { type Kind, REFERENCES } from "./kinds.ts";
import { rejoined, validatorsOf } from "./validators.ts";

/**
 * What something that is there gets back in mode `add`: only the references that DatoCMS took from it together with the
 * things that this restore creates. A model names its fields again where it names none, a field allows the models again.
 *
 * @param wanted as the archive has it
 * @returns the members that it gets, and no other
 */
export function extension(
  kind: Kind,
  wanted: Resource,
  found: Resource,
  isNew: (kind: Kind, id: string) => boolean,
): Resource {
  const back = Object.entries(REFERENCES[kind] ?? {}).filter(([name, of]) => {
    const id = relatedTo(wanted, name);
    return typeof id === "string" && isNew(of, id) && relatedTo(found, name) === null;
  });
  const own = isJsonObject(wanted.relationships) ? wanted.relationships : {};
  const relationships = back.map(([name]): [string, Json] => [name, own[name] ?? null]);
  return {
    ...wanted,
    attributes: attributesOf(
      kind,
      wanted,
      found,
      isNew,
      relationships.map(([name]) => name),
    ),
    relationships: Object.fromEntries(relationships),
  };
}

function attributesOf(
  kind: Kind,
  wanted: Resource,
  found: Resource,
  isNew: (kind: Kind, id: string) => boolean,
  back: readonly string[],
): Resource["attributes"] {
  if (kind === "field")
    return { validators: rejoined(validatorsOf(found), validatorsOf(wanted), (id) => isNew("model", id)) };
  // DatoCMS knows the one only with the other.
  const { ordering_direction = null } = wanted.attributes;
  return back.includes("ordering_field") ? { ordering_direction } : {};
}
