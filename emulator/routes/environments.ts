import * as z from "zod";
import { type Call, ok, type Reply } from "../call.ts";
import type { Environment } from "../environment.ts";
import {
  assertAlone,
  assertDestroyable,
  assertFreeId,
  assertReady,
  beginDestroy,
  beginFork,
  type Ending,
  failure,
  forkDuration,
  planVerdict,
  promote,
  rename,
} from "../environments.ts";
import { Refusal } from "../errors.ts";
import { jobDocument } from "../jobs.ts";
import { mayEnter } from "../roles.ts";
import { byId, inListOrder, resourceOf, type State } from "../state.ts";
import { parseBody } from "./body.ts";

const newIdBody = z.object({ data: z.object({ type: z.literal("environment"), id: z.string() }) });

/** `GET /environments` */
export function listEnvironments({ state }: Call): Reply {
  const { role, unknowns } = state.settings;
  const forbidden = state.environments.some((environment) => !mayEnter(role, environment));
  if (forbidden && unknowns.forbiddenEnvironments === "refuse") throw new Refusal("INSUFFICIENT_PERMISSIONS");
  const listed = state.environments.filter(
    (environment) =>
      mayEnter(role, environment) &&
      !isHidden(state, environment) &&
      !(environment.phase.kind === "creating" && unknowns.creating === "unlisted"),
  );
  return ok({ data: inListOrder(state, listed).map((environment) => resourceOf(state, environment)) });
}

/** `GET /environments/:id` */
export function findEnvironment({ state, id }: Call): Reply {
  return ok({ data: resourceOf(state, visible(state, id)) });
}

/** `POST /environments/:id/fork`: a job, or with `immediate_return` the pending environment. */
export function forkEnvironment(call: Call): Reply {
  const { state, query } = call;
  const source = visible(state, call.id);
  const { id } = parseBody(newIdBody, call.body).data;
  assertReady(source);
  assertFreeId(state, id);
  const fast = query.get("fast") === "true";
  if (fast && query.get("force") !== "true" && state.settings.activeEditors) {
    throw new Refusal("ACTIVE_EDITING_SESSIONS");
  }
  assertAlone(state, "fork");
  const ending = planVerdict(state) ?? endingOf(call);
  const immediate = query.get("immediate_return") === "true";
  const job = immediate ? null : state.jobs.begin();
  state.forks++;
  const copy = beginFork(state, {
    source,
    id,
    beganAt: state.clock.now(),
    durationMs: forkDuration(state, state.forks),
    fast,
    ending,
    job,
    by: "api",
  });
  if (job) return { status: 202, document: jobDocument(job) };
  return {
    status: state.settings.unknowns.immediateReturnStatus,
    document: { data: resourceOf(state, copy) },
  };
}

/** `PUT /environments/:id/rename` */
export function renameEnvironment({ state, id, body }: Call): Reply {
  const environment = visible(state, id);
  const newId = parseBody(newIdBody, body).data.id;
  assertReady(environment);
  const { maintenanceMode, unknowns } = state.settings;
  if (environment.primary && maintenanceMode && unknowns.maintenanceBlocksRename) {
    throw new Refusal("MAINTENANCE_MODE");
  }
  if (newId !== id) assertFreeId(state, newId);
  assertAlone(state, "rename");
  rename(state, environment, newId, "api");
  return ok({ data: resourceOf(state, environment) });
}

/** `PUT /environments/:id/promote`: done when the answer comes. */
export function promoteEnvironment({ state, id }: Call): Reply {
  const environment = visible(state, id);
  if (environment.primary) throw new Refusal("ALREADY_PRIMARY_ENVIRONMENT");
  assertReady(environment);
  assertAlone(state, "promote");
  promote(state, environment, "api");
  return ok({ data: resourceOf(state, environment) });
}

/** `DELETE /environments/:id`: a job. */
export function destroyEnvironment(call: Call): Reply {
  const { state } = call;
  const environment = visible(state, call.id);
  assertDestroyable(state, environment);
  assertAlone(state, "destroy");
  const job = state.jobs.begin();
  beginDestroy(state, environment, {
    durationMs: state.settings.destroyMs,
    ending: endingOf(call),
    job,
    by: "api",
  });
  return { status: 202, document: jobDocument(job) };
}

/**
 * @returns the environment a token can see under this id
 * @throws Refusal NOT_FOUND, or INSUFFICIENT_PERMISSIONS when the unknowns say so
 */
function visible(state: State, id: string): Environment {
  const environment = byId(state, id);
  if (environment === undefined || isHidden(state, environment)) throw new Refusal("NOT_FOUND");
  const { role, unknowns } = state.settings;
  if (mayEnter(role, environment)) return environment;
  throw new Refusal(unknowns.forbiddenEnvironments === "hide" ? "NOT_FOUND" : "INSUFFICIENT_PERMISSIONS");
}

function isHidden(state: State, { phase }: Environment): boolean {
  return phase.kind === "destroying" && state.settings.unknowns.destroying === "hidden-at-once";
}

function endingOf({ state, fault }: Call): Ending {
  if (fault?.kind === "never-ends") return { kind: "never" };
  if (fault?.kind !== "job-fails") return undefined;
  const code = fault.code ?? "EXCEPTION";
  return { kind: "fails", failure: failure(state, code, fault.status) };
}
