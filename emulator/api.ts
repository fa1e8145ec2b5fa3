import type { Clock } from "../utils/clock.ts";
import { type Answer, answerOf, failedAnswer, type Outcome, spoil } from "./answer.ts";
import type { Call, Reply } from "./call.ts";
import { fireDue } from "./content/due.ts";
import type { Environment } from "./environment.ts";
import { Refusal } from "./errors.ts";
import { type FaultEffect, isJobOfContent, type Operation } from "./faults.ts";
import { jobDocument } from "./jobs.ts";
import type { Hosted } from "./project.ts";
import { flagsOf, mayEnter, neededFlag } from "./roles.ts";
import { findRoute, type Route } from "./routes/table.ts";
import { byId, primaryOf, settle } from "./state.ts";

export type ApiRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

export type RequestLogEntry = {
  /** When it was received, milliseconds since 1970. */
  at: number;
  method: string;
  path: string;
  /** null: no such endpoint. */
  operation: Operation | null;
  query: Record<string, string>;
  /** The header X-Environment. */
  environment: string | null;
  /** "hung" until it is answered. */
  status: number | "dropped" | "hung";
  /** Kind of the fault that hit it. */
  fault?: FaultEffect["kind"];
  /** Name of the project; null: no such token. The token itself is never kept. */
  project: string | null;
  durationMs: number;
};

/**
 * Takes a request from the door to its outcome: endpoint, token, rate, fault, latency, rules.
 *
 * @param hosted finds a project by its token
 * @param log receives an entry at once; its end is filled in when there is one
 * @param number the how-manieth request this is, for its id
 */
export async function perform(
  request: ApiRequest,
  hosted: (token: string) => Hosted | undefined,
  clock: Clock,
  log: RequestLogEntry[],
  number: number,
): Promise<Outcome> {
  const startedAt = clock.monotonic();
  const entry = logEntry(request, clock.now());
  log.push(entry);
  const end = (outcome: Outcome): Outcome => {
    if (outcome.kind !== "hung") {
      entry.status = outcome.kind === "answer" ? outcome.status : "dropped";
      entry.durationMs = clock.monotonic() - startedAt;
    }
    return outcome;
  };

  const found = findRoute(request.method, request.path);
  if (found === undefined) return end(failedAnswer(new Refusal("INVALID_ENDPOINT"), number));
  entry.operation = found.route.operation;
  const project = hosted(tokenOf(request) ?? "");
  if (project === undefined) return end(failedAnswer(strangerRefusal(request), number));
  const { state } = project;
  entry.project = state.settings.name;

  const allowance = project.allow(state.settings.rateLimit);
  const fault = allowance.allowed
    ? project.faults.take(found.route.operation, idsOf(request, found))
    : undefined;
  if (fault) entry.fault = fault.kind;

  const halfway = state.settings.latencyMs / 2;
  if (halfway > 0) await clock.sleep(halfway);
  const answer = allowance.allowed
    ? attempt(request, project, found, fault, number)
    : failedAnswer(new Refusal("RATE_LIMIT_EXCEEDED"), number, state.settings.unknowns.statuses);
  Object.assign(answer.headers, allowance.headers);
  if (halfway > 0) await clock.sleep(halfway);
  if (fault?.kind === "slow") await clock.sleep(fault.ms);
  return end(fault ? spoil(answer, fault) : answer);
}

