import { Refusal } from "../../errors.ts";
import type { Content } from "../content.ts";
import { instantOf, recordDate } from "../dates.ts";
import { type Edit, found } from "../edit.ts";
import { toOne } from "../entity.ts";
import { type Item, noSchedules, type Schedules } from "./item.ts";
import { publish } from "./publish.ts";
import { unpublish } from "./withdraw.ts";

/** @returns the instant of a date that lies ahead @throws Refusal INVALID_DATE (facts 5.2, row 19) */
export function futureInstant({ now }: Edit, date: string): number {
  const at = instantOf(date);
  if (at === undefined || at <= now) throw new Refusal("INVALID_DATE");
  return at;
}

/** Sets or takes away schedules of a record, which makes no version. */
export function setSchedules(edit: Edit, itemId: string, change: Partial<Schedules>): Item {
  const { items, scheduled } = edit.content;
  const item = found(items.get(itemId));
  const schedules = { ...(item.schedules ?? noSchedules), ...change };
  const updated = { ...item, schedules: schedules.publication || schedules.unpublishing ? schedules : null };
  items.set(updated);
  if (updated.schedules === null) scheduled.delete(itemId);
  else scheduled.set({ id: itemId });
  return updated;
}

/** @returns what is due first, if anything is due by now */
function nextDue(
  { items, scheduled }: Content,
  now: number,
): { item: Item; at: number; what: keyof Schedules } | undefined {
  const due = [...scheduled.rows()].flatMap(({ id }) => {
    const item = items.get(id);
    if (!item?.schedules) return [];
    const { publication, unpublishing } = item.schedules;
    return [
      ...(publication === null ? [] : [{ item, at: publication.at, what: "publication" as const }]),
      ...(unpublishing === null ? [] : [{ item, at: unpublishing.at, what: "unpublishing" as const }]),
    ];
  });
  return due.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)[0];
}

/**
 * Publishes and unpublishes what is due; what is refused is left as it is.
 *
 * @returns when the last of it happened, milliseconds since 1970; undefined: nothing was due
 */
export function fireSchedules(edit: Edit): number | undefined {
  let last: number | undefined;
  for (;;) {
    const due = nextDue(edit.content, edit.now);
    if (due === undefined) return last;
    last = due.at;
    fire({ ...edit, now: due.at }, due.item, due.what);
  }
}

function fire(edit: Edit, item: Item, what: keyof Schedules): void {
  const { publication, unpublishing } = item.schedules ?? noSchedules;
  setSchedules(edit, item.id, what === "publication" ? { publication: null } : { unpublishing: null });
  const now = found(edit.content.items.get(item.id));
  try {
    edit.content.atomically(() => {
      if (what === "publication") publish(edit, now, { selection: publication?.selective ?? undefined });
      else unpublish(edit, now, { locales: unpublishing?.locales ?? null });
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

/** @returns the JSON:API resource (facts 1.6) */
export function publicationResource(
  itemId: string,
  { id, at, selective }: NonNullable<Schedules["publication"]>,
): object {
  return {
    id,
    type: "scheduled_publication",
    attributes: {
      publication_scheduled_at: recordDate(at),
      selective_publication: selective && {
        content_in_locales: selective.locales,
        non_localized_content: selective.others,
      },
    },
    relationships: { item: toOne("item", itemId) },
  };
}

/** @returns the JSON:API resource (facts 1.6) */
export function unpublishingResource(
  itemId: string,
  { id, at, locales }: NonNullable<Schedules["unpublishing"]>,
): object {
  return {
    id,
    type: "scheduled_unpublishing",
    attributes: {
      unpublishing_scheduled_at: recordDate(at),
      content_in_locales: locales,
    },
    relationships: { item: toOne("item", itemId) },
  };
}
