import { Refusal } from "./errors.ts";

export type PluginSeed = {
  id?: string;
  name?: string;
  package_name?: string | null;
  package_version?: string | null;
  url?: string;
  parameters?: Record<string, unknown>;
};

export type Plugin = {
  readonly id: string;
  readonly name: string;
  readonly package_name: string | null;
  readonly package_version: string | null;
  readonly url: string;
  /** Never changed in place, only replaced: copies of an environment may share it. */
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** DatoCMS allows 10 KB of global parameters per plugin; that KB means 1024 bytes is a guess. */
const PARAMETERS_MAX_BYTES = 10 * 1024;

/** What an installation of the backup plugin looks like; the id has the form of today's ids. */
export const backupPlugin: Plugin = {
  id: "Q2dGtbWBTfyLWTd2dN6EJw",
  name: "Automatic Environment Backups",
  package_name: "datocms-plugin-automatic-environment-backups",
  package_version: "0.7.0",
  url: "https://plugins-cdn.datocms.com/datocms-plugin-automatic-environment-backups/index.html",
  parameters: {},
};

/** @returns an installed plugin; what the seed leaves out is taken from the backup plugin */
export function installPlugin(seed: PluginSeed): Plugin {
  return { ...backupPlugin, ...seed, parameters: asStored(seed.parameters ?? {}) };
}

/**
 * @param parameters the whole new object: DatoCMS merges nothing
 * @returns the plugin with these parameters
 * @throws Refusal TECHNICAL_LIMIT_REACHED when they take more than 10 KB as JSON
 */
export function withParameters(plugin: Plugin, parameters: Readonly<Record<string, unknown>>): Plugin {
  if (Buffer.byteLength(JSON.stringify(parameters)) > PARAMETERS_MAX_BYTES) {
    throw new Refusal("TECHNICAL_LIMIT_REACHED", {
      limit: "plugin_parameters",
      max_bytes: PARAMETERS_MAX_BYTES,
    });
  }
  return { ...plugin, parameters: asStored(parameters) };
}

/** @returns the JSON:API resource of a plugin */
export function pluginDocument(plugin: Plugin): object {
  const { id, ...attributes } = plugin;
  return {
    id,
    type: "plugin",
    attributes: {
      ...attributes,
      description: null,
      permissions: [],
      plugin_type: null,
      field_types: null,
      parameter_definitions: null,
    },
    meta: { version: "2" },
  };
}

/**
 * A copy with its keys in another order: recorded JSON columns come back reordered on a later read, and
 * short keys first is how PostgreSQL's jsonb does it. Callers must compare by value.
 */
function asStored(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(parameters).map(([key, value]): [string, unknown] => [
    key,
    reordered(value),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)));
}

function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  return isObject(value) ? asStored(value) : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
