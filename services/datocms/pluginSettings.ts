import * as z from "zod";
import { type Failure, FailureError } from "../../utils/errors.ts";
import { PLUGIN_NAME } from "../../utils/healthContract.ts";
import type { Allowance } from "./allowance.ts";
import { read, write } from "./calls.ts";
import type { DatoClient } from "./client.ts";

/** The plugin as it is installed in the primary environment. */
export interface PluginInstance {
  readonly id: string;
  /** A document that the user's browser writes too: replaced whole, the last write wins. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Whether the project's owner lets scheduled runs happen. */
export type Scheduler =
  | { readonly enabled: true }
  | { readonly enabled: false; readonly disconnectedAt: string };

/** The part of the port that reads the plugin; without an environment named, DatoCMS takes the primary. */
export interface PluginSettings {
  /** @returns undefined where the plugin is not installed. @throws FailureError */
  find(): Promise<PluginInstance | undefined>;
  /**
   * Writes that the scheduler is disconnected since `at` (ISO) and keeps every other parameter.
   *
   * @returns the plugin's id, or undefined where it is not installed. @throws FailureError
   */
  disconnect(at: string): Promise<string | undefined>;
}

const PluginDocument = z.object({
  id: z.string().min(1),
  attributes: z.object({
    name: z.string().nullish(),
    package_name: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});
const AllPlugins = z.object({ data: z.array(PluginDocument) });

/** Installed by hand or by an old version, the plugin has no package name and is known by what it is called. */
const KNOWN_NAMES = new Set([PLUGIN_NAME, "automatic environment backups"]);

const WRITE_ATTEMPTS = 3;
const WRITE_PAUSE_MS = 500;

/** Settings of the plugin in the primary environment of the client's project. */
export function pluginSettingsOf(client: DatoClient, allowance: Allowance): PluginSettings {
  const find = async (): Promise<PluginInstance | undefined> => {
    const parsed = AllPlugins.safeParse(await read<unknown>(allowance, () => client.plugins.rawList()));
    if (!parsed.success) throw new FailureError(UNREADABLE);
    const plugin =
      parsed.data.data.find(({ attributes }) => attributes.package_name === PLUGIN_NAME) ??
      parsed.data.data.find(({ attributes }) => KNOWN_NAMES.has(attributes.name?.trim().toLowerCase() ?? ""));
    return plugin && { id: plugin.id, parameters: plugin.attributes.parameters ?? {} };
  };

  return {
    find,
    async disconnect(at) {
      let failure: Failure = UNREADABLE;
      for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt += 1) {
        // Read right before writing, each time: whatever the user has changed meanwhile must survive.
        const plugin = await find();
        if (plugin === undefined) return undefined;
        if (disconnectedAt(plugin.parameters) === at) return plugin.id;
        const outcome = await write<unknown>(allowance, () =>
          client.plugins.rawUpdate(plugin.id, {
            data: {
              type: "plugin",
              id: plugin.id,
              attributes: {
                parameters: { ...plugin.parameters, schedulerDisconnect: { disconnectedAt: at } },
              },
            },
          }),
        );
        if (outcome.kind === "accepted") return plugin.id;
        if (outcome.kind === "refused") throw new FailureError(outcome.failure);
        if (outcome.kind === "busy" || outcome.kind === "unknown") failure = outcome.failure;
        const pause = outcome.kind === "busy" ? (outcome.waitMs ?? WRITE_PAUSE_MS) : WRITE_PAUSE_MS;
        if (pause >= allowance.timeLeft() || allowance.patienceLeft() === 0) break;
        await allowance.clock.sleep(pause);
      }
      throw new FailureError(failure);
    },
  };
}

const UNREADABLE: Failure = {
  cause: "UNEXPECTED_ANSWER",
  sentence: "DatoCMS's list of plugins could not be understood, so nothing was changed.",
};

const Disconnect = z.object({
  schedulerDisconnect: z.object({ disconnectedAt: z.iso.datetime({ offset: true }) }),
});
const Connection = z.object({
  lambdaConnection: z.object({
    status: z.literal("connected"),
    // Opening the plugin's screen records a successful `config_mount` by itself; only a person tests the others.
    lastCheckPhase: z.enum(["config_connect", "finish_installation"]),
    lastCheckedAt: z.iso.datetime({ offset: true }),
  }),
});

function disconnectedAt(parameters: PluginInstance["parameters"]): string | undefined {
  return Disconnect.safeParse(parameters).data?.schedulerDisconnect.disconnectedAt;
}

/**
 * Whether scheduled runs may happen. A disconnect holds until somebody tests the connection again.
 *
 * @param plugin the primary's plugin, or undefined where none is installed: then nobody has disconnected
 */
export function schedulerOf(plugin: PluginInstance | undefined): Scheduler {
  const since = plugin && disconnectedAt(plugin.parameters);
  if (since === undefined) return { enabled: true };
  const reconnectedAt = Connection.safeParse(plugin?.parameters).data?.lambdaConnection.lastCheckedAt;
  const reconnected = reconnectedAt !== undefined && Date.parse(reconnectedAt) > Date.parse(since);
  return reconnected ? { enabled: true } : { enabled: false, disconnectedAt: since };
}
