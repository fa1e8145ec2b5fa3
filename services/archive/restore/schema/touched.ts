import type { Documents, Entity } from "../words.ts";
import { relatedTo } from "./form.ts";
import { byId, type Thing } from "./kinds.ts";
import { modelsNamed, validatorsOf } from "./validators.ts";
import { modelOf } from "./wishes.ts";

/** Members of a field that say how its values look and which there may be. */
const OF_VALUES = ["api_key", "field_type", "localized", "validators", "default_value"];

interface Change extends Entity {
  readonly members: readonly string[];
}

/** Ids of the models, and of those that can hold them as blocks, whose records a change of the schema touches. */
export function touchedModels(
  desired: Documents,
  observed: Documents,
  created: readonly Thing[],
  deleted: readonly Thing[],
  changes: readonly Change[],
): string[] {
  const touched = new Set<string>();
  const blocks = [byId(desired, "model"), byId(observed, "model")];
  const fields = new Map([...byId(desired, "field"), ...byId(observed, "field")]);
  const all = [...byId(desired, "field").values(), ...byId(observed, "field").values()];
  for (const { kind, resource } of [...created, ...deleted])
    if (kind === "model" || kind === "field") touched.add(modelOf(kind, resource) ?? "");
  for (const { kind, id, members } of changes) {
    if (kind === "model") touched.add(id);
    const field = kind === "field" ? fields.get(id) : undefined;
    if (field !== undefined && members.some((member) => OF_VALUES.includes(member)))
      touched.add(relatedTo(field, "item_type") ?? "");
    if (kind !== "site" || !members.includes("locales")) continue;
    for (const each of all)
      if (each.attributes.localized === true) touched.add(relatedTo(each, "item_type") ?? "");
  }
  // A record changes with its blocks.
  const isBlock = (id: string) => blocks.some((models) => models.get(id)?.attributes.modular_block === true);
  for (const id of touched) {
    if (!isBlock(id)) continue;
    for (const field of all)
      if (modelsNamed(validatorsOf(field)).includes(id)) touched.add(relatedTo(field, "item_type") ?? "");
  }
  touched.delete("");
  return [...touched].toSorted();
}
