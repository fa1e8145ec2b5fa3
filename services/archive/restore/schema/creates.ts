import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents } from "../words.ts";
import { relatedTo } from "./form.ts";
import { byId, KIND_FACTS, type Kind, listOf, REFERENCES } from "./kinds.ts";
import { creation, keyOf, picked, type Stages, type Step } from "./requests.ts";
import type { Target } from "./target.ts";
import { structural, validatorsOf } from "./validators.ts";
import { modelOf } from "./wishes.ts";

/** Models, fieldsets and fields that are missing, in a form that takes every archived record. */
export function missingModels(target: Target, desired: Documents, observed: Documents): Stages {
  const absent = (kind: Kind) => absentIn(target, observed, kind);
  const models = absent("model").map((model) =>
    newModel(model, menuItemsFor(model, target, desired, observed)),
  );
  const fields = absent("field").toSorted((one, other) => Number(isSlug(one)) - Number(isSlug(other)));
  return [models, [...absent("fieldset").map(newFieldset), ...fields.map((field) => newField(field))]];
}

/** Things of a kind that are missing, in the order of their positions, those above others first. */
export function missingInOrder(target: Target, observed: Documents, kind: Kind): Step[] {
  const { attributes, relationships } = KIND_FACTS[kind];
  const absent = absentIn(target, observed, kind);
  const parents = new Map(absent.map((resource) => [resource.id, relatedTo(resource, "parent")]));
  const depthOf = (id: string): number => {
    let depth = 0;
    for (let at = parents.get(id); typeof at === "string" && depth < parents.size; at = parents.get(at))
      depth += 1;
    return depth;
  };
  return absent
    .toSorted((one, other) => depthOf(one.id) - depthOf(other.id))
    .map((resource) => {
      const needs = Object.entries({ item_type: "model", ...REFERENCES[kind] }).flatMap(([name, of]) => {
        const id = relatedTo(resource, name);
        return typeof id === "string" ? [keyOf({ kind: of, id })] : [];
      });
      const extra = kind === "schema_menu_item" ? ["kind", "position"] : ["position"];
      return creation(kind, resource, picked(resource, [...attributes, ...extra]), relationships, { needs });
    });
}

/** A package's plugin gets its name and address from it; parameters are set once it is there. */
export function newPlugin(plugin: Resource): Step {
  const isPackage = typeof plugin.attributes.package_name === "string";
  return creation("plugin", plugin, picked(plugin, isPackage ? ["package_name"] : OF_ADDRESS), []);
}

const OF_ADDRESS = ["name", "url", "permissions"];

/**
 * A model makes its item of the schema's menu, which gets its old id; and one of the menu, unless menus are restored
 * too: nobody would find it without.
 */
function menuItemsFor(
  { id }: Resource,
  { scope }: Target,
  desired: Documents,
  observed: Documents,
): NonNullable<Step["query"]> {
  const itemOf = (kind: Kind) => {
    const item = (listOf(desired, kind) ?? []).find((each) => modelOf(kind, each) === id);
    return item === undefined || byId(observed, kind).has(item.id) ? undefined : item.id;
  };
  const [schemaItem, item] = [itemOf("schema_menu_item"), itemOf("menu_item")];
  return {
    ...(scope.holds("menu_item") || item === undefined
      ? { skip_menu_item_creation: "true" }
      : { menu_item_id: item }),
    ...(schemaItem !== undefined && { schema_menu_item_id: schemaItem }),
  };
}

/** With drafts, so that records can be written that break rules; what restricts them comes when they are there. */
function newModel(model: Resource, query: NonNullable<Step["query"]>): Step {
  const isBlock = model.attributes.modular_block === true;
  const drafts = isBlock ? {} : { draft_mode_active: true, draft_saving_active: true };
  const attributes = {
    ...picked(model, OF_NEW_MODELS),
    ...drafts,
    all_locales_required: false,
  };
  return creation("model", model, attributes, ["workflow"], { query });
}

/** The order needs fields, which come later; that all locales are required is set in the end. */
const LATER = ["all_locales_required", "ordering_direction", "ordering_meta"];
const OF_NEW_MODELS = KIND_FACTS.model.attributes.filter((name) => !LATER.includes(name));

function newFieldset(fieldset: Resource): Step {
  return creation(
    "fieldset",
    fieldset,
    picked(fieldset, [...KIND_FACTS.fieldset.attributes, "position"]),
    [],
  );
}

function newField(field: Resource): Step {
  const attributes = {
    ...picked(field, OF_NEW_FIELDS),
    validators: structural(validatorsOf(field)),
  };
  const fieldset = relatedTo(field, "fieldset");
  const needs = typeof fieldset === "string" ? [keyOf({ kind: "fieldset", id: fieldset })] : [];
  return creation("field", field, attributes, ["fieldset"], { needs });
}

/** Without a default: it would take the place of archived nulls. */
const OF_NEW_FIELDS = [
  "label",
  "api_key",
  "field_type",
  "localized",
  "hint",
  "appearance",
  "position",
  "deep_filtering_enabled",
  "content_link_enabled",
];

function isSlug({ attributes: { field_type } }: Resource): boolean {
  return field_type === "slug";
}

function absentIn({ documents }: Target, observed: Documents, kind: Kind): Resource[] {
  const found = byId(observed, kind);
  return (listOf(documents, kind) ?? [])
    .filter(({ id }) => !found.has(id))
    .toSorted((one, other) => Number(one.attributes.position) - Number(other.attributes.position));
}
