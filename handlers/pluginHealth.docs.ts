import * as z from "zod";
import { greeting, HEALTH_PHASES } from "../utils/healthContract.ts";
import type { Docs } from "./schemas/docs.ts";
import { failure, SIZE } from "./schemas/failures.ts";
import { askedExample, asks, says } from "./schemas/plugin.ts";

export const HealthRequest = asks("health", { phase: z.enum(HEALTH_PHASES) });
export const Health = z.strictObject(says("health"));

export const docs: Docs = {
  "/api/datocms/plugin-health": {
    tag: "plugin",
    post: {
      id: "pluginHealth",
      summary: "The plugin's handshake; no DatoCMS call",
      request: {
        name: "HealthRequest",
        required: true,
        schema: HealthRequest,
        example: askedExample("health", { phase: "config_connect" }),
      },
      answers: {
        200: {
          name: "Health",
          description: "The service is there and shares the secret",
          schema: Health,
          example: greeting("health"),
        },
        400: failure("WrongHealthRequest"),
        ...SIZE,
        500: failure("HandshakeFailed"),
      },
    },
  },
};
