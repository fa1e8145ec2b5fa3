import * as z from "zod";
import type { Resource } from "../../sources/datocms/resource.ts";
import type { RestorePlan } from "./plan.ts";

/** How often a restore makes DatoCMS call somebody, at most. */
export interface FiredEvents {
  readonly total: number;
  /** Those that hear of it. */
  readonly webhooks: readonly { readonly id: string; readonly name: string; readonly events: number }[];
}

/** The environment that is written. */
export interface FiredIn {
  readonly id: string;
  readonly isPrimary: boolean;
}

const Webhook = z.object({
  name: z.string(),
  enabled: z.boolean(),
  events: z.array(
    z.object({
      entity_type: z.string(),
      event_types: z.array(z.string()),
      filters: z
        .array(z.object({ entity_type: z.string(), entity_ids: z.array(z.string()) }))
        .nullish()
        .transform((filters) => filters ?? []),
    }),
  ),
});

/** Something that happens, as a webhook's filters see it. */
interface Happening {
  /** `item`, `upload`, `item_type`. */
  readonly entity: string;
  readonly event: string;
  /** By the kind of a filter: what it would have to name. A kind that is missing fits every filter. */
  readonly named: Readonly<Record<string, string>>;
}

/**
 * Counts the calls that a plan makes webhooks send, at most: whether a record is published is not known of each. Of the
 * build triggers none starts, as DatoCMS starts them by hand, or where a schedule publishes. Pure.
 *
 * @param webhooks as DatoCMS sends them
 */
export function firedEvents(
  plan: Pick<RestorePlan, "schema" | "records" | "uploads">,
  webhooks: readonly Resource[],
  into: FiredIn,
): FiredEvents {
  const happenings = happeningsOf(plan, into);
  const fired = webhooks.flatMap(({ id, attributes }) => {
    const webhook = Webhook.safeParse(attributes).data;
    if (webhook?.enabled !== true) return [];
    const events = happenings.filter((happening) => isHeard(happening, webhook.events)).length;
    return events === 0 ? [] : [{ id, name: webhook.name, events }];
  });
  return { total: fired.reduce((sum, { events }) => sum + events, 0), webhooks: fired };
}

function isHeard({ entity, event, named }: Happening, listened: z.infer<typeof Webhook>["events"]): boolean {
  return listened.some(
    ({ entity_type, event_types, filters }) =>
      entity_type === entity &&
      event_types.includes(event) &&
      filters.every(({ entity_type: kind, entity_ids: ids }) => {
        const own = named[kind];
        return own === undefined || ids.includes(own);
      }),
  );
}

const OF_RECORDS = {
  create: ["create", "publish"],
  change: ["update", "publish"],
  delete: ["unpublish", "delete"],
} as const;
const OF_OTHERS = { create: "create", change: "update", delete: "delete" } as const;
const ACTIONS = ["create", "change", "delete"] as const;

function happeningsOf(
  { schema, records, uploads }: Pick<RestorePlan, "schema" | "records" | "uploads">,
  { id, isPrimary }: FiredIn,
): Happening[] {
  const where = { environment: id, environment_type: isPrimary ? "primary" : "sandbox" };
  const ofRecords = records.flatMap(({ id: item, model, do: what }) =>
    OF_RECORDS[what].map((event) => ({
      ...{ entity: "item", event },
      named: { ...where, item, item_type: model },
    })),
  );
  const others = ACTIONS.flatMap((what) => {
    const ofUploads = uploads[what].map(() => ({ entity: "upload", event: OF_OTHERS[what], named: where }));
    const ofSchema = schema[what].flatMap(({ kind, id: entity }) => {
      if (kind === "model")
        return { entity: "item_type", event: OF_OTHERS[what], named: { ...where, item_type: entity } };
      // Which model they are of is not known here.
      return kind === "field" || kind === "fieldset"
        ? { entity: "item_type", event: "update", named: where }
        : [];
    });
    return [...ofUploads, ...ofSchema];
  });
  return [...ofRecords, ...others];
}
