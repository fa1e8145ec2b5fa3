import type { Outcome } from "./backup/outcome.ts";
import { type Rotation, rotate } from "./backup/rotate.ts";
import type { Removes } from "./backup/situation.ts";
import type { Target } from "./backup/target.ts";
import type { BackupContext, Dato, Observation } from "./context.ts";
import type { AskedBy } from "./history/record.ts";
import { referenceTime } from "./schedule/referenceTime.ts";

/** What a run rests on beside its targets: who asked, and for a scheduled one what else it takes part in. */
type Circumstances = Pick<Partial<Rotation>, "enabledCadences" | "kept"> & { readonly askedBy: AskedBy };

/** Makes backups on what was just observed, by the project's policy. */
export function rotateFor(
  { project, logger, othersWork }: BackupContext,
  { environments, contents, caller, budget }: Dato,
  observation: Observation,
  targets: readonly Target[],
  { askedBy, enabledCadences = [], kept }: Circumstances,
): Promise<Outcome[]> {
  const { catalog, listedAt } = observation;
  return rotate({
    environments,
    contents,
    caller,
    budget,
    logger,
    policy: project.policy,
    targets,
    catalog,
    listedAt,
    removes: removesOf(askedBy, observation),
    byHand: askedBy !== "schedule",
    now: ({ environments }) => referenceTime(budget.clock.now(), environments),
    enabledCadences,
    kept,
    inUse: othersWork && (async () => (await othersWork()).inUse),
  });
}

function removesOf(askedBy: AskedBy, { scheduler }: Observation): Removes {
  if (askedBy === "anybody") return "nothing";
  return askedBy !== "anybody-by-job" && scheduler?.enabled ? "all" : "own";
}