/** Applies the rules, unless a fault hits before they do. */
function attempt(
  request: ApiRequest,
  { state }: Hosted,
  { route, id, subId }: { route: Route; id: string; subId: string },
  fault: FaultEffect | undefined,
  number: number,
): Answer {
  settle(state);
  fireDue(state);
  const { settings } = state;
  if (fault && hitsBefore(fault)) {
    // Stands for an answer that nobody will see as it is.
    return answerOf({ status: 200, document: { data: [] } }, primaryOf(state).id, number);
  }
  let environment: Environment | undefined;
  let isPastTheDoor = false;
  try {
    assertPermitted(settings, route);
    environment = addressed(state, request.headers.get("x-environment"), route.inside);
    const { query, body } = request;
    // The answer names the environment as it was when the request came in, also after a promote or a rename.
    const { id: environmentId } = environment;
    const call: Call = { state, environment, id, subId, query, body, fault };
    const { content } = environment;
    isPastTheDoor = content !== null;
    const reply: Reply =
      content !== null && route.content ? route.content({ ...call, content }) : route.handle(call);
    return answerOf(reply, environmentId, number);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const failed = failedAnswer(error, number, settings.unknowns.statuses, environment?.id);
    const isInJob = settings.contentUnknowns.jobRefusals === "in-job" && isJobOfContent(route.operation);
    return isPastTheDoor && isInJob ? refusedInJob(state, failed, environment?.id, number) : failed;
  } finally {
    settle(state);
  }
}

/** A job whose result is the refusal (switch `jobRefusals`). */
function refusedInJob(
  { jobs, clock, settings }: Hosted["state"],
  { status, body }: Answer,
  environment: string | undefined,
  number: number,
): Answer {
  const job = jobs.begin(settings.jobPolls);
  jobs.finish(job, clock.now(), { status, payload: JSON.parse(body) });
  return answerOf({ status: 202, document: jobDocument(job) }, environment, number);
}

function hitsBefore(fault: FaultEffect): boolean {
  switch (fault.kind) {
    case "status":
    case "html":
    case "broken-json":
    case "drop":
    case "hang":
      return (fault.when ?? "before") === "before";
    default:
      return false;
  }
}

function assertPermitted(settings: Hosted["state"]["settings"], { operation }: Route): void {
  const flags = flagsOf(settings.role);
  if (!flags.can_access_cma) throw new Refusal(settings.unknowns.noCmaAccess);
  const needed = neededFlag(operation, settings.unknowns);
  if (needed && !flags[needed]) throw new Refusal("INSUFFICIENT_PERMISSIONS");
}

function addressed(state: Hosted["state"], header: string | undefined, inside: boolean): Environment {
  const { role, unknowns } = state.settings;
  const environment = header === undefined ? primaryOf(state) : byId(state, header);
  const gone = environment?.phase.kind === "destroying" && unknowns.destroying === "hidden-at-once";
  if (environment === undefined || gone) throw new Refusal("INVALID_ENVIRONMENT");
  if (inside && !mayEnter(role, environment)) {
    throw new Refusal(
      header !== undefined && unknowns.forbiddenEnvironments === "hide"
        ? "INVALID_ENVIRONMENT"
        : "INSUFFICIENT_PERMISSIONS",
    );
  }
  if (inside && environment.phase.kind !== "ready") throw new Refusal("ENVIRONMENT_NOT_READY");
  return environment;
}

/** In the order seen in real answers: a wrong token, then the Accept header, then a token that is missing. */
function strangerRefusal(request: ApiRequest): Refusal {
  if (tokenOf(request) !== undefined) return new Refusal("INVALID_AUTHORIZATION_HEADER");
  const accept = request.headers.get("accept") ?? "*/*";
  return new Refusal(accept.includes("json") ? "INVALID_SITE" : "INVALID_ACCEPT_HEADER");
}

function tokenOf({ headers }: ApiRequest): string | undefined {
  return headers.get("authorization")?.replace(/^Bearer\s*/i, "");
}

/** The ids a fault may name: the one in the path, and the new one in the body of a fork or a rename. */
function idsOf({ body }: ApiRequest, { route, id }: { route: Route; id: string }): string[] {
  if (route.operation !== "environments.fork" && route.operation !== "environments.rename") return [id];
  const newId = /"id"\s*:\s*"([^"]*)"/.exec(body)?.[1];
  return newId === undefined ? [id] : [id, newId];
}

function logEntry({ method, path, query, headers }: ApiRequest, at: number): RequestLogEntry {
  return {
    at,
    method,
    path,
    operation: null,
    query: Object.fromEntries(query),
    environment: headers.get("x-environment") ?? null,
    status: "hung",
    project: null,
    durationMs: 0,
  };
}
