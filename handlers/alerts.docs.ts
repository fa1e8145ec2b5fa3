import * as z from "zod";
import { text } from "./schemas/common.ts";
import type { Docs } from "./schemas/docs.ts";
import { Deliveries } from "./schemas/errors.ts";
import { failure } from "./schemas/failures.ts";

export const AlertsSent = z.strictObject({ ok: z.literal(true), message: text, channels: Deliveries });

const example = {
  ok: true,
  message: "A sample was sent to each channel.",
  channels: [{ channel: "slack", ok: true, status: 200 }],
};

export const docs: Docs = {
  "/api/alerts/test": {
    tag: "looks",
    post: {
      id: "alertsTest",
      summary: "Sends a sample to everybody who is told; only where a secret is set",
      answers: {
        200: {
          name: "AlertsSent",
          description: "A sample was sent to each channel",
          schema: AlertsSent,
          example,
        },
        500: failure("AlertsFailed"),
      },
    },
  },
};
