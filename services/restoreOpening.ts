import { failed, type Result, succeeded } from "../utils/failures.ts";
import type { PlanIdentity } from "./archive/restore/planRestore.ts";
import type { EnvironmentSide, Side } from "./archive/restore/side.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import type { Environment } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import { NO_PRIMARY, sightRestricted } from "./restoreFailures.ts";
import type { RestoreRequest } from "./restoreRequest.ts";
import {
  createSides,
  type RestoreHost,
  readyEnvironment,
  type Sides,
  type SourceName,
} from "./restoreSides.ts";
import { environmentsFor, type TargetName } from "./restoreTarget.ts";

/** Source and target of a request, looked up and ready. */
export interface Opened {
  readonly sides: Sides;
  readonly from: Side;
  readonly listed: readonly Environment[];
  readonly primary: Environment;
}

export async function openSource(
  project: Project,
  host: RestoreHost,
  { source, callsPerSecond }: Pick<RestoreRequest, "source" | "callsPerSecond">,
  level?: "full",
): Promise<Result<Opened, RestoreFailure>> {
  const sides = createSides(project, host, callsPerSecond);
  if (!sides.ok) return sides;
  const listed = await environmentsFor(project, host).list();
  if (!listed.ok) return listed;
  const primary = listed.value.find((each) => each.primary);
  if (primary === undefined) return failed(NO_PRIMARY);
  const from = await sideOf(sides.value, listed.value, source, level);
  return from.ok ? succeeded({ sides: sides.value, from: from.value, listed: listed.value, primary }) : from;
}

export async function sideOf(
  sides: Sides,
  listed: readonly Environment[],
  source: SourceName,
  level?: "full",
): Promise<Result<Side, RestoreFailure>> {
  if (source.kind === "archive") return sides.archive(source.name, level);
  const environment = readyEnvironment(listed, source.id);
  if (!environment.ok) return environment;
  const hidden = await sides.hidden();
  if (!hidden.ok) return hidden;
  const side = await sides.environment(environment.value, hidden.value);
  if (!side.ok) return side;
  const seen = await seesEverything(side.value);
  return seen.ok ? side : seen;
}

/** A plan for a new sandbox is made against the primary, of which the sandbox will be a fork. */
export function identityOf(from: Side, into: TargetName, target: Environment): PlanIdentity {
  const { id, createdAt, primary } = target;
  const source = from.identity;
  return { source, target: { id, createdAt, primary, ...(into.kind === "new" && { forkedTo: into.id }) } };
}

/** Where a role hides something, it would look as if it were missing, and be created again. */
export async function seesEverything({
  reader,
  name,
}: EnvironmentSide): Promise<Result<undefined, RestoreFailure>> {
  const sight = await reader.sight();
  if (!sight.ok) return sight;
  return sight.value.kind === "everything" ? succeeded(undefined) : failed(sightRestricted(name));
}
