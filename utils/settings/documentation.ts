import type { SettingName } from "./table.ts";

/**
 * The texts of one variable, from which `npm run settings` makes the table of docs/settings.md and `.env.example`. They stand apart
 * from the table so that no host loads them.
 */
export interface Documentation {
  /** The table's third column. */
  readonly does: string;
  /** The table's second column, where the setting has no default to show. */
  readonly byDefault?: string;
  /** The comment above the variable in `.env.example`; absent where the one above speaks of this variable too. */
  readonly comment?: string;
  /** The value in `.env.example`, where it is not the default. */
  readonly sample?: string;
  /** Stands in `.env.example` to be filled in, instead of as a comment. */
  readonly asked?: true;
}

/** In the order of docs/settings.md and `.env.example`. */
export const DOCUMENTATION: Readonly<Record<SettingName, Documentation>> = {
  DATOCMS_FULLACCESS_API_TOKEN: {
    does: "API token of the project",
    byDefault: "required",
    comment:
      "API token of the DatoCMS project, of a role that may manage environments and see all of them. Required.",
    asked: true,
  },
  DATOCMS_BACKUPS_SHARED_SECRET: {
    does: "secret that callers must send; at least 8 characters, better 16",
    byDefault: "none: open",
    comment:
      "Secret that callers must send, 16 characters or more (`openssl rand -hex 24`). Blank: anybody on this machine can call, and nobody else.",
    asked: true,
  },
  DATOCMS_FULLACCESS_TOKEN: {
    does: "the token's older name, read when the first is not set",
    comment: "Another name for the token, from older deployments; read when the first one is not set.",
  },
  CRON_SECRET: {
    does: "a second secret, accepted as well",
    comment:
      "A second secret that is accepted as well: during a change of secrets, or for Vercel's cron, which sends this one.",
  },
  BACKUP_READ_SECRET: {
    does: "a secret that opens [only what looks](api.md#the-secret), for monitors; differs from the other two, and needs one of them beside it",
    comment:
      "A secret that opens only what looks, for monitors: /api/archives, /api/check, /api/backups, /api/jobs, /api/runs, /api/schedules, /metrics, /openapi.json and backup-status.",
  },
  BACKUP_ADMIN_SECRET: {
    does: "a secret that opens everything, archives over HTTP included: 32 characters or more; differs from the others, which do not open them, and needs one of them beside it",
    comment:
      "A secret that opens everything, archives over HTTP included, which no other does: 32 characters or more.",
  },
  BACKUP_BADGE_KEY: {
    does: "opens the [badge](page.md#the-badge) for other sites, `/badge.svg?key=…`: 16 random characters or more, of letters, digits, `-` and `_`",
    comment:
      "Opens the badge for other sites, /badge.svg?key=…: 16 random characters or more (`openssl rand -hex 16`). Blank: there is none.",
  },
  BACKUP_CADENCES: {
    does: "backups to make where the plugin has saved no schedule: one or more of `daily`, `weekly`, `biweekly`, `monthly`",
    comment:
      "Backups to make where the plugin has saved no schedule: one or more of daily, weekly, biweekly, monthly.",
  },
  BACKUP_SCHEDULER: {
    does: "`off`: no scheduled run does anything, on whatever host; runs by hand go on",
    comment: "Scheduled runs: on or off (a pause; runs by hand go on).",
  },
  BACKUP_KEEP_DAILY: {
    does: "daily backups to keep, 1 to 99",
    comment: "Backups to keep of each kind, 1 to 99.",
  },
  BACKUP_KEEP_WEEKLY: { does: "the same for weekly" },
  BACKUP_KEEP_BIWEEKLY: { does: "the same for biweekly" },
  BACKUP_KEEP_MONTHLY: { does: "the same for monthly" },
  BACKUP_HOLD_CHANGED_DAYS: {
    does: "a backup in which somebody worked is [protected](how-backups-are-kept.md#protected-backups) for this many days; 0 to 3650; `0`: never",
    comment:
      "Days for which a backup is protected, and does not count, after somebody worked in it or forked from it, 0 to 3650.",
  },
  BACKUP_SHRINK_LIMIT: {
    does: "if a new backup has lost more than this percentage of its records or uploads, [the old one is kept](how-backups-are-kept.md#the-guard) and you are warned; 1 to 99, or `off`",
    comment:
      "If a new backup has lost more than this percentage of its records or uploads, the old one is kept: 1 to 99, or off.",
  },
  BACKUP_CATCH_UP: {
    does: "a backup that is missing after its hour is retried for five hours; `off`: in that hour only",
    comment: "Retries for five hours after the hour of a backup: on or off (in that hour only).",
  },
  BACKUP_ROTATION: {
    does: "`auto`: old backups are removed after the new one is ready, or before where the plan has no room for both; `fork-first`: never before; `delete-first`: always before",
    comment:
      "When an old backup is removed. auto: after the new one is ready, or before where the plan has no room for both; fork-first: never before; delete-first: always before.",
  },
  BACKUP_FORK_MODE: {
    does: "`fast` is quicker but locks editors out of the primary while it is copied",
    comment:
      "How the primary is copied: normal lets editors go on working; fast is quicker but locks them out meanwhile.",
  },
  ALERT_WEBHOOK_URL: {
    does: "where [alerts](alerts.md) go when a backup fails: a webhook of your own",
    comment:
      "Where alerts go when a backup fails, is late or has recovered: a webhook of your own, and the secret that signs what it gets.",
  },
  ALERT_WEBHOOK_SECRET: {
    does: "signs what the webhook gets: 16 characters or more, or `whsec_` and base64",
    byDefault: "required with it",
  },
  ALERT_SLACK_WEBHOOK_URL: {
    does: "an incoming webhook of Slack's",
    comment: "Incoming webhooks of Slack and Discord.",
  },
  ALERT_DISCORD_WEBHOOK_URL: { does: "a webhook of Discord's" },
  RESEND_API_KEY: {
    does: "key of [Resend](https://resend.com), for e-mail",
    comment: "E-mail through Resend; several addresses with commas between them.",
  },
  ALERT_EMAIL_FROM: {
    does: "`backups@example.com`, or `Backups <backups@example.com>`",
    byDefault: "required with it",
  },
  ALERT_EMAIL_TO: {
    does: "up to 50 addresses, with commas between them",
    byDefault: "required with it",
  },
  ALERT_ON_FAILURE: {
    does: "`off`: no alert on failure, delay and recovery",
    comment: "Alerts on failure, delay and recovery, and alerts on each backup: on or off.",
  },
  ALERT_ON_SUCCESS: { does: "`on`: an alert on each backup" },
  ALERT_PROJECT_NAME: {
    does: "begins each title, where several projects share a channel; up to 100 characters",
    comment: "The project's name in alerts, where several projects share a channel.",
  },
  HEARTBEAT_URL_DAILY: {
    does: "[dead-man's switch](alerts.md#dead-mans-switch) of the daily backups",
    comment:
      "Dead-man's switches, one for each kind of backup: addresses of healthchecks.io, of what speaks its way, or of Cronitor.",
  },
  HEARTBEAT_URL_WEEKLY: { does: "the same for weekly" },
  HEARTBEAT_URL_BIWEEKLY: { does: "the same for biweekly" },
  HEARTBEAT_URL_MONTHLY: { does: "the same for monthly" },
  RESEND_BASE_URL: {
    does: "address of a Resend-compatible API",
    comment: "Address of a Resend-compatible API.",
  },
  BACKUP_STORE: {
    does: "where [archives](archives.md) and the history of runs are kept, outside of DatoCMS (command line and self-hosted server only): `file:///var/backups`, `file:./backups`, or `s3://bucket/prefix` for AWS, R2 and whatever speaks S3",
    byDefault: "none: no archives, no history",
    comment:
      "Where archives and the history of runs are kept, outside of DatoCMS (command line and self-hosted server only): a folder, or a bucket of S3's or R2's with its keys.",
    sample: "file:./backups",
  },
  BACKUP_S3_ENDPOINT: {
    does: "address of an S3 that is not AWS's, without the bucket: https, or http to this machine",
    byDefault: "AWS",
    sample: "https://0123456789abcdef.r2.cloudflarestorage.com",
  },
  BACKUP_S3_REGION: {
    does: "the bucket's region",
    byDefault: "`auto` with an endpoint, else required",
    sample: "eu-central-1",
  },
  AWS_ACCESS_KEY_ID: { does: "key of the bucket's", byDefault: "required with `s3://`" },
  AWS_SECRET_ACCESS_KEY: { does: "the secret that belongs to it", byDefault: "required with `s3://`" },
  BACKUP_ARCHIVE: {
    does: "kinds of backup that the self-hosted server [archives](archives.md) in the store once they are ready, with commas between them, or `off`; without a store none is",
    comment:
      "Kinds of backup that the self-hosted server archives in the store once they are ready: one or more of daily, weekly, biweekly and monthly, or off.",
  },
  BACKUP_ARCHIVE_ASSETS: {
    does: "`off`: archives hold what is said of uploads, and not their files",
    comment: "Whether archives hold the files of uploads.",
  },
  BACKUP_VERIFY_SAMPLE: {
    does: "percent of the stored bytes that a self-hosted server [reads again each day](archives.md#verify): with 3, everything in 34 days; `off` or 0: none",
    comment: "Percent of the stored bytes that are read again each day, or off: 3 is everything in 34 days.",
  },
  BACKUP_ARCHIVE_TRAFFIC: {
    does: "how much of the files of uploads archives fetch in a day (UTC); an archive that needs more is not complete, and later ones fetch the rest",
    comment: "How much of the files of uploads archives fetch in a day; it is traffic of your DatoCMS plan.",
  },
  BACKUP_ARCHIVE_KEEP: {
    does: "[which archives stay](archives.md#which-archives-stay): the newest of so many days, weeks, months and years; the newest of all always does",
    comment: "Which archives stay: the newest of so many days, weeks, months and years.",
  },
  BACKUP_ARCHIVE_EXCLUDE: {
    does: "API keys of models whose records archives leave out, with commas between them; their definitions stay in, and the archive names them",
    byDefault: "none",
    comment: "Models whose records archives leave out, by API key.",
    sample: "log_entry,draft_note",
  },
  BACKUP_STORE_KEY: {
    does: "32 random bytes, as `npm run -s cli -- key` makes them: archives are signed with it, and tell whether a secret of the project is still the same without holding it. Keep it outside of the store",
    byDefault: "none: not signed",
    comment: "Signs archives: 32 random bytes, kept outside of the store (npm run -s cli -- key makes some).",
  },
  DATOCMS_ASSETS_BASE_URL: {
    does: "replaces scheme and host of asset addresses, for a simulated asset host",
    byDefault: "none",
    sample: "http://127.0.0.1:4000",
  },
  PORT: { does: "port of the server", comment: "Port of the self-hosted server." },
  HOST: {
    does: "address that the server listens on: `127.0.0.1`, `0.0.0.0`, …",
    byDefault: "[see below](#how-values-are-read)",
    comment:
      "Address that the self-hosted server listens on; not set: all with a secret, 127.0.0.1 without one.",
  },
  ALLOWED_HOSTS: {
    does: "names, with commas between them, by which the server may be called while no secret is set, beside addresses and `localhost`",
    comment:
      "Names, with commas between them, by which the self-hosted server may be called while no secret is set, beside addresses and localhost.",
  },
  TRUST_PROXY: {
    does: "`on`: a proxy of yours adds the caller's address to `X-Forwarded-For`; 2 to 9: so many in a row do",
    comment:
      "A proxy of yours stands before the self-hosted server and adds the caller's address to X-Forwarded-For: off, on, or how many do.",
  },
  BACKUP_CRON: {
    does: "`off`: no built-in crons, something else calls the jobs",
    comment:
      "The self-hosted server's own crons: on or off (then something else must call the job routes every hour).",
  },
  DATOCMS_CMA_BASE_URL: {
    does: "address of another Content Management API, such as that of the simulated DatoCMS (`npm run emulator`): https, or http to this machine (`localhost`, `127.x.x.x`, `[::1]`); no user name or password in it",
    byDefault: "DatoCMS",
    comment:
      "Address of another Content Management API, such as that of the simulated DatoCMS (`npm run emulator`).",
    sample: "http://127.0.0.1:4010",
  },
};
