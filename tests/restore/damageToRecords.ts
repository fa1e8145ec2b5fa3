import { idFrom } from "../../emulator/content/ids.ts";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { Damage } from "./damage.ts";
import {
  bulk,
  createItem,
  deleteItem,
  editItem,
  editItemAs,
  moveToStage,
  newId,
  publish,
  unpublish,
} from "./requests.ts";

const { models, swap, circle, tree } = nastyIds;
const { products, categories } = furnitureIds;
const articleOf = (number: number) => idFrom(`nasty article ${number}`);

const deletion = (id: string, does: string, ...cases: number[]): Damage => ({
  cases,
  does,
  inflict: (editor) => deleteItem(editor, id),
});

/** Records that go. */
export const deletions = {
  referredDeleted: deletion(nastyIds.deletable, "deletes a record that two link to", 18),
  twoBodiesDeleted: deletion(nastyIds.updated, "deletes a record with two bodies, which others link to", 4),
  scheduledDeleted: deletion(nastyIds.scheduled, "deletes a record with schedules", 5),
  selfLinkedDeleted: deletion(circle[2], "deletes a record that needs itself", 6),
  invalidPublishedDeleted: deletion(
    nastyIds.invalidPublished,
    "deletes a record whose published body is invalid today",
    8,
  ),
  nullsDeleted: deletion(nastyIds.nulls, "deletes a draft with nulls where fields have defaults", 9),
  oldLocalesDeleted: deletion(nastyIds.oldLocales, "deletes a record in a locale that is gone", 10),
  valuesDeleted: deletion(nastyIds.values, "deletes a record with long numbers and wild JSON", 11, 12),
  textDeleted: deletion(nastyIds.text, "deletes a record with structured text in two bodies", 13),
  addressesDeleted: deletion(nastyIds.urls, "deletes a record with addresses of assets", 16),
  legacyDeleted: deletion(nastyIds.legacy, "deletes a record whose id is a number", 19),
  singletonDeleted: deletion(nastyIds.home, "deletes the record of a singleton", 19),
  nestedBlocksDeleted: deletion(products.published, "deletes a record with blocks in blocks and a stage"),
  rowDeleted: deletion(idFrom("nasty row 3"), "deletes a record in a row that is sorted by hand", 17),
  parentDeleted: deletion(tree[1], "deletes a page, whose pages below become roots", 17),
  requiredLinkDeleted: deletion(categories[1], "deletes a record that a required link leads to"),
  circleDeleted: {
    cases: [6],
    does: "deletes two records that need each other",
    inflict: (editor) => bulk(editor, "destroy", circle.slice(0, 2)),
  },
  manyDeleted: {
    cases: [2],
    does: "deletes more records with blocks than a nested page holds",
    inflict: (editor) =>
      bulk(
        editor,
        "destroy",
        Array.from({ length: 35 }, (_, index) => articleOf(index + 1)),
      ),
  },
  treeDeleted: {
    cases: [17],
    does: "deletes a whole tree",
    inflict: (editor) => bulk(editor, "destroy", tree),
  },
} as const satisfies Readonly<Record<string, Damage>>;

