import type * as z from "zod/mini";
import type { Kind } from "./kinds.ts";
import * as kind from "./kinds.ts";

// THE settings table: one row for each environment variable, in groups by their reader. Its order decides which
// of several wrong settings is named first. `documentation.ts` has the texts of docs/settings.md and .env.example.

type Rows<Row = Kind> = Readonly<Record<string, Row>>;

/** Read by `resolveApiToken` and `readAccess`. */
const ACCESS = {
  DATOCMS_FULLACCESS_API_TOKEN: kind.apiToken,
  DATOCMS_FULLACCESS_TOKEN: kind.apiToken,
  DATOCMS_BACKUPS_SHARED_SECRET: kind.accessSecret,
  CRON_SECRET: kind.accessSecret,
  BACKUP_READ_SECRET: kind.accessSecret,
  BACKUP_ADMIN_SECRET: kind.adminSecret,
} as const satisfies Rows;

/** Read by `readConfig`, into the member `as`. */
export const CONFIG = {
  /** Of the Content Management API; undefined: DatoCMS itself. */
  DATOCMS_CMA_BASE_URL: { as: "baseUrl", ...kind.tokenUrl },
  /** Off: no scheduled run does anything. */
  BACKUP_SCHEDULER: { as: "paused", ...kind.offOn("on") },
  /** Cadences that run where the plugin has saved no schedule. */
  BACKUP_CADENCES: { as: "cadences", ...kind.cadences("daily,weekly") },
  /** Makes up for a missed slot in the hours after it. */
  BACKUP_CATCH_UP: { as: "catchUp", ...kind.onOff("on") },
  /** The order of fork and removal where a new backup and the old one do not fit side by side. */
  BACKUP_ROTATION: { as: "rotation", ...kind.oneOf("auto", "fork-first", "delete-first") },
  /** `fast` locks editors out of the primary while it is copied. */
  BACKUP_FORK_MODE: { as: "forkMode", ...kind.oneOf("normal", "fast") },
  BACKUP_KEEP_DAILY: { as: "keepDaily", ...kind.wholeNumber(1, 99, 1) },
  BACKUP_KEEP_WEEKLY: { as: "keepWeekly", ...kind.wholeNumber(1, 99, 1) },
  BACKUP_KEEP_BIWEEKLY: { as: "keepBiweekly", ...kind.wholeNumber(1, 99, 1) },
  BACKUP_KEEP_MONTHLY: { as: "keepMonthly", ...kind.wholeNumber(1, 99, 1) },
  /** Days for which a backup in which somebody has worked is held; 0: none is. */
  BACKUP_HOLD_CHANGED_DAYS: { as: "holdDays", ...kind.wholeNumber(0, 3_650, 30) },
  /** An older backup stays while a newer one lacks more percent of its records, or uploads; undefined: it goes. */
  BACKUP_SHRINK_LIMIT: { as: "shrinkLimit", ...kind.percentOrOff(50) },
} as const satisfies Rows<Kind & { readonly as: string }>;

/**
 * Read by `readAlerts`. A channel is configured where all its rows without a default are set; `as` names the member
 * of the channel's settings.
 */
export const ALERTS = {
  ALERT_WEBHOOK_URL: { channel: "webhook", as: "url", ...kind.channelUrl },
  ALERT_WEBHOOK_SECRET: { channel: "webhook", as: "secret", ...kind.signingSecret },
  ALERT_SLACK_WEBHOOK_URL: { channel: "slack", as: "url", ...kind.channelUrl },
  ALERT_DISCORD_WEBHOOK_URL: { channel: "discord", as: "url", ...kind.channelUrl },
  RESEND_API_KEY: { channel: "email", as: "key", ...kind.resendKey },
  ALERT_EMAIL_FROM: { channel: "email", as: "from", ...kind.mailAddress },
  ALERT_EMAIL_TO: { channel: "email", as: "to", ...kind.mailAddresses },
  RESEND_BASE_URL: { channel: "email", as: "url", ...kind.resendUrl },
  ALERT_ON_FAILURE: kind.onOff("on"),
  ALERT_ON_SUCCESS: kind.onOff("off"),
  ALERT_PROJECT_NAME: kind.title,
  HEARTBEAT_URL_DAILY: kind.channelUrl,
  HEARTBEAT_URL_WEEKLY: kind.channelUrl,
  HEARTBEAT_URL_BIWEEKLY: kind.channelUrl,
  HEARTBEAT_URL_MONTHLY: kind.channelUrl,
} as const satisfies Rows<Kind | (Kind & { readonly channel: string; readonly as: string })>;

