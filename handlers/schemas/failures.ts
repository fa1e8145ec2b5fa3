import * as z from "zod";
import type { ErrorCode } from "../serviceError.ts";
import { CopyId, CopyName, cadence, text } from "./common.ts";
import { DAILY } from "./examples.ts";
import { done, FailureCauseWord, facts, OtherFailure, ScheduledResult } from "./runs.ts";

/** The failures that the document knows, in the documented envelope, each with its `details`. */

export const Deliveries = z
  .array(
    z.strictObject({
      channel: text,
      ok: z.boolean(),
      status: z.int().optional(),
      error: text.optional(),
    }),
  )
  .meta({ description: "What came of each channel, and each setting that is wrong" });

const requestId = z.string().meta({ format: "uuid", description: "Stands in the log too" });
const environmentId = z.string();

const nothing = z.strictObject({});
const named = z.strictObject({ environmentId });

const expected = text;
const variable = text;

export const Expectation = z
  .strictObject({ expected, received: z.unknown().optional() })
  .meta({ description: "What belongs there, and what came instead" });

const cause = { requestId, cause: FailureCauseWord, ...facts };
/** The deeds of a run that left no backup. */
const run = {
  scope: cadence,
  environmentId: CopyName,
  ...done,
  results: z.array(ScheduledResult).min(1).optional(),
  failures: z.array(OtherFailure).min(1).optional(),
};
const setting = z.strictObject({ requestId, variable });
const bug = z.strictObject({ requestId });

export const FailureDetails = z.strictObject(cause).meta({ description: "What stood in the way at DatoCMS" });

/** The details of each code; some routes have more. */
const DETAILS = {
  ADMIN_SECRET_REQUIRED: nothing,
  ALERT_FAILED: z.strictObject({ requestId, channels: Deliveries }),
  ARCHIVE_NOT_FOUND: nothing,
  ARCHIVE_REFUSED: z.looseObject({ cause: text }),
  BACKUP_IN_USE: named,
  BACKUP_ID_IS_PRIMARY: z.strictObject({ cause: z.literal("BACKUP_ID_IS_PRIMARY"), ...run }),
  CADENCE_NOT_ENABLED: z.strictObject({ cadence, enabledCadences: z.array(cadence).min(1) }),
  CROSS_SITE_REQUEST: nothing,
  ENVIRONMENT_IS_PRIMARY: z.strictObject({ environmentId }),
  ENVIRONMENT_NOT_FOUND: z.strictObject({ environmentId, copies: z.array(CopyId) }),
  ENVIRONMENT_NOT_READY: z.strictObject({ environmentId, status: z.enum(["creating", "destroying"]) }),
  ENVIRONMENT_REPLACED: named,
  INTERNAL_SERVER_ERROR: bug,
  INVALID_BODY: z.union([Expectation, nothing]),
  INVALID_CONFIGURATION: z.strictObject({
    requestId,
    variable,
    expected,
    alsoInvalid: z.array(text).min(1).optional(),
  }),
  INVALID_ENVIRONMENT_ID: Expectation,
  INVALID_EVENT_TYPE: Expectation,
  INVALID_JSON: nothing,
  INVALID_MPI_MESSAGE: Expectation,
  INVALID_MPI_PHASE: Expectation,
  INVALID_MPI_VERSION: Expectation,
  INVALID_NAME: z.strictObject({ expected }),
  INVALID_PLUGIN_ENVIRONMENT: Expectation,
  INVALID_PLUGIN_NAME: Expectation,
  INVALID_QUERY: z.strictObject({ parameter: text, expected }),
  INVALID_SCOPE: Expectation,
  JOB_NOT_FOUND: nothing,
  LAST_BACKUP: named,
  METHOD_NOT_ALLOWED: z.strictObject({ allowed: text }),
  MISSING_API_TOKEN: bug,
  MISSING_CRON_SECRET: setting,
  MISSING_SHARED_SECRET_CONFIG: setting,
  NAME_TAKEN: z.strictObject({ name: text }),
  NOT_A_BACKUP: named,
  NOT_FOUND: nothing,
  NOT_READY: nothing,
  NO_STORE: nothing,
  PLUGIN_NOT_FOUND: nothing,
  RATE_LIMITED: z.strictObject({ retryAfterSeconds: z.int().min(1), scope: cadence.optional() }),
  RUN_NOT_FOUND: nothing,
  SCHEDULED_BACKUPS_PARTIAL_FAILURE: z.strictObject({ requestId, failedScopes: z.array(cadence).min(1) }),
  SCHEDULE_NOT_FOUND: nothing,
  SCHEDULE_REFUSED: z.looseObject({ cause: text }),
  SECRET_REQUIRED: nothing,
  UNAUTHORIZED: nothing,
  UNKNOWN_HOST: nothing,
} as const satisfies Readonly<Record<ErrorCode, z.ZodType>>;

const UNAUTHORIZED = {
  ok: false,
  error: {
    code: "UNAUTHORIZED",
    message:
      "The shared secret is missing or wrong. Send it as X-Datocms-Backups-Auth, or as Authorization: Bearer",
    details: {},
  },
};
const EXAMPLE = {
  ok: false,
  error: {
    code: "INTERNAL_SERVER_ERROR",
    message:
      "The DatoCMS plan has no room for another environment; nothing was destroyed for it. Delete a sandbox that nobody needs, keep fewer backups, or take a plan with more environments",
    details: {
      cause: "ENVIRONMENT_LIMIT_REACHED",
      limit: 1,
      inUse: 1,
      ours: 0,
      foreign: 1,
      scope: "daily",
      environmentId: DAILY,
      requestId: "5f0c2f6e-0d0f-4a0a-9f5b-0d3a4a7b8c9d",
    },
  },
};

