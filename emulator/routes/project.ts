import { type Call, ok, type Reply } from "../call.ts";
import { usageOf } from "../content/quotas.ts";
import { includedInSite } from "../content/schema/included.ts";
import { Refusal } from "../errors.ts";
import { jobResultDocument } from "../jobs.ts";
import { countSandboxes, limitsDocument, publicInfoDocument, type Quota } from "../plan.ts";
import { meDocument, roleDocument, siteDocument } from "../siteDocuments.ts";

/** `GET /job-results/:id`: 404 until the job is done. */
export function findJobResult({ state, id }: Call): Reply {
  const result = state.jobs.result(id);
  if (result === undefined) throw new Refusal("NOT_FOUND");
  return ok(jobResultDocument(id, result));
}

/** `GET /site`, with models, fields and fieldsets where `include` asks for them. */
export function findSite({ state, environment, query }: Call): Reply {
  const data = siteDocument(state, environment);
  const include = query.get("include");
  if (environment.content === null || include === null) return ok({ data });
  return ok({ data, included: includedInSite(environment.content, include.split(",")) });
}

/** `GET /subscription-limits`: the usage is counted at this moment. */
export function listSubscriptionLimits({ state, environment }: Call): Reply {
  const { plan, unknowns } = state.settings;
  if (plan.limitsEndpoint === "404") throw new Refusal("INVALID_ENDPOINT");
  const statuses = state.environments.map(({ primary, phase }) => ({ primary, status: phase.kind }));
  const { content } = environment;
  const usage = (quota: Quota) => (content === null ? 0 : usageOf({ content, environment }, quota));
  return ok(limitsDocument(plan, countSandboxes(statuses, unknowns), usage));
}

/** `GET /public-info` */
export function findPublicInfo({ state }: Call): Reply {
  const { plan, name } = state.settings;
  if (plan.publicInfo === "404") throw new Refusal("INVALID_ENDPOINT");
  return ok(publicInfoDocument(plan, state.siteId, name));
}

/** `GET /roles`: there is but one. */
export function listRoles({ state }: Call): Reply {
  return ok({ data: [roleDocument(state.settings.role)] });
}

/** `GET /users/me`: the token itself, with `include=role` also its role. */
export function findMe({ state, query }: Call): Reply {
  return ok(meDocument(state.settings.role, query.get("include") === "role"));
}
