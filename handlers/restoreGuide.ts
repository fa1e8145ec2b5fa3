import type { Guide, Step } from "../services/backupService.ts";
import { iso } from "./answers.ts";
import { orThrow } from "./failures.ts";
import { badRequest } from "./pluginRequest.ts";
import { lookingService, type RequestContext } from "./requestContext.ts";
import { respondTextOrJson } from "./respond.ts";

/** Somebody who looks at a browser or a terminal has the answer within eight seconds. */
const GUIDE_MS = 7_500;
/** DatoCMS gives no length; this leaves room. */
const ENVIRONMENT_ID = /^[a-z0-9-]{1,200}$/;

const API = {
  url: "https://site-api.datocms.com",
  headers: {
    Authorization: "Bearer $DATOCMS_API_TOKEN",
    Accept: "application/json",
    "Content-Type": "application/json",
    "X-Api-Version": "3",
  },
  environment: "goes into the header X-Environment",
  keep: "{name} in the step's next calls stands for this part of the answer; [] means: once for each",
};

/** Explains how the project gets back to an environment: as text, or as JSON where that is asked for. */
export async function restoreGuide(context: RequestContext, id: string): Promise<Response> {
  const guide = orThrow(await lookingService(context, GUIDE_MS).restoreGuide(id));
  return respondTextOrJson(
    context,
    () => asJson(guide),
    () => asText(guide),
  );
}

/** @throws ServiceError 400 `INVALID_ENVIRONMENT_ID` */
export async function restoreGuideRequest(context: RequestContext): Promise<string> {
  return environmentIdIn(context);
}

/**
 * The environment that an address names.
 *
 * @throws ServiceError 400 `INVALID_ENVIRONMENT_ID`
 */
export function environmentIdIn(context: RequestContext): string {
  const id = context.req.param("environmentId") ?? "";
  if (!ENVIRONMENT_ID.test(id))
    throw badRequest("INVALID_ENVIRONMENT_ID", "environmentId", "lower-case letters, digits and dashes", id);
  return id;
}

function asJson({ facts, ours, restoredId, formerId, lostMs, steps, undo }: Guide) {
  const { now, site, source, primary, sourceTotals, primaryTotals } = facts;
  const { id, createdAt, lastDataChangeAt } = source;
  return {
    ok: true,
    project: site && { name: site.name, timezone: site.timezone },
    environment: {
      id,
      ours,
      createdAt: iso(createdAt),
      lastDataChangeAt: iso(lastDataChangeAt),
      ...sourceTotals,
    },
    primary: { id: primary.id, lastDataChangeAt: iso(primary.lastDataChangeAt), ...primaryTotals },
    lostMs,
    restoredId,
    formerId,
    api: API,
    steps: steps.map(numbered),
    undo: undo.map(numbered),
    madeAt: iso(now),
  };
}

function numbered(step: Step, index: number) {
  return { number: index + 1, dangerous: false, ...step };
}

function asText({ facts, steps, undo }: Guide): string {
  const { site, source, primary, now } = facts;
  return [
    `${site?.name ?? "Project"}: from ${primary.id} back to ${source.id}`,
    "",
    ...steps.flatMap(stepText),
    "To undo it:",
    "",
    ...undo.flatMap(stepText),
    "Calls go to:",
    JSON.stringify(API, null, 2),
    "",
    `Made at ${iso(now)}`,
  ].join("\n");
}

function stepText({ title, text, dangerous, calls }: Step, index: number): string[] {
  const lines = calls.flatMap(({ method, path, ...others }) => [
    `     ${method} ${path}`,
    ...Object.entries(others).map(([name, value]) => `       ${name}: ${JSON.stringify(value)}`),
  ]);
  return [`${index + 1}. ${title}${dangerous ? " (DANGEROUS)" : ""}`, `   ${text}`, ...lines, ""];
}
