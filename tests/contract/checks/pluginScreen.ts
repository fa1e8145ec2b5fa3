import * as z from "zod";
import type { Scene } from "../scene.ts";
import {
  CADENCES,
  type Cadence,
  type Heard,
  type PluginClient,
  pluginClient,
  type Saved,
} from "./pluginClient.ts";

/** A line of the plugin's overview. */
export interface Row {
  readonly cadence: Cadence;
  /** The environment that it links; computed, not read. Null where no copy is known. */
  readonly links: string | null;
  /** Without that very environment the line says "missing". */
  readonly isThere: boolean;
  readonly nextBackupAt: string | null;
}

/** What somebody sees who opens the plugin's screen. */
export interface Opened {
  readonly health: Heard;
  readonly status: Heard;
  /** None where the status was not understood. */
  readonly rows: readonly Row[];
}

/** What saving a schedule has come to; a cadence that had a copy is not among the runs. */
export interface SavedSchedule {
  readonly before: Heard;
  readonly runs: readonly (readonly [Cadence, Heard])[];
  readonly after: Heard;
  readonly rows: readonly Row[];
}

/** The plugin's screen in the hands of a person. */
export interface PluginScreen {
  /** Presses "connect": tests the address and keeps what came of it. */
  connect(): Promise<Heard>;
  open(): Promise<Opened>;
  save(cadences: readonly Cadence[]): Promise<SavedSchedule>;
  /** Presses "backup now". */
  press(cadence: Cadence): Promise<{ readonly run: Heard; readonly rows: readonly Row[] }>;
  /** Calls that its client has made, in their order. */
  readonly calls: readonly string[];
}

/** In the automatic path a conflict is tried once more after this. */
const CONFLICT_PAUSE_MS = 1_200;

const Slot = z.object({ lastBackupAt: z.string().nullable(), nextBackupAt: z.string().nullable() });
const Slots = z.object({
  slots: z.object({ daily: Slot, weekly: Slot, biweekly: Slot.optional(), monthly: Slot.optional() }),
});

/**
 * The plugin's screen in the primary environment.
 *
 * @param scene.project keeps the plugin's parameters
 */
export function pluginScreen(scene: Scene, saved: Omit<Saved, "environment">): PluginScreen {
  const { project, deployment } = scene;
  const primary = project.environments().find((environment) => environment.primary)?.id ?? "main";
  const calls: string[] = [];
  const client = noting(pluginClient(deployment, { ...saved, environment: primary }), calls);
  const parameters = () => project.environment(primary)?.plugins[0]?.parameters ?? {};

  /** The whole document is replaced, as the plugin does on nearly every opening. */
  const keep = (changes: Record<string, unknown>) => {
    calls.push("parameters");
    project.user.setParameters(primary, {
      debug: false,
      connectionValidationMode: "health",
      ...parameters(),
      deploymentURL: saved.deploymentUrl,
      lambdaAuthSecret: saved.secret,
      ...changes,
    });
  };
  const keepConnection = (heard: Heard, lastCheckPhase: string) =>
    keep({
      lambdaConnection: {
        status: heard.kind === "answer" ? "connected" : "disconnected",
        endpoint: saved.deploymentUrl,
        lastCheckedAt: new Date(deployment.clock.now()).toISOString(),
        lastCheckPhase,
        ...(heard.kind === "refused" && { errorCode: heard.code, errorMessage: heard.message }),
      },
    });
  const rowsOf = (status: Heard): Row[] => {
    if (status.kind !== "answer") return [];
    const { slots } = Slots.parse(status.body);
    return CADENCES.filter((cadence) => enabledIn(parameters()).includes(cadence)).flatMap((cadence) => {
      const slot = slots[cadence];
      if (slot === undefined) return [];
      const links = slot.lastBackupAt === null ? null : computedId(cadence, slot.lastBackupAt);
      const isThere = links !== null && project.environment(links) !== undefined;
      return [{ cadence, links, isThere, nextBackupAt: slot.nextBackupAt }];
    });
  };
  const automatically = async (cadence: Cadence): Promise<Heard> => {
    const first = await client.backupNow(cadence);
    if (first.kind !== "refused" || first.status !== 409) return first;
    await (deployment.advance ?? ((ms: number) => deployment.clock.sleep(ms)))(CONFLICT_PAUSE_MS);
    return client.backupNow(cadence);
  };

  return {
    calls,
    async connect() {
      const heard = await client.health("config_connect");
      keepConnection(heard, "config_connect");
      return heard;
    },
    async open() {
      const [health, status] = await Promise.all([client.health("config_mount"), client.status()]);
      keepConnection(health, "config_mount");
      return { health, status, rows: rowsOf(status) };
    },
    async save(cadences) {
      keep({
        backupSchedule: scheduleFor(
          cadences,
          parameters(),
          project.settings.timezone,
          deployment.clock.now(),
        ),
      });
      const before = await client.status();
      const runs: [Cadence, Heard][] = [];
      for (const { cadence, links } of rowsOf(before))
        if (links === null) runs.push([cadence, await automatically(cadence)]);
      const after = await client.status();
      return { before, runs, after, rows: rowsOf(after) };
    },
    async press(cadence) {
      const run = await client.backupNow(cadence);
      return { run, rows: rowsOf(await client.status()) };
    },
  };
}

function noting(client: PluginClient, calls: string[]): PluginClient {
  return {
    health(phase) {
      calls.push(`health ${phase}`);
      return client.health(phase);
    },
    status() {
      calls.push("status");
      return client.status();
    },
    backupNow(cadence) {
      calls.push(`backup now ${cadence}`);
      return client.backupNow(cadence);
    },
  };
}

function computedId(cadence: Cadence, lastBackupAt: string): string {
  return `backup-plugin-${cadence}-${new Date(lastBackupAt).toISOString().slice(0, 10)}`;
}

const WithSchedule = z.object({
  backupSchedule: z.object({ enabledCadences: z.array(z.string()), anchorLocalDate: z.string() }),
});

/** Daily and weekly, until somebody saves something else. */
function enabledIn(parameters: unknown): readonly string[] {
  return WithSchedule.safeParse(parameters).data?.backupSchedule.enabledCadences ?? ["daily", "weekly"];
}

/** The anchor stays while the set of cadences does, else it is today in the project's zone. */
function scheduleFor(cadences: readonly Cadence[], parameters: unknown, timezone: string, now: number) {
  const present = WithSchedule.safeParse(parameters).data?.backupSchedule;
  const enabledCadences = CADENCES.filter((cadence) => cadences.includes(cadence));
  const isSame = present?.enabledCadences.join() === enabledCadences.join();
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone }).format(now);
  return {
    version: 1,
    enabledCadences,
    timezone,
    anchorLocalDate: isSame ? present?.anchorLocalDate : today,
    updatedAt: new Date(now).toISOString(),
  };
}
