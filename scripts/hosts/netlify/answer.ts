import * as z from "zod";

/** Netlify's limits of a function's run, ms (November 2026). */
export const LIMIT_MS = { http: 60_000, scheduled: 30_000 };

const Meta = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).default({}),
});

/** Status and headers of an answer, as the bootstrap told them. */
export function headOf(meta: unknown): { readonly status: number; readonly headers: Headers } {
  const { statusCode, headers: single, multiValueHeaders } = Meta.parse(meta);
  const headers = new Headers(single);
  for (const [name, values] of Object.entries(multiValueHeaders)) {
    headers.delete(name);
    for (const value of values) headers.append(name, value);
  }
  return { status: statusCode, headers };
}
