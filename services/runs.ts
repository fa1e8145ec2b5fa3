import { CADENCES, type Cadence } from "../utils/config.ts";
import { type Failure, failed, type Result, succeeded } from "../utils/failures.ts";
import { cadenceNotEnabled, type Refusal } from "../utils/refusals.ts";
import type { Outcome } from "./backup/outcome.ts";
import { type Rotation, rotate } from "./backup/rotate.ts";
import type { Removes } from "./backup/situation.ts";
import type { Target } from "./backup/target.ts";
import { backupId, utcDate } from "./catalog/names.ts";
import {
  type BackupContext,
  connect,
  type Dato,
  type Observation,
  readProjectByHand,
  singleFlight,
} from "./context.ts";
import { referenceTime } from "./schedule/referenceTime.ts";
import { scheduleOf } from "./schedule/schedule.ts";
import { slotsFor } from "./schedule/slots.ts";

/**
 * Who asked for a run, which decides what it may do. Where no secret is configured anybody may ask: such a run makes
 * only what today lacks, and removes nothing but, by a job's route, the predecessor of its own cadence (documented).
 */
export type AskedBy = "schedule" | "holder" | "anybody" | "anybody-by-job";

/** What somebody may ask of a run. */
export interface ByHand {
  readonly cadence: Cadence;
  /** Replaces today's backup even where, on a full plan, an old one must go first. */
  readonly forced: boolean;
  readonly askedBy: Exclude<AskedBy, "schedule">;
}

/**
 * Makes a backup now, by hand: for a holder of the secret a fresh one takes the place of today's. Goes ahead when the
 * scheduler is disconnected. Refused where anybody asks for a backup that the schedule never makes.
 */
export function runBackup(
  context: BackupContext,
  { cadence, forced, askedBy }: ByHand,
): Promise<Result<Outcome, Failure | Refusal>> {
  const asked = context.clock.now();
  const name = `by hand: ${cadence} ${utcDate(asked)} ${forced} ${askedBy}`;
  return singleFlight(context, name, async () => {
    const dato = connect(context);
    const project = await readProjectByHand(context, dato);
    if (!project.ok) return project;
    const observation = project.value;
    const isHolder = askedBy === "holder";
    const enabled = isHolder ? [cadence] : await enabledFor(context, observation);
    if (!enabled.includes(cadence)) return failed(cadenceNotEnabled(cadence, enabled));
    const date = utcDate(referenceTime(asked, observation.catalog.environments));
    const target = { cadence, date, want: isHolder ? (forced ? "force" : "replace") : "ensure" } as const;
    const [outcome] = await rotateFor(context, dato, observation, [target], { askedBy });
    if (outcome === undefined) throw new Error("A target without an outcome");
    return succeeded(outcome);
  });
}

/**
 * Makes what today lacks of daily and weekly; running it again changes nothing. For anybody it leaves out what the
 * schedule never makes, and is refused where that leaves nothing.
 */
export function runInitialization(
  context: BackupContext,
  askedBy: ByHand["askedBy"],
): Promise<Result<Outcome[], Failure | Refusal>> {
  const asked = context.clock.now();
  return singleFlight(context, `initialize: ${utcDate(asked)} ${askedBy}`, async () => {
    const dato = connect(context);
    const project = await readProjectByHand(context, dato);
    if (!project.ok) return project;
    const observation = project.value;
    const date = utcDate(referenceTime(asked, observation.catalog.environments));
    const enabled = askedBy === "holder" ? CADENCES : await enabledFor(context, observation);
    const cadences = (["daily", "weekly"] as const).filter((cadence) => enabled.includes(cadence));
    if (cadences.length === 0) return failed(cadenceNotEnabled("daily", enabled));
    const targets = cadences.map((cadence) => ({ cadence, date, want: "ensure" }) as const);
    return succeeded(await rotateFor(context, dato, observation, targets, { askedBy }));
  });
}

/**
 * Waits for backups that an answer has left in the making, and removes what they replace.
 *
 * @param askedBy whoever asked for the run that began them
 */
export function completeBackups(
  context: BackupContext,
  copies: readonly Pick<Target, "cadence" | "date">[],
  askedBy: AskedBy,
): Promise<Result<Outcome[]>> {
  const names = copies.map(({ cadence, date }) => backupId(cadence, date));
  return singleFlight(context, `complete: ${names} ${askedBy}`, async () => {
    const dato = connect(context);
    const project = await readProjectByHand(context, dato);
    if (!project.ok) return project;
    const observation = project.value;
    // One that has vanished is not begun again here: whoever makes the next backup decides that.
    const present = copies.filter((_, index) => observation.catalog.find(names[index] ?? "") !== undefined);
    const targets = present.map(({ cadence, date }) => ({ cadence, date, want: "ensure" }) as const);
    return succeeded(await rotateFor(context, dato, observation, targets, { askedBy }));
  });
}

/** Cadences that the schedule makes. */
async function enabledFor(
  { token, config }: BackupContext,
  { parameters }: Observation,
): Promise<readonly Cadence[]> {
  const fallback = { slots: await slotsFor(token), cadences: config.cadences, projectTimezone: undefined };
  return scheduleOf(parameters, fallback).enabledCadences;
}

function removesOf(askedBy: AskedBy, { scheduler }: Observation): Removes {
  if (askedBy === "anybody") return "nothing";
  return askedBy !== "anybody-by-job" && scheduler?.enabled ? "all" : "own";
}

/** What a run rests on beside its targets: who asked, and for a scheduled one what else it takes part in. */
type Circumstances = Pick<Partial<Rotation>, "enabledCadences" | "kept"> & { readonly askedBy: AskedBy };

/** Rotates on what was just observed, with the settings of the deployment. */
export async function rotateFor(
  { config, logger }: BackupContext,
  { environments, contents, caller, budget }: Dato,
  observation: Observation,
  targets: readonly Target[],
  { askedBy, enabledCadences = [], kept }: Circumstances,
): Promise<Outcome[]> {
  const { catalog, listedAt } = observation;
  const outcomes = await rotate({
    environments,
    contents,
    caller,
    budget,
    logger,
    policy: config,
    targets,
    catalog,
    listedAt,
    removes: removesOf(askedBy, observation),
    byHand: askedBy !== "schedule",
    now: ({ environments }) => referenceTime(budget.clock.now(), environments),
    enabledCadences,
    kept,
  });
  for (const outcome of outcomes) logOutcome(logger, outcome, budget.callsMade());
  return outcomes;
}

function logOutcome(logger: BackupContext["logger"], outcome: Outcome, calls: number): void {
  const { kind, cadence, environmentId, deleted, problems } = outcome;
  const fields = {
    outcome: kind,
    cadence,
    environmentId,
    deleted,
    problems: problems.map(({ code }) => code),
    calls,
  };
  if (kind === "failed")
    logger.error("run_failed", {
      ...fields,
      cause: outcome.failure.cause,
      sentence: outcome.failure.sentence,
    });
  else logger.info("run_ended", fields);
}
