import * as z from "zod";
import { Refusal } from "../../errors.ts";
import { instantOf } from "../dates.ts";
import { type Edit, newIdFor } from "../edit.ts";
import { isInteger, numberIn } from "../exactNumbers.ts";
import { type Field, modelsIn } from "../schema/field.ts";
import { emptyValue } from "./blank.ts";
import { holdsBlock, isNode, isStructuredText, linkedBy, mapNodes } from "./dast.ts";
import { hostsOf } from "./indexes.ts";
import { Block } from "./item.ts";
import type { Problem } from "./problems.ts";

/** What the values of a request are read with. */
export type Input = {
  readonly edit: Edit;
  /** The record that is written; null while it is created. */
  readonly itemId: string | null;
  /** The blocks that the record has, of either body. */
  readonly blocks: ReadonlyMap<string, Block>;
  /** Where values of the wrong form are told. */
  readonly problems: Problem[];
  /** Ids of blocks that were read: an id stands in one place only. */
  readonly seen: Set<string>;
  /** Reads the attributes of a block: all of a new one, or what changes in one that is there. */
  readonly body: (
    modelId: string,
    attributes: Readonly<Record<string, unknown>>,
    base: Block | undefined,
  ) => Block["values"];
};

const nullableText = z.string().nullable();
const channel = z.int().min(0).max(255);
const point = z.object({ x: z.number().min(0).max(1), y: z.number().min(0).max(1) });
const file = z.object({
  upload_id: z.string(),
  alt: nullableText.default(null),
  title: nullableText.default(null),
  custom_data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => data ?? {}),
  focal_point: point.nullable().default(null),
  poster_time: z.number().nullable().default(null),
});

/** The form of a value that is not null, by type of field (facts 1.4); members left out become null. */
const forms = {
  boolean: z.boolean(),
  string: z.string(),
  text: z.string(),
  slug: z.string(),
  integer: z.custom<number | string>(isInteger),
  float: z.custom<number | string>((value) => numberIn(value) !== undefined),
  date: z.iso.date(),
  date_time: z.string().refine((text) => text.length > 10 && instantOf(text) !== undefined),
  json: z.string().refine(isJson),
  color: z.object({ red: channel, green: channel, blue: channel, alpha: channel }),
  lat_lon: z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }),
  seo: z.object({
    title: nullableText.default(null),
    description: nullableText.default(null),
    image: nullableText.default(null),
    twitter_card: z.enum(["summary", "summary_large_image"]).nullable().default(null),
    no_index: z.boolean().nullable().default(false),
  }),
  video: z.object({
    provider: z.enum(["youtube", "vimeo", "facebook"]),
    provider_uid: z.string(),
    url: z.string(),
    width: z.int(),
    height: z.int(),
    thumbnail_url: z.string(),
    title: z.string(),
  }),
  file,
  gallery: z.array(file),
  link: z.string(),
  links: z.array(z.string()),
};

const blockBody = z.object({
  type: z.literal("item"),
  id: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()).default({}),
  relationships: z.object({ item_type: z.object({ data: z.object({ id: z.string() }) }) }).optional(),
});

/** @returns the value of a field, in one locale, as it is stored; what is wrong with it goes to `problems` */
export function readValue(input: Input, field: Field, raw: unknown): unknown {
  if (raw === null || raw === undefined) return emptyValue(field);
  const { field_type } = field.attributes;
  switch (field_type) {
    case "rich_text":
      if (!Array.isArray(raw)) return refused(input, "VALIDATION_INVALID");
      return raw.map((each) => readBlock(input, each, modelsIn(field, "rich_text_blocks")));
    case "single_block":
      return readBlock(input, raw, modelsIn(field, "single_block_blocks"));
    case "structured_text":
      return readText(input, field, raw);
    default: {
      const parsed = forms[field_type].safeParse(raw);
      if (!parsed.success) return refused(input, "VALIDATION_INVALID");
      return checked(input, field, parsed.data);
    }
  }
}

