import { isArray, isJsonObject, type Json } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents } from "../words.ts";
import { relatedTo } from "./form.ts";
import { byId, type Kind, REFERENCES } from "./kinds.ts";
import { withLocales } from "./locales.ts";
import { modelsNamed, titleFieldIn, validatorsOf, validatorsWith } from "./validators.ts";

/** What there will be around a thing. */
export interface Surroundings {
  isThere(kind: Kind, id: string): boolean;
  /** The locales that the environment has in the end. */
  readonly locales: readonly string[];
  /** Those that the archive knows. */
  readonly archivedLocales: readonly string[];
  /** False where the target's plugins cannot be read. */
  readonly tellsPlugins: boolean;
  readonly observed: Documents;
}

interface Adapted {
  /** Undefined where the thing makes no sense without what is missing. */
  readonly fitting: Resource | undefined;
  /** What it names that is missing: `a model`. */
  readonly left: readonly string[];
}

/** Whom a kind cannot do without, by relationship, and who is left out where it is missing. */
const NEEDS: Readonly<Partial<Record<Kind, Readonly<Record<string, Kind>>>>> = {
  field: { item_type: "model" },
  fieldset: { item_type: "model" },
  item_type_filter: { item_type: "model" },
  menu_item: { item_type: "model" },
  schema_menu_item: { item_type: "model" },
};

/** A thing of the archive as it can be in the target: without references to what will not be there. */
export function adapted(kind: Kind, resource: Resource, around: Surroundings): Adapted {
  const isGone = ([member, of]: [string, Kind]) => {
    const id = relatedTo(resource, member);
    return typeof id === "string" && !around.isThere(of, id);
  };
  const needed = Object.entries(NEEDS[kind] ?? {}).filter(isGone);
  if (needed.length > 0) return { fitting: undefined, left: needed.map(([, of]) => `a ${of}`) };
  const gone = Object.entries(REFERENCES[kind] ?? {}).filter(isGone);
  const left = gone.map(([, of]) => `a ${of.replaceAll("_", " ")}`);
  const fitting = without(
    resource,
    gone.map(([member]) => member),
  );
  if (kind !== "field") return { fitting, left };
  const field = adaptedField(fitting, around);
  return { fitting: field.fitting, left: [...left, ...field.left] };
}

function adaptedField(field: Resource, around: Surroundings): Adapted {
  const { validators, appearance, ...others } = field.attributes;
  const isModel = (id: string) => around.isThere("model", id);
  const isField = (id: string) => around.isThere("field", id);
  const named = validatorsOf(field);
  const title = titleFieldIn(named);
  const left = [
    ...modelsNamed(named).flatMap((id) => (isModel(id) ? [] : ["a model"])),
    ...(title === undefined || isField(title) ? [] : ["a field"]),
  ];
  const shown = appearance === undefined ? undefined : adaptedAppearance(appearance, around);
  if (shown?.isShort) left.push("a plugin");
  const found = byId(around.observed, "field").get(field.id);
  const attributes = {
    ...others,
    ...(validators !== undefined && { validators: validatorsWith(named, isModel, isField) }),
    ...(shown?.appearance !== undefined && { appearance: shown.appearance }),
    ...(field.attributes.localized === true && {
      default_value: withLocales(
        field.attributes.default_value ?? null,
        found?.attributes.localized === true ? found.attributes.default_value : undefined,
        around.archivedLocales,
        around.locales,
      ),
    }),
  };
  return { fitting: { ...field, attributes }, left: [...new Set(left)] };
}

/** Ids of plugins are no names of DatoCMS's own editors, which are words in lower case. */
const BUILT_IN = /^[a-z][a-z_]*$/;

/** Without plugins that are not installed: of an editor nothing is left, DatoCMS chooses its own. */
function adaptedAppearance(
  appearance: Json,
  { isThere, tellsPlugins }: Surroundings,
): { appearance: Json | undefined; isShort: boolean } {
  if (!isJsonObject(appearance) || !tellsPlugins) return { appearance, isShort: false };
  const { editor, addons } = appearance;
  if (typeof editor === "string" && !BUILT_IN.test(editor) && !isThere("plugin", editor))
    return { appearance: undefined, isShort: true };
  if (!isArray(addons)) return { appearance, isShort: false };
  const kept = addons.filter((addon) => isJsonObject(addon) && isThere("plugin", String(addon.id)));
  return { appearance: { ...appearance, addons: kept }, isShort: kept.length < addons.length };
}

function without(resource: Resource, members: readonly string[]): Resource {
  const { relationships } = resource;
  if (members.length === 0 || !isJsonObject(relationships)) return resource;
  const kept = Object.entries(relationships).filter(([member]) => !members.includes(member));
  return { ...resource, relationships: Object.fromEntries(kept) };
}
