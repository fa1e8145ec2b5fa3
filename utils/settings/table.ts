import type * as z from "zod/mini";
import { CADENCES } from "../cadence.ts";
import { SWITCH } from "../variables.ts";
import * as schema from "./schemas.ts";

/**
 * One environment variable of the service. `documentation.ts` holds its texts for README and `.env.example`.
 */
export interface Setting {
  /** Makes the value of a text that is not blank. */
  readonly schema: z.ZodMiniType<unknown, unknown>;
  /** Follows "must be" in errors: says what to write instead. */
  readonly expected: string;
  /** Text that stands for the variable where that is unset. */
  readonly byDefault?: string;
  /** Stands in no log, answer or error. */
  readonly secret?: true;
  /** A text of any kind, in which a # behind a space may be part of the value: refused where it looks cut. */
  readonly anyText?: true;
}

const secret = { secret: true } as const;
const URL_EXPECTED = "an https URL without user name and password in it";
const COPIES = { schema: schema.wholeNumber(1, 99), expected: "a whole number from 1 to 99", byDefault: "1" };
const SWITCHED_ON = { schema: schema.onOff, expected: SWITCH, byDefault: "on" };
const CHANNEL_URL = { schema: schema.channelUrl, expected: URL_EXPECTED, ...secret };
const TOKEN = {
  schema: schema.apiToken,
  expected: "an API token as DatoCMS shows it, without spaces, line breaks and letters beyond ASCII",
  ...secret,
};
const SECRET = {
  schema: schema.accessSecret,
  expected: "a random secret of at least 16 characters",
  ...secret,
};

// THE settings table: four groups by their reader. Its order decides which of several wrong settings is named first.

/** Read by `resolveApiToken` and `readAccess`. */
const ACCESS = {
  DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
  DATOCMS_FULLACCESS_TOKEN: TOKEN,
  DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
  CRON_SECRET: SECRET,
  BACKUP_READ_SECRET: SECRET,
} as const satisfies Readonly<Record<string, Setting>>;

/** Read by `readConfig`, into the member `as`. */
export const CONFIG = {
  /** Of the Content Management API; undefined: DatoCMS itself. */
  DATOCMS_CMA_BASE_URL: {
    as: "baseUrl",
    schema: schema.tokenUrl,
    expected: "an https URL (http to this machine only) without credentials in it",
  },
  /** Off: no scheduled run does anything. */
  BACKUP_SCHEDULER: { ...SWITCHED_ON, as: "paused", schema: schema.offOn },
  /** Cadences that run where the plugin has saved no schedule. */
  BACKUP_CADENCES: {
    as: "cadences",
    schema: schema.cadences,
    expected: `one or more of ${CADENCES.join(", ")}, with commas between them`,
    byDefault: "daily,weekly",
  },
  /** Makes up for a missed slot in the hours after it. */
  BACKUP_CATCH_UP: { ...SWITCHED_ON, as: "catchUp" },
  /** The order of fork and removal where a new backup and the old one do not fit side by side. */
  BACKUP_ROTATION: {
    as: "rotation",
    schema: schema.oneOf(["auto", "fork-first", "delete-first"]),
    expected: "auto, fork-first or delete-first",
    byDefault: "auto",
  },
  /** `fast` locks editors out of the primary while it is copied. */
  BACKUP_FORK_MODE: {
    as: "forkMode",
    schema: schema.oneOf(["normal", "fast"]),
    expected: "normal or fast",
    byDefault: "normal",
  },
  BACKUP_KEEP_DAILY: { ...COPIES, as: "keepDaily" },
  BACKUP_KEEP_WEEKLY: { ...COPIES, as: "keepWeekly" },
  BACKUP_KEEP_BIWEEKLY: { ...COPIES, as: "keepBiweekly" },
  BACKUP_KEEP_MONTHLY: { ...COPIES, as: "keepMonthly" },
  /** Days for which a backup in which somebody has worked is held; 0: none is. */
  BACKUP_HOLD_CHANGED_DAYS: {
    as: "holdDays",
    schema: schema.wholeNumber(0, 3_650),
    expected: "a whole number from 0 to 3650",
    byDefault: "30",
  },
  /** An older backup stays while a newer one lacks more percent of its records, or uploads; undefined: it goes. */
  BACKUP_SHRINK_LIMIT: {
    as: "shrinkLimit",
    schema: schema.percentOrOff,
    expected: "off, or a whole number of percent from 1 to 99",
    byDefault: "50",
  },
} as const satisfies Readonly<Record<string, Setting & { readonly as: string }>>;

