import type * as z from "zod";
import { parseBody } from "../routes/body.ts";
import { withExactNumbers } from "./exactNumbers.ts";

/**
 * @returns the body of a request, checked; long integers keep their digits
 * @throws Refusal INVALID_JSON_BODY or INVALID_FORMAT
 */
export function readBody<T>(schema: z.ZodType<T>, body: string): T {
  return parseBody(schema, withExactNumbers(body));
}
