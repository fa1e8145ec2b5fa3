import * as z from "zod";
import { count, Instant, text } from "./schemas/common.ts";
import { answer, type Docs } from "./schemas/docs.ts";
import { DATOCMS, failure } from "./schemas/failures.ts";

export const RestoreStep = z
  .strictObject({
    number: count,
    dangerous: z.boolean(),
    title: text,
    text,
    calls: z.array(
      z.strictObject({
        method: z.enum(["GET", "POST", "PUT"]),
        path: text,
        environment: text.optional(),
        body: z.unknown().optional(),
        keep: z.record(z.string(), text).optional(),
      }),
    ),
  })
  .meta({ description: "One step, for a person and, with its DatoCMS calls, for a script" });

const environment = {
  id: text,
  lastDataChangeAt: Instant,
  records: count.optional(),
  uploads: count.optional(),
};

export const RestoreGuide = z.strictObject({
  ok: z.literal(true),
  project: z.strictObject({ name: z.string(), timezone: z.string().optional() }).optional(),
  environment: z.strictObject({ ...environment, ours: z.boolean(), createdAt: Instant }),
  primary: z.strictObject(environment),
  lostMs: count,
  restoredId: text,
  formerId: text,
  api: z.strictObject({
    url: z.url(),
    headers: z.record(z.string(), text),
    environment: text,
    keep: text,
  }),
  steps: z.array(RestoreStep).min(1),
  undo: z.array(RestoreStep).min(1),
  madeAt: Instant,
});

export const docs: Docs = {
  "/api/restore-guide/:environmentId": {
    tag: "looks",
    get: {
      id: "restoreGuide",
      summary: "How to get back to an environment",
      parameters: ["environmentId", "format"],
      answers: {
        200: answer("RestoreGuide", "The way back, and how it is undone", RestoreGuide, {
          texts: ["text/plain"],
        }),
        400: failure("WrongEnvironmentId", "No environment can have this id", ["INVALID_ENVIRONMENT_ID"]),
        404: failure("EnvironmentNotFound", "There is no such environment", ["ENVIRONMENT_NOT_FOUND"]),
        409: failure("EnvironmentNotRestorable", "It is primary, or not ready", [
          "ENVIRONMENT_IS_PRIMARY",
          "ENVIRONMENT_NOT_READY",
        ]),
        ...DATOCMS,
      },
    },
  },
};
