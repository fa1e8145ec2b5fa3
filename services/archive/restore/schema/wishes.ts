import { PLUGIN_NAME } from "../../../../utils/healthContract.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Mode } from "../words.ts";
import { relatedTo } from "./form.ts";
import { byId, KINDS_OF_MODELS, type Kind, listOf } from "./kinds.ts";
import { modelsNamed, validatorsOf } from "./validators.ts";

/** What of a schema is to be restored, and how far. */
export interface SchemaWishes {
  readonly mode: Mode;
  /** Plugins only where they are asked for by themselves: what they run is not in the archive. */
  readonly kinds: readonly Kind[];
  /**
   * Ids of models: then only what belongs to them, to the block models that their records can hold, and the workflows
   * that they name. Undefined: all.
   */
  readonly models?: readonly string[] | undefined;
  /** Whether plugins may come back that no package holds: they are loaded from an address of their own. */
  readonly allowPluginHost?: boolean;
  /** Whether webhooks and build triggers are created where they are missing: disabled, and without their secrets. */
  readonly shell?: boolean;
}

/** Tells what a restore may touch at all. */
export interface Scope {
  /** Whether both sides tell of this kind, and it is asked for. */
  holds(kind: Kind): boolean;
  includes(kind: Kind, resource: Resource): boolean;
}

/**
 * What wishes come to. A kind that either side does not tell of is left alone: a list that could not be read is not an
 * empty one.
 */
export function scopeOf(desired: Documents, observed: Documents, wishes: SchemaWishes): Scope {
  const models = wishes.models && withBlockModels(desired, wishes.models);
  const workflows = models && workflowsOf(desired, models);
  const holds = (kind: Kind) =>
    wishes.kinds.includes(kind) &&
    listOf(desired, kind) !== undefined &&
    listOf(observed, kind) !== undefined;
  return {
    holds,
    includes(kind, resource) {
      if (!holds(kind) || isOurPlugin(resource)) return false;
      if (models === undefined || workflows === undefined) return true;
      if (kind === "workflow") return workflows.has(resource.id);
      return !KINDS_OF_MODELS.includes(kind) || models.has(modelOf(kind, resource) ?? "");
    },
  };
}

/** The model to which a thing belongs. */
export function modelOf(kind: Kind, resource: Resource): string | undefined {
  return kind === "model" ? resource.id : (relatedTo(resource, "item_type") ?? undefined);
}

/** These models and every block model that their records can hold, at whatever depth. */
export function withBlockModels(documents: Documents, ids: readonly string[]): ReadonlySet<string> {
  const blocks = byId(documents, "model");
  const fields = listOf(documents, "field") ?? [];
  const found = new Set(ids);
  for (const id of found) {
    for (const field of fields) {
      if (relatedTo(field, "item_type") !== id) continue;
      for (const named of modelsNamed(validatorsOf(field)))
        if (blocks.get(named)?.attributes.modular_block === true) found.add(named);
    }
  }
  return found;
}

function workflowsOf(documents: Documents, models: ReadonlySet<string>): ReadonlySet<string> {
  const named = [...byId(documents, "model").values()]
    .filter(({ id }) => models.has(id))
    .map((model) => relatedTo(model, "workflow"));
  return new Set(named.filter((id) => typeof id === "string"));
}

/** The plugin of this service holds its secret: it is never archived, compared or restored. */
function isOurPlugin({ type, attributes }: Resource): boolean {
  return type === "plugin" && attributes.package_name === PLUGIN_NAME;
}
