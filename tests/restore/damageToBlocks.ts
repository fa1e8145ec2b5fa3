import { idFrom } from "../../emulator/content/ids.ts";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { Damage } from "./damage.ts";
import { block, editItem, newId, publish } from "./requests.ts";

const { blocks, products, models } = furnitureIds;
const article = idFrom("nasty article 6");
const quote = idFrom("nasty quote 6");

/** Blocks in bodies: edited, taken out, put elsewhere. */
export const blockEdits = {
  blockEdited: {
    cases: [2],
    does: "edits a block of a published record",
    inflict: (editor) =>
      editItem(editor, article, { quotes: [block(quote, undefined, { words: "Edited" })] }),
  },
  blockAdded: {
    cases: [],
    does: "puts a new block before one that stays, and publishes that",
    inflict: async (editor) => {
      const added = block(newId("quote"), nastyIds.models.quote, { words: "New" });
      await editItem(editor, article, { quotes: [added, quote] });
      await publish(editor, article);
    },
  },
  blockRemoved: {
    cases: [],
    does: "takes the only block out of a record",
    inflict: (editor) => editItem(editor, article, { quotes: [] }),
  },
  sharedBlockEdited: {
    cases: [13],
    does: "leaves of a structured text only the block that is in both bodies, with other words",
    inflict: (editor) =>
      editItem(editor, nastyIds.text, {
        body: {
          schema: "dast",
          document: {
            type: "root",
            children: [
              { type: "block", item: block(nastyIds.sharedBlock, undefined, { words: "edited" }) },
              { type: "paragraph", children: [{ type: "span", marks: ["emphasis"], value: "Edited" }] },
            ],
          },
        },
      }),
  },
  innerBlockEdited: {
    cases: [],
    does: "edits a block within a block",
    inflict: (editor) =>
      editItem(editor, products.published, {
        sections: {
          en: [
            block(blocks.card, undefined, { quotes: [block(blocks.quote, undefined, { words: "Edited" })] }),
          ],
          it: [blocks.italian],
        },
      }),
  },
  blocksReordered: {
    cases: [],
    does: "puts blocks into another order, and publishes that",
    inflict: async (editor) => {
      const added = block(newId("card"), models.card, { heading: "New" });
      await editItem(editor, products.published, {
        sections: { en: [added, blocks.card], it: [] },
        hero: null,
      });
      await publish(editor, products.published);
    },
  },
} as const satisfies Readonly<Record<string, Damage>>;
