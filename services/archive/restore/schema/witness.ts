import { isJsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, JournalEntry } from "../words.ts";
import { relatedTo } from "./form.ts";
import { byId, KIND_FACTS, KINDS, KINDS_OF_MODELS, type Kind, listOf, siteOf } from "./kinds.ts";
import { ORDERED } from "./order.ts";
import { keyOf, picked, type Step } from "./requests.ts";
import { modelsNamed, validatorsOf } from "./validators.ts";
import { modelOf } from "./wishes.ts";

/** Everything that steps change, as it is before them: what they name, and what DatoCMS changes with it. */
export function entriesFor(steps: readonly Step[], observed: Documents): JournalEntry[] {
  const entries = new Map<string, JournalEntry>();
  const note = (kind: Kind, id: string, before: Resource | null) => {
    const key = keyOf({ kind, id });
    if (!entries.has(key)) entries.set(key, { what: kind, id, before });
  };
  for (const step of steps) {
    const before = step.kind === "site" ? siteOf(observed) : byId(observed, step.kind).get(step.id);
    note(
      step.kind,
      step.id,
      before === undefined ? null : step.kind === "site" ? withoutSecrets(before) : before,
    );
    const { schema_menu_item_id, menu_item_id } = step.query ?? {};
    if (schema_menu_item_id !== undefined) note("schema_menu_item", schema_menu_item_id, null);
    if (menu_item_id !== undefined) note("menu_item", menu_item_id, null);
    for (const kind of KINDS)
      for (const resource of listOf(observed, kind) ?? [])
        if (isTouched(step, kind, resource)) note(kind, resource.id, resource);
  }
  return [...entries.values()];
}

/** The settings that a restore writes: the token for maps is none of them. */
function withoutSecrets(site: Resource): Resource {
  return { ...site, attributes: picked(site, KIND_FACTS.site.attributes) };
}

/** Whether a thing may get another place: those behind one that comes, goes or moves do. */
function isSibling(step: Step, kind: Kind, resource: Resource): boolean {
  if (!ORDERED.includes(step.kind) || !isMoving(step)) return false;
  const isOfModel = step.kind === "field" || step.kind === "fieldset";
  if (!isOfModel) return kind === step.kind;
  return (kind === "field" || kind === "fieldset") && modelOf(kind, resource) === step.lane;
}

function isMoving({ does, body }: Step): boolean {
  if (does !== "change") return true;
  const data = isJsonObject(body?.data) ? body.data : {};
  const isPlaced = isJsonObject(data.attributes) && data.attributes.position !== undefined;
  return isPlaced || data.relationships !== undefined;
}

/** Whether DatoCMS changes a thing together with that which a step is about. */
function isTouched(step: Step, kind: Kind, resource: Resource): boolean {
  if (isSibling(step, kind, resource)) return true;
  if (step.kind === "site") return kind === "field" && resource.attributes.localized === true;
  // A model takes its first text field for its title.
  if (step.kind === "field" && step.does !== "change") return kind === "model" && resource.id === step.lane;
  if (step.does !== "delete") return false;
  if (step.kind === "model") {
    const isNaming = kind === "field" && modelsNamed(validatorsOf(resource)).includes(step.id);
    return isNaming || (KINDS_OF_MODELS.includes(kind) && modelOf(kind, resource) === step.id);
  }
  const names = ["parent", "fieldset", "workflow", "item_type_filter"];
  return names.some((name) => relatedTo(resource, name) === step.id);
}
