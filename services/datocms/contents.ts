import * as z from "zod/mini";
import { mapped, orIfWithheld, type Result, succeeded } from "../../utils/failures.ts";
import type { Budget } from "./budget.ts";
import { readIfThere } from "./calls.ts";
import { type ClientOptions, createClient } from "./client.ts";

/** How much an environment holds. */
export interface Totals {
  /** Drafts included. */
  readonly records: number;
  readonly uploads: number;
}

/** The part of the port that looks into environments. */
export interface Contents {
  /**
   * Counts what an environment holds, in two calls side by side.
   *
   * @returns `withheld` where the token's role may not see it, undefined where there is no such environment
   */
  totals(environmentId: string): Promise<Result<Totals | "withheld" | undefined>>;
}

const Page = z.object({ meta: z.object({ total_count: z.number() }) });
/** No rows, only how many there are. */
const RECORDS = {
  method: "GET",
  url: "/items",
  queryParams: { page: { limit: 0 }, version: "current" },
} as const;
const UPLOADS = { method: "GET", url: "/uploads", queryParams: { page: { limit: 0 } } } as const;

/**
 * Contents of the environments that the token sees.
 *
 * @param budget what reading may cost; mostly the client's own
 */
export function contentsOf(options: ClientOptions, budget: Budget = options.budget): Contents {
  const count = async (request: () => Promise<unknown>) =>
    orIfWithheld(mapped(await readIfThere(budget, request), countIn), "withheld" as const);
  return {
    async totals(environment) {
      const client = createClient({ ...options, environment });
      const [records, uploads] = await Promise.all([
        count(() => client.request(RECORDS)),
        count(() => client.request(UPLOADS)),
      ]);
      if (!records.ok) return records;
      if (!uploads.ok) return uploads;
      if (records.value === undefined || uploads.value === undefined) return succeeded(undefined);
      if (records.value === "withheld" || uploads.value === "withheld") return succeeded("withheld");
      return succeeded({ records: records.value, uploads: uploads.value });
    },
  };
}

function countIn(document: unknown): number | "withheld" | undefined {
  return document === undefined ? undefined : (Page.safeParse(document).data?.meta.total_count ?? "withheld");
}
