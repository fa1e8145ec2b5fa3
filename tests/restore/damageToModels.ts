import * as z from "zod";
import { fieldIdOf } from "../../emulator/content/seeds/build.ts";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { Damage } from "./damage.ts";
import type { Editor } from "./editor.ts";
import {
  createField,
  createItem,
  createModel,
  deleteModel,
  editField,
  editModel,
  newId,
} from "./requests.ts";

const { models } = nastyIds;
const { product, category, card } = furnitureIds.models;

const deletion = (id: string, does: string, ...cases: number[]): Damage => ({
  cases,
  does,
  inflict: (editor) => deleteModel(editor, id),
});

/** Models and block models. */
export const modelDamages = {
  modelDeleted: deletion(product, "deletes a model with a record for every type of field"),
  linkedModelDeleted: deletion(category, "deletes a model that a required link of another leads to"),
  selfLinkedModelDeleted: deletion(models.strict, "deletes a model whose records need each other", 6),
  treeModelDeleted: deletion(models.page, "deletes a model whose records are a tree", 17),
  legacyModelDeleted: deletion(models.legacy, "deletes a model whose ids are numbers", 19),
  singletonModelDeleted: deletion(models.home, "deletes the model of a singleton", 19),
  blockModelDeleted: {
    cases: [13],
    does: "deletes a block model, with every block of it",
    inflict: (editor) => deleteBlockModel(editor, models.quote),
  },
  outerBlockModelDeleted: {
    cases: [],
    does: "deletes a block model whose blocks hold others",
    inflict: (editor) => deleteBlockModel(editor, card),
  },
  modelRenamed: {
    cases: [19],
    does: "gives a model another key and another name",
    inflict: (editor) => editModel(editor, models.article, { api_key: "post", name: "Post" }),
  },
  modelKeyTaken: {
    cases: [19],
    does: "deletes a model and gives its key and name to another one, which has a record",
    inflict: async (editor) => {
      await deleteModel(editor, category);
      const taker = newId("category");
      await createModel(editor, taker, { name: "category", api_key: "category" });
      const name = { label: "name", api_key: "name", field_type: "string" };
      await createField(editor, newId("category name"), taker, name);
      await createItem(editor, newId("category record"), taker, { name: "In the way" });
    },
  },
  draftsSwitchedOff: {
    cases: [],
    does: "switches drafts off where there are drafts",
    inflict: (editor) => editModel(editor, product, { draft_mode_active: false }),
  },
  draftsSwitchedOn: {
    cases: [],
    does: "switches drafts on, and edits a record without publishing it",
    inflict: async (editor) => {
      await editModel(editor, models.row, { draft_mode_active: true });
      await createItem(editor, newId("draft row"), models.row, { name: "A draft" });
    },
  },
  allLocalesRequired: {
    cases: [10],
    does: "requires all locales of a model whose records do not have them",
    inflict: (editor) => editModel(editor, product, { all_locales_required: true }),
  },
  flagsChanged: {
    cases: [],
    does: "changes hint, appearance and order of models, and takes a workflow from one",
    inflict: async (editor) => {
      await editModel(editor, product, { hint: null, collection_appearance: "compact" }, { workflow: null });
      await editModel(editor, models.article, { ordering_meta: "created_at", ordering_direction: "desc" });
      await editModel(editor, category, { ordering_direction: null }, { ordering_field: null });
    },
  },
  modelFieldsChanged: {
    cases: [],
    does: "makes another field a model's title, and none its preview",
    inflict: (editor) =>
      editModel(
        editor,
        product,
        {},
        { title_field: ["field", fieldIdOf(product, "sku")], image_preview_field: null },
      ),
  },
  modelCreated: {
    cases: [],
    does: "creates a model with a field and a record, and a block model that a field takes",
    inflict: async (editor) => {
      const [model, block] = [newId("model"), newId("block model")];
      await createModel(editor, model, { name: "New", api_key: "new_model" });
      await createField(editor, newId("field of model"), model, {
        label: "Title",
        api_key: "title",
        field_type: "string",
      });
      await createItem(editor, newId("record of model"), model, { title: "New" });
      await createModel(editor, block, { name: "New block", api_key: "new_block", modular_block: true });
      await editField(editor, fieldIdOf(models.article, "quotes"), {
        validators: { rich_text_blocks: { item_types: [models.quote, block] } },
      });
    },
  },
} as const satisfies Readonly<Record<string, Damage>>;

const fieldsOfSite = z.object({
  included: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string(),
      attributes: z.looseObject({
        validators: z
          .record(z.string(), z.looseObject({ item_types: z.array(z.string()).optional() }))
          .optional(),
      }),
    }),
  ),
});

/** A block model that fields still name may have to stay (switch `blockModelInUse`): they name it no longer first. */
async function deleteBlockModel(editor: Editor, id: string) {
  const site = await editor.call("GET", "/site?include=item_types,item_types.fields");
  for (const { id: fieldId, attributes } of fieldsOfSite.parse(site).included) {
    const { validators = {} } = attributes;
    if (!Object.values(validators).some(({ item_types }) => item_types?.includes(id))) continue;
    const left = Object.entries(validators).map(([name, { item_types, ...rest }]) => [
      name,
      item_types === undefined ? rest : { ...rest, item_types: item_types.filter((other) => other !== id) },
    ]);
    await editField(editor, fieldId, { validators: Object.fromEntries(left) });
  }
  return deleteModel(editor, id);
}