/** Codes whose details look alike share one form. */
function errorOf(codes: readonly ErrorCode[], details: Partial<Record<ErrorCode, z.ZodType>> = {}) {
  const forms = new Map<z.ZodType, ErrorCode[]>();
  for (const code of codes) {
    const form = details[code] ?? DETAILS[code];
    forms.set(form, [...(forms.get(form) ?? []), code]);
  }
  const [first, ...others] = [...forms].map(([form, of]) =>
    z.strictObject({ code: z.enum(of), message: text, details: form }),
  );
  if (first === undefined) throw new Error("An error without a code");
  return others.length === 0 ? first : z.discriminatedUnion("code", [first, ...others]);
}

/** A failure that a route answers, with its codes; some say more than the code does elsewhere. */
export function failure(
  name: string,
  description: string,
  codes: readonly ErrorCode[],
  details?: Partial<Record<ErrorCode, z.ZodType>>,
  example?: object,
) {
  const schema = z.strictObject({ ok: z.literal(false), error: errorOf(codes, details) });
  return { name, description, schema, example };
}

/** A body that is no JSON object. */
export const BODY_CODES = ["INVALID_JSON", "INVALID_BODY"] as const;
export const PLUGIN_CODES = [
  ...BODY_CODES,
  "INVALID_EVENT_TYPE",
  "INVALID_MPI_MESSAGE",
  "INVALID_MPI_VERSION",
  "INVALID_PLUGIN_NAME",
  "INVALID_PLUGIN_ENVIRONMENT",
] as const;
export const SERVICE_CODES = ["MISSING_SHARED_SECRET_CONFIG", "INTERNAL_SERVER_ERROR"] as const;
const DATOCMS_CODES = [...SERVICE_CODES, "MISSING_API_TOKEN", "INVALID_CONFIGURATION"] as const;

/** A run that failed at DatoCMS or before. A bug tells nothing but where the log tells more. */
export function runFailure(name: string, description: string, more: z.ZodRawShape, example?: object) {
  const forms = z.union([bug, FailureDetails, z.strictObject({ ...cause, ...more })]);
  return failure(name, description, DATOCMS_CODES, { INTERNAL_SERVER_ERROR: forms }, example);
}

const failed = failure("Failed", "A wrong setting, or what stood in the way at DatoCMS", DATOCMS_CODES, {
  INTERNAL_SERVER_ERROR: z.union([bug, FailureDetails]),
});
export const Failed = failed.schema;

const expects = { INVALID_BODY: z.strictObject({ expected }) };

/** A body that cannot be taken, whatever it should have been. */
export const SIZE = {
  413: failure("TooLarge", "The body is larger than 64 KiB", ["INVALID_BODY"], expects),
  415: failure("NotJson", "Without a secret: the body is not sent as JSON", ["INVALID_BODY"], expects),
};
export const BODY = { 400: failure("WrongBody", "No JSON object", BODY_CODES), ...SIZE };
export const PLUGIN_CALL = {
  400: failure("WrongPluginRequest", "Not what the plugin sends", PLUGIN_CODES),
  ...SIZE,
};
/** A route that asks DatoCMS. */
export const DATOCMS = { 500: failed };
/** A route that asks nobody. */
export const SERVICE = { 500: failure("ServiceFailed", "A wrong setting, or a bug", SERVICE_CODES) };
/** A run by hand. */
export const RUN = {
  409: failure(
    "NoRunByHand",
    "The primary has the backup's name; or, without a secret, the schedule makes no such backups",
    ["BACKUP_ID_IS_PRIMARY", "CADENCE_NOT_ENABLED"],
  ),
  500: runFailure("RunFailed", "As Failed, with what the run came to", run, EXAMPLE),
};

/** Answers that every call may meet before its route, where it needs the secret. */
export const DOOR = {
  401: failure("Unauthorized", "The secret is missing or wrong", ["UNAUTHORIZED"], undefined, UNAUTHORIZED),
  403: failure("CrossSite", "Without a secret: a page of another site asks", ["CROSS_SITE_REQUEST"]),
  421: failure("UnknownHost", "Self-hosted and without a secret: asked by a name", ["UNKNOWN_HOST"]),
  429: failure(
    "RateLimited",
    "Wrong secrets, or without a secret the same backup, asked too often; see Retry-After",
    ["RATE_LIMITED"],
  ),
};
/** Answers to addresses and methods that no route has. */
export const NO_ROUTE = [
  failure("NotFound", "Any other address", ["NOT_FOUND"]),
  failure("MethodNotAllowed", "Any other method; HEAD without a body", ["METHOD_NOT_ALLOWED"]),
];

/** `result` is the caller's: that of the route. */
export function partialFailure(result: z.ZodType) {
  return z.strictObject({
    ok: z.literal(false),
    error: errorOf(["SCHEDULED_BACKUPS_PARTIAL_FAILURE"]),
    result,
  });
}
