import fc from "fast-check";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { TOKEN } from "../emulator/support.ts";
import { damages } from "./damages.ts";
import { type Editor, Refused } from "./editor.ts";
import { type EnvironmentState, stateOf } from "./judge.ts";
import * as requests from "./requests.ts";

/** One thing that somebody does to an environment, chosen from what is there when it is done. */
export interface AnyEdit {
  /** @returns what came of it: a refusal is part of the game */
  inflict(editor: Editor): Promise<"done" | "refused" | "nothing to do">;
  /** As fast-check prints it. */
  [fc.toStringMethod](): string;
}

/** Does something with what lies in the environment; undefined: there is nothing to do it with. */
type Act = (editor: Editor, state: EnvironmentState) => Promise<unknown> | undefined;

/** An edit of the project that `nastySite` makes. Each says what it is when it is printed. */
export const anyEdit: fc.Arbitrary<AnyEdit> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(), fc.nat(), aValue()).map(written) },
  { weight: 3, arbitrary: fc.nat().map((nth) => ofRecord("delete", nth, requests.deleteItem)) },
  { weight: 3, arbitrary: fc.nat().map((nth) => ofRecord("publish", nth, requests.publish)) },
  { weight: 2, arbitrary: fc.nat().map((nth) => ofRecord("unpublish", nth, requests.unpublish)) },
  { weight: 1, arbitrary: fc.nat().map((nth) => ofRecord("duplicate", nth, requests.duplicate)) },
  { weight: 3, arbitrary: fc.tuple(fc.nat(), fc.nat(9)).map(created) },
  { weight: 2, arbitrary: fc.tuple(fc.nat(), fc.nat(), fc.nat(12)).map(moved) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(), aWord()).map(tagged) },
  { weight: 1, arbitrary: fc.nat().map(uploadDeleted) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...Object.entries(damages)).map(([name, { inflict }]) => edit(name, inflict)),
  },
);

/** @param most edits at most */
export function someEdits(most: number): fc.Arbitrary<AnyEdit[]> {
  return fc.array(anyEdit, { minLength: 1, maxLength: most });
}

function edit(name: string, act: Act): AnyEdit {
  return {
    [fc.toStringMethod]: () => name,
    async inflict(editor) {
      try {
        const under = act(editor, stateOf(editor.emulator, TOKEN, editor.environment));
        if (under === undefined) return "nothing to do";
        await under;
        return "done";
      } catch (error) {
        if (error instanceof Refused) return "refused";
        throw error;
      }
    },
  };
}

function nthOf<Thing>(things: readonly Thing[], nth: number): Thing | undefined {
  return things[nth % Math.max(1, things.length)];
}

function ofRecord(name: string, nth: number, act: (editor: Editor, id: string) => Promise<unknown>): AnyEdit {
  return edit(`${name} record ${nth}`, (editor, { records }) => {
    const id = nthOf(Object.keys(records), nth);
    return id === undefined ? undefined : act(editor, id);
  });
}

/** Writes one field of a record; a localized one in the locales that the record has. */
function written([nth, nthField, value]: [number, number, Value]): AnyEdit {
  return edit(`write ${JSON.stringify(value)} into field ${nthField} of record ${nth}`, (editor, state) => {
    const [id, record] = nthOf(Object.entries(state.records), nth) ?? [];
    if (id === undefined || record === undefined) return undefined;
    const fields = Object.values(state.fields).filter(({ model }) => model === record.model);
    const field = nthOf(fields, nthField);
    if (field === undefined) return undefined;
    const wanted = valueFor(String(field.field_type), value, state);
    if (wanted === undefined) return undefined;
    const key = String(field.api_key);
    const before = new Map(Object.entries(record.current ?? {})).get(key);
    const locales = field.localized === true ? Object.keys(before ?? {}) : undefined;
    return requests.editItem(editor, id, {
      [key]: locales === undefined ? wanted : Object.fromEntries(locales.map((locale) => [locale, wanted])),
    });
  });
}

interface Value {
  readonly word: string;
  readonly number: number;
  readonly isNull: boolean;
}