/** Records that are written, published, withdrawn. */
export const edits = {
  publishedEdited: {
    cases: [],
    does: "edits a published record, which then is updated",
    inflict: (editor) => editItem(editor, articleOf(1), { kicker: "Edited" }),
  },
  editPublished: {
    cases: [],
    does: "edits a published record and publishes it",
    inflict: async (editor) => {
      await editItem(editor, articleOf(2), { kicker: "Edited", title: everywhere("Edited") });
      await publish(editor, articleOf(2));
    },
  },
  editedAndBack: {
    cases: [],
    does: "edits a published record and takes the edit back, which leaves it updated",
    inflict: async (editor) => {
      await editItem(editor, articleOf(3), { kicker: "Edited" });
      await editItem(editor, articleOf(3), { kicker: "Kicker" });
    },
  },
  updatedPublished: {
    cases: [4],
    does: "publishes what was an edit, so that the former published body is gone",
    inflict: async (editor) => {
      await editItem(editor, nastyIds.updated, { title: everywhere("Out") });
      await publish(editor, nastyIds.updated);
    },
  },
  localesEdited: {
    cases: [4],
    does: "gives a record locales that it had in its published body only",
    inflict: (editor) => editItem(editor, products.updated, { sections: { en: [], it: [] } }),
  },
  valuesEdited: {
    cases: [11, 12],
    does: "edits long numbers, JSON and an hour that came twice",
    inflict: (editor) =>
      editItem(editor, nastyIds.values, {
        count: 1,
        ratio: 0.5,
        data: "{}",
        starts_at: "2024-10-27T03:30:00",
        files: [],
      }),
  },
  nullsFilled: {
    cases: [9],
    does: "fills what was null",
    inflict: (editor) => editItem(editor, nastyIds.nulls, { kicker: "Now", pinned: false, lead: "Lead" }),
  },
  invalidMended: {
    cases: [8],
    does: "publishes a valid body over one that is invalid today",
    inflict: (editor) => publish(editor, nastyIds.invalidPublished),
  },
  unpublished: {
    cases: [],
    does: "unpublishes a record",
    inflict: (editor) => unpublish(editor, articleOf(4)),
  },
  draftPublished: {
    cases: [],
    does: "publishes a draft",
    inflict: (editor) => publish(editor, products.draft),
  },
  slugsSwapped: {
    cases: [7],
    does: "swaps two unique slugs and publishes both",
    inflict: async (editor) => {
      await editItem(editor, swap[0], { slug: "two" });
      await editItem(editor, swap[1], { slug: "one" });
      await bulk(editor, "publish", swap);
    },
  },
  referrerEdited: {
    cases: [18],
    does: "deletes a record and then edits one of those that linked to it",
    inflict: async (editor) => {
      await deleteItem(editor, nastyIds.deletable);
      await editItem(editor, nastyIds.referrers[0], { related: [swap[0]], kicker: "Edited since" });
    },
  },
  withoutDraftsEdited: {
    cases: [],
    does: "edits records of models without drafts",
    inflict: async (editor) => {
      await editItem(editor, categories[0], { name: "Renamed" });
      await editItem(editor, nastyIds.home, { title: "Renamed" });
    },
  },
  creatorChanged: {
    cases: [],
    does: "gives a record another creator",
    inflict: (editor) => editItemAs(editor, articleOf(5), { type: "user", id: "7" }),
  },
  stageMoved: {
    cases: [],
    does: "moves a record to another stage of its workflow",
    inflict: (editor) => moveToStage(editor, [products.published], "draft"),
  },
  rowsMoved: {
    cases: [17],
    does: "moves records that are sorted by hand",
    inflict: async (editor) => {
      await editItem(editor, idFrom("nasty row 2"), { position: 5 });
      await editItem(editor, products.draft, { position: 1 });
    },
  },
  pagesMoved: {
    cases: [17],
    does: "moves pages below others, and roots among each other",
    inflict: async (editor) => {
      await editItem(editor, tree[4], { parent_id: null });
      await editItem(editor, idFrom("nasty root 3"), { parent_id: tree[0], position: 1 });
      await editItem(editor, idFrom("nasty root 0"), { position: 9 });
    },
  },
} as const satisfies Readonly<Record<string, Damage>>;

/** Records that come. */
export const additions = {
  recordCreated: {
    cases: [],
    does: "creates records: a draft that links, one in the middle of a row, a page below a page",
    inflict: async (editor) => {
      const article = { title: everywhere("New"), lead: "Lead", related: [nastyIds.updated] };
      await createItem(editor, newId("article"), models.article, article);
      await createItem(editor, newId("row"), models.row, { name: "New row", position: 2 });
      await createItem(editor, newId("page"), models.page, { title: { en: "New" }, parent_id: tree[0] });
    },
  },
  slugTaken: {
    cases: [7],
    does: "deletes a record and gives its unique slug to a new one",
    inflict: async (editor) => {
      await deleteItem(editor, swap[0]);
      const slug = { title: everywhere("Thief"), lead: "Lead", slug: "one" };
      await createItem(editor, newId("thief"), models.article, slug);
      await publish(editor, newId("thief"));
    },
  },
  singletonReplaced: {
    cases: [19],
    does: "deletes the record of a singleton and creates another one",
    inflict: async (editor) => {
      await deleteItem(editor, nastyIds.home);
      await createItem(editor, newId("home"), models.home, { title: "Another home" });
    },
  },
} as const satisfies Readonly<Record<string, Damage>>;

function everywhere(text: string) {
  return { en: text, it: text, fr: text };
}
