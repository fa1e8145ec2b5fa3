import { Refusal } from "../../errors.ts";
import type { Content } from "../content.ts";

/** @throws Refusal ITEM_LOCKED while somebody has the record open (facts 5.4) */
export function assertUnlocked({ openItems }: Content, itemId: string): void {
  if (openItems.has(itemId)) throw new Refusal("ITEM_LOCKED");
}