function aWord(): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(..."abcdexyz-Ü'\"<"), minLength: 1, maxLength: 12 });
}

function aValue(): fc.Arbitrary<Value> {
  return fc.record({
    word: aWord(),
    number: fc.oneof(fc.nat(100), fc.maxSafeInteger()),
    isNull: fc.boolean(),
  });
}

/** @returns undefined for types of which an edit says nothing here */
function valueFor(
  type: string,
  { word, number, isNull }: Value,
  { records, uploads }: EnvironmentState,
): unknown {
  const nullOr = (value: unknown) => (isNull ? null : value);
  switch (type) {
    case "string":
    case "text":
      return nullOr(word);
    case "slug":
      return nullOr(`slug-${number % 7}`);
    case "integer":
      return nullOr(number);
    case "float":
      return nullOr(number / 8);
    case "boolean":
      return nullOr(number % 2 === 0);
    case "json":
      return nullOr(JSON.stringify({ [word]: number }));
    case "date_time":
      return nullOr(new Date(number % 4e12).toISOString());
    case "link":
      return nullOr(nthOf(Object.keys(records), number));
    case "links":
      return isNull ? [] : [nthOf(Object.keys(records), number)];
    case "file":
      return nullOr({ upload_id: nthOf(Object.keys(uploads), number), alt: word });
    case "gallery":
      return isNull ? [] : [{ upload_id: nthOf(Object.keys(uploads), number), custom_data: { word } }];
    case "rich_text":
      return [];
    case "structured_text":
      return nullOr(paragraph(word));
    default:
      return undefined;
  }
}

function paragraph(word: string) {
  const children = [{ type: "paragraph", children: [{ type: "span", marks: ["strong"], value: word }] }];
  return { schema: "dast", document: { type: "root", children } };
}

function created([nth, number]: [number, number]): AnyEdit {
  return edit(`create ${number} in model ${nth}`, (editor) => {
    const { models, tree } = nastyIds;
    const title = { en: `New ${number}`, it: "Nuovo", fr: "Nouveau" };
    const makings: [modelId: string, attributes: Readonly<Record<string, unknown>>][] = [
      [models.article, { title, lead: "Lead", slug: `slug-${number}` }],
      [models.row, { name: `Row ${number}`, position: number }],
      [models.page, { title: { en: `Page ${number}` }, parent_id: number % 2 === 0 ? tree[0] : null }],
      [furnitureIds.models.category, { name: `Category ${number}` }],
    ];
    const [modelId, attributes] = nthOf(makings, nth) ?? [models.row, {}];
    return requests.createItem(editor, requests.newId(`any ${nth % 4} ${number}`), modelId, attributes);
  });
}

function moved([nth, nthParent, position]: [number, number, number]): AnyEdit {
  return edit(`move record ${nth} below ${nthParent} to ${position}`, (editor, { records, models }) => {
    const ordered = Object.entries(records).filter(([, { model }]) => {
      const { tree, sortable } = models[String(model)] ?? {};
      return tree === true || sortable === true;
    });
    const [id, record] = nthOf(ordered, nth) ?? [];
    if (id === undefined || record === undefined) return undefined;
    const isTree = models[String(record.model)]?.tree === true;
    const peers = ordered.filter(([, { model }]) => model === record.model).map(([peer]) => peer);
    const parent_id = nthParent % 3 === 0 ? null : nthOf(peers, nthParent);
    return requests.editItem(editor, id, { position, ...(isTree ? { parent_id } : {}) });
  });
}

function tagged([nth, word]: [number, string]): AnyEdit {
  return edit(`tag upload ${nth} ${word}`, (editor, { uploads }) => {
    const id = nthOf(Object.keys(uploads), nth);
    return id === undefined ? undefined : requests.editUpload(editor, id, { tags: [word], notes: word });
  });
}

function uploadDeleted(nth: number): AnyEdit {
  return edit(`delete upload ${nth}`, (editor, { uploads }) => {
    const id = nthOf(Object.keys(uploads), nth);
    return id === undefined ? undefined : requests.deleteUpload(editor, id);
  });
}
