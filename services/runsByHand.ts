import { CADENCES, type Cadence } from "../utils/config.ts";
import { type Failure, failed, mapped, type Result, succeeded } from "../utils/failures.ts";
import { cadenceNotEnabled, type Refusal } from "../utils/refusals.ts";
import type { Outcome } from "./backup/outcome.ts";
import type { Target } from "./backup/target.ts";
import { backupId, type UtcDate, utcDate } from "./catalog/names.ts";
import { type BackupContext, connect, type Observation, readProjectByHand, singleFlight } from "./context.ts";
import type { BackupRecord } from "./history/record.ts";
import { type Made, recorded } from "./history/recorded.ts";
import { rotateFor } from "./rotation.ts";
import { referenceTime } from "./schedule/referenceTime.ts";
import { scheduleOf } from "./schedule/schedule.ts";
import { slotsFor } from "./schedule/slots.ts";

/** Who asked for a run, and by what. */
export type Asked = Pick<BackupRecord, "by" | "trigger">;

/** Somebody who asks for a run: nothing of the schedule's. */
export interface ByHand extends Asked {
  readonly by: Exclude<Asked["by"], "schedule">;
  readonly trigger: Exclude<Asked["trigger"], "schedule">;
}

/** What somebody may ask of a run. */
export interface BackupRequest extends ByHand {
  readonly cadence: Cadence;
  /** Replaces today's backup even where, on a full plan, an old one must go first. */
  readonly forced: boolean;
}

/**
 * Makes a backup now, by hand: for a holder of the secret a fresh one takes the place of today's. Goes ahead when the
 * scheduler is disconnected. Refused where anybody asks for a backup that the schedule never makes.
 */
export async function runBackup(
  context: BackupContext,
  { cadence, forced, ...asked }: BackupRequest,
): Promise<Result<Outcome, Failure | Refusal>> {
  const name = `by hand: ${cadence} ${utcDate(context.clock.now())} ${forced}`;
  const made = await runByHand(context, name, asked, async (observation, date) => {
    const isHolder = asked.by === "holder";
    const enabled = isHolder ? [cadence] : await enabledFor(context, observation);
    if (!enabled.includes(cadence)) return failed(cadenceNotEnabled(cadence, enabled));
    return succeeded([{ cadence, date, want: isHolder ? (forced ? "force" : "replace") : "ensure" }]);
  });
  return mapped(made, ([outcome]) => {
    if (outcome === undefined) throw new Error("A target without an outcome");
    return outcome;
  });
}

/**
 * Makes what today lacks of daily and weekly; running it again changes nothing. For anybody it leaves out what the
 * schedule never makes, and is refused where that leaves nothing.
 */
export function runInitialization(
  context: BackupContext,
  asked: ByHand,
): Promise<Result<readonly Outcome[], Failure | Refusal>> {
  const name = `initialize: ${utcDate(context.clock.now())}`;
  return runByHand(context, name, asked, async (observation, date) => {
    const enabled = asked.by === "holder" ? CADENCES : await enabledFor(context, observation);
    const cadences = (["daily", "weekly"] as const).filter((cadence) => enabled.includes(cadence));
    if (cadences.length === 0) return failed(cadenceNotEnabled("daily", enabled));
    return succeeded(cadences.map((cadence) => ({ cadence, date, want: "ensure" })));
  });
}

/**
 * Waits for backups that an answer has left in the making, and removes what they replace.
 *
 * @param asked whoever asked for the run that began them
 */
export function completeBackups(
  context: BackupContext,
  backups: readonly Pick<Target, "cadence" | "date">[],
  asked: Asked,
): Promise<Result<readonly Outcome[], Failure | Refusal>> {
  const named = backups.map((backup) => ({ ...backup, id: backupId(backup.cadence, backup.date) }));
  const name = `complete: ${named.map(({ id }) => id)}`;
  // One that has vanished is not begun again here: whoever makes the next backup decides that.
  return runByHand(context, name, asked, async ({ catalog }) =>
    succeeded(
      named
        .filter(({ id }) => catalog.find(id) !== undefined)
        .map(({ cadence, date }) => ({ cadence, date, want: "ensure" })),
    ),
  );
}

/**
 * Reads the project, makes the wanted backups and records the run.
 *
 * @param name tells the run from others of this process; see `singleFlight`
 * @param targetsFor says what is wanted by what exists, on a run's date; or refuses
 */
function runByHand(
  context: BackupContext,
  name: string,
  { by, trigger }: Asked,
  targetsFor: (observation: Observation, date: UtcDate) => Promise<Result<readonly Target[], Refusal>>,
): Promise<Result<readonly Outcome[], Failure | Refusal>> {
  const askedAt = context.clock.now();
  return singleFlight(context, `${name} ${by}`, async () => {
    const dato = connect(context);
    const made = await recorded(
      context,
      dato.budget,
      () => ({ by, trigger }),
      async (): Promise<Result<Made, Failure | Refusal>> => {
        const project = await readProjectByHand(context, dato);
        if (!project.ok) return project;
        const observation = project.value;
        const date = utcDate(referenceTime(askedAt, observation.catalog.environments));
        const targets = await targetsFor(observation, date);
        if (!targets.ok) return targets;
        const outcomes = await rotateFor(context, dato, observation, targets.value, { askedBy: by });
        return succeeded({ outcomes });
      },
    );
    return mapped(made, ({ outcomes }) => outcomes);
  });
}

/** Cadences that the schedule makes. */
async function enabledFor(
  { project: { token, policy } }: BackupContext,
  { parameters }: Observation,
): Promise<readonly Cadence[]> {
  const fallback = { slots: await slotsFor(token), cadences: policy.cadences, projectTimezone: undefined };
  return scheduleOf(parameters, fallback).enabledCadences;
}
