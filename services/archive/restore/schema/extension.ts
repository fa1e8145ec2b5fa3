import { isJsonObject, type Json } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import { targetOf } from "./form.ts";
import { type Kind, MODEL_FIELDS } from "./kinds.ts";
import { rejoined, validatorsOf } from "./validators.ts";

/**
 * What something that is there gets back in mode `add`: only what DatoCMS took from it together with the things that
 * this restore creates. A model names its fields again where it names none, a field allows the models again.
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
  const bare: Resource = { ...wanted, attributes: {}, relationships: {} };
  if (kind === "field") {
    const validators = rejoined(validatorsOf(found), validatorsOf(wanted), (id) => isNew("model", id));
    return { ...bare, attributes: { validators } };
  }
  if (kind !== "model") return bare;
  const back = [...MODEL_FIELDS, "workflow"].filter((name) => {
    const id = targetOf(wanted, name);
    const isCreated = typeof id === "string" && isNew(name === "workflow" ? "workflow" : "field", id);
    return isCreated && targetOf(found, name) === null;
  });
  const relationships = isJsonObject(wanted.relationships) ? wanted.relationships : {};
  const { ordering_direction = null } = wanted.attributes;
  return {
    ...bare,
    // DatoCMS knows the one only with the other.
    attributes: back.includes("ordering_field") ? { ordering_direction } : {},
    relationships: Object.fromEntries(
      back.map((name): [string, Json] => [name, relationships[name] ?? null]),
    ),
  };
}
