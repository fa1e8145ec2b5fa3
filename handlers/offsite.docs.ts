import * as z from "zod";
import { JOB_STATES, RUN_KINDS, RUN_STATUSES } from "../services/offsite.ts";
import { CopyId, CopyName, cadence, count, Instant, text } from "./schemas/common.ts";
import { answer, type Docs } from "./schemas/docs.ts";
import { AT, DAILY, FORMER } from "./schemas/examples.ts";
import { FailureDetails, failure, SERVICE_CODES } from "./schemas/failures.ts";

const summary = {
  id: z.string().regex(/^run_\d{13}_[a-z\d]{8}$/),
  kind: z.enum(RUN_KINDS),
  status: z.enum(RUN_STATUSES),
  trigger: z.enum(["schedule", "hand", "plugin"]),
  startedAt: Instant,
  durationMs: count,
  bytes: count,
  cadences: z.array(cadence),
};
export const RunSummary = z.strictObject(summary).meta({ description: "A run that is over" });

const reason = z.strictObject({ cause: text, sentence: text }).nullable();
const figures = {
  count,
  failures: count,
  failuresOf24Hours: count,
  successRate: z.number().min(0).max(1).nullable(),
  medianDurationMs: z.number().nonnegative().nullable(),
  bytes: count,
};
export const RunFigures = z.strictObject(figures).meta({ description: "Figures of some runs" });

const Runs = z.strictObject({
  ok: z.literal(true),
  runs: z.array(RunSummary),
  cursor: z.string().nullable(),
});
const RunStats = z.strictObject({
  ok: z.literal(true),
  stats: z.strictObject({
    ...figures,
    kinds: z.record(z.string(), RunFigures),
    cadences: z.record(z.string(), RunFigures),
  }),
  since: Instant.nullable(),
});
const Run = z.strictObject({
  ok: z.literal(true),
  run: z.strictObject({
    ...summary,
    by: z.enum(["schedule", "holder", "anybody", "anybody-by-job"]),
    calls: count,
    backups: z.array(
      z.strictObject({
        cadence,
        environmentId: CopyName,
        outcome: z.enum(["done", "creating", "promoted", "failed"]),
        deletedEnvironmentIds: z.array(CopyId),
        problems: z.array(z.strictObject({ code: text, sentence: text })),
        failure: reason,
      }),
    ),
    archive: z
      .strictObject({
        id: text.nullable(),
        environmentId: text.nullable(),
        warnings: z.array(text),
        gone: z.boolean(),
        expiredAt: Instant.nullable(),
      })
      .optional(),
    verify: z
      .strictObject({ archiveId: text.nullable(), level: text, objects: count, problems: count })
      .optional(),
    prune: z.strictObject({ deleted: z.array(text), kept: count, refusal: reason.optional() }).optional(),
    sandbox: z.strictObject({ environmentId: CopyId, name: text.nullable() }).optional(),
    reason: text.optional(),
    failure: reason,
  }),
});

const ID = "run_8227130397398_k3x9a0qz";
const run = {
  id: ID,
  kind: "backup",
  status: "done",
  trigger: "schedule",
  startedAt: AT,
  durationMs: 61_234,
  bytes: 0,
  cadences: ["daily"],
};
const details = {
  by: "schedule",
  calls: 14,
  backups: [
    {
      cadence: "daily",
      environmentId: DAILY,
      outcome: "done",
      deletedEnvironmentIds: [FORMER],
      problems: [],
      failure: null,
    },
  ],
  failure: null,
};

export const LongJob = z
  .strictObject({
    id: z.string().regex(/^job_/),
    kind: text,
    state: z.enum(JOB_STATES),
    createdAt: Instant,
    endedAt: Instant.nullable(),
    progress: z.strictObject({ done: count, total: count.nullable(), unit: text, what: text }).nullable(),
    cancelRequested: z.boolean(),
    failure: reason,
  })
  .meta({ description: "Work that may outlive an invocation" });

/** A query of a list. */
export const WRONG_QUERY = {
  400: failure("WrongQuery", "A parameter that cannot be taken", ["INVALID_QUERY"]),
};
/** A route of the store. */
export const STORE = {
  403: failure("SecretRequired", "No secret is set", ["SECRET_REQUIRED", "CROSS_SITE_REQUEST"]),
  404: failure("NoStore", "This deployment keeps nothing outside of DatoCMS", ["NO_STORE"]),
  500: failure("StoreFailed", "What stood in the way at the store", SERVICE_CODES, {
    INTERNAL_SERVER_ERROR: z.union([FailureDetails, z.strictObject({ cause: text, requestId: text })]),
  }),
};

const Jobs = z.strictObject({ ok: z.literal(true), jobs: z.array(LongJob) });
/** A job, as it is when it is asked for. */
export const OneJob = z.strictObject({ ok: z.literal(true), job: LongJob });

export const docs: Docs = {
  "/api/jobs": {
    tag: "looks",
    get: {
      id: "longJobs",
      summary: "Long work, the newest first",
      answers: { 200: answer("LongJobs", "Jobs", Jobs), ...STORE },
    },
  },
  "/api/jobs/:jobId": {
    tag: "looks",
    get: {
      id: "longJob",
      summary: "One job, and how far it is",
      parameters: ["jobId"],
      answers: {
        200: answer("OneJob", "A job", OneJob),
        ...STORE,
        404: failure("NoSuchJob", "There is no such job, or no store", ["JOB_NOT_FOUND", "NO_STORE"]),
      },
    },
  },
  "/api/runs": {
    tag: "looks",
    get: {
      id: "runs",
      summary: "Runs that are over, the newest first",
      parameters: ["kind", "status", "since", "limit", "cursor"],
      answers: {
        200: answer("Runs", "A page of runs", Runs, { example: { ok: true, runs: [run], cursor: null } }),
        ...WRONG_QUERY,
        ...STORE,
      },
    },
  },
  "/api/runs/stats": {
    tag: "looks",
    get: {
      id: "runStats",
      summary: "Runs in figures, of each kind and cadence",
      parameters: ["since"],
      answers: { 200: answer("RunStats", "Runs in figures", RunStats), ...WRONG_QUERY, ...STORE },
    },
  },
  "/api/runs/:runId": {
    tag: "looks",
    get: {
      id: "run",
      summary: "One run, and what came of it",
      parameters: ["runId"],
      answers: {
        200: answer("Run", "A run", Run, { example: { ok: true, run: { ...run, ...details } } }),
        ...STORE,
        404: failure("NoSuchRun", "There is no such run, or no store", ["RUN_NOT_FOUND", "NO_STORE"]),
      },
    },
  },
};
