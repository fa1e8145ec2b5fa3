import { Refusal } from "../errors.ts";
import { instantOf, minuteOf } from "./dates.ts";
import { numberIn } from "./exactNumbers.ts";

/** One condition of `filter[fields]`. */
export type Condition = {
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

const DATE = /^_\w+_at$/;

/** @returns whether a value keeps a condition */
export function holds(value: unknown, { field, operator, operand }: Condition): boolean {
  switch (operator) {
    case "eq":
      return DATE.test(field) ? compared(value, operand) === 0 : plain(value) === operand;
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
