import * as z from "zod";
import { Instant, Line, text } from "./schemas/common.ts";
import { answer, type Docs } from "./schemas/docs.ts";
import { AT } from "./schemas/examples.ts";
import { SERVICE } from "./schemas/failures.ts";

export const Check = z.strictObject({
  ok: z.boolean(),
  verdict: z.enum(["ok", "warn", "fail"]),
  summary: text,
  lines: z.array(Line).min(1),
  checkedAt: Instant,
});

const example = {
  ok: true,
  verdict: "ok",
  summary: "Backups will be made.",
  lines: [{ level: "ok", code: "SECRET_SET", sentence: "A secret is set." }],
  checkedAt: AT,
};

export const docs: Docs = {
  "/api/check": {
    tag: "looks",
    get: {
      id: "check",
      summary: "Will this deployment really make backups?",
      parameters: ["format"],
      answers: {
        200: answer("Check", "What was found, right or wrong", Check, { texts: ["text/plain"], example }),
        ...SERVICE,
      },
    },
  },
};
