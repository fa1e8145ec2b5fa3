import { isArray, isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents } from "../words.ts";
import { missingInOrder, missingModels, newPlugin } from "./creates.ts";
import { differing } from "./form.ts";
import { byId, type Kind, listOf, siteOf } from "./kinds.ts";
import { localesOf } from "./locales.ts";
import { change, picked, type Stages, type Step } from "./requests.ts";
import type { Target } from "./target.ts";
import { validatorsOf, widened } from "./validators.ts";

/**
 * What content needs before it can be written: everything that is missing, and changes that let more in than before.
 * Nothing that content depends on gets narrower here.
 */
export function stepsBefore(target: Target, desired: Documents, observed: Documents): Stages {
  const [models, fields = []] = missingModels(target, desired, observed);
  return [
    settings(target, observed),
    target.asides.map(({ kind, resource, names }) => change(kind, resource, names)),
    [
      ...missingInOrder(target, observed, "workflow"),
      ...changed(target, observed, "workflow", widerWorkflow),
      ...missingPlugins(target, observed),
      ...changed(target, observed, "plugin", (wanted, _found, members) =>
        change("plugin", wanted, picked(wanted, members)),
      ),
      ...missingInOrder(target, observed, "upload_collection"),
      ...changed(target, observed, "upload_collection", (wanted, _found, members) =>
        change("upload_collection", wanted, picked(wanted, members), members),
      ),
    ],
    models ?? [],
    changed(target, observed, "model", widerModel),
    [...fields, ...changed(target, observed, "field", widerField)],
  ];
}

/** Things of a kind that are there and differ. */
export function changed(
  { documents }: Target,
  observed: Documents,
  kind: Kind,
  stepFor: (wanted: Resource, found: Resource, members: readonly string[]) => Step | undefined,
): Step[] {
  const found = byId(observed, kind);
  return (listOf(documents, kind) ?? []).flatMap((wanted) => {
    const there = found.get(wanted.id);
    const members = there === undefined ? [] : differing(kind, wanted, there);
    const step = there === undefined || members.length === 0 ? undefined : stepFor(wanted, there, members);
    return step ?? [];
  });
}

export function missingPlugins(target: Target, observed: Documents): Step[] {
  const found = byId(observed, "plugin");
  return (listOf(target.documents, "plugin") ?? []).filter(({ id }) => !found.has(id)).map(newPlugin);
}

/** Locales only come: values of those that go would go with them. */
function settings({ documents }: Target, observed: Documents): Step[] {
  const [wanted, found] = [siteOf(documents), siteOf(observed)];
  if (wanted === undefined || found === undefined) return [];
  const there = localesOf(found);
  const locales = [...new Set([...localesOf(wanted), ...there])];
  const timezone = differing("site", wanted, found).includes("timezone") ? picked(wanted, ["timezone"]) : {};
  const attributes = { ...(locales.length > there.length && { locales }), ...timezone };
  return Object.keys(attributes).length === 0 ? [] : [change("site", found, attributes)];
}

/** Stages that records may still be in stay. */
function widerWorkflow(wanted: Resource, found: Resource, members: readonly string[]): Step | undefined {
  const [stages, there] = [stagesOf(wanted), stagesOf(found)];
  const kept = there
    .filter(({ id }) => stages.every((stage) => stage.id !== id))
    .map((stage): JsonObject => ({ ...stage, initial: false }));
  const isMissing = stages.some(({ id }) => there.every((stage) => stage.id !== id));
  const names = picked(
    wanted,
    members.filter((member) => member !== "stages"),
  );
  const attributes = { ...names, ...(isMissing && { stages: [...stages, ...kept] }) };
  return Object.keys(attributes).length === 0 ? undefined : change("workflow", wanted, attributes);
}

function stagesOf({ attributes: { stages } }: Resource): JsonObject[] {
  return isArray(stages) ? stages.filter(isJsonObject) : [];
}

/** Flags that let more in when they are on, and those that do when they are off. */
const WIDER_ON = ["draft_mode_active", "draft_saving_active", "sortable", "tree"];
const WIDER_OFF = ["all_locales_required", "singleton"];
const NAMES = ["name", "api_key", "label"];

function widerModel(wanted: Resource, _found: Resource, members: readonly string[]): Step | undefined {
  const sent = members.filter((member) => {
    const value = wanted.attributes[member];
    return (
      NAMES.includes(member) ||
      (WIDER_ON.includes(member) && value === true) ||
      (WIDER_OFF.includes(member) && value === false)
    );
  });
  return sent.length === 0 ? undefined : change("model", wanted, picked(wanted, sent));
}

/** Another type goes alone: DatoCMS then chooses validators, appearance and default anew. */
function widerField(wanted: Resource, found: Resource, members: readonly string[]): Step | undefined {
  if (members.includes("field_type")) return change("field", wanted, picked(wanted, ["field_type"]));
  const sent = members.filter((member) => NAMES.includes(member) || member === "localized");
  const attributes: Record<string, Json> = { ...picked(wanted, sent) };
  const validators = widened(validatorsOf(found), validatorsOf(wanted));
  const widerOnly: Resource = { ...wanted, attributes: { validators } };
  if (differing("field", widerOnly, found).includes("validators")) attributes.validators = validators;
  return Object.keys(attributes).length === 0 ? undefined : change("field", wanted, attributes);
}
