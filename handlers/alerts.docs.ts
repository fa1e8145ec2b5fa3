import * as z from "zod";
import { text } from "./schemas/common.ts";
import { answer, type Docs } from "./schemas/docs.ts";
import { Deliveries, failure, SERVICE_CODES } from "./schemas/failures.ts";

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
        200: answer("AlertsSent", "A sample was sent to each channel", AlertsSent, { example }),
        500: failure("AlertsFailed", "Some could not be notified, or a wrong setting", [
          ...SERVICE_CODES,
          "ALERT_FAILED",
        ]),
      },
    },
  },
};