/**
 * Read by `readAlerts`. A channel is configured where all its rows without a default are set; `as` names the member
 * of its settings, or of `AlertSettings`.
 */
export const ALERTS = {
  ALERT_WEBHOOK_URL: { ...CHANNEL_URL, channel: "webhook", as: "url" },
  ALERT_WEBHOOK_SECRET: {
    channel: "webhook",
    as: "secret",
    schema: schema.signingSecret,
    expected: "a random secret of at least 16 characters, or whsec_ and base64",
    anyText: true,
    ...secret,
  },
  ALERT_SLACK_WEBHOOK_URL: { ...CHANNEL_URL, channel: "slack", as: "url" },
  ALERT_DISCORD_WEBHOOK_URL: { ...CHANNEL_URL, channel: "discord", as: "url" },
  RESEND_API_KEY: {
    channel: "email",
    as: "key",
    schema: schema.visibleAscii,
    expected: "an API key of Resend's",
    ...secret,
  },
  ALERT_EMAIL_FROM: {
    channel: "email",
    as: "from",
    schema: schema.mailAddress,
    expected: "an e-mail address",
  },
  ALERT_EMAIL_TO: {
    channel: "email",
    as: "to",
    schema: schema.mailAddresses,
    expected: "e-mail addresses, 50 at most, with commas between them",
  },
  RESEND_BASE_URL: {
    channel: "email",
    as: "url",
    schema: schema.resendUrl,
    expected: URL_EXPECTED,
    byDefault: "https://api.resend.com",
  },
  /** Sends failures, lateness and recoveries. */
  ALERT_ON_FAILURE: { ...SWITCHED_ON, as: "onFailure" },
  /** Sends each backup. */
  ALERT_ON_SUCCESS: { ...SWITCHED_ON, as: "onSuccess", byDefault: "off" },
  /** The project's name in notifications. */
  ALERT_PROJECT_NAME: {
    as: "project",
    schema: schema.title,
    expected: "a line of 100 characters at most, without control characters",
    anyText: true,
  },
  HEARTBEAT_URL_DAILY: CHANNEL_URL,
  HEARTBEAT_URL_WEEKLY: CHANNEL_URL,
  HEARTBEAT_URL_BIWEEKLY: CHANNEL_URL,
  HEARTBEAT_URL_MONTHLY: CHANNEL_URL,
} as const satisfies Readonly<Record<string, Setting & { readonly channel?: string; readonly as?: string }>>;

/** Read by the self-hosted server only. */
const SERVER = {
  BACKUP_CRON: SWITCHED_ON,
  ALLOWED_HOSTS: { schema: schema.hostNames, expected: "host names with commas between them" },
  TRUST_PROXY: {
    schema: schema.proxies,
    expected: "off, on, or how many proxies stand before the server, 1 to 9",
    byDefault: "off",
  },
  HOST: {
    schema: schema.hostAddress,
    expected: "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all",
  },
  PORT: {
    schema: schema.wholeNumber(0, 65_535),
    expected: "a whole number from 0 to 65535",
    byDefault: "8787",
  },
} as const satisfies Readonly<Record<string, Setting>>;

export const SETTINGS = { ...ACCESS, ...CONFIG, ...ALERTS, ...SERVER };

export type SettingName = keyof typeof SETTINGS;
/** The names of a group of rows. */
export function namesOf<Rows extends object>(rows: Rows): (keyof Rows & string)[] {
  return Object.keys(rows) as (keyof Rows & string)[];
}

/** The type that a variable's text has once it is read. */
export type Value<Name extends SettingName> = Readonly<z.output<(typeof SETTINGS)[Name]["schema"]>>;
/** The same where the variable may be unset. */
export type ValueOrDefault<Name extends SettingName> =
  | Value<Name>
  | ((typeof SETTINGS)[Name] extends { readonly byDefault: string } ? never : undefined);

/** The project's API token: the preferred variable, then the one of older deployments. */
export const TOKEN_VARIABLES = [
  "DATOCMS_FULLACCESS_API_TOKEN",
  "DATOCMS_FULLACCESS_TOKEN",
] as const satisfies readonly SettingName[];
/** Open the service; Vercel's cron sends the second one by itself. */
export const SECRET_VARIABLES = [
  "DATOCMS_BACKUPS_SHARED_SECRET",
  "CRON_SECRET",
] as const satisfies readonly SettingName[];

/** Every variable that some host or the self-hosted server reads. */
export const SETTING_NAMES: readonly string[] = namesOf(SETTINGS);
