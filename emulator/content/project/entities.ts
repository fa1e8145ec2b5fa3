import * as z from "zod";
import { ok, type Reply } from "../../call.ts";
import { Refusal } from "../../errors.ts";
import { flagsOf } from "../../roles.ts";
import { type ContentCall, caller, type Edit, editOf, found, inJob, newIdFor, takenIn } from "../edit.ts";
import type { Entity } from "../entity.ts";
import { closeGap, lastPlace, makeRoom, type Placed } from "../positions.ts";
import { readBody } from "../readBody.ts";
import type { Table } from "../table.ts";
import {
  assertParent,
  childrenOf,
  entityResource,
  type GrantedFlag,
  positionOf,
  type Resource,
} from "./resource.ts";

export type EntityHandlers = Readonly<
  Record<"list" | "find" | "create" | "update" | "destroy" | "reorder", (call: ContentCall) => Reply>
>;

const target = z.object({ id: z.string() });
const relationships = z
  .record(z.string(), z.object({ data: z.union([target.nullable(), z.array(target)]) }).optional())
  .default({});

/** @returns the usual calls of a kind of resource */
export function entityHandlers(
  resource: Resource,
  tableOf: (call: ContentCall) => Table<Entity>,
): EntityHandlers {
  const body = z.object({
    data: z.object({ id: z.string().optional(), attributes: resource.attributes.default({}), relationships }),
  });
  const shown = (call: ContentCall, entity: Entity) =>
    entityResource(resource, tableOf(call), entity, (flag) => mayDo(call, flag));
  const visible = (call: ContentCall) => {
    const entity = found(tableOf(call).get(call.id));
    if (!isVisible(call, resource, entity)) throw new Refusal("NOT_FOUND");
    return entity;
  };
  return {
    list: (call) => {
      const seen = [...tableOf(call).rows()].filter((entity) => isVisible(call, resource, entity));
      const ids = call.query.get("filter[ids]")?.split(",");
      const wanted = ids === undefined ? seen : seen.filter(({ id }) => ids.includes(id));
      return ok({ data: wanted.map((entity) => shown(call, entity)) });
    },
    find: (call) => ok({ data: shown(call, visible(call)) }),
    create: (call) => {
      const { data } = readBody(body, call.body);
      const entity = create(editOf(call), resource, tableOf(call), data);
      return { status: 201, document: { data: shown(call, entity) } };
    },
    update: (call) => {
      const { attributes, relationships } = readBody(body, call.body).data;
      const links = linksIn(resource, relationships);
      const entity = update(editOf(call), resource, tableOf(call), visible(call), { attributes, links });
      return ok({ data: shown(call, entity) });
    },
    destroy: (call) => {
      const entity = visible(call);
      const data = shown(call, entity);
      destroy(editOf(call), resource, tableOf(call), entity);
      return ok({ data });
    },
    reorder: (call) => {
      const table = tableOf(call);
      for (const moved of readBody(reorderBody, call.body).data) {
        const before = found(table.get(moved.id));
        const parent = moved.relationships.parent.data?.id ?? null;
        const attributes = { ...before.attributes, position: moved.attributes.position };
        table.set({ ...before, attributes, links: { ...before.links, parent } });
      }
      for (const entity of table.rows()) assertParent(table, entity);
      return inJob(call, { data: [...table.rows()].map((entity) => shown(call, entity)) });
    },
  };
}

const reorderBody = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      attributes: z.object({ position: z.int() }),
      relationships: z.object({ parent: z.object({ data: target.nullable() }) }),
    }),
  ),
});

function create(
  edit: Edit,
  resource: Resource,
  table: Table<Entity>,
  sent: {
    id?: string | undefined;
    attributes: Entity["attributes"];
    relationships: z.infer<typeof relationships>;
  },
): Entity {
  const missing_fields = resource.required.filter((name) => sent.attributes[name] === undefined);
  if (missing_fields.length > 0) throw new Refusal("MISSING_FIELDS", { missing_fields });
  const empty = Object.fromEntries(
    Object.entries(resource.links).map(([name, to]) => [name, typeof to === "string" ? null : []]),
  );
  const links = { ...empty, ...linksIn(resource, sent.relationships) };
  const entity: Entity = {
    id: newIdFor(edit, sent.id, takenIn(edit, table)),
    attributes: { ...resource.defaults, ...resource.made?.(edit), ...sent.attributes },
    links,
  };
  const placed = resource.isOrdered ? inPlace(table, entity, sent.attributes.position) : entity;
  check(edit, resource, table, placed, null);
  table.set(placed);
  return placed;
}

