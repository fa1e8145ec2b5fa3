import * as z from "zod";

const itemType = z.object({
  item_type: z.object({ data: z.object({ id: z.string(), type: z.literal("item_type") }) }),
});

/** A record as a project begins with it, and as `POST /items` takes it: blocks as objects, wherever they are. */
export const recordSchema = z.object({
  type: z.literal("item"),
  id: z.string().min(1).exactOptional(),
  attributes: z.record(z.string(), z.unknown()).default({}),
  relationships: itemType,
  meta: z
    .object({
      created_at: z.iso.datetime({ offset: true }),
      first_published_at: z.iso.datetime({ offset: true }),
    })
    .partial()
    .default({}),
});
export type RecordSeed = z.input<typeof recordSchema>;

/** A record with its content. */
export type StoredRecord = {
  readonly id: string;
  /** Blocks as objects, each with an id. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly itemTypeId: string;
  /** ISO dates. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly firstPublishedAt: string | null;
};

/**
 * @param now milliseconds since 1970
 * @returns the record as it is kept; what has no id gets one
 */
export function storedRecord(seed: RecordSeed, now: number): StoredRecord {
  const { id = crypto.randomUUID(), attributes, relationships, meta } = recordSchema.parse(seed);
  const at = new Date(now).toISOString();
  return {
    id,
    attributes: eachBlock(attributes, (block) => ({ id: crypto.randomUUID(), ...block })),
    itemTypeId: relationships.item_type.data.id,
    createdAt: meta.created_at ?? at,
    updatedAt: at,
    firstPublishedAt: meta.first_published_at ?? null,
  };
}

/** @returns the JSON:API resource, of a draft; blocks are their ids unless `nested` asks for all of them */
export function recordResource(record: StoredRecord, { nested }: { nested: boolean }): object {
  const { id, attributes, itemTypeId, createdAt, updatedAt, firstPublishedAt } = record;
  return {
    id,
    type: "item",
    attributes: nested ? attributes : eachBlock(attributes, (block) => block.id),
    relationships: { item_type: { data: { id: itemTypeId, type: "item_type" } }, creator: { data: null } },
    meta: {
      created_at: createdAt,
      updated_at: updatedAt,
      published_at: null,
      first_published_at: firstPublishedAt,
      status: "draft",
      is_valid: true,
    },
  };
}

const Block = z.looseObject({ type: z.literal("item"), id: z.string().optional(), attributes: z.unknown() });

/** The attributes with each block replaced, at any depth: in lists, locales and structured text, in blocks too. */
function eachBlock(
  attributes: Readonly<Record<string, unknown>>,
  replace: (block: z.infer<typeof Block>) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, replaced(value, replace)]),
  );
}

function replaced(value: unknown, replace: (block: z.infer<typeof Block>) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => replaced(each, replace));
  if (typeof value !== "object" || value === null) return value;
  const inner = eachBlock({ ...value }, replace);
  const block = Block.safeParse(inner);
  return block.success ? replace(block.data) : inner;
}
