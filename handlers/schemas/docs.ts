import type { SchemaName } from "./components.ts";

/** What operations refer to: parameters, bodies of requests, answers. */

/** A body: requests are JSON, and so are answers that are not said to be more or something else. */
export interface Answer {
  readonly description: string;
  readonly schema?: SchemaName;
  /** What else it may be, for people. */
  readonly texts?: readonly ("text/plain" | "application/openmetrics-text")[];
}

/** What may come along with a call. */
export const PARAMETERS = {
  force: {
    name: "force",
    in: "query",
    description: "true: run at once, and make a new copy in place of today's",
    schema: { type: "string" },
  },
  forceHeader: {
    name: "X-Datocms-Force-Run",
    in: "header",
    description: "The same",
    schema: { type: "string" },
  },
  format: {
    name: "format",
    in: "query",
    description: "json: JSON, as with Accept: application/json; else text",
    schema: { type: "string", enum: ["json"] },
  },
  fresh: {
    name: "fresh",
    in: "query",
    description: "there: ask DatoCMS now",
    schema: { type: "string" },
  },
  others: {
    name: "others",
    in: "query",
    description: "names: name the sandboxes that are no copies",
    schema: { type: "string", enum: ["names"] },
  },
  environmentId: {
    name: "environmentId",
    in: "path",
    required: true,
    schema: { type: "string", pattern: "^[a-z0-9-]{1,200}$" },
  },
} as const;

/** Bodies by schema, and whether one must be sent. */
export const REQUESTS = {
  HealthRequest: true,
  StatusRequest: true,
  DisconnectRequest: true,
  BackupNowRequest: false,
  RunRequest: false,
} as const satisfies Partial<Record<SchemaName, boolean>>;

export const ANSWERS = {
  Health: { description: "The service is there and shares the secret", schema: "Health" },
  Status: { description: "When each cadence was last backed up, and when it is next", schema: "Status" },
  Disconnected: { description: "Scheduled runs have stopped", schema: "Disconnected" },
  BackupNow: { description: "The copy", schema: "BackupNow" },
  Ran: { description: "The copy", schema: "Ran" },
  JobAnswer: { description: "The copy, or why there is none to make", schema: "JobAnswer" },
  InitializeAnswer: { description: "Both copies", schema: "InitializeAnswer" },
  ScheduledBackupsAnswer: { description: "Every copy that was due", schema: "ScheduledBackupsAnswer" },
  Alive: { description: "The service runs", schema: "Alive" },
  Ready: { description: "The settings can be used", schema: "Ready" },
  NotReady: { description: "A setting is missing or wrong", schema: "NotReady" },
  Check: { description: "What was found, right or wrong", schema: "Check", texts: ["text/plain"] },
  AlertsSent: { description: "A sample was sent to each channel", schema: "AlertsSent" },
  Inventory: { description: "What exists", schema: "Inventory", texts: ["text/plain"] },
  Metrics: {
    description: "What exists, in figures",
    texts: ["text/plain", "application/openmetrics-text"],
  },
  RestoreGuide: {
    description: "The way back, and how it is undone",
    schema: "RestoreGuide",
    texts: ["text/plain"],
  },
  OpenApi: { description: "This document", schema: "OpenApi" },
  Unauthorized: { description: "The secret is missing or wrong", schema: "Unauthorized" },
  CrossSite: { description: "Without a secret: a page of another site asks", schema: "CrossSite" },
  UnknownHost: { description: "Self-hosted and without a secret: asked by a name", schema: "UnknownHost" },
  RateLimited: {
    description: "Wrong secrets, or without a secret the same copy, asked too often; see Retry-After",
    schema: "RateLimited",
  },
  NotJson: { description: "Without a secret: the body is not sent as JSON", schema: "NotJson" },
  NotFound: { description: "Any other address", schema: "NotFound" },
  MethodNotAllowed: { description: "Any other method; HEAD without a body", schema: "MethodNotAllowed" },
  TooLarge: { description: "The body is larger than 64 KiB", schema: "TooLarge" },
  WrongHealthRequest: { description: "Not what the plugin sends", schema: "WrongHealthRequest" },
  WrongPluginRequest: { description: "Not what the plugin sends", schema: "WrongPluginRequest" },
  WrongScope: { description: "No JSON object, or no cadence", schema: "WrongScope" },
  WrongBody: { description: "No JSON object", schema: "WrongBody" },
  WrongEnvironmentId: { description: "No environment can have this id", schema: "WrongEnvironmentId" },
  PluginNotFound: { description: "The plugin is not installed", schema: "PluginNotFound" },
  EnvironmentNotFound: { description: "There is no such environment", schema: "EnvironmentNotFound" },
  EnvironmentNotRestorable: {
    description: "It is primary, or not ready",
    schema: "EnvironmentNotRestorable",
  },
  NoRunByHand: {
    description: "The primary has the copy's name; or, without a secret, the schedule makes no such copies",
    schema: "NoRunByHand",
  },
  NeitherIsMade: {
    description: "The primary has a copy's name; or, without a secret, the schedule makes neither",
    schema: "NeitherIsMade",
  },
  ServiceFailed: { description: "A wrong setting, or a bug", schema: "ServiceFailed" },
  HandshakeFailed: { description: "A wrong setting, or a bug", schema: "HandshakeFailed" },
  AlertsFailed: { description: "Some could not be told, or a wrong setting", schema: "AlertsFailed" },
  Failed: { description: "A wrong setting, or what stood in the way at DatoCMS", schema: "Failed" },
  RunFailed: { description: "As Failed, with what the run came to", schema: "RunFailed" },
  InitializeFailed: { description: "As Failed, with what became of both", schema: "InitializeFailed" },
  ScheduledBackupsFailed: {
    description: "A wrong setting, what stood in the way at DatoCMS, or a copy that could not be made",
    schema: "ScheduledBackupsFailed",
  },
} as const satisfies Readonly<Record<string, Answer>>;
