import type { Answer } from "./docs.ts";
import * as errors from "./errors.ts";
import { DAILY } from "./examples.ts";

const DESCRIPTIONS = {
  Unauthorized: "The secret is missing or wrong",
  NotReady: "A setting is missing or wrong",
  CrossSite: "Without a secret: a page of another site asks",
  UnknownHost: "Self-hosted and without a secret: asked by a name",
  RateLimited: "Wrong secrets, or without a secret the same backup, asked too often; see Retry-After",
  NotJson: "Without a secret: the body is not sent as JSON",
  NotFound: "Any other address",
  MethodNotAllowed: "Any other method; HEAD without a body",
  TooLarge: "The body is larger than 64 KiB",
  WrongHealthRequest: "Not what the plugin sends",
  WrongPluginRequest: "Not what the plugin sends",
  WrongScope: "No JSON object, or no cadence",
  WrongBody: "No JSON object",
  WrongEnvironmentId: "No environment can have this id",
  PluginNotFound: "The plugin is not installed",
  EnvironmentNotFound: "There is no such environment",
  EnvironmentNotRestorable: "It is primary, or not ready",
  NoRunByHand: "The primary has the backup's name; or, without a secret, the schedule makes no such backups",
  NeitherIsMade: "The primary has a backup's name; or, without a secret, the schedule makes neither",
  ServiceFailed: "A wrong setting, or a bug",
  HandshakeFailed: "A wrong setting, or a bug",
  AlertsFailed: "Some could not be told, or a wrong setting",
  Failed: "A wrong setting, or what stood in the way at DatoCMS",
  RunFailed: "As Failed, with what the run came to",
  InitializeFailed: "As Failed, with what became of both",
} as const satisfies Partial<Record<keyof typeof errors, string>>;

const SCHEMAS = { ...errors };

const EXAMPLES: Partial<Record<keyof typeof DESCRIPTIONS, object>> = {
  Unauthorized: {
    ok: false,
    error: {
      code: "UNAUTHORIZED",
      message:
        "The shared secret is missing or wrong. Send it as X-Datocms-Backups-Auth, or as Authorization: Bearer",
      details: {},
    },
  },
  RunFailed: {
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
  },
};

/** A failure that several routes answer. */
export function failure(name: keyof typeof DESCRIPTIONS): Answer {
  return { name, description: DESCRIPTIONS[name], schema: SCHEMAS[name], example: EXAMPLES[name] };
}

/** A body that cannot be taken, whatever it should have been. */
export const SIZE = { 413: failure("TooLarge"), 415: failure("NotJson") };
export const BODY = { 400: failure("WrongBody"), ...SIZE };
export const PLUGIN_CALL = { 400: failure("WrongPluginRequest"), ...SIZE };
/** A route that asks DatoCMS. */
export const DATOCMS = { 500: failure("Failed") };
/** A route that asks nobody. */
export const SERVICE = { 500: failure("ServiceFailed") };
export const RUN = { 409: failure("NoRunByHand"), 500: failure("RunFailed") };

/** Answers that every call may meet before its route, where it needs the secret. */
export const DOOR = {
  401: failure("Unauthorized"),
  403: failure("CrossSite"),
  421: failure("UnknownHost"),
  429: failure("RateLimited"),
};
/** Answers to addresses and methods that no route has. */
export const NO_ROUTE = [failure("NotFound"), failure("MethodNotAllowed")];
