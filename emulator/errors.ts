/** What the API says no with; thrown by the rules, turned into a document at the edge. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly transient: boolean;
  /** What is wrong besides: one answer tells all. */
  readonly others: readonly ApiProblem[];

  constructor(
    code: string,
    details: Readonly<Record<string, unknown>> = {},
    transient = false,
    others: readonly ApiProblem[] = [],
  ) {
    super(Object.keys(details).length > 0 ? `${code} ${JSON.stringify(details)}` : code);
    this.code = code;
    this.details = details;
    this.transient = transient;
    this.others = others;
  }
}

/** One of the things that an answer says no for. */
export type ApiProblem = { readonly code: string; readonly details: Readonly<Record<string, unknown>> };

/**
 * HTTP status per code. Only 401, 404 and 429 and the 422 of INVALID_FIELD were ever seen; the rest is a
 * guess that `unknowns.statuses` overrides. Codes that are not here answer 422.
 */
const statusByCode: Readonly<Record<string, number>> = {
  INVALID_SITE: 401,
  INVALID_AUTHORIZATION_HEADER: 401,
  INSUFFICIENT_PERMISSIONS: 403,
  INVALID_ENDPOINT: 404,
  INVALID_ENVIRONMENT: 404,
  NOT_FOUND: 404,
  INVALID_ACCEPT_HEADER: 406,
  INVALID_JSON_BODY: 400,
  RATE_LIMIT_EXCEEDED: 429,
  EXCEPTION: 500,
  SERVICE_UNAVAILABLE: 503,
  PLATFORM_SCHEDULED_MAINTENANCE: 503,
};

/** The code an answer with this status most likely carries: for faults that name a status only. */
const codeByStatus: Readonly<Record<number, string>> = {
  401: "INVALID_AUTHORIZATION_HEADER",
  403: "INSUFFICIENT_PERMISSIONS",
  404: "NOT_FOUND",
  406: "INVALID_ACCEPT_HEADER",
  422: "INVALID_FIELD",
  429: "RATE_LIMIT_EXCEEDED",
  503: "SERVICE_UNAVAILABLE",
};

/** Ids seen in real answers; an id belongs to a code, not to an occurrence. */
const seenIds: Readonly<Record<string, string>> = {
  INVALID_SITE: "02f293",
  INVALID_AUTHORIZATION_HEADER: "5413bc",
  INVALID_ENDPOINT: "cf3acb",
  NOT_FOUND: "302048",
};

/**
 * @param statuses overrides by code
 * @returns the HTTP status an error code is answered with
 */
export function statusOf(code: string, statuses: Readonly<Record<string, number>> = {}): number {
  return statuses[code] ?? statusByCode[code] ?? 422;
}

/** @returns the code that goes with a bare status, `EXCEPTION` for one that has none */
export function codeOf(status: number): string {
  return codeByStatus[status] ?? "EXCEPTION";
}

/** @returns the error document of the API: a list under `data`, not `errors` */
export function errorDocument(
  code: string,
  details: Readonly<Record<string, unknown>> = {},
  transient = false,
  others: readonly ApiProblem[] = [],
): { data: object[] } {
  return { data: [{ code, details }, ...others].map((problem) => errorResource(problem, transient)) };
}

function errorResource({ code, details }: ApiProblem, transient: boolean): object {
  const attributes = {
    code,
    details,
    doc_url: `https://www.datocms.com/docs/content-management-api/errors#${code}`,
    ...(transient ? { transient: true } : {}),
  };
  return { id: seenIds[code] ?? errorId(code), type: "api_error", attributes };
}

/** Six hexadecimal digits that are constant per code (FNV-1a, cut to 24 bits). */
function errorId(code: string): string {
  let hash = 0x811c9dc5;
  for (const character of code) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return (hash >>> 8).toString(16).padStart(6, "0");
}
