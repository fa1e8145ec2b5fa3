import * as z from "zod";
import { type Call, ok, type Reply } from "../call.ts";
import { isTodaysId } from "../content/ids.ts";
import { assertRoom } from "../content/quotas.ts";
import { Refusal } from "../errors.ts";
import { backupPlugin, installPlugin, type Plugin, pluginDocument, withParameters } from "../plugins.ts";
import { assertWritable, isReadOnly, record } from "../state.ts";
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

const createBody = z.object({
  data: z.object({
    type: z.literal("plugin"),
    id: z.string().exactOptional(),
    attributes: z.union([
      z.object({ package_name: z.string() }),
      z.object({ package_name: z.null().default(null), name: z.string(), url: z.string() }),
    ]),
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
  assertPluginsWritable(call);
  const { name = plugin.name, url = plugin.url, package_version = plugin.package_version } = attributes;
  const { parameters = plugin.parameters } = attributes;
  const updated = withParameters({ ...plugin, name, url, package_version }, parameters);
  environment.plugins = environment.plugins.map((other) => (other === plugin ? updated : other));
  const at = state.clock.now();
  if (settings.unknowns.parametersMoveLastDataChange) environment.lastDataChangeAt = at;
  record(state, { at, type: "parameters-changed", id: environment.id, by: "api" });
  return ok({ data: pluginDocument({ ...updated, parameters }) });
}

/** `POST /plugins`: a public package by its name, or a plugin with a name and an address of its own. */
export function createPlugin(call: Call): Reply {
  const { environment, state } = call;
  const { settings } = state;
  const { id = state.mint.id(), attributes } = parseBody(createBody, call.body).data;
  assertPluginsWritable(call);
  const { content } = environment;
  if (content !== null) {
    assertRoom({ ...call, content }, "plugins");
    if (!isTodaysId(id)) throw new Refusal("INVALID_FIELD", { field: "id", code: "VALIDATION_FORMAT" });
  }
  const isGone = settings.contentUnknowns.otherDeletedIds === "taken" && content?.gonePlugins.has(id);
  if (isGone || environment.plugins.some((other) => other.id === id)) {
    throw new Refusal("INVALID_FIELD", { field: "id", code: "VALIDATION_UNIQUENESS" });
  }
  const { package_name } = attributes;
  const name = package_name === backupPlugin.package_name ? backupPlugin.name : (package_name ?? "");
  const plugin = installPlugin({ name, ...attributes, id });
  environment.plugins = [...environment.plugins, plugin];
  return { status: 201, document: { data: pluginDocument(plugin) } };
}

/** @throws Refusal when the environment's plugins cannot be changed now */
function assertPluginsWritable({ state, environment }: Call): void {
  const { forceUseOfSandboxEnvironments, maintenanceMode, unknowns } = state.settings;
  if (environment.primary && forceUseOfSandboxEnvironments && unknowns.forceSandboxBlocksPlugins) {
    throw new Refusal("PRIMARY_ENVIRONMENT_SETTINGS_READ_ONLY");
  }
  const excepted = environment.primary && maintenanceMode && !unknowns.maintenanceBlocksPlugins;
  if (!excepted || isReadOnly(state, environment)) assertWritable(state, environment);
}

function pluginOf({ environment, id }: Call): Plugin {
  const plugin = environment.plugins.find((other) => other.id === id);
  if (plugin === undefined) throw new Refusal("NOT_FOUND");
  return plugin;
}
