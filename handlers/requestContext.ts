import type { Context } from "hono";
import {
  type BackupService,
  createBackupService,
  type Deployment,
  LOOK_MAX_AGE_MS,
  type MetricsFacts,
  type OthersWork,
  projectFrom,
  type RunObserver,
  type RunRecord,
} from "../services/backupService.ts";
import type { Access, Bearer } from "../utils/auth.ts";
import type { Stop } from "../utils/clock.ts";
import type { Logger } from "../utils/logger.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { orThrow } from "./failures.ts";
import type { OffsiteHandlers } from "./offsite.ts";
import type { RunsLent } from "./page/runs/routes.ts";
import type { Ticket } from "./page/ticket.ts";
import type { Visitor } from "./page/visitor.ts";
import type { Refuse } from "./refusals.ts";
import type { ReusedAnswers } from "./reused.ts";

/** What a host lends the app; `offsite` where it has a store. */
export interface AppRuntime extends Runtime {
  /**
   * The request's body is wanted, however long it takes: whoever waits to be told so goes on and sends it. Absent where
   * the host reads every body.
   */
  readonly awaitBody?: (() => void) | undefined;
  /** Signs somebody in once; absent where nobody has made one. */
  readonly ticket?: Ticket | undefined;
  readonly offsite?:
    | {
        readonly handlers: OffsiteHandlers;
        /** What ran, for pages. */
        readonly runs: RunsLent;
        /** Keeps a run that is over. */
        ended(record: RunRecord): void;
        /** What the store says of archives, and what is wrong with it and the work in it; bounded in time. */
        readonly findings: NonNullable<Deployment["offsite"]>;
        /** The store in figures; bounded in time. */
        figures(): Promise<MetricsFacts["more"]>;
        /** What archives and restores do with environments at the moment; bounded in time. */
        readonly othersWork: OthersWork;
        /** The complete archives, as far as the store tells. */
        archives(): Promise<readonly { readonly id: string; readonly takenAt: number }[]>;
      }
    | undefined;
}

/** What a process remembers from one request to the next. */
export interface ProcessState {
  /** Holds calls with a wrong secret back. */
  readonly refuse: Refuse;
  /** When each kind of backup was answered with one that was there already. */
  readonly reusedAnswers: ReusedAnswers;
  /** The latest answer that called DatoCMS. */
  lastAnswer: MetricsFacts["lastAnswer"];
}

/** The values that Hono carries through one request. */
export interface AppEnv {
  Bindings: AppRuntime & { readonly processState: ProcessState };
  Variables: {
    /** Stands in the log and in answers to failures, so that the two can be brought together. */
    requestId: string;
    /** On the clock's monotonic scale. */
    arrivedAt: number;
    logger: Logger;
    access: Access;
    /** Whose secret the request bears. */
    bearer: Bearer;
    /** Who looks at a page; undefined elsewhere, and where nobody is signed in. */
    visitor: Visitor | undefined;
    /** The documented path of the route that took the request; unset where none did. */
    route: string | undefined;
  };
}

export type RequestContext = Context<AppEnv>;

/** What a handler asks of the service beside its verb. */
interface Wishes {
  /** For callers with less patience than the host. */
  readonly budgetMs?: number;
  readonly maxAgeMs?: number | undefined;
  readonly onAnswer?: (cameAt: number) => void;
  readonly observer?: RunObserver;
  /** Told how far the forks are that DatoCMS is making. */
  readonly onProgress?: (environmentId: string) => void;
  /** An end of the caller's own; the host's must be part of it. */
  readonly stop?: Stop;
}

/**
 * The service for a request.
 *
 * @throws ServiceError 500 `MISSING_API_TOKEN` or `INVALID_CONFIGURATION`
 */
export function serviceFor(
  { env, var: { logger, arrivedAt } }: RequestContext,
  wishes?: Wishes,
): BackupService {
  return serviceOf(env, logger, arrivedAt, wishes);
}

/**
 * The same for those who only look. They share what others have just read, unless they ask by
 * `Cache-Control: no-cache` for what is there now.
 */
export function lookingService(
  context: RequestContext,
  budgetMs: number,
  { maxAgeMs, ...wishes }: Wishes = {},
): BackupService {
  return serviceFor(context, { ...wishes, budgetMs, maxAgeMs: maxAgeFor(context, maxAgeMs) });
}

/** The age in ms up to which a read of this process will do for a request that only looks. */
export function maxAgeFor(context: RequestContext, maxAgeMs = LOOK_MAX_AGE_MS): number {
  return /\bno-cache\b/i.test(context.req.header("cache-control") ?? "") ? 0 : maxAgeMs;
}

/** The same where there is no request: for crons. */
export function serviceOf(
  runtime: AppRuntime,
  logger: Logger,
  arrivedAt: number,
  { budgetMs = runtime.budgetMs, observer, ...wishes }: Wishes = {},
  found = orThrow(projectFrom(runtime.variables)),
): BackupService {
  const deadline = arrivedAt + Math.min(budgetMs, runtime.budgetMs);
  const followed = observing(runtime.offsite, observer);
  const invocation = { ...runtime, ...wishes, logger, deadline, observer: followed };
  return createBackupService({ ...invocation, othersWork: runtime.offsite?.othersWork }, found);
}

/** Runs are kept where there is a store, whoever else follows them. */
function observing(
  offsite: AppRuntime["offsite"],
  observer: RunObserver | undefined,
): RunObserver | undefined {
  if (offsite === undefined) return observer;
  return {
    began: (query, due) => observer?.began(query, due),
    ended(record) {
      observer?.ended(record);
      offsite.ended(record);
    },
    did: (record) => offsite.ended(record),
  };
}
