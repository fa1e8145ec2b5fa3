import { Refusal } from "../../errors.ts";
import type { Edit } from "../edit.ts";
import { closeGap, lastPlace, makeRoom, type Placed } from "../positions.ts";
import type { Model } from "../schema/model.ts";
import type { RowIndex } from "../table.ts";
import { childrenOf } from "./indexes.ts";
import type { Item } from "./item.ts";

/** Where a record stands: its position among its siblings, and the record above it. */
export type Place = Pick<Item, "parentId" | "position">;

/** @returns whether records of a model have positions */
export function isOrdered({ attributes }: Model): boolean {
  return attributes.sortable || attributes.tree;
}

/**
 * Makes room for a record that comes to a place.
 *
 * @param position undefined: behind its siblings
 * @returns the place that it gets
 * @throws Refusal INVALID_PARENT_ID
 */
export function takePlace(
  edit: Edit,
  model: Model,
  itemId: string,
  wanted: { parentId: string | null; position: number | undefined },
): Place {
  if (!isOrdered(model)) return { parentId: null, position: null };
  const { parentId } = wanted;
  if (parentId !== null) assertParent(edit, model, itemId, parentId);
  const siblings = siblingsOf(edit, model, parentId).filter(({ id }) => id !== itemId);
  const position = wanted.position ?? lastPlace(siblings);
  place(edit, makeRoom(siblings, position));
  return { parentId, position };
}

/** Closes the gap that a record leaves. */
export function leavePlace(edit: Edit, model: Model, item: Item): void {
  if (item.position === null) return;
  const siblings = siblingsOf(edit, model, item.parentId).filter(({ id }) => id !== item.id);
  place(edit, closeGap(siblings, item.position));
}

/** Records below one that goes become roots, behind the others (facts 5.1). */
export function freeChildren(edit: Edit, model: Model, item: Item): void {
  const { items } = edit.content;
  for (const id of childrenOf(edit.content, item.id)) {
    const child = items.get(id);
    if (child !== undefined) {
      items.set({ ...child, parentId: null, position: lastPlace(siblingsOf(edit, model, null)) });
    }
  }
}

/** Positions of a model's records, by the record above them. */
class Places implements RowIndex<Item> {
  readonly #modelId: string;
  readonly #positions = new Map<string | null, Map<string, number>>();

  constructor(modelId: string) {
    this.#modelId = modelId;
  }

  change(before: Item | undefined, after: Item | undefined): void {
    if (before?.modelId === this.#modelId) this.#positions.get(before.parentId)?.delete(before.id);
    if (after?.modelId !== this.#modelId || after.position === null) return;
    const below = this.#positions.get(after.parentId) ?? new Map<string, number>();
    this.#positions.set(after.parentId, below.set(after.id, after.position));
  }

  below(parentId: string | null): Placed[] {
    return Array.from(this.#positions.get(parentId) ?? [], ([id, position]) => ({ id, position }));
  }
}

function siblingsOf({ content }: Edit, { id: modelId }: Model, parentId: string | null): Placed[] {
  const places = content.items.index(
    `places of ${modelId}`,
    () => new Places(modelId),
    (index) => index instanceof Places,
    modelId,
  );
  return places.below(parentId);
}

function place({ content }: Edit, moved: readonly Placed[]): void {
  for (const { id, position } of moved) {
    const item = content.items.get(id);
    if (item !== undefined) content.items.set({ ...item, position });
  }
}

function assertParent({ content }: Edit, model: Model, itemId: string, parentId: string): void {
  let parent = content.items.get(parentId);
  if (!model.attributes.tree || parent?.modelId !== model.id) throw new Refusal("INVALID_PARENT_ID");
  while (parent !== undefined) {
    if (parent.id === itemId) throw new Refusal("INVALID_PARENT_ID");
    parent = parent.parentId === null ? undefined : content.items.get(parent.parentId);
  }
}
