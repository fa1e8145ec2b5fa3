import { isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Entity } from "../words.ts";
import { isRedacted } from "./form.ts";
import { entityOf, KIND_FACTS, type Kind } from "./kinds.ts";
import { modelOf } from "./wishes.ts";

/** One request that brings a schema nearer to what it is to be. */
export interface Step extends Entity {
  readonly kind: Kind;
  readonly does: "create" | "change" | "delete";
  readonly path: string;
  readonly body?: JsonObject;
  readonly query?: Readonly<Record<string, string>>;
  /** Things, as `keyOf` names them, without which it is not sent. */
  readonly needs: readonly string[];
  /** Steps of one lane go one after the other: DatoCMS refuses two changes of a model at once. */
  readonly lane: string;
}

/** Steps of one stage may go side by side; those of the next count on them. */
export type Stages = readonly (readonly Step[])[];

/** The name of a thing among all kinds. */
export function keyOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind} ${id}`;
}

/**
 * @param attributes without values in which a secret was hidden: they are left out
 * @param relationships names of the resource's own that are sent
 */
export function creation(
  kind: Kind,
  resource: Resource,
  attributes: JsonObject,
  relationships: readonly string[],
  more: { readonly query?: Step["query"]; readonly needs?: readonly string[] } = {},
): Step {
  const model = kind === "field" || kind === "fieldset" ? modelOf(kind, resource) : undefined;
  const path =
    model === undefined
      ? KIND_FACTS[kind].path
      : `${KIND_FACTS.model.path}/${encodeURIComponent(model)}${KIND_FACTS[kind].path}`;
  return {
    ...entityOf(kind, resource),
    kind,
    does: "create",
    path,
    body: bodyOf(resource, attributes, relationships),
    ...(more.query && { query: more.query }),
    needs: [...(model === undefined ? [] : [keyOf({ kind: "model", id: model })]), ...(more.needs ?? [])],
    lane: model ?? "",
  };
}

/**
 * @param resource has the relationships that are sent
 * @param relationships their names
 */
export function change(
  kind: Kind,
  resource: Resource,
  attributes: JsonObject,
  relationships: readonly string[] = [],
): Step {
  return {
    ...entityOf(kind, resource),
    kind,
    does: "change",
    path: addressOf(kind, resource),
    body: bodyOf(resource, attributes, relationships),
    needs: [keyOf({ kind, id: resource.id })],
    lane: laneOf(kind, resource),
  };
}

export function deletion(kind: Kind, resource: Resource): Step {
  return {
    ...entityOf(kind, resource),
    kind,
    does: "delete",
    path: addressOf(kind, resource),
    needs: [],
    lane: laneOf(kind, resource),
  };
}

/** These members of a resource's attributes; those that it does not have are left out, and so are hidden secrets. */
export function picked({ attributes }: Resource, members: readonly string[]): JsonObject {
  const found = members.flatMap((member): [string, Json][] => {
    const value = attributes[member];
    return value === undefined || isRedacted(value) ? [] : [[member, value]];
  });
  return Object.fromEntries(found);
}

function addressOf(kind: Kind, { id }: Resource): string {
  const { path } = KIND_FACTS[kind];
  return kind === "site" ? path : `${path}/${encodeURIComponent(id)}`;
}

function laneOf(kind: Kind, resource: Resource): string {
  return ["model", "field", "fieldset"].includes(kind) ? (modelOf(kind, resource) ?? "") : "";
}

function bodyOf(resource: Resource, attributes: JsonObject, names: readonly string[]): JsonObject {
  const own = isJsonObject(resource.relationships) ? resource.relationships : {};
  const sent = names.flatMap((name): [string, Json][] => {
    const value = own[name];
    return value === undefined ? [] : [[name, value]];
  });
  const relationships = sent.length === 0 ? {} : { relationships: Object.fromEntries(sent) };
  return { data: { id: resource.id, type: resource.type, attributes, ...relationships } };
}