function update(
  edit: Edit,
  resource: Resource,
  table: Table<Entity>,
  before: Entity,
  change: { attributes: Entity["attributes"]; links: Entity["links"] },
): Entity {
  const changed: Entity = {
    ...before,
    attributes: { ...before.attributes, ...change.attributes },
    links: { ...before.links, ...change.links },
  };
  check(edit, resource, table, changed, before);
  const stays = positionOf(changed) === positionOf(before) && changed.links.parent === before.links.parent;
  if (!resource.isOrdered || stays) {
    table.set(changed);
    return changed;
  }
  leave(table, before);
  const placed = inPlace(table, changed, change.attributes.position);
  table.set(placed);
  return placed;
}

/** Those below one that goes become the last at the top (facts 5.1). */
function destroy(edit: Edit, resource: Resource, table: Table<Entity>, entity: Entity): void {
  resource.removed?.(edit, entity);
  if (resource.isOrdered) leave(table, entity);
  table.delete(entity.id);
  if (!("parent" in resource.links)) return;
  for (const child of childrenOf(table, entity.id)) {
    table.set(inPlace(table, { ...child, links: { ...child.links, parent: null } }, undefined));
  }
}

function inPlace(table: Table<Entity>, entity: Entity, wanted: unknown): Entity {
  const siblings = siblingsOf(table, entity);
  const position = typeof wanted === "number" ? wanted : lastPlace(siblings);
  move(table, makeRoom(siblings, position));
  return { ...entity, attributes: { ...entity.attributes, position } };
}

function leave(table: Table<Entity>, entity: Entity): void {
  move(table, closeGap(siblingsOf(table, entity), positionOf(entity)));
}

function siblingsOf(table: Table<Entity>, { id, links }: Entity): Placed[] {
  const { parent = null } = links;
  const siblings = childrenOf(table, typeof parent === "string" ? parent : null);
  return siblings
    .filter((each) => each.id !== id)
    .map((each) => ({ id: each.id, position: positionOf(each) }));
}

function move(table: Table<Entity>, moved: readonly Placed[]): void {
  for (const { id, position } of moved) {
    const entity = table.get(id);
    if (entity !== undefined) table.set({ ...entity, attributes: { ...entity.attributes, position } });
  }
}

function check(
  edit: Edit,
  resource: Resource,
  table: Table<Entity>,
  entity: Entity,
  before: Entity | null,
): void {
  if ("parent" in resource.links) assertParent(table, entity);
  const { models, entities } = edit.content;
  const { item_type, item_type_filter } = entity.links;
  const isDangling =
    (typeof item_type === "string" && !models.has(item_type)) ||
    (typeof item_type_filter === "string" && !entities.item_type_filter.has(item_type_filter));
  if (isDangling) throw new Refusal("INVALID_FIELD", { field: "item_type", code: "VALIDATION_INVALID" });
  resource.check?.(edit.content, entity, before);
}

function linksIn(
  { links }: Resource,
  sent: z.infer<typeof relationships>,
): Record<string, string | string[] | null> {
  return Object.fromEntries(
    Object.entries(sent).flatMap(([name, to]) => {
      if (to === undefined || !Object.hasOwn(links, name)) return [];
      const { data } = to;
      return [[name, Array.isArray(data) ? data.map(({ id }) => id) : (data?.id ?? null)]];
    }),
  );
}

/** A filter that is not shared is its owner's alone (facts 1.8). */
function isVisible(call: ContentCall, { readFlag }: Resource, { links }: Entity): boolean {
  const { owner = null } = links;
  return (owner === null || owner === caller.id) && (readFlag === undefined || mayDo(call, readFlag));
}

function mayDo({ state }: ContentCall, flag: GrantedFlag): boolean {
  return flagsOf(state.settings.role)[flag];
}
