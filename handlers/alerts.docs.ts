import * as z from "zod";
import { text } from "./words.ts";

export const Deliveries = z
  .array(
    z.strictObject({
      channel: text,
      ok: z.boolean(),
      status: z.int().optional(),
      error: text.optional(),
    }),
  )
  .meta({ description: "What came of each channel, and each setting that is wrong" });

export const AlertsSent = z.strictObject({ ok: z.literal(true), message: text, channels: Deliveries });
