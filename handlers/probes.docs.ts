import * as z from "zod";
import { SERVICE_NAME } from "../utils/healthContract.ts";
import { answer, type Docs } from "./schemas/docs.ts";
import { failure } from "./schemas/failures.ts";

const alive = { ok: z.literal(true), service: z.literal(SERVICE_NAME), status: z.literal("ready") };

export const Alive = z.strictObject(alive);
export const Ready = z.strictObject(alive).meta({ description: "The settings can be used" });

export const docs: Docs = {
  "/healthz": {
    tag: "looks",
    get: {
      id: "healthz",
      summary: "Says that the service runs",
      answers: {
        200: answer("Alive", "The service runs", Alive, {
          example: { ok: true, service: SERVICE_NAME, status: "ready" },
        }),
      },
    },
  },
  "/readyz": {
    tag: "looks",
    get: {
      id: "readyz",
      summary: "Says whether the settings can be used",
      answers: {
        200: answer("Ready", "The settings can be used", Ready),
        503: failure("NotReady", "A setting is missing or wrong", ["NOT_READY"]),
      },
    },
  },
};
