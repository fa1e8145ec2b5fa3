import * as z from "zod/mini";
import { failureError } from "../../utils/errors.ts";
import type { Allowance } from "./allowance.ts";
import { read, readIfOffered } from "./calls.ts";
import type { DatoClient } from "./client.ts";
import { name } from "./role.ts";

/** What DatoCMS tells of the project itself, as its primary environment has it. */
export interface Site {
  readonly name: string;
  /** As it stands there; whether it means anything is for the schedule to say. */
  readonly timezone: string | undefined;
}

/** The part of the port that reads the project. */
export interface Sites {
  /** @throws ServiceError 500 when DatoCMS cannot be read */
  find(): Promise<Site>;
  /** The project's time zone in one quick try; undefined when it cannot be read. */
  timezoneIfOffered(): Promise<string | undefined>;
}

const SiteDocument = z.object({
  data: z.object({
    attributes: z.object({ name, timezone: z.catch(z.union([z.string(), z.undefined()]), undefined) }),
  }),
});

/** The project that the client's token belongs to. */
export function sitesOf(client: DatoClient, allowance: Allowance): Sites {
  return {
    async find() {
      const parsed = SiteDocument.safeParse(await read<unknown>(allowance, () => client.site.rawFind()));
      if (parsed.success) return parsed.data.data.attributes;
      throw failureError({
        cause: "UNEXPECTED_ANSWER",
        sentence: "DatoCMS's answer about the project could not be understood.",
      });
    },

    async timezoneIfOffered() {
      const document = await readIfOffered<unknown>(allowance, () => client.site.rawFind());
      return SiteDocument.safeParse(document).data?.data.attributes.timezone;
    },
  };
}
