import * as z from "zod";
import type { ErrorCode } from "../../utils/errors.ts";
import { CopyId, CopyName, cadence, text } from "./common.ts";
import { done, FailureCauseWord, facts, Initialized, OtherFailure, ScheduledResult } from "./runs.ts";

/** Every failure in the documented envelope, with its `details`. */

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

const expected = text;
const variable = text;

export const Expectation = z
  .strictObject({ expected, received: z.unknown().optional() })
  .meta({ description: "What belongs there, and what came instead" });

const failure = { requestId, cause: FailureCauseWord, ...facts };
/** The deeds of a run that left no backup. */
const run = {
  scope: cadence,
  environmentId: CopyName,
  ...done,
  results: z.array(ScheduledResult).min(1).optional(),
  failures: z.array(OtherFailure).min(1).optional(),
};
const isPrimary = { cause: z.literal("BACKUP_ID_IS_PRIMARY") };
const setting = z.strictObject({ requestId, variable });
const bug = z.strictObject({ requestId });

export const FailureDetails = z
  .strictObject(failure)
  .meta({ description: "What stood in the way at DatoCMS" });

/** The details of each code; some routes have more. */
const DETAILS = {
  ALERT_FAILED: z.strictObject({ requestId, channels: Deliveries }),
  BACKUP_ID_IS_PRIMARY: z.strictObject({ ...isPrimary, ...run }),
  CADENCE_NOT_ENABLED: z.strictObject({ cadence, enabledCadences: z.array(cadence).min(1) }),
  CROSS_SITE_REQUEST: nothing,
  ENVIRONMENT_IS_PRIMARY: z.strictObject({ environmentId }),
  ENVIRONMENT_NOT_FOUND: z.strictObject({ environmentId, copies: z.array(CopyId) }),
  ENVIRONMENT_NOT_READY: z.strictObject({ environmentId, status: z.enum(["creating", "destroying"]) }),
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
  INVALID_PLUGIN_ENVIRONMENT: Expectation,
  INVALID_PLUGIN_NAME: Expectation,
  INVALID_SCOPE: Expectation,
  METHOD_NOT_ALLOWED: z.strictObject({ allowed: text }),
  MISSING_API_TOKEN: bug,
  MISSING_CRON_SECRET: setting,
  MISSING_SHARED_SECRET_CONFIG: setting,
  NOT_FOUND: nothing,
  NOT_READY: nothing,
  PLUGIN_NOT_FOUND: nothing,
  RATE_LIMITED: z.strictObject({ retryAfterSeconds: z.int().min(1), scope: cadence.optional() }),
  SCHEDULED_BACKUPS_PARTIAL_FAILURE: z.strictObject({ requestId, failedScopes: z.array(cadence).min(1) }),
  UNAUTHORIZED: nothing,
  UNKNOWN_HOST: nothing,
} as const satisfies Readonly<Record<ErrorCode, z.ZodType>>;

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

function envelope(...of: Parameters<typeof errorOf>) {
  return z.strictObject({ ok: z.literal(false), error: errorOf(...of) });
}

const BODY = ["INVALID_JSON", "INVALID_BODY"] as const;
const PLUGIN = [
  ...BODY,
  "INVALID_EVENT_TYPE",
  "INVALID_MPI_MESSAGE",
  "INVALID_MPI_VERSION",
  "INVALID_PLUGIN_NAME",
  "INVALID_PLUGIN_ENVIRONMENT",
] as const;
const SERVICE = ["MISSING_SHARED_SECRET_CONFIG", "INTERNAL_SERVER_ERROR"] as const;
const DATOCMS = [...SERVICE, "MISSING_API_TOKEN", "INVALID_CONFIGURATION"] as const;
/** A bug tells nothing but where the log tells more. */
function internal(...forms: z.ZodType[]) {
  return { INTERNAL_SERVER_ERROR: z.union([bug, FailureDetails, ...forms]) };
}

export const Unauthorized = envelope(["UNAUTHORIZED"]);
export const NotReady = envelope(["NOT_READY"]);
export const CrossSite = envelope(["CROSS_SITE_REQUEST"]);
export const UnknownHost = envelope(["UNKNOWN_HOST"]);
export const RateLimited = envelope(["RATE_LIMITED"]);
export const NotJson = envelope(["INVALID_BODY"], { INVALID_BODY: z.strictObject({ expected }) });
export const NotFound = envelope(["NOT_FOUND"]);
export const MethodNotAllowed = envelope(["METHOD_NOT_ALLOWED"]);
export const TooLarge = envelope(["INVALID_BODY"], { INVALID_BODY: z.strictObject({ expected }) });
export const WrongHealthRequest = envelope([...PLUGIN, "INVALID_MPI_PHASE"]);
export const WrongPluginRequest = envelope(PLUGIN);
export const WrongScope = envelope([...BODY, "INVALID_SCOPE"]);
export const WrongBody = envelope(BODY);
export const WrongEnvironmentId = envelope(["INVALID_ENVIRONMENT_ID"]);
export const PluginNotFound = envelope(["PLUGIN_NOT_FOUND"]);
export const EnvironmentNotFound = envelope(["ENVIRONMENT_NOT_FOUND"]);
export const EnvironmentNotRestorable = envelope(["ENVIRONMENT_IS_PRIMARY", "ENVIRONMENT_NOT_READY"]);
export const NoRunByHand = envelope(["BACKUP_ID_IS_PRIMARY", "CADENCE_NOT_ENABLED"]);
export const NeitherIsMade = envelope(["BACKUP_ID_IS_PRIMARY", "CADENCE_NOT_ENABLED"], {
  BACKUP_ID_IS_PRIMARY: z.strictObject({ ...isPrimary, result: Initialized }),
});
export const ServiceFailed = envelope(SERVICE);
export const HandshakeFailed = envelope([...SERVICE, "MISSING_CRON_SECRET"]);
export const AlertsFailed = envelope([...SERVICE, "ALERT_FAILED"]);
export const Failed = envelope(DATOCMS, internal());
export const RunFailed = envelope(DATOCMS, internal(z.strictObject({ ...failure, ...run })));
export const InitializeFailed = envelope(
  DATOCMS,
  internal(z.strictObject({ ...failure, result: Initialized })),
);

/** `result` is the caller's: that of the route. */
export function partialFailure(result: z.ZodType) {
  return z.strictObject({
    ok: z.literal(false),
    error: errorOf(["SCHEDULED_BACKUPS_PARTIAL_FAILURE"]),
    result,
  });
}
