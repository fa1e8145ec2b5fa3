import type * as z from "zod";
import { Refusal } from "../../errors.ts";
import type { RoleFlags } from "../../roles.ts";
import type { Content } from "../content.ts";
import type { Edit } from "../edit.ts";
import { type Entity, toMany, toOne } from "../entity.ts";
import type { Table } from "../table.ts";

export type GrantedFlag = Exclude<keyof RoleFlags, "environments_access">;

/** A kind of resource without much of its own: what it holds, what it points to, and the rules that it has. */
export type Resource = {
  readonly type: string;
  /** What a client may send: any part. */
  readonly attributes: z.ZodType<Readonly<Record<string, unknown>>>;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
  /** Types of the relationships; in a list where there can be many. */
  readonly links: Readonly<Record<string, string | readonly [string]>>;
  /** Each has a position among those with the same parent. */
  readonly isOrdered?: boolean;
  /** Without this flag a role sees none, and no error either (facts 3). */
  readonly readFlag?: GrantedFlag;
  /** @throws Refusal when it cannot be like that; `before` is null where it is new */
  readonly check?: (content: Content, entity: Entity, before: Entity | null) => void;
  /** What goes with it. @throws Refusal when it has to stay */
  readonly removed?: (edit: Edit, entity: Entity) => void;
  /** Attributes of one that is new. */
  readonly made?: (edit: Edit) => Readonly<Record<string, unknown>>;
  /** Members that only roles with a flag see; others see null. */
  readonly secrets?: { readonly members: readonly string[]; readonly flag: GrantedFlag };
};

/** @returns the JSON:API resource (facts 1.8, 1.9) */
export function entityResource(
  { type, links, isOrdered, secrets }: Resource,
  table: Table<Entity>,
  entity: Entity,
  may: (flag: GrantedFlag) => boolean,
): object {
  const hidden = secrets === undefined || may(secrets.flag) ? [] : secrets.members;
  const relationships = Object.entries(links).map(([name, to]) => {
    const target = entity.links[name] ?? null;
    return [name, typeof to === "string" ? toOne(to, oneOf(target)) : toMany(to[0], manyOf(target))];
  });
  const children = "parent" in links ? childrenOf(table, entity.id).map(({ id }) => id) : undefined;
  return {
    id: entity.id,
    type,
    attributes: { ...entity.attributes, ...Object.fromEntries(hidden.map((member) => [member, null])) },
    relationships: {
      ...Object.fromEntries(relationships),
      ...(children === undefined || !isOrdered ? {} : { children: toMany(type, children) }),
    },
  };
}

/** @returns those below an entity, in their order; null: at the top */
export function childrenOf(table: Table<Entity>, parent: string | null): Entity[] {
  return [...table.rows()]
    .filter(({ links }) => (links.parent ?? null) === parent)
    .sort((a, b) => positionOf(a) - positionOf(b));
}

export function positionOf({ attributes }: Entity): number {
  return Number(attributes.position);
}

/** @throws Refusal INVALID_PARENT_ID when the parent is not there, or below the entity itself */
export function assertParent(table: Table<Entity>, { id, links }: Entity): void {
  let parent = oneOf(links.parent ?? null);
  while (parent !== null) {
    const above = table.get(parent);
    if (above === undefined || parent === id) throw new Refusal("INVALID_PARENT_ID");
    parent = oneOf(above.links.parent ?? null);
  }
}

function oneOf(target: string | readonly string[] | null): string | null {
  return typeof target === "string" ? target : null;
}

function manyOf(target: string | readonly string[] | null): readonly string[] {
  return typeof target === "string" || target === null ? [] : target;
}