/** Links must lead to records of the allowed models, files to uploads. */
function checked(input: Input, field: Field, value: unknown): unknown {
  const { content } = input.edit;
  const allowed = modelsIn(field, "item_item_type", "items_item_type");
  switch (field.attributes.field_type) {
    case "link":
    case "links":
      for (const id of [value].flat()) checkLink(input, id, allowed);
      return value;
    case "file":
    case "gallery": {
      const ids = [value].flat().map((each) => (isNode(each) ? each.upload_id : undefined));
      const isThere = ids.every((id) => typeof id === "string" && content.uploads.has(id));
      return isThere ? value : refused(input, "VALIDATION_INVALID");
    }
    case "date_time":
      return content.site.flags.improved_timezone_management || typeof value !== "string"
        ? value
        : value.replace(/(?:Z|[+-]\d{2}:?\d{2})$/, "");
    default:
      return value;
  }
}

function checkLink(input: Input, id: unknown, allowed: string[] | undefined): void {
  if (id === input.itemId) return;
  const item = typeof id === "string" ? input.edit.content.items.get(id) : undefined;
  if (item === undefined || (allowed !== undefined && !allowed.includes(item.modelId))) {
    refused(input, "VALIDATION_ITEM_ITEM_TYPE");
  }
}

function readText(input: Input, field: Field, raw: unknown): unknown {
  if (!isStructuredText(raw)) return refused(input, "VALIDATION_INVALID");
  const linkable = modelsIn(field, "structured_text_links") ?? [];
  return mapNodes(raw, (node) => {
    if (linkedBy(node) !== undefined) checkLink(input, node.item, linkable);
    if (!holdsBlock(node)) return [node];
    const name = node.type === "block" ? "structured_text_blocks" : "structured_text_inline_blocks";
    return [{ ...node, item: readBlock(input, node.item, modelsIn(field, name) ?? []) }];
  });
}

/** A bare id keeps a block, an object with the id of a block changes it, any other object makes one (facts 5.5). */
function readBlock(input: Input, raw: unknown, allowed: string[] = []): unknown {
  const { edit, blocks, seen } = input;
  if (typeof raw === "string") {
    const kept = blocks.get(raw);
    if (kept === undefined || seen.has(raw)) return refused(input, "VALIDATION_INVALID_BLOCK");
    markSeen(input, kept);
    return kept;
  }
  const parsed = blockBody.safeParse(raw);
  if (!parsed.success) return refused(input, "VALIDATION_INVALID_BLOCK");
  const { id: wanted, attributes, relationships } = parsed.data;
  const base = wanted === undefined ? undefined : blocks.get(wanted);
  const modelId = relationships?.item_type.data.id ?? base?.modelId ?? "";
  if (!allowed.includes(modelId) || !edit.content.models.has(modelId)) {
    return refused(input, "VALIDATION_INVALID_BLOCK");
  }
  if (base !== undefined && base.modelId === modelId) {
    if (seen.has(base.id)) return refused(input, "VALIDATION_INVALID_BLOCK");
    seen.add(base.id);
    return base.with(input.body(modelId, attributes, base));
  }
  const isTaken = (id: string) =>
    seen.has(id) ||
    edit.content.items.has(id) ||
    hostsOf(edit.content, id).some((host) => host !== input.itemId);
  const id = newIdFor(edit, wanted, isTaken);
  seen.add(id);
  return new Block(id, modelId, input.body(modelId, attributes, undefined));
}

function markSeen({ seen }: Input, block: Block): void {
  seen.add(block.id);
}

/** Tells that a value has not the form that its field needs: no draft may hold it. */
function refused({ problems }: Input, code: string): null {
  problems.push({ field: "", code });
  return null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @throws Refusal with every problem */
export function refuseFor(problems: readonly Problem[], edit: Edit): void {
  const [first, ...others] = problems.map((problem) => ({
    code: "INVALID_FIELD",
    details:
      edit.unknowns.blockErrorField === "path" ? problem : { ...problem, field: problem.field.split(".")[0] },
  }));
  if (first !== undefined) throw new Refusal(first.code, first.details, false, others);
}
