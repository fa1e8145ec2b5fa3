import * as z from "zod/mini";
import { ServiceError } from "./errors.ts";
import { find, refused, SWITCH, shown, switchOf, type Variables, VISIBLE } from "./variables.ts";

export { type Variables, variable } from "./variables.ts";

export const CADENCES = ["daily", "weekly", "biweekly", "monthly"] as const;
/** How often a kind of copy is made; it stands in the copy's name. */
export type Cadence = (typeof CADENCES)[number];

/** One value for each cadence. */
export function byCadence<T>(of: (cadence: Cadence) => T): Record<Cadence, T> {
  return { daily: of("daily"), weekly: of("weekly"), biweekly: of("biweekly"), monthly: of("monthly") };
}

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

const anyCase = z.string().check(z.toLowerCase());
const cadences = z._default(
  z.pipe(
    z.pipe(
      anyCase,
      z.transform((text) => text.split(",").map((each) => each.trim())),
    ),
    z.array(z.enum(CADENCES)).check(z.minLength(1)),
  ),
  ["daily", "weekly"],
);
const keep = z._default(z.pipe(z.coerce.number(), z.int().check(z.gte(1), z.lte(99))), 1);
const on = z._default(z.pipe(z.pipe(z.string(), z.transform(switchOf)), z.boolean()), true);
/** Invisible characters come first: reading an address takes line breaks out of it and says nothing. */
const address = z.pipe(z.string().check(z.regex(VISIBLE)), z.url({ protocol: /^https?$/ }));
const shrinkLimit = z.pipe(
  z.pipe(
    anyCase,
    z.transform((text) => (Number.isNaN(Number(text)) ? switchOf(text) : Number(text))),
  ),
  z.union([z.literal(false), z.int().check(z.gte(1), z.lte(99))]),
);

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
  DATOCMS_CMA_BASE_URL: z.optional(address.check(mustBePrivate)),
  BACKUP_SCHEDULER: on,
  BACKUP_CADENCES: cadences,
  BACKUP_CATCH_UP: on,
  BACKUP_ROTATION: z._default(z.pipe(anyCase, z.enum(["auto", "fork-first", "delete-first"])), "auto"),
  BACKUP_FORK_MODE: z._default(z.pipe(anyCase, z.enum(["normal", "fast"])), "normal"),
  BACKUP_KEEP_DAILY: keep,
  BACKUP_KEEP_WEEKLY: keep,
  BACKUP_KEEP_BIWEEKLY: keep,
  BACKUP_KEEP_MONTHLY: keep,
  BACKUP_HOLD_CHANGED_DAYS: z._default(z.pipe(z.coerce.number(), z.int().check(z.gte(0), z.lte(3_650))), 30),
  BACKUP_SHRINK_LIMIT: z._default(shrinkLimit, 50),
});

/** What each setting may be, in words that say what to write instead. */
const EXPECTED: Readonly<Record<keyof z.infer<typeof Settings>, string>> = {
  DATOCMS_CMA_BASE_URL: "an https URL (http to this machine only) without credentials in it",
  BACKUP_SCHEDULER: SWITCH,
  BACKUP_CADENCES: `one or more of ${CADENCES.join(", ")}, with commas between them`,
  BACKUP_CATCH_UP: SWITCH,
  BACKUP_ROTATION: "auto, fork-first or delete-first",
  BACKUP_FORK_MODE: "normal or fast",
  BACKUP_KEEP_DAILY: "a whole number from 1 to 99",
  BACKUP_KEEP_WEEKLY: "a whole number from 1 to 99",
  BACKUP_KEEP_BIWEEKLY: "a whole number from 1 to 99",
  BACKUP_KEEP_MONTHLY: "a whole number from 1 to 99",
  BACKUP_HOLD_CHANGED_DAYS: "a whole number from 0 to 3650",
  BACKUP_SHRINK_LIMIT: "off, or a whole number of percent from 1 to 99",
};

/** The settings that are read here. */
export const CONFIG_VARIABLES: readonly string[] = Object.keys(EXPECTED);

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
 * @throws ServiceError 500 `INVALID_CONFIGURATION`, naming the variable, what it is and what it may be
 */
export function readConfig(variables: Variables): Config {
  const all = Object.entries(EXPECTED).map(([name, expected]) => ({
    name,
    expected,
    found: find(variables, name),
  }));
  const texts = all.flatMap(({ name, found }) => (found.kind === "text" ? [[name, found.text]] : []));
  const parsed = Settings.safeParse(Object.fromEntries(texts));
  const invalid = new Set(parsed.error?.issues.map(({ path }) => path[0]));
  const [first, ...others] = all.filter(({ name, found }) => found.kind === "unclear" || invalid.has(name));
  if (first !== undefined || !parsed.success)
    throw invalidSetting(
      first?.name ?? "",
      first && shown(first.found),
      first?.expected ?? "",
      others.map(({ name }) => name),
    );
  const settings = parsed.data;
  return {
    baseUrl: settings.DATOCMS_CMA_BASE_URL,
    paused: !settings.BACKUP_SCHEDULER,
    cadences: CADENCES.filter((cadence) => settings.BACKUP_CADENCES.includes(cadence)),
    catchUp: settings.BACKUP_CATCH_UP,
    holdDays: settings.BACKUP_HOLD_CHANGED_DAYS,
    shrinkLimit: settings.BACKUP_SHRINK_LIMIT || undefined,
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

/**
 * The failure of every call that rests on a wrong setting.
 *
 * @param is what the setting is, to follow its name in a sentence
 * @param expected what it may be
 * @param others that are wrong as well
 */
export function invalidSetting(
  name: string,
  is: string | undefined,
  expected: string,
  others: readonly string[] = [],
): ServiceError {
  const sentence = `${refused(name, is, expected)}. Correct it and redeploy.`;
  return new ServiceError("INVALID_CONFIGURATION", 500, sentence, {
    variable: name,
    expected,
    ...(others.length > 0 && { alsoInvalid: others }),
  });
}
