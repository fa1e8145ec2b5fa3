import { type Guide, readRestoreGuide, type Step } from "../services/backupService.ts";
import { iso } from "./answers.ts";
import { contextOf, type Exchange } from "./exchange.ts";
import { invalid } from "./pluginRequest.ts";
import { report } from "./report.ts";

/** Whoever looks at a browser or a terminal has the answer within eight seconds. */
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
};

/** How does the project get back to this environment? Text, or JSON where that is asked for. */
export async function restoreGuide(exchange: Exchange): Promise<Response> {
  const id = exchange.req.param("environmentId") ?? "";
  if (!ENVIRONMENT_ID.test(id))
    throw invalid("INVALID_ENVIRONMENT_ID", "environmentId", "lower-case letters, digits and dashes", id);
  const guide = await readRestoreGuide(contextOf(exchange, GUIDE_MS), id);
  return report(
    exchange,
    () => asJson(guide),
    () => asText(guide),
  );
}

function asJson({ facts, ours, restoredId, formerId, lostMs, steps, undo }: Guide) {
  const { now, site, source, primary, sourceTotals, primaryTotals } = facts;
  const { id, createdAt, lastDataChangeAt } = source;
  return {
    ok: true,
    project: site,
    environment: {
      id,
      ours,
      createdAt: iso(createdAt),
      lastDataChangeAt: iso(lastDataChangeAt),
      changed: lastDataChangeAt > createdAt,
      ...sourceTotals,
    },
    primary: { id: primary.id, lastDataChangeAt: iso(primary.lastDataChangeAt), ...primaryTotals },
    lostMs,
    restoredId,
    formerId,
    api: API,
    steps: numbered(steps),
    undo: numbered(undo),
    madeAt: iso(now),
  };
}

function numbered(steps: readonly Step[]) {
  return steps.map(({ title, text, dangerous = false, calls }, index) => ({
    number: index + 1,
    title,
    text,
    dangerous,
    calls,
  }));
}

function asText({ facts, steps, undo }: Guide): string {
  const { site, source, primary, now } = facts;
  const headers = Object.entries(API.headers).map(([name, value]) => `  ${name}: ${value}`);
  return [
    `How ${site?.name ?? "the project"} gets from ${primary.id} back to ${source.id}`,
    "",
    ...steps.flatMap(stepText),
    "To undo it, later on:",
    "",
    ...undo.flatMap(stepText),
    `The calls go to ${API.url}, with these headers:`,
    ...headers,
    "",
    `Made at ${iso(now)}. Ask again when something has changed.`,
  ].join("\n");
}

function stepText({ title, text, dangerous, calls }: Step, index: number): string[] {
  const lines = calls.flatMap(({ method, path, environment, body, keep = {} }) => [
    `     ${method} ${path}`,
    ...(environment === undefined ? [] : [`       X-Environment: ${environment}`]),
    ...(body === undefined ? [] : [`       ${JSON.stringify(body)}`]),
    ...Object.entries(keep).map(([name, place]) => `       {${name}} below is ${place} of the answer`),
  ]);
  const mark = dangerous ? "  *** DANGEROUS: takes effect for everybody at once ***" : "";
  return [`${String(index + 1).padStart(2)}. ${title}${mark}`, `    ${text}`, ...lines, ""];
}
