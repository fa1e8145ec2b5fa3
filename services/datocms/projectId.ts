import * as z from "zod/mini";
import { mapped, type Result } from "../../utils/failures.ts";
import type { Budget } from "./budget.ts";
import { readAs } from "./calls.ts";
import type { DatoClient } from "./client.ts";

const SiteDocument = z.object({ data: z.object({ id: z.string().check(z.regex(/^[\w-]{1,64}$/)) }) });

/** DatoCMS's id of the project that the client's token belongs to. */
export async function projectIdOf(client: DatoClient, budget: Budget): Promise<Result<string>> {
  return mapped(
    await readAs(budget, () => client.request({ method: "GET", url: "/site" }), SiteDocument),
    ({ data }) => data.id,
  );
}
