import * as z from "zod/mini";
import {
  mapped,
  orIfWithheld,
  type Result,
  succeeded,
  UNEXPECTED_ANSWER,
  valueIn,
} from "../../utils/failures.ts";
import { type Budget, withLimitedRateLimitWait, withoutRetries } from "./budget.ts";
import { parsedAs, read, readAs, readIfOffered, readIfThere, type WriteOutcome, write } from "./calls.ts";
import type { DatoClient } from "./client.ts";

/** An environment as DatoCMS lists it. */
export interface Environment {
  readonly id: string;
  /** There is no status for a failed fork: its environment vanishes. */
  readonly status: "creating" | "ready" | "destroying";
  /** 0 to 100 while it is being created, where DatoCMS tells. */
  readonly percentage: number | undefined;
  /** DatoCMS's own clock, ms since the epoch. */
  readonly createdAt: number;
  /** When its content was last changed, ms since the epoch; on a fresh fork its creation. */
  readonly lastDataChangeAt: number;
  readonly primary: boolean;
  /** Id of the environment it was forked from; it may no longer exist. */
  readonly forkedFrom: string | undefined;
}

/**
 * Sandboxes that the plan allows, Infinity when it says that there is no limit; `untold` where it does not say, or
 * not to this token's role; `unread` while DatoCMS has not been heard.
 */
export type PlanLimit = number | "untold" | "unread";

/** What is known of the plan; undefined where DatoCMS does not say. */
export interface PlanRoom {
  /** Sandboxes that the plan allows; Infinity when it says that there is no limit. */
  readonly limit: number | undefined;
  /** Sandboxes above which DatoCMS charges extra. */
  readonly overageThreshold: number | undefined;
}

const instant = z.pipe(
  z.iso.datetime({ offset: true }),
  z.transform((text) => Date.parse(text)),
);

/**
 * Strict in what decides over a copy's life (primary, creation time), so that an unreadable answer stops a
 * run instead of misleading it. A status that is not known yet is read as `creating`: never counted as a
 * copy, never destroyed.
 */
const EnvironmentDocument = z.pipe(
  z.object({
    id: z.string().check(z.minLength(1)),
    meta: z.object({
      status: z.catch(z.enum(["creating", "ready", "destroying"]), "creating"),
      fork_completion_percentage: z.catch(z.optional(z.number().check(z.gte(0), z.lte(100))), undefined),
      created_at: instant,
      last_data_change_at: z.catch(z.optional(instant), undefined),
      primary: z.boolean(),
      forked_from: z.catch(z.optional(z.string()), undefined),
    }),
  }),
  z.transform(
    ({ id, meta }): Environment => ({
      id,
      status: meta.status,
      percentage: meta.fork_completion_percentage,
      createdAt: meta.created_at,
      lastDataChangeAt: meta.last_data_change_at ?? meta.created_at,
      primary: meta.primary,
      forkedFrom: meta.forked_from,
    }),
  ),
);

const OneEnvironment = z.object({ data: EnvironmentDocument });
const AllEnvironments = z.object({ data: z.array(EnvironmentDocument) });

/** The key under which plans count sandboxes; that the limits' list uses the same one is likely, not certain. */
const SandboxLimit = z.object({
  data: z.array(
    z.object({ attributes: z.object({ code: z.string(), limit: z.catch(z.nullable(z.number()), null) }) }),
  ),
});
const Overage = z.object({
  data: z.object({
    attributes: z.object({
      extras: z.object({ overage_thresholds: z.object({ environments: z.number() }) }),
    }),
  }),
});

