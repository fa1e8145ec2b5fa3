import { Refusal } from "../../errors.ts";
import type { Content } from "../content.ts";
import { instantOf, minuteOf } from "../dates.ts";
import { numberIn } from "../exactNumbers.ts";
import { isNode } from "./dast.ts";
import { statusOf } from "./item.ts";
import type { Row } from "./rows.ts";
import { isVersionValid } from "./validity.ts";

/** One condition of `filter[fields]`. */
type Condition = {
  readonly field: string;
  readonly operator: string;
  readonly operand: string | readonly string[];
};

const PARAMETER = /^filter\[fields\]\[(\w+)\]\[(\w+)\](?:\[(\w*)\])?$/;

/** @returns the conditions of a query: `filter[fields][_updated_at][gt]=…` */
export function conditionsIn(query: URLSearchParams): Condition[] {
  return [...new Set(query.keys())].flatMap((key) => {
    const [, field, operator, list] = PARAMETER.exec(key) ?? [];
    if (field === undefined || operator === undefined) return [];
    const operand = list === undefined ? (query.get(key) ?? "") : query.getAll(key);
    return [{ field, operator, operand }];
  });
}

/** @returns whether a row keeps a condition */
export function keeps(content: Content, row: Row, { field, operator, operand }: Condition): boolean {
  const value = heldBy(content, row, field);
  const isDate = DATES.has(field);
  switch (operator) {
    case "eq":
      return isDate ? compared(value, operand) === 0 : plain(value) === operand;
    case "neq":
      return plain(value) !== operand;
    case "in":
      return asList(operand).includes(plain(value));
    case "notIn":
      return !asList(operand).includes(plain(value));
    case "exists":
      return (value !== null && value !== undefined) === (operand === "true");
    case "gt":
      return compared(value, operand) > 0;
    case "gte":
      return compared(value, operand) >= 0;
    case "lt":
      return compared(value, operand) < 0;
    case "lte":
      return compared(value, operand) <= 0;
    default:
      throw new Refusal("INVALID_FORMAT", { field: `filter.fields.${field}` });
  }
}

const DATES = new Set([
  "_created_at",
  "_updated_at",
  "_published_at",
  "_first_published_at",
  "_publication_scheduled_at",
  "_unpublishing_scheduled_at",
]);

/** @returns what a field or a field of meta holds, in the first locale that has something */
export function heldBy(content: Content, { item, version, block }: Row, field: string): unknown {
  switch (field) {
    case "id":
      return block?.id ?? item.id;
    case "position":
      return item.position;
    case "_created_at":
      return item.createdAt;
    case "_updated_at":
      return version.updatedAt;
    case "_published_at":
      return item.publishedAt;
    case "_first_published_at":
      return item.firstPublishedAt;
    case "_publication_scheduled_at":
      return isoOf(item.schedules?.publication?.at);
    case "_unpublishing_scheduled_at":
      return isoOf(item.schedules?.unpublishing?.at);
    case "_status":
      return statusOf(item);
    case "_is_valid":
      return String(isVersionValid(content, item.modelId, version));
    case "_creator":
      return item.creator?.id;
    default: {
      const value = (block ?? version).values[field];
      return isNode(value) && Object.keys(value).every((key) => content.site.locales.includes(key))
        ? Object.values(value)[0]
        : value;
    }
  }
}

/** Dates are compared by the minute (facts 2.1), anything else by number or letter; NaN where that makes no sense. */
function compared(value: unknown, operand: string | readonly string[]): number {
  if (typeof operand !== "string" || value === null || value === undefined) return Number.NaN;
  const number = numberIn(value);
  if (number !== undefined) return number - Number(operand);
  const [one, other] = [instantOf(String(value)), instantOf(operand)];
  if (one === undefined || other === undefined) return String(value) < operand ? -1 : 1;
  return minuteOf(one) - minuteOf(other);
}

function plain(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}

function asList(operand: string | readonly string[]): readonly string[] {
  return typeof operand === "string" ? operand.split(",") : operand;
}

function isoOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
