import * as z from "zod/mini";
import {
  busy,
  type Failure,
  failed,
  mapped,
  PARAMETERS_FULL,
  type Result,
  succeeded,
} from "../../utils/failures.ts";
import { PLUGIN_NAME } from "../../utils/healthContract.ts";
import type { Budget } from "./budget.ts";
import { readAs, readIfOffered, write } from "./calls.ts";
import type { DatoClient } from "./client.ts";

/** The plugin as it is installed in the primary environment. */
export interface PluginInstance {
  readonly id: string;
  /** A document that the user's browser writes too: replaced whole, the last write wins. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** That the scheduler is disconnected, as it stands in the parameters under `schedulerDisconnect`. */
export interface DisconnectNote {
  /** ISO. */
  readonly disconnectedAt: string;
  /** When the plugin had last tested its connection, as the plugin wrote it; null where it had not. */
  readonly lastCheckedAt: string | null;
}

/** The part of the port that reads the plugin; without an environment named, DatoCMS takes the primary. */
export interface PluginSettings {
  /** Undefined where the plugin is not installed. */
  find(): Promise<Result<PluginInstance | undefined>>;
  /** One quick try, for runs that go ahead without it: `unknown` when it cannot be read. */
  findIfOffered(): Promise<PluginInstance | undefined | "unknown">;
  /**
   * Writes that the scheduler is disconnected and keeps every other parameter.
   *
   * @param noteOn makes the note from the parameters as they are right before the write; the same
   *   `disconnectedAt` each time
   * @returns the plugin as it was before, or undefined where it is not installed
   */
  disconnect(noteOn: (plugin: PluginInstance) => DisconnectNote): Promise<Result<PluginInstance | undefined>>;
}

const PluginDocument = z.object({
  id: z.string().check(z.minLength(1)),
  attributes: z.object({
    name: z.nullish(z.string()),
    package_name: z.nullish(z.string()),
    parameters: z.catch(z.record(z.string(), z.unknown()), {}),
  }),
});
/** Whatever another plugin looks like must not hide ours. */
const AllPlugins = z.object({
  data: z.array(
    z.union([
      PluginDocument,
      z.pipe(
        z.unknown(),
        z.transform(() => undefined),
      ),
    ]),
  ),
});

/** Installed by hand or by an old version, the plugin has no package name and is known by what it is called. */
const KNOWN_NAMES = new Set([PLUGIN_NAME, "automatic environment backups"]);

const WRITE_ATTEMPTS = 3;
const WRITE_PAUSE_MS = 500;

/** Settings of the plugin in the primary environment of the client's project. */
export function pluginSettingsOf(client: DatoClient, budget: Budget): PluginSettings {
  const find = async () => mapped(await readAs(budget, () => client.plugins.rawList(), AllPlugins), pluginIn);

  return {
    find,
    async findIfOffered() {
      const document = await readIfOffered<unknown>(budget, () => client.plugins.rawList());
      const plugins = AllPlugins.safeParse(document);
      return plugins.success ? pluginIn(plugins.data) : "unknown";
    },
    async disconnect(noteOn) {
      let before: PluginInstance | undefined;
      let failure: Failure = busy();
      for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt += 1) {
        // Read right before writing, each time: whatever the user has changed meanwhile must survive.
        const found = await find();
        if (!found.ok || found.value === undefined) return found;
        const plugin = found.value;
        before ??= plugin;
        const schedulerDisconnect = noteOn(plugin);
        if (isNoted(plugin, schedulerDisconnect)) return succeeded(before);
        const outcome = await write<unknown>(budget, () =>
          client.plugins.rawUpdate(plugin.id, {
            data: {
              type: "plugin",
              id: plugin.id,
              attributes: { parameters: { ...plugin.parameters, schedulerDisconnect } },
            },
          }),
        );
        if (outcome.kind === "accepted") return succeeded(before);
        if (outcome.kind === "refused") return failed(outcome.failure);
        if (outcome.kind === "no-room") return failed(PARAMETERS_FULL);
        if (outcome.kind === "busy" || outcome.kind === "unknown") failure = outcome.failure;
        const pause = outcome.kind === "busy" ? (outcome.waitMs ?? WRITE_PAUSE_MS) : WRITE_PAUSE_MS;
        if (pause >= budget.timeLeft() || budget.retryTimeLeft() === 0) break;
        await budget.sleep(pause);
      }
      return failed(failure);
    },
  };
}

function pluginIn({ data }: z.infer<typeof AllPlugins>): PluginInstance | undefined {
  const plugins = data.flatMap((plugin) => plugin ?? []);
  const plugin =
    plugins.find(({ attributes }) => attributes.package_name === PLUGIN_NAME) ??
    plugins.find(({ attributes }) => KNOWN_NAMES.has(attributes.name?.trim().toLowerCase() ?? ""));
  return plugin && { id: plugin.id, parameters: plugin.attributes.parameters };
}

const Disconnect = z.object({ schedulerDisconnect: z.object({ disconnectedAt: z.string() }) });

function isNoted({ parameters }: PluginInstance, { disconnectedAt }: DisconnectNote): boolean {
  return Disconnect.safeParse(parameters).data?.schedulerDisconnect.disconnectedAt === disconnectedAt;
}
