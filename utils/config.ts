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
  /** Which cadences run where the plugin has saved no schedule (`BACKUP_CADENCES`). */
  readonly cadences: readonly Cadence[];
  /** No scheduled run does anything (`BACKUP_SCHEDULER=off`). */
  readonly paused: boolean;
  /** Whether a missed slot is made up for in the hours after it (`BACKUP_CATCH_UP`). */
  readonly catchUp: boolean;
  /** How many ready copies of each cadence stay (`BACKUP_KEEP_DAILY`, …). */
  readonly keep: Readonly<Record<Cadence, number>>;
  /** Days for which a copy that somebody has worked in is held (`BACKUP_HOLD_CHANGED_DAYS`); 0: none is. */
  readonly holdDays: number;
  /**
   * Percent of its records, or uploads, of which more must be missing in a newer copy for an older one to be
   * kept from pruning (`BACKUP_SHRINK_LIMIT`); undefined: nothing keeps it.
   */
  readonly shrinkLimit: number | undefined;
  /** What happens when a new copy and the old one do not fit side by side (`BACKUP_ROTATION`). */
  readonly rotation: "auto" | "fork-first" | "delete-first";
  /** `fast` locks editors out of the primary while it is copied (`BACKUP_FORK_MODE`). */
  readonly forkMode: "normal" | "fast";
}

const cadences = z._default(
  z.pipe(
    z.pipe(
      z.string(),
      z.transform((text) => text.split(",").map((each) => each.trim())),
    ),
    z.array(z.enum(CADENCES)).check(z.minLength(1)),
  ),
  ["daily", "weekly"],
);
const keep = z._default(z.pipe(z.coerce.number(), z.int().check(z.gte(1), z.lte(99))), 1);

const THIS_MACHINE = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether the API token may be sent to an address: it is readable for everybody on the way of plain http. */
function maySeeToken(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  const isPrivate = protocol === "https:" || (protocol === "http:" && THIS_MACHINE.test(hostname));
  return isPrivate && username === "" && password === "";
}

function mustBePrivate({ value, issues }: z.core.ParsePayload<string>): void {
  if (!maySeeToken(value)) issues.push({ code: "custom", input: value });
}

const Settings = z.object({
  DATOCMS_CMA_BASE_URL: z.optional(z.string().check(mustBePrivate)),
  BACKUP_SCHEDULER: z._default(z.enum(["on", "off"]), "on"),
  BACKUP_CADENCES: cadences,
  BACKUP_CATCH_UP: z._default(z.enum(["on", "off"]), "on"),
  BACKUP_ROTATION: z._default(z.enum(["auto", "fork-first", "delete-first"]), "auto"),
  BACKUP_FORK_MODE: z._default(z.enum(["normal", "fast"]), "normal"),
  BACKUP_KEEP_DAILY: keep,
  BACKUP_KEEP_WEEKLY: keep,
  BACKUP_KEEP_BIWEEKLY: keep,
  BACKUP_KEEP_MONTHLY: keep,
  BACKUP_HOLD_CHANGED_DAYS: z._default(z.pipe(z.coerce.number(), z.int().check(z.gte(0), z.lte(3_650))), 30),
  BACKUP_SHRINK_LIMIT: z._default(
    z.union([z.literal("off"), z.pipe(z.coerce.number(), z.int().check(z.gte(1), z.lte(99)))]),
    50,
  ),
});

/** What is wrong with a setting, in words that say what to write instead. */
const EXPECTED: Readonly<Record<keyof z.infer<typeof Settings>, string>> = {
  DATOCMS_CMA_BASE_URL: "an https URL (http to this machine only) without a user name or password in it",
  BACKUP_SCHEDULER: "on or off",
  BACKUP_CADENCES: `one or more of ${CADENCES.join(", ")}, with commas between them`,
  BACKUP_CATCH_UP: "on or off",
  BACKUP_ROTATION: "auto, fork-first or delete-first",
  BACKUP_FORK_MODE: "normal or fast",
  BACKUP_KEEP_DAILY: "a whole number from 1 to 99",
  BACKUP_KEEP_WEEKLY: "a whole number from 1 to 99",
  BACKUP_KEEP_BIWEEKLY: "a whole number from 1 to 99",
  BACKUP_KEEP_MONTHLY: "a whole number from 1 to 99",
  BACKUP_HOLD_CHANGED_DAYS: "a whole number from 0 to 3650",
  BACKUP_SHRINK_LIMIT: "off, or a whole number of percent from 1 to 99",
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
    paused: settings.BACKUP_SCHEDULER === "off",
    cadences: CADENCES.filter((cadence) => settings.BACKUP_CADENCES.includes(cadence)),
    catchUp: settings.BACKUP_CATCH_UP === "on",
    holdDays: settings.BACKUP_HOLD_CHANGED_DAYS,
    shrinkLimit: settings.BACKUP_SHRINK_LIMIT === "off" ? undefined : settings.BACKUP_SHRINK_LIMIT,
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
