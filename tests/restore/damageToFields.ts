import { fieldIdOf } from "../../emulator/content/seeds/build.ts";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { Damage } from "./damage.ts";
import type { Editor } from "./editor.ts";
import {
  createField,
  createItem,
  deleteField,
  editField,
  editFieldset,
  newId,
  resource,
} from "./requests.ts";

const { article, row, legacy } = nastyIds.models;
const { product, category, card } = furnitureIds.models;
const articleField = (apiKey: string) => fieldIdOf(article, apiKey);
const productField = (apiKey: string) => fieldIdOf(product, apiKey);

const deletion = (id: string, does: string, ...cases: number[]): Damage => ({
  cases,
  does,
  inflict: (editor) => deleteField(editor, id),
});

/** Fields and fieldsets. */
export const fieldDamages = {
  fieldDeleted: deletion(articleField("kicker"), "deletes a field with a default", 9),
  localizedFieldDeleted: deletion(articleField("title"), "deletes the only localized field of a model", 10),
  blockFieldDeleted: deletion(articleField("body"), "deletes a field of structured text with blocks", 13),
  titleFieldDeleted: deletion(productField("name"), "deletes the field that is a model's title"),
  orderingFieldDeleted: deletion(fieldIdOf(category, "name"), "deletes the field that a model is ordered by"),
  slugSourceDeleted: deletion("9440098", "deletes the field that a slug is made from", 19),
  fieldOfBlockDeleted: deletion(
    fieldIdOf(card, "quotes"),
    "deletes a field of a block, which has blocks in it",
  ),
  fieldRenamed: {
    cases: [],
    does: "gives a field another key and another label",
    inflict: (editor) => editField(editor, articleField("lead"), { api_key: "intro", label: "Intro" }),
  },
  fieldKeyTaken: {
    cases: [19],
    does: "deletes a field and gives its key and label to one of another type",
    inflict: async (editor) => {
      await deleteField(editor, articleField("kicker"));
      const taker = { label: "kicker", api_key: "kicker", field_type: "integer" };
      await createField(editor, newId("kicker"), article, taker);
    },
  },
  fieldKeysSwapped: {
    cases: [7],
    does: "swaps the keys of two fields",
    inflict: async (editor) => {
      await editField(editor, productField("sku"), { api_key: "between", label: "between" });
      await editField(editor, productField("kind"), { api_key: "sku", label: "sku" });
      await editField(editor, productField("sku"), { api_key: "kind", label: "kind" });
    },
  },
  fieldTypeChanged: {
    cases: [],
    does: "changes the type of a field, once to one that keeps values and once to one that does not",
    inflict: async (editor) => {
      await editField(editor, articleField("kicker"), { field_type: "text" });
      await editField(editor, articleField("ratio"), { field_type: "boolean" });
    },
  },
  fieldLocalized: {
    cases: [10],
    does: "gives locales to a field without them, and takes them from one with",
    inflict: async (editor) => {
      await editField(editor, articleField("kicker"), { localized: true });
      await editField(editor, productField("sections"), { localized: false });
    },
  },
  validatorsTightened: {
    cases: [8],
    does: "tightens validators so that records that are there are invalid",
    inflict: async (editor) => {
      await editField(editor, articleField("kicker"), { validators: { required: {}, length: { max: 3 } } });
      await editField(editor, articleField("slug"), { validators: { unique: {}, required: {} } });
      await editField(editor, productField("sku"), { validators: { enum: { values: ["z"] } } });
    },
  },
  validatorsLoosened: {
    cases: [],
    does: "loosens validators",
    inflict: async (editor) => {
      await editField(editor, productField("name"), { validators: {} });
      await editField(editor, articleField("slug"), { validators: {} });
    },
  },
  loosenedAndUsed: {
    cases: [7],
    does: "loosens a unique validator and writes the same value twice",
    inflict: async (editor) => {
      await editField(editor, productField("sku"), { validators: {} });
      const twin = { name: "Twin", sku: "a", kind: "film", category: furnitureIds.categories[0] };
      await createItem(editor, newId("twin"), product, { ...twin, sections: { en: [] } });
    },
  },
  blocksNarrowed: {
    cases: [],
    does: "takes a block model from the list of a field, which deletes its blocks",
    inflict: (editor) =>
      editField(editor, productField("sections"), {
        validators: { rich_text_blocks: { item_types: [nastyIds.models.quote] }, size: { max: 10 } },
      }),
  },
  linksNarrowed: {
    cases: [],
    does: "lets a field link to another model than to that which it links to",
    inflict: (editor) =>
      editField(editor, articleField("related"), {
        validators: { items_item_type: { item_types: [row, legacy] } },
      }),
  },
  defaultChanged: {
    cases: [9],
    does: "changes defaults and the appearance of fields",
    inflict: async (editor) => {
      await editField(editor, articleField("kicker"), { default_value: "Other", hint: "Say it short" });
      await editField(editor, articleField("title"), { default_value: { en: "New", it: null, fr: null } });
      await editField(editor, productField("kind"), {
        appearance: { editor: "single_line", parameters: { heading: true }, addons: [] },
      });
    },
  },
  fieldsMoved: {
    cases: [17],
    does: "moves fields within their model, and out of their fieldset",
    inflict: async (editor) => {
      await editField(editor, articleField("body"), { position: 1 });
      await moveToFieldset(editor, productField("price"), null);
      await moveToFieldset(editor, productField("sku"), furnitureIds.fieldset);
    },
  },
  fieldsetDeleted: {
    cases: [],
    does: "deletes a fieldset, whose fields stay",
    inflict: (editor) => editor.call("DELETE", `/fieldsets/${furnitureIds.fieldset}`),
  },
  fieldsetEdited: {
    cases: [],
    does: "renames and moves a fieldset",
    inflict: (editor) => editFieldset(editor, furnitureIds.fieldset, { title: "More", position: 2 }),
  },
  fieldCreated: {
    cases: [],
    does: "creates fields, one with a default that is required, and a fieldset",
    inflict: async (editor) => {
      const badge = { label: "Badge", api_key: "badge", field_type: "string" };
      const validators = { validators: { required: {} }, default_value: "new" };
      await createField(editor, newId("badge"), article, { ...badge, ...validators });
      const body = resource("fieldset", newId("fieldset"), { title: "New" });
      await editor.call("POST", `/item-types/${article}/fieldsets`, body);
    },
  },
} as const satisfies Readonly<Record<string, Damage>>;

function moveToFieldset(editor: Editor, fieldId: string, fieldset: string | null) {
  const target = { fieldset: fieldset === null ? null : (["fieldset", fieldset] as const) };
  return editor.call("PUT", `/fields/${fieldId}`, resource("field", fieldId, {}, target));
}
