import { cutText } from "../../../utils/cutText.ts";
import { canonicalJson, isArray, isJsonObject, type Json } from "../../../utils/json.ts";

/** What a person sees of a value. In UTF-16 units. */
const LONGEST = 60;
/** So much of what is equal stands before what differs. */
const CONTEXT = 15;

/**
 * A value of a record in words, as far as words can tell it; null where there is nothing. Blocks are not in it.
 *
 * @param value as `canonicalValues` has it
 * @param type DatoCMS's `field_type`
 */
export function shortText(value: Json, type: string): string | null {
  switch (type) {
    case "rich_text":
    case "single_block":
      return null;
    case "structured_text":
      return wordsIn(value) || null;
    case "links":
      return isArray(value) && value.length > 0 ? value.map(plain).join(", ") : null;
    case "file":
      return fileText(value);
    case "gallery":
      return isArray(value) && value.length > 0 ? value.map(fileText).join(", ") : null;
    default:
      return value === null || value === "" ? null : plain(value);
  }
}

/** The part of two texts in which they differ, with a little before it; each in one line. */
export function excerpts(one: string | null, other: string | null): [string | null, string | null] {
  const [line, otherLine] = [one && inOneLine(one), other && inOneLine(other)];
  const common = commonStart(line ?? "", otherLine ?? "");
  const start = common > 2 * CONTEXT ? common - CONTEXT : 0;
  const part = (text: string | null) =>
    text && cutText(start > 0 ? `…${text.slice(start).trimStart()}` : text, LONGEST, "…");
  return [part(line), part(otherLine)];
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function plain(value: Json): string {
  return typeof value === "string" ? value : canonicalJson(value);
}

/** The upload's id, and what the record itself says of it. */
function fileText(value: Json): string | null {
  if (!isJsonObject(value)) return null;
  const { upload_id, ...rest } = value;
  const said = Object.entries(rest).filter(([, each]) => each !== null && canonicalJson(each) !== "{}");
  return [plain(upload_id ?? null), ...said.map(([name, each]) => `${name} ${plain(each)}`)].join(" ");
}

/** The words of structured text; a paragraph's end is a space. */
function wordsIn(node: Json): string {
  if (isArray(node)) return node.map(wordsIn).join("");
  if (!isJsonObject(node)) return "";
  if (typeof node.value === "string") return node.value;
  if (typeof node.code === "string") return `${node.code} `;
  const words = wordsIn(node.document ?? node.children ?? null);
  return ["paragraph", "heading", "listItem"].includes(String(node.type)) ? `${words} ` : words;
}
