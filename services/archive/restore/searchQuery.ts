/** What somebody looks for. */
export type SearchQuery =
  /** The record of an editor's address. */
  | { readonly kind: "address"; readonly recordId: string; readonly modelId: string }
  /** An id, a model's API key or name, or a part of a title. */
  | { readonly kind: "words"; readonly words: string };

/** Titles are as long as their authors like; what is looked for is not. In UTF-16 units. */
const LONGEST_QUERY = 500;
/** DatoCMS's ids, today's and those of its first years. */
const ID = "([A-Za-z0-9_-]{1,64})";
/** With the environment before it or without, and whatever follows: the editor writes its tabs there. */
const EDITOR = new RegExp(`/editor/item_types/${ID}/items/${ID}(?:/|$)`);

/**
 * Understands what somebody typed: an id, a model's API key, a part of a title, or the address of a record in
 * DatoCMS's editor, such as `https://blog.admin.datocms.com/environments/main/editor/item_types/…/items/…/edit`.
 *
 * @returns undefined where that is nothing, or too long
 */
export function searchQueryFrom(text: string): SearchQuery | undefined {
  const words = text.trim();
  if (words === "" || words.length > LONGEST_QUERY) return undefined;
  return addressFrom(words) ?? { kind: "words", words };
}

/** The host may be the project's own. */
function addressFrom(text: string): SearchQuery | undefined {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  const [, modelId, recordId] = EDITOR.exec(new URL(text).pathname) ?? [];
  return modelId === undefined || recordId === undefined ? undefined : { kind: "address", modelId, recordId };
}