/** The part of the port that sees and changes environments. */
export interface Environments {
  list(): Promise<Result<readonly Environment[]>>;
  /** One environment, which a list may leave out while it is being made; undefined when there is none. */
  find(id: string): Promise<Result<Environment | undefined>>;
  /** Begins to fork `source`; the answer comes at once, the copy takes seconds to hours. */
  fork(source: string, id: string, mode: "normal" | "fast"): Promise<WriteOutcome<Environment>>;
  rename(id: string, newId: string): Promise<WriteOutcome>;
  /** Begins to destroy; the environment leaves the list some time later. */
  destroy(id: string): Promise<WriteOutcome>;
  /** What the plan allows. Never fails: what cannot be read in a second is unknown. */
  planRoom(): Promise<PlanRoom>;
  /** Its first half, in one quick try: what a run has to know before it forks. */
  limitIfOffered(): Promise<PlanLimit>;
  /** Its second half, for a sentence afterwards. */
  overageThreshold(): Promise<number | undefined>;
  /**
   * The sandboxes that the plan allows, tried again for six seconds: for a decision that costs a backup. A plan
   * without this limit is no failure.
   */
  sandboxLimit(): Promise<Result<Exclude<PlanLimit, "unread">>>;
}

/** Environments of the project that the client's token belongs to. */
export function environmentsOf(client: DatoClient, budget: Budget): Environments {
  const limitWithin = async (spent: Budget) => {
    const limits = await read<unknown>(spent, () => client.subscriptionLimits.rawList());
    // Not offered, or not to this role: as good as a plan that does not tell.
    return orIfWithheld(mapped(limits, limitIn), "untold" as const);
  };
  const limitIfOffered = async () => {
    const limit = await readIfOffered(budget, () => limitWithin(withoutRetries(budget)));
    return (limit && valueIn(limit)) ?? "unread";
  };
  const threshold = async () =>
    Overage.safeParse(await readIfOffered<unknown>(budget, () => client.publicInfo.rawFind())).data?.data
      .attributes.extras.overage_thresholds.environments;

  return {
    async list() {
      const answer = await readAs(budget, () => client.environments.rawList(), AllEnvironments);
      return mapped(answer, ({ data }) => data);
    },

    async find(id) {
      const document = await readIfThere<unknown>(budget, () => client.environments.rawFind(id));
      if (!document.ok) return document;
      if (document.value === undefined) return succeeded(undefined);
      return mapped(parsedAs(document.value, OneEnvironment), ({ data }) => data);
    },

    async fork(source, id, mode) {
      const outcome = await write<unknown>(budget, () =>
        client.environments.rawFork(
          source,
          { data: { type: "environment", id } },
          { immediate_return: true, ...(mode === "fast" && { fast: true, force: true }) },
        ),
      );
      if (outcome.kind !== "accepted") return outcome;
      const parsed = OneEnvironment.safeParse(outcome.value);
      return parsed.success && parsed.data.data.id === id
        ? { kind: "accepted", value: parsed.data.data }
        : { kind: "unknown", failure: UNEXPECTED_ANSWER };
    },

    async rename(id, newId) {
      return settled(
        await write<unknown>(budget, () =>
          client.environments.rawRename(id, { data: { type: "environment", id: newId } }),
        ),
      );
    },

    async destroy(id) {
      return settled(await write<unknown>(budget, () => client.environments.rawDestroy(id)));
    },

    async planRoom() {
      const [limit, overageThreshold] = await Promise.all([limitIfOffered(), threshold()]);
      return { limit: typeof limit === "number" ? limit : undefined, overageThreshold };
    },
    limitIfOffered,
    overageThreshold: threshold,

    sandboxLimit: () => limitWithin(withLimitedRateLimitWait(budget)),
  };
}

function limitIn(limits: unknown): Exclude<PlanLimit, "unread"> {
  const sandboxes = SandboxLimit.safeParse(limits).data?.data.find(
    ({ attributes }) => attributes.code === "sandbox_environments",
  );
  return sandboxes === undefined ? "untold" : (sandboxes.attributes.limit ?? Number.POSITIVE_INFINITY);
}

function settled(outcome: WriteOutcome<unknown>): WriteOutcome {
  return outcome.kind === "accepted" ? { kind: "accepted", value: undefined } : outcome;
}
