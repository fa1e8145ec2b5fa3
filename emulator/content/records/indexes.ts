import type { Content } from "../content.ts";
import type { Field } from "../schema/field.ts";
import type { RowIndex } from "../table.ts";
import type { Item } from "./item.ts";
import { blocksIn, bodiesOf, linksIn, localesOf, uploadsIn } from "./walk.ts";

/** Ids of records by something that they hold. */
class IdsBy implements RowIndex<Item> {
  readonly #keysOf: (item: Item) => Iterable<string>;
  readonly #ids = new Map<string, Set<string>>();

  constructor(keysOf: (item: Item) => Iterable<string>) {
    this.#keysOf = keysOf;
  }

  change(before: Item | undefined, after: Item | undefined): void {
    if (before !== undefined && after !== undefined && holdsTheSame(before, after)) return;
    for (const key of before === undefined ? [] : this.#keysOf(before)) {
      if (before !== undefined) this.#ids.get(key)?.delete(before.id);
    }
    if (after === undefined) return;
    for (const key of this.#keysOf(after)) {
      const ids = this.#ids.get(key) ?? new Set();
      this.#ids.set(key, ids.add(after.id));
    }
  }

  get(key: string): string[] {
    return [...(this.#ids.get(key) ?? [])];
  }
}

/** A record that only moved among its siblings, or was published as it stands, holds what it held. */
function holdsTheSame(one: Item, other: Item): boolean {
  return (
    one.current === other.current && one.published === other.published && one.parentId === other.parentId
  );
}

function idsBy(
  content: Content,
  name: string,
  keysOf: (item: Item) => Iterable<string>,
  modelId?: string,
): IdsBy {
  return content.items.index(
    name,
    () => new IdsBy(keysOf),
    (index) => index instanceof IdsBy,
    modelId,
  );
}

/** @returns the records one level below a record, in no order */
export function childrenOf(content: Content, parentId: string): string[] {
  return idsBy(content, "children", (item) => (item.parentId === null ? [] : [item.parentId])).get(parentId);
}

/** @returns the records that link to a record in either body, in blocks too */
export function referrersOf(content: Content, itemId: string): string[] {
  return idsBy(content, "referrers", (item) =>
    bodiesOf(item).flatMap((values) =>
      [...linksIn(content, item.modelId, values)].map(({ target }) => target),
    ),
  ).get(itemId);
}

/** @returns the records that have an upload in either body, in blocks too */
export function uploadUsersOf(content: Content, uploadId: string): string[] {
  return idsBy(content, "upload users", (item) =>
    bodiesOf(item).flatMap((values) => [...uploadsIn(content, item.modelId, values)]),
  ).get(uploadId);
}

/** @returns the records that hold a block in either body */
export function hostsOf(content: Content, blockId: string): string[] {
  return idsBy(content, "hosts", (item) =>
    bodiesOf(item).flatMap((values) => [...blocksIn(content, item.modelId, values)].map(({ id }) => id)),
  ).get(blockId);
}

/** @returns the records whose current body has this value in a field and locale */
export function holdersOf(content: Content, field: Field, locale: string | null, value: unknown): string[] {
  const keyOf = (where: string | null, what: unknown) => `${where ?? ""}:${JSON.stringify(what)}`;
  const keysOf = ({ modelId, current }: Item) =>
    modelId === field.modelId
      ? localesOf(field, current.values[field.attributes.api_key]).map(([where, what]) => keyOf(where, what))
      : [];
  return idsBy(content, `values of ${field.id}`, keysOf, field.modelId).get(keyOf(locale, value));
}
