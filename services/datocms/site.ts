import * as z from "zod/mini";
import { mapped, type Result } from "../../utils/failures.ts";
import type { Budget } from "./budget.ts";
import { readAs, readIfOffered } from "./calls.ts";
import type { DatoClient } from "./client.ts";
import { name } from "./role.ts";

/** What DatoCMS tells of the project itself, as its primary environment has it. */
export interface Site {
  readonly name: string;
  /** As it stands there; whether it means anything is for the schedule to say. */
  readonly timezone: string | undefined;
  /** The host of its editor, such as `blog.admin.datocms.com`. */
  readonly editorHost: string | undefined;
}

/** The part of the port that reads the project. */
export interface Sites {
  find(): Promise<Result<Site>>;
  /** The project's time zone in one quick try; undefined when it cannot be read. */
  timezoneIfOffered(): Promise<string | undefined>;
}

const SiteDocument = z.object({
  data: z.object({
    attributes: z.object({
      name,
      timezone: z.catch(z.union([z.string(), z.undefined()]), undefined),
      internal_domain: z.catch(z.optional(z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]*$/))), undefined),
    }),
  }),
});

const SITE = { method: "GET", url: "/site" } as const;

/** The project that the client's token belongs to. */
export function sitesOf(client: DatoClient, budget: Budget): Sites {
  return {
    async find() {
      const answer = await readAs(budget, () => client.request(SITE), SiteDocument);
      return mapped(answer, ({ data: { attributes } }) => {
        const { internal_domain: editorHost, ...rest } = attributes;
        return { ...rest, editorHost };
      });
    },

    async timezoneIfOffered() {
      const document = await readIfOffered<unknown>(budget, () => client.request(SITE));
      return SiteDocument.safeParse(document).data?.data.attributes.timezone;
    },
  };
}
