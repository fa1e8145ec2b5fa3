import * as z from "zod";
import { greeting } from "../utils/healthContract.ts";
import { Instant, text } from "./schemas/common.ts";
import { answer, body, type Docs } from "./schemas/docs.ts";
import { AT } from "./schemas/examples.ts";
import { DATOCMS, failure, PLUGIN_CALL } from "./schemas/failures.ts";
import { askedExample, asks, says } from "./schemas/plugin.ts";

export const DisconnectRequest = asks("disconnect");

export const Disconnected = z.strictObject({
  ...says("disconnect"),
  scheduler: z.strictObject({ enabled: z.literal(false), disconnectedAt: Instant }),
  plugin: z.strictObject({ id: text }),
});

const example = {
  ...greeting("disconnect"),
  scheduler: { enabled: false, disconnectedAt: AT },
  plugin: { id: "PLUGIN_ID" },
};

export const docs: Docs = {
  "/api/datocms/scheduler-disconnect": {
    tag: "plugin",
    post: {
      id: "schedulerDisconnect",
      summary: "Stops scheduled runs until the connection is tested again",
      request: body("DisconnectRequest", DisconnectRequest, askedExample("disconnect")),
      answers: {
        200: answer("Disconnected", "Scheduled runs have stopped", Disconnected, { example }),
        ...PLUGIN_CALL,
        404: failure("PluginNotFound", "The plugin is not installed", ["PLUGIN_NOT_FOUND"]),
        ...DATOCMS,
      },
    },
  },
};
