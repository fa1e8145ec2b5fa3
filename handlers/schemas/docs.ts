import type * as z from "zod";

/** The words in which a route's file describes it for the OpenAPI document. */

/** An answer: JSON, unless it is said to be more or something else. */
export interface Answer {
  /** Its name in the document, which is its schema's too. */
  readonly name: string;
  readonly description: string;
  readonly schema?: z.ZodType;
  /** The other forms that it has, for people. */
  readonly texts?: readonly ("text/plain" | "application/openmetrics-text" | "application/x-tar")[];
  readonly example?: unknown;
}

/** The body of a request, by its schema's name; a file, where it has types instead. */
export interface RequestBody {
  readonly name: string;
  readonly required: boolean;
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  readonly types?: readonly ("application/x-tar" | "application/octet-stream")[];
}

export function answer(
  name: string,
  description: string,
  schema: z.ZodType,
  more: Pick<Answer, "texts" | "example"> = {},
): Answer {
  return { name, description, schema, ...more };
}

export function body(name: string, schema: z.ZodType, example: unknown, required = true): RequestBody {
  return { name, required, schema, example };
}

export interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly parameters?: readonly (keyof typeof PARAMETERS)[];
  readonly request?: RequestBody;
  /** By status, without those that every call may meet before its route. */
  readonly answers: Readonly<Record<number, Answer>>;
}

export interface RouteDocs {
  readonly tag: keyof typeof TAGS;
  readonly get?: Operation;
  readonly post?: Operation;
  readonly put?: Operation;
  readonly patch?: Operation;
  readonly delete?: Operation;
}

/** A file's routes, by documented path. */
export type Docs = Readonly<Record<string, RouteDocs>>;

export const TAGS = {
  plugin: "Calls of the installed plugin",
  jobs: "Routes that make backups",
  archives: "Archives in the store; needs a store, and mostly BACKUP_ADMIN_SECRET",
  looks: "Routes that only look",
} as const;

export const PARAMETERS = {
  force: {
    name: "force",
    in: "query",
    description: "true: run at once, and make a new backup in place of today's",
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
    description: "names: name the sandboxes that are no backups",
    schema: { type: "string", enum: ["names"] },
  },
  kind: { name: "kind", in: "query", description: "Runs of one kind", schema: { type: "string" } },
  status: { name: "status", in: "query", description: "Runs that ended so", schema: { type: "string" } },
  since: {
    name: "since",
    in: "query",
    description: "Runs that began then or later: a date, or a time",
    schema: { type: "string" },
  },
  limit: { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: 500, default: 50 } },
  cursor: {
    name: "cursor",
    in: "query",
    description: "The cursor of the page before",
    schema: { type: "string" },
  },
  jobId: { name: "jobId", in: "path", required: true, schema: { type: "string", pattern: "^job_" } },
  archiveId: {
    name: "archiveId",
    in: "path",
    required: true,
    description: "An archive's id, latest, or a day: the newest of 2026-03-02",
    schema: { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" },
  },
  scheduleId: {
    name: "scheduleId",
    in: "path",
    required: true,
    schema: { type: "string", pattern: "^schedule_[a-z0-9-]{1,64}$" },
  },
  runId: { name: "runId", in: "path", required: true, schema: { type: "string" } },
  environmentId: {
    name: "environmentId",
    in: "path",
    required: true,
    schema: { type: "string", pattern: "^[a-z0-9-]{1,200}$" },
  },
} as const;

export const FORCE = ["force", "forceHeader"] as const;
