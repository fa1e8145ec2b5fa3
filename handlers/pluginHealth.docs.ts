import * as z from "zod";
import { greeting, HEALTH_PHASES } from "../utils/healthContract.ts";
import { answer, body, type Docs } from "./schemas/docs.ts";
import { failure, PLUGIN_CODES, SERVICE_CODES, SIZE } from "./schemas/failures.ts";
import { askedExample, asks, says } from "./schemas/plugin.ts";

export const HealthRequest = asks("health", { phase: z.enum(HEALTH_PHASES) });
export const Health = z.strictObject(says("health"));

export const docs: Docs = {
  "/api/datocms/plugin-health": {
    tag: "plugin",
    post: {
      id: "pluginHealth",
      summary: "The plugin's handshake; no DatoCMS call",
      request: body("HealthRequest", HealthRequest, askedExample("health", { phase: "config_connect" })),
      answers: {
        200: answer("Health", "The service is there and shares the secret", Health, {
          example: greeting("health"),
        }),
        400: failure("WrongHealthRequest", "Not what the plugin sends", [
          ...PLUGIN_CODES,
          "INVALID_MPI_PHASE",
        ]),
        ...SIZE,
        500: failure("HandshakeFailed", "A wrong setting, or a bug", [
          ...SERVICE_CODES,
          "MISSING_CRON_SECRET",
        ]),
      },
    },
  },
};
