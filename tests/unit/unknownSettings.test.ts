import { expect, test } from "vitest";
import { unknownSentence, unknownSettings } from "../../utils/unknownSettings.ts";

test.each<[string, string | undefined]>([
  ["BACKUP_KEEP_DAYLY", "BACKUP_KEEP_DAILY"],
  ["BACKUP_KEEP_DALIY", "BACKUP_KEEP_DAILY"],
  ["BACKUP_KEEP_BIWEEKY", "BACKUP_KEEP_BIWEEKLY"],
  ["BACKUPS_KEEP_DAILY", "BACKUP_KEEP_DAILY"],
  ["backup_keep_daily", "BACKUP_KEEP_DAILY"],
  ["DATOCMS_BACKUP_SHARED_SECRET", "DATOCMS_BACKUPS_SHARED_SECRET"],
  ["DATOCMS_FULLACCES_TOKEN", "DATOCMS_FULLACCESS_TOKEN"],
  ["CRON_SECRETS", "CRON_SECRET"],
  ["ALERT_MAIL_TO", "ALERT_EMAIL_TO"],
  ["HEARTBEAT_URL_DAYLI", "HEARTBEAT_URL_DAILY"],
  ["RESEND_APIKEY", "RESEND_API_KEY"],
  ["BACKUP_READ_SECERT", "BACKUP_READ_SECRET"],
  ["ALLOWED_HOST", "ALLOWED_HOSTS"],
  ["BACKUP_DIRECTORY", undefined],
  ["DATOCMS_API_TOKEN", undefined],
  ["HEARTBEAT_URL_YEARLY", undefined],
])("%s is told, and the setting that was meant: %s", (name, meant) => {
  expect(unknownSettings({ [name]: "7" })).toEqual([{ name, meant }]);
  const question = meant === undefined ? "" : `Did you mean ${meant}? `;
  expect(unknownSentence({ name, meant })).toBe(`${name} is not a setting. ${question}It has no effect.`);
});

test.each<[string, unknown]>([
  ["BACKUP_KEEP_DAILY", "7"],
  ["BACKUP_READ_SECRET", "a-secret-for-reading"],
  ["TRUST_PROXY", "on"],
  ["BACKUP_KEEP_DAYLY", ""],
  ["BACKUP_ARCHIVES", { get: () => null }],
  ["POST", "1"],
  ["HOSTS", "1"],
  ["NODE_ENV", "production"],
  ["KEEP_DAILY", "7"],
])("%s=%j is no matter", (name, value) => {
  expect(unknownSettings({ [name]: value })).toEqual([]);
});
