import type { Content } from "../content.ts";
import type { ContentCall } from "../edit.ts";
import { blockRows, type Row, rowOf, type VersionName } from "./rows.ts";

/** Which row it is, without what it holds. */
export type RowKey = { readonly itemId: string; readonly blockId: string | undefined };

export function keyOf({ item, block }: Row): RowKey {
  return { itemId: item.id, blockId: block?.id };
}

/** @returns the row that a key stands for, as a list of one or none */
export function rowAt(content: Content, { itemId, blockId }: RowKey, version: VersionName): Row[] {
  const row = rowOf(content.items.get(itemId), version);
  if (row === undefined) return [];
  return blockId === undefined ? [row] : blockRows(content, row).filter(({ block }) => block?.id === blockId);
}

/** How many lists are remembered for each environment: pages of a few models may be read side by side. */
const LISTS = 8;

type Remembered = { readonly revision: number; readonly stamp: object; readonly keys: readonly RowKey[] };
const lists = new WeakMap<Content, Map<string, Remembered>>();

/**
 * Remembers which rows a list has, so that its second page does not cost as much as its first.
 *
 * @param find the rows of the list that the call asks for, all pages together
 */
export function remembered(call: ContentCall, find: () => readonly RowKey[]): readonly RowKey[] {
  const { content, query, state } = call;
  const { schemaStamp: stamp } = content;
  const { revision } = content.items;
  const asked = [...query].filter(([name]) => !name.startsWith("page[") && name !== "nested");
  const name = JSON.stringify([asked, state.settings.hidden, state.settings.contentUnknowns]);
  const known = lists.get(content) ?? new Map<string, Remembered>();
  lists.set(content, known);
  const before = known.get(name);
  if (before?.revision === revision && before.stamp === stamp) return before.keys;
  const keys = find();
  known.delete(name);
  known.set(name, { revision, stamp, keys });
  const [oldest] = known.keys();
  if (known.size > LISTS && oldest !== undefined) known.delete(oldest);
  return keys;
}
