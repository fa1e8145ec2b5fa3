import * as z from "zod";
import { type Call, ok, type Reply } from "../call.ts";
import { Refusal } from "../errors.ts";
import { type Plugin, pluginDocument, withParameters } from "../plugins.ts";
import { assertWritable, record } from "../state.ts";
import { parseBody } from "./body.ts";

const updateBody = z.object({
  data: z.object({
    type: z.literal("plugin"),
    id: z.string().optional(),
    attributes: z.object({
      name: z.string().optional(),
      url: z.string().optional(),
      package_version: z.string().nullable().optional(),
      parameters: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
});

/** `GET /plugins` */
export function listPlugins({ environment }: Call): Reply {
  return ok({ data: environment.plugins.map(pluginDocument) });
}

/** `GET /plugins/:id` */
export function findPlugin(call: Call): Reply {
  return ok({ data: pluginDocument(pluginOf(call)) });
}

/** `PUT /plugins/:id`: replaces the whole `parameters` object, and echoes it as it was sent. */
export function updatePlugin(call: Call): Reply {
  const { state, environment } = call;
  const { settings } = state;
  const plugin = pluginOf(call);
  const { attributes } = parseBody(updateBody, call.body).data;
  if (
    environment.primary &&
    settings.forceUseOfSandboxEnvironments &&
    settings.unknowns.forceSandboxBlocksPlugins
  ) {
    throw new Refusal("PRIMARY_ENVIRONMENT_SETTINGS_READ_ONLY");
  }
  assertWritable(state, environment);
  const { name = plugin.name, url = plugin.url, package_version = plugin.package_version } = attributes;
  const { parameters = plugin.parameters } = attributes;
  const updated = withParameters({ ...plugin, name, url, package_version }, parameters);
  environment.plugins = environment.plugins.map((other) => (other === plugin ? updated : other));
  const at = state.clock.now();
  if (settings.unknowns.parametersMoveLastDataChange) environment.lastDataChangeAt = at;
  record(state, { at, type: "parameters-changed", id: environment.id, by: "api" });
  return ok({ data: pluginDocument({ ...updated, parameters }) });
}

function pluginOf({ environment, id }: Call): Plugin {
  const plugin = environment.plugins.find((other) => other.id === id);
  if (plugin === undefined) throw new Refusal("NOT_FOUND");
  return plugin;
}
