import * as z from "zod/mini";
import { ServiceError } from "./errors.ts";

/** Environment variables as a host hands them over; never read from `process.env` below the entry points. */
export type Variables = Readonly<Record<string, unknown>>;

export const CADENCES = ["daily", "weekly", "biweekly", "monthly"] as const;
/** How often a kind of copy is made; it stands in the copy's name. */
export type Cadence = (typeof CADENCES)[number];

/** Everything that a deployment can set, read once and checked. */
export interface Config {
  /** Address of the Content Management API; undefined means DatoCMS itself. */
  readonly baseUrl: string | undefined;
  /** Whether a missed slot is made up for in the hours after it (`BACKUP_CATCH_UP`). */
  readonly catchUp: boolean;
  /** How many ready copies of each cadence stay (`BACKUP_KEEP_DAILY`, …). */
  readonly keep: Readonly<Record<Cadence, number>>;
  /** What happens when a new copy and the old one do not fit side by side (`BACKUP_ROTATION`). */
  readonly rotation: "auto" | "fork-first" | "delete-first";
  /** `fast` locks editors out of the primary while it is copied (`BACKUP_FORK_MODE`). */
  readonly forkMode: "normal" | "fast";
}

const keep = z._default(z.pipe(z.coerce.number(), z.int().check(z.gte(1), z.lte(99))), 1);

const Settings = z.object({
  DATOCMS_CMA_BASE_URL: z.optional(z.url({ protocol: /^https?$/ })),
  BACKUP_CATCH_UP: z._default(z.enum(["on", "off"]), "on"),
  BACKUP_ROTATION: z._default(z.enum(["auto", "fork-first", "delete-first"]), "auto"),
  BACKUP_FORK_MODE: z._default(z.enum(["normal", "fast"]), "normal"),
  BACKUP_KEEP_DAILY: keep,
  BACKUP_KEEP_WEEKLY: keep,
  BACKUP_KEEP_BIWEEKLY: keep,
  BACKUP_KEEP_MONTHLY: keep,
});

/** What is wrong with a setting, in words that say what to write instead. */
const EXPECTED: Readonly<Record<keyof z.infer<typeof Settings>, string>> = {
  DATOCMS_CMA_BASE_URL: "an http or https URL",
  BACKUP_CATCH_UP: "on or off",
  BACKUP_ROTATION: "auto, fork-first or delete-first",
  BACKUP_FORK_MODE: "normal or fast",
  BACKUP_KEEP_DAILY: "a whole number from 1 to 99",
  BACKUP_KEEP_WEEKLY: "a whole number from 1 to 99",
  BACKUP_KEEP_BIWEEKLY: "a whole number from 1 to 99",
  BACKUP_KEEP_MONTHLY: "a whole number from 1 to 99",
};

/**
 * A variable's text without the white space around it; undefined when it is not set or blank. Hosts hand
 * over bindings that are no text too (a Worker's namespaces): those are no variables.
 */
export function variable(variables: Variables, name: string): string | undefined {
  const value = variables[name];
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** The project's API token: the preferred variable, then the one of older deployments. */
export const TOKEN_VARIABLES = ["DATOCMS_FULLACCESS_API_TOKEN", "DATOCMS_FULLACCESS_TOKEN"] as const;

/** Texts that stand in templates and tutorials and that nobody may mistake for a token or a secret. */
const PLACEHOLDERS = [
  /^supersecrettoken$/i,
  /^(?:change|replace)[-_ ]?(?:me|this|it)(?![a-z])/i,
  /^(?:your|my|the|a)[-_ ](?:[a-z]+[-_ ])*(?:token|secret|key)(?:[-_ ]here)?$/i,
  /^(?:insert|paste|enter|put|add)[-_ ](?:[a-z]+[-_ ])*(?:token|secret|key|here)$/i,
  /^(?:secret|token|password|example|placeholder|xxx+|todo)$/i,
  /^<.*>$/,
  /^\$\{.*\}$/,
  /^\*+$/,
];

/** Whether a value is one of the texts that templates carry instead of a token or a secret. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDERS.some((pattern) => pattern.test(value));
}

/**
 * Reads every setting but token and secrets.
 *
 * @param variables the host's environment variables
 * @returns the checked settings, with their defaults
 * @throws ServiceError 500 `INVALID_CONFIGURATION`, naming the variable and what it may be; never its value
 */
export function readConfig(variables: Variables): Config {
  const given = Object.fromEntries(Object.keys(EXPECTED).map((name) => [name, variable(variables, name)]));
  const parsed = Settings.safeParse(given);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => String(issue.path[0]));
    const [name = "", ...others] = [...new Set(names)];
    const expected = Object.entries(EXPECTED).find(([key]) => key === name)?.[1] ?? "";
    throw new ServiceError(
      "INVALID_CONFIGURATION",
      500,
      `${name} must be ${expected}. Correct it and redeploy.`,
      {
        variable: name,
        expected,
        ...(others.length > 0 && { alsoInvalid: others }),
      },
    );
  }
  const settings = parsed.data;
  return {
    baseUrl: settings.DATOCMS_CMA_BASE_URL,
    catchUp: settings.BACKUP_CATCH_UP === "on",
    rotation: settings.BACKUP_ROTATION,
    forkMode: settings.BACKUP_FORK_MODE,
    keep: {
      daily: settings.BACKUP_KEEP_DAILY,
      weekly: settings.BACKUP_KEEP_WEEKLY,
      biweekly: settings.BACKUP_KEEP_BIWEEKLY,
      monthly: settings.BACKUP_KEEP_MONTHLY,
    },
  };
}
