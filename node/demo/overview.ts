import * as z from "zod";
import { CADENCES, type Cadence } from "../../utils/config.ts";
import { CALLS, CONTRACT_VERSION, PLUGIN_NAME } from "../../utils/healthContract.ts";
import type { Reply, Stage } from "./stage.ts";
import { dateTime, say, showTable } from "./text.ts";

/** How the plugin names itself in each call. */
export const PLUGIN = { name: PLUGIN_NAME, environment: "main" };
export const STATUS_PATH = "/api/datocms/backup-status";

const STATUS_REQUEST = {
  event_type: CALLS.status.event,
  mpi: { message: CALLS.status.ask, version: CONTRACT_VERSION },
  plugin: PLUGIN,
};

const instant = z.iso
  .datetime()
  .transform((text) => Date.parse(text))
  .nullable();
/** What the plugin reads of an answer; it knows of no other member. */
const Slot = z.object({ lastBackupAt: instant, nextBackupAt: instant, dueNow: z.boolean().optional() });
const StatusAnswer = z.object({ slots: z.record(z.enum(CADENCES), Slot) });

/** To the minute. */
const MINUTES = 16;

/** Asks for the status as the plugin does. */
export function askStatus(stage: Stage): Promise<Reply> {
  return stage.call("POST", STATUS_PATH, STATUS_REQUEST);
}

/**
 * Shows what the plugin's overview makes of the status and of DatoCMS's list of environments. The plugin
 * itself shows the rows of the cadences that its schedule enables.
 *
 * @param reply a status just asked for; without one it is asked for here
 */
export async function showOverview(stage: Stage, reply?: Reply): Promise<void> {
  const { body } = reply ?? (await askStatus(stage));
  const { slots } = StatusAnswer.parse(body);
  const ids = new Set(stage.project.environments().map(({ id }) => id));
  say();
  say("The plugin's overview:");
  showTable([
    ["cadence", "last backup", "environment, by its name", "found", "next backup", "due now"],
    ...CADENCES.map((cadence) => rowOf(cadence, slots[cadence], ids)),
  ]);
}

function rowOf(scope: Cadence, slot: z.infer<typeof Slot>, ids: ReadonlySet<string>): string[] {
  const { lastBackupAt, nextBackupAt, dueNow } = slot;
  // The plugin computes the name and reads none: by the UTC date of the last backup.
  const id = lastBackupAt === null ? undefined : `backup-plugin-${scope}-${dateTime(lastBackupAt, 10)}`;
  const found = id !== undefined && ids.has(id) ? "yes" : "missing";
  return [
    scope,
    shown(lastBackupAt),
    id ?? "not yet created",
    found,
    shown(nextBackupAt),
    dueNow ? "yes" : "no",
  ];
}

function shown(moment: number | null): string {
  return moment === null ? "-" : dateTime(moment, MINUTES);
}
