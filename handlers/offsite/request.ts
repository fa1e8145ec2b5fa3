import * as z from "zod/mini";
import { optionalJsonBody } from "../body.ts";
import type { RequestContext } from "../requestContext.ts";
import { ServiceError } from "../serviceError.ts";

/**
 * The body of a call about archives; a blank one stands for an object without members. A member that is not known is
 * refused: it may be misspelt, and something else would be done than was meant.
 *
 * @param expected says what each member must be, by its name
 * @throws ServiceError 400, 413 or 415 `INVALID_BODY`, 400 `INVALID_JSON`
 */
export async function checkedBody<T>(
  context: RequestContext,
  schema: z.ZodMiniType<T>,
  expected: Readonly<Record<string, string>>,
): Promise<T> {
  const read = schema.safeParse((await optionalJsonBody(context)) ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const name = String(issue?.path[0] ?? (issue?.code === "unrecognized_keys" ? issue.keys[0] : ""));
  const wanted = Object.hasOwn(expected, name) ? expected[name] : undefined;
  const known = Object.keys(expected);
  if (wanted === undefined)
    throw new ServiceError("INVALID_BODY", 400, "The request's body has a member that is not known.", {
      expected: known.length === 0 ? "no members" : `no members but ${known.join(", ")}`,
    });
  throw new ServiceError("INVALID_BODY", 400, `${name} must be ${wanted}.`, { expected: wanted });
}

/**
 * A query of a route, checked.
 *
 * @throws ServiceError 400 `INVALID_QUERY`
 */
export function checkedQuery<T>(
  context: RequestContext,
  schema: z.ZodMiniType<T>,
  expected: Readonly<Record<string, string>>,
): T {
  const asked = schema.safeParse(context.req.query());
  if (asked.success) return asked.data;
  const name = String(asked.error.issues[0]?.path[0]);
  throw new ServiceError("INVALID_QUERY", 400, `${name} must be ${expected[name]}.`, {
    parameter: name,
    expected: expected[name],
  });
}

/** How long a page may be. */
export const limit = (most: number) =>
  z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(most)), 50);
