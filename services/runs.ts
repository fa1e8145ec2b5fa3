import type { Cadence } from "../utils/config.ts";
import {
  type BackupContext,
  connect,
  type Dato,
  joined,
  type Observation,
  observeByHand,
} from "./context.ts";
import type { Environment } from "./datocms/environments.ts";
import { asCopy, backupId, utcDate } from "./rotation/names.ts";
import type { Outcome } from "./rotation/outcome.ts";
import type { Target } from "./rotation/plan.ts";
import { type Rotation, rotate } from "./rotation/rotate.ts";
import { presentMoment } from "./schedule/presentMoment.ts";

/** What a person may ask of a run. */
export interface ByHand {
  readonly cadence: Cadence;
  /** Replaces today's copy whatever its age, and on a full plan even where the old one must go first. */
  readonly forced: boolean;
  /** Whether anybody may call: then a copy that was just made is not made again. */
  readonly open: boolean;
}

/** In the open contract nobody can make this service fork more often than this. */
const YOUNG_MS = 10 * 60 * 1_000;

/**
 * Makes a copy now, by hand: a fresh one takes the place of today's. Goes ahead when the scheduler is
 * disconnected.
 *
 * @throws ServiceError 500 when DatoCMS cannot be read
 */
export function runBackup(context: BackupContext, { cadence, forced, open }: ByHand): Promise<Outcome> {
  const asked = context.clock.now();
  return joined(context, `by hand: ${cadence} ${utcDate(asked)} ${forced}`, async () => {
    const dato = connect(context);
    const observation = await observeByHand(context, dato);
    const now = presentMoment(asked, observation.listed);
    const date = utcDate(now);
    const isYoung = open && !forced && hasYoung(observation.listed, backupId(cadence, date), now);
    const [outcome] = await rotateFor(context, dato, observation, [
      { cadence, date, fresh: !isYoung, forced },
    ]);
    if (outcome === undefined) throw new Error("A target without an outcome");
    return outcome;
  });
}

/**
 * Makes what today lacks of daily and weekly; running it again changes nothing.
 *
 * @throws ServiceError 500 when DatoCMS cannot be read
 */
export function runInitialization(context: BackupContext): Promise<Outcome[]> {
  const asked = context.clock.now();
  return joined(context, `initialize: ${utcDate(asked)}`, async () => {
    const dato = connect(context);
    const observation = await observeByHand(context, dato);
    const date = utcDate(presentMoment(asked, observation.listed));
    const targets = (["daily", "weekly"] as const).map((cadence) => ({
      cadence,
      date,
      fresh: false,
      forced: false,
    }));
    return rotateFor(context, dato, observation, targets);
  });
}

/**
 * Waits for copies that an answer has left in the making, and removes what they replace.
 *
 * @throws ServiceError 500 when DatoCMS cannot be read
 */
export function completeBackups(
  context: BackupContext,
  copies: readonly Pick<Target, "cadence" | "date">[],
): Promise<Outcome[]> {
  const names = copies.map(({ cadence, date }) => backupId(cadence, date));
  return joined(context, `complete: ${names}`, async () => {
    const dato = connect(context);
    const observation = await observeByHand(context, dato);
    // One that has vanished is not begun again here: whoever makes the next copy decides that.
    const present = copies.filter((_, index) => observation.listed.some(({ id }) => id === names[index]));
    const targets = present.map(({ cadence, date }) => ({ cadence, date, fresh: false, forced: false }));
    return rotateFor(context, dato, observation, targets);
  });
}

/**
 * Rotates on what was just observed, with the settings of the deployment.
 *
 * @param rest for scheduled runs: whose places are kept free, and what takes the ids of copies that the brake keeps
 */
export async function rotateFor(
  { config, logger }: BackupContext,
  { environments, contents, caller, allowance }: Dato,
  { listed, listedAt, scheduler }: Observation,
  targets: readonly Target[],
  { enabledCadences = [], kept }: Pick<Partial<Rotation>, "enabledCadences" | "kept"> = {},
): Promise<Outcome[]> {
  const outcomes = await rotate({
    environments,
    contents,
    caller,
    allowance,
    logger,
    policy: config,
    targets,
    listed,
    listedAt,
    settles: scheduler?.enabled ?? false,
    enabledCadences,
    kept,
  });
  for (const outcome of outcomes) logOutcome(logger, outcome, allowance.callsMade());
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

function hasYoung(listed: readonly Environment[], id: string, now: number): boolean {
  const environment = listed.find((each) => each.id === id);
  return (
    environment?.status === "ready" &&
    asCopy(environment) !== undefined &&
    now - environment.createdAt < YOUNG_MS
  );
}
