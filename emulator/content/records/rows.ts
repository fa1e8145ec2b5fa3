import type { Content } from "../content.ts";
import type { Block, Item, Version } from "./item.ts";
import { blocksIn } from "./walk.ts";

/** A record in one of its bodies; with `block`, a block in it that is listed as if it were a record. */
export type Row = { readonly item: Item; readonly version: Version; readonly block?: Block };

export type VersionName = "current" | "published";

/** @returns a record in the body that is asked for; undefined: it is not published */
export function rowOf(item: Item | undefined, version: VersionName): Row | undefined {
  const body = version === "current" ? item?.current : item?.published;
  return item && body ? { item, version: body } : undefined;
}

/** @returns the blocks in a body, as rows */
export function blockRows(content: Content, row: Row): Row[] {
  return [...blocksIn(content, row.item.modelId, row.version.values)].map((block) => ({ ...row, block }));
}