/** Read by `readStoreSettings`, on hosts that have stores. */
const STORE = {
  BACKUP_STORE: kind.storeAddress,
  BACKUP_S3_ENDPOINT: kind.tokenUrl,
  BACKUP_S3_REGION: kind.region,
  AWS_ACCESS_KEY_ID: kind.storeKey,
  AWS_SECRET_ACCESS_KEY: kind.storeKey,
} as const satisfies Rows;

/** Read by `createArchiveService`. */
const ARCHIVE = {
  /** Kinds of backup that the self-hosted server archives once they are ready; only where a store is set. */
  BACKUP_ARCHIVE: kind.cadencesOrOff("daily"),
  /** Whether the files of uploads are archived, or only what is said of them. */
  BACKUP_ARCHIVE_ASSETS: kind.onOff("on"),
  /** Percent of all stored bytes that are read again a day; undefined: none are. */
  BACKUP_VERIFY_SAMPLE: kind.percentOfStore(3),
  /** Bytes of files that are fetched in a day. */
  BACKUP_ARCHIVE_TRAFFIC: kind.bytes,
  /** Of so many days, weeks, months and years the newest archive stays. */
  BACKUP_ARCHIVE_KEEP: kind.keepRules("daily:7,weekly:5,monthly:12,yearly:3"),
  /** API keys of models whose records are left out. */
  BACKUP_ARCHIVE_EXCLUDE: kind.apiKeys,
  /** Keys what hides secrets and signs manifests. */
  BACKUP_STORE_KEY: kind.randomKey,
  /** Replaces scheme and host of asset addresses: a local stand-in for DatoCMS's asset host. */
  DATOCMS_ASSETS_BASE_URL: kind.tokenUrl,
} as const satisfies Rows;

/** Read by the pages. */
const PAGE = {
  /** Opens the badge; undefined: there is none. */
  BACKUP_BADGE_KEY: kind.badgeKey,
} as const satisfies Rows;

/** Read by the self-hosted server only. */
const SERVER = {
  BACKUP_CRON: kind.onOff("on"),
  ALLOWED_HOSTS: kind.hostNames,
  TRUST_PROXY: kind.proxies,
  HOST: kind.hostAddress,
  PORT: kind.wholeNumber(0, 65_535, 8787),
} as const satisfies Rows;

export const SETTINGS = { ...ACCESS, ...CONFIG, ...ALERTS, ...STORE, ...ARCHIVE, ...PAGE, ...SERVER };

export type SettingName = keyof typeof SETTINGS;
type Row<Name extends SettingName> = (typeof SETTINGS)[Name];
/** The value that a variable's text becomes. */
export type Value<Name extends SettingName> = Readonly<z.output<Row<Name>["schema"]>>;
/** The same where the variable may be unset. */
export type ValueOrDefault<Name extends SettingName> =
  | Value<Name>
  | (Row<Name> extends { readonly byDefault: string } ? never : undefined);

/** The names of a group of rows. */
export function namesOf<Group extends object>(rows: Group): (keyof Group & string)[] {
  return Object.keys(rows) as (keyof Group & string)[];
}

/** Every variable that some host or the self-hosted server reads. */
export const SETTING_NAMES: readonly string[] = namesOf(SETTINGS);

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
