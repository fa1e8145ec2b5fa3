import { Refusal } from "../../errors.ts";
import type { Content } from "../content.ts";
import type { Values } from "./item.ts";
import { localesOf, ownBlocks } from "./walk.ts";

/** Technical limits of the platform (facts 9, item 15; `/public-info` tells the last two). */
const MAX_BYTES = 300 * 1024;
const MAX_BLOCKS = 500;
const MAX_DEPTH = 5;

/** @throws Refusal TECHNICAL_LIMIT_REACHED */
export function assertWithinLimits(content: Content, modelId: string, values: Values): void {
  const { blocks, depth } = measured(content, modelId, values);
  const refuse = (limit: string) => new Refusal("TECHNICAL_LIMIT_REACHED", { limit });
  if (blocks > MAX_BLOCKS) throw refuse("blocks_per_item");
  if (depth > MAX_DEPTH) throw refuse("blocks_depth");
  if (Buffer.byteLength(JSON.stringify(values)) > MAX_BYTES) throw refuse("item_size");
}

function measured(content: Content, modelId: string, values: Values): { blocks: number; depth: number } {
  let blocks = 0;
  let depth = 0;
  for (const field of content.fieldsOf(modelId)) {
    for (const [, value] of localesOf(field, values[field.attributes.api_key])) {
      for (const block of ownBlocks(field, value)) {
        const inside = measured(content, block.modelId, block.values);
        blocks += 1 + inside.blocks;
        depth = Math.max(depth, 1 + inside.depth);
      }
    }
  }
  return { blocks, depth };
}
