import * as z from "zod/mini";
import { failureIn, isWithheld } from "../../utils/errors.ts";
import type { Allowance } from "./allowance.ts";
import { readIfThere } from "./calls.ts";
import { type ClientOptions, createClient, type DatoClient } from "./client.ts";

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
   * @throws ServiceError 500 when DatoCMS cannot be read
   */
  totals(environmentId: string): Promise<Totals | "withheld" | undefined>;
}

const Page = z.object({ meta: z.object({ total_count: z.number() }) });
/** No rows, only how many there are. */
const NO_ROWS = { page: { limit: 0 } };

/**
 * Contents of the environments that the token sees.
 *
 * @param allowance what reading may cost; mostly the client's own
 */
export function contentsOf(options: ClientOptions, allowance: Allowance = options.allowance): Contents {
  const count = async (request: () => Promise<unknown>) => {
    const document = await readIfThere(allowance, request);
    return document === undefined
      ? undefined
      : (Page.safeParse(document).data?.meta.total_count ?? "withheld");
  };
  const counts = (client: DatoClient) =>
    Promise.all([
      count(() => client.items.rawList({ ...NO_ROWS, version: "current" })),
      count(() => client.uploads.rawList(NO_ROWS)),
    ]);
  return {
    async totals(environment) {
      try {
        const [records, uploads] = await counts(createClient({ ...options, environment }));
        if (records === undefined || uploads === undefined) return undefined;
        return records === "withheld" || uploads === "withheld" ? "withheld" : { records, uploads };
      } catch (error) {
        if (isWithheld(failureIn(error))) return "withheld";
        throw error;
      }
    },
  };
}
