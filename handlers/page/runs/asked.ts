import * as z from "zod/mini";
import { RUN_KINDS, RUN_STATUSES, RUN_TRIGGERS, type RunQuery } from "../../../services/offsite.ts";
import { RUNS_FOLDER, runsCursor } from "../../offsite/runsCursor.ts";
import type { RequestContext } from "../../requestContext.ts";

const Filters = z.object({
  kind: z.optional(z.enum(RUN_KINDS)),
  status: z.optional(z.enum(RUN_STATUSES)),
  trigger: z.optional(z.enum(RUN_TRIGGERS)),
  /** UTC days, both included. */
  from: z.optional(z.iso.date()),
  to: z.optional(z.iso.date()),
});
const Asked = z.extend(Filters, { cursor: z.optional(runsCursor) });

export type Filters = z.infer<typeof Filters>;
export type Field = keyof z.infer<typeof Asked>;
export type Problems = Partial<Readonly<Record<Field, string>>>;

/** What somebody looks for, with the history's cursor; or what is wrong with each field that makes no sense; the others hold all the same. */
export type AskedRuns =
  | { readonly ok: true; readonly filters: Filters; readonly cursor: string | undefined }
  | { readonly ok: false; readonly filters: Filters; readonly problems: Problems };

const DAY_MS = 24 * 60 * 60_000;
const CHOOSE = "There is no such choice. Choose one of the list.";
const DAY = "Enter a day, such as 2026-03-02.";
const SENTENCES: Readonly<Record<Field, string>> = {
  kind: CHOOSE,
  status: CHOOSE,
  trigger: CHOOSE,
  from: DAY,
  to: DAY,
  cursor: "There is no such part of the list. Begin with the newest runs.",
};

const FIELDS = ["kind", "status", "trigger", "from", "to", "cursor"] as const satisfies readonly Field[];

/** Reads the query of a page about runs. An empty field of the form asks for nothing. */
export function askedRuns({ req }: RequestContext): AskedRuns {
  const typed = Object.fromEntries(Object.entries(req.query()).filter(([, value]) => value !== ""));
  const problems: Partial<Record<Field, string>> = {};
  for (const { path } of Asked.safeParse(typed).error?.issues ?? []) {
    const field = FIELDS.find((each) => each === path[0]);
    if (field !== undefined) problems[field] = SENTENCES[field];
  }
  const sound = Object.entries(typed).filter(([name]) => !Object.hasOwn(problems, name));
  const { cursor, ...filters } = Asked.parse(Object.fromEntries(sound));
  if (filters.from !== undefined && filters.to !== undefined && filters.to < filters.from)
    problems.to = "This day lies before the first one.";
  if (Object.keys(problems).length > 0) return { ok: false, filters, problems };
  return { ok: true, filters, cursor: cursor === undefined ? undefined : RUNS_FOLDER + cursor };
}

export function hasFilters(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}

/** The same for the history. */
export function queryOf({ from, to, ...filters }: Filters): Omit<RunQuery, "limit" | "cursor"> {
  return {
    ...filters,
    since: from === undefined ? undefined : Date.parse(from),
    before: to === undefined ? undefined : Date.parse(to) + DAY_MS,
  };
}

/** An address with these filters, and with where a part of the list begins. */
export function addressOf(path: "/runs" | "/runs.csv", filters: Filters, cursor?: string): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) asked.set(name, value);
  if (cursor !== undefined) asked.set("cursor", cursor.slice(RUNS_FOLDER.length));
  return asked.size === 0 ? path : `${path}?${asked}`;
}
