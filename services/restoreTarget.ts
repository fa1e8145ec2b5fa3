import { failed, failure, type Result, succeeded } from "../utils/failures.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import { isReservedName, isSandboxName } from "./catalog/names.ts";
import { createBudget } from "./datocms/budget.ts";
import { createClient } from "./datocms/client.ts";
import { type Environment, type Environments, environmentsOf } from "./datocms/environments.ts";
import type { Project } from "./project.ts";
import type { RestoreHost } from "./restoreSides.ts";
import { INTERRUPTED } from "./sources/datocms/contentApi.ts";

/** Where a restore goes. */
export type TargetName =
  | { readonly kind: "existing"; readonly id: string }
  /** A sandbox that the restore forks from the primary. */
  | { readonly kind: "new"; readonly id: string };

/** A fork of a large project takes hours; it is looked at every so often. */
const LONGEST_FORK_MS = 6 * 60 * 60_000;
const FIRST_LOOK_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const CALL_MS = 60_000;
const MOST_CALLS = 60;

/** Reads `main`, or `new:NAME`; a failure where such a name may not be written to. */
export function targetFrom(text: string): Result<TargetName, RestoreFailure> {
  const isNew = text.startsWith("new:");
  const id = isNew ? text.slice("new:".length) : text;
  if (isReservedName(id)) return failed(nameReserved(id));
  if (!isSandboxName(id)) return failed(nameRefused(id));
  return succeeded({ kind: isNew ? "new" : "existing", id });
}

/** The environments of a project, with time and calls for one question. */
export function environmentsFor({ token, source }: Project, { fetch, clock }: RestoreHost): Environments {
  const budget = createBudget(clock, { deadline: clock.monotonic() + CALL_MS, maxCalls: MOST_CALLS });
  return environmentsOf(createClient({ token, baseUrl: source.baseUrl, fetch, budget }), budget);
}

/** A fork that is to be made, or was begun. */
export interface ForkWanted {
  readonly source: string;
  readonly id: string;
  /** When it can have been begun at the earliest, ms since the epoch. */
  readonly since: number;
}

/** DatoCMS's clock and ours may differ. */
const MOST_SKEW_MS = 5 * 60_000;

/** Whether an environment is what a run has begun to fork, and not somebody's of the same name. */
function isOurFork({ primary, forkedFrom, createdAt }: Environment, { source, since }: ForkWanted): boolean {
  return !primary && forkedFrom === source && createdAt >= since - MOST_SKEW_MS;
}

/**
 * Forks an environment and waits until the fork is ready. Goes on with one that was begun before.
 *
 * @param onProgress takes DatoCMS's percentage
 */
export async function forkAndWait(
  project: Project,
  host: RestoreHost,
  { source, id, since }: ForkWanted,
  onProgress: (percentage: number) => void,
): Promise<Result<Environment, RestoreFailure>> {
  const { clock, signal, mayWrite } = host;
  const began = clock.monotonic();
  const there = await environmentsFor(project, host).find(id);
  if (!there.ok) return there;
  if (there.value !== undefined && !isOurFork(there.value, { source, id, since })) return failed(notOurs(id));
  if (there.value === undefined) {
    if ((await mayWrite?.()) === false) return failed(INTERRUPTED);
    const forked = await environmentsFor(project, host).fork(source, id, "normal");
    if (forked.kind === "refused" || forked.kind === "busy") return failed(forked.failure);
    if (forked.kind === "no-room") return failed(NO_ROOM);
    if (forked.kind === "gone") return failed(noSource(source));
  }
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const found = await environmentsFor(project, host).find(id);
    if (!found.ok) return found;
    if (found.value === undefined) return failed(FORK_LOST);
    if (found.value.status === "ready") return succeeded(found.value);
    onProgress(found.value.percentage ?? 0);
    if (signal?.aborted || clock.monotonic() - began > LONGEST_FORK_MS) return failed(stillForking(id));
    await clock.sleep(pause, signal);
  }
}

function notOurs(id: string) {
  return failure(
    "ENVIRONMENT_EXISTS",
    `There is an environment ${id}, and this restore has not made it.`,
    "Name another one: --into new:NAME.",
    { environmentId: id },
  );
}

const NO_ROOM = failure(
  "ENVIRONMENT_LIMIT_REACHED",
  "The DatoCMS plan has no place for another sandbox environment.",
  "Delete one that nobody needs, or restore into one that is there: --into NAME.",
);

const FORK_LOST = failure(
  "FORK_FAILED",
  "DatoCMS has not made the new environment.",
  "Run this again. If it stays so, see status.datocms.com.",
);

function noSource(id: string) {
  return failure("ENVIRONMENT_NOT_FOUND", `There is no environment ${id}.`, "See `list`.", {
    environmentId: id,
  });
}

function stillForking(id: string) {
  return failure(
    "ENVIRONMENT_NOT_READY",
    `DatoCMS is still at work on ${id}.`,
    "Run the same command again: it goes on from there.",
    { environmentId: id },
  );
}

function nameReserved(id: string) {
  return failure(
    "NAME_RESERVED",
    `Names that begin like ${id} belong to this service's own sandboxes.`,
    "Restore into another environment: --into new:NAME makes one.",
    { environmentId: id },
  );
}

function nameRefused(id: string) {
  return failure(
    "INVALID_NAME",
    `${JSON.stringify(id.slice(0, 80))} is no name of an environment.`,
    "A name has lower-case letters, digits and hyphens.",
  );
}
