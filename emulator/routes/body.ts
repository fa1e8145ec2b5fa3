import type * as z from "zod";
import { Refusal } from "../errors.ts";

/**
 * @returns the body of a request, checked
 * @throws Refusal INVALID_JSON_BODY or INVALID_FORMAT
 */
export function parseBody<T>(schema: z.ZodType<T>, body: string): T {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  throw new Refusal("INVALID_FORMAT", { messages: parsed.error.issues.map(({ message }) => message) });
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal("INVALID_JSON_BODY");
  }
}
