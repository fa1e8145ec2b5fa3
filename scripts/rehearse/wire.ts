import * as z from "zod";

/** A request as it goes to the process that runs a function. */
export const WireRequest = z.object({
  method: z.string(),
  url: z.url(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
});
export type WireRequest = z.infer<typeof WireRequest>;

export const WireAnswer = z.object({
  status: z.number(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
});
export type WireAnswer = z.infer<typeof WireAnswer>;

/** What the process is asked. */
export const Ask = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("request"), id: z.number(), request: WireRequest }),
  z.object({ kind: z.literal("cpu"), id: z.number() }),
]);
export type Ask = z.infer<typeof Ask>;

/** What it replies, by the number of the question. */
export const Reply = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("answer"), id: z.number(), answer: WireAnswer }),
  z.object({ kind: z.literal("cpu"), id: z.number(), ms: z.number() }),
  z.object({ kind: z.literal("failed"), id: z.number(), reason: z.string() }),
]);
export type Reply = z.infer<typeof Reply>;
