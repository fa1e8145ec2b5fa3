import { describe, expect, test } from "vitest";
import { readServerSettings, startupErrors, startupWarnings } from "../../node/settings.ts";
import { secretsIn } from "../../utils/auth.ts";

const TOKEN = { DATOCMS_FULLACCESS_API_TOKEN: "token-of-project-one" };
const SECRET = { DATOCMS_BACKUPS_SHARED_SECRET: "a-shared-secret-of-the-tests" };

describe("the server's settings", () => {
  const LISTENS = { hostname: "127.0.0.1", trustedProxies: 0 };

  test.each<[Record<string, string>, { port: number; cron: boolean }]>([
    [{}, { port: 8787, cron: true }],
    [
      { PORT: "", BACKUP_CRON: " " },
      { port: 8787, cron: true },
    ],
    [{ PORT: "0" }, { port: 0, cron: true }],
    [{ PORT: " 65535 " }, { port: 65_535, cron: true }],
    [{ BACKUP_CRON: "off" }, { port: 8787, cron: false }],
    [{ BACKUP_CRON: "OFF" }, { port: 8787, cron: false }],
    [{ BACKUP_CRON: "false" }, { port: 8787, cron: false }],
    [{ BACKUP_CRON: "Yes" }, { port: 8787, cron: true }],
    [{ PORT: '"3000" # of the proxy' }, { port: 3000, cron: true }],
    [
      { PORT: "3000", BACKUP_CRON: "on" },
      { port: 3000, cron: true },
    ],
  ])("%j", (variables, settings) => {
    expect(readServerSettings(variables)).toEqual({ ...settings, ...LISTENS });
  });

  test.each<[string, Record<string, string>, string | undefined]>([
    ["this machine alone without a secret", {}, "127.0.0.1"],
    ["what HOST says, without a secret too", { HOST: " 0.0.0.0 " }, "0.0.0.0"],
    ["everything with a secret", SECRET, undefined],
    [
      "everything with the secret of Vercel's cron",
      { CRON_SECRET: "a-shared-secret-of-the-tests" },
      undefined,
    ],
    ["everything where all calls are refused", { CRON_SECRET: "changeme" }, undefined],
    ["what HOST says, with a secret", { ...SECRET, HOST: "::1" }, "::1"],
  ])("listen on %s", (_, variables, hostname) => {
    expect(readServerSettings(variables).hostname).toBe(hostname);
  });

  test.each<[string, number]>([
    ["off", 0],
    ["on", 1],
    ["3", 3],
  ])("TRUST_PROXY=%s trusts %i", (TRUST_PROXY, trusted) => {
    expect(readServerSettings({ TRUST_PROXY }).trustedProxies).toBe(trusted);
  });

  test.each<[Record<string, string>, string]>([
    [
      { HOST: "http://0.0.0.0" },
      "it must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all.",
    ],
    [{ ALLOWED_HOSTS: "a.example https://b.example" }, "it must be host names with commas between them."],
    [{ TRUST_PROXY: "10" }, "it must be off, on, or how many proxies stand before the server, 1 to 9."],
  ])("refuse %j", (variables, sentence) => {
    const [name, value] = Object.entries(variables)[0] ?? [];
    expect(() => readServerSettings(variables)).toThrow(`${name} is "${value}" (`);
    expect(() => readServerSettings(variables)).toThrow(sentence);
  });

  test("take names with commas between them", () => {
    for (const ALLOWED_HOSTS of ["backups", "backups.example.com, backups"])
      expect(() => readServerSettings({ ALLOWED_HOSTS })).not.toThrow();
  });

  test.each(["65536", "-1", "80.5", "http", "8787 8788", "NaN"])("refuse PORT=%s", (port) => {
    expect(() => readServerSettings({ PORT: port })).toThrow(
      `PORT is "${port}" (${port.length} characters); it must be a whole number from 0 to 65535.`,
    );
  });

  test.each(["daily", "maybe", "10"])("refuse BACKUP_CRON=%s", (cron) => {
    expect(() => readServerSettings({ BACKUP_CRON: cron })).toThrow(
      `BACKUP_CRON is "${cron}" (${cron.length} characters); it must be on or off.`,
    );
  });
});

describe("at start the owner hears", () => {
  test("nothing when all is well", () => {
    for (const right of [
      { ...TOKEN, ...SECRET },
      { ...TOKEN, CRON_SECRET: SECRET.DATOCMS_BACKUPS_SHARED_SECRET },
    ])
      expect([...startupErrors(right), ...startupWarnings(right)]).toEqual([]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["a token is missing", { ...SECRET }, /^Missing API token\. Configure DATOCMS_FULLACCESS_API_TOKEN/],
    [
      "a token can be none",
      { ...SECRET, DATOCMS_FULLACCESS_API_TOKEN: "token\u200b" },
      /^DATOCMS_FULLACCESS_API_TOKEN holds U\+200B/,
    ],
    [
      "a secret is a template's text",
      { ...TOKEN, CRON_SECRET: "superSecretToken" },
      /^CRON_SECRET holds a template's text/,
    ],
    [
      "a secret is too short",
      { ...TOKEN, CRON_SECRET: "7-lettr" },
      /^CRON_SECRET is shorter than 8 characters/,
    ],
    [
      "a setting is wrong",
      { ...TOKEN, ...SECRET, BACKUP_ROTATION: "odd" },
      /^BACKUP_ROTATION is "odd" \(3 characters\); it must be auto, fork-first or delete-first/,
    ],
  ])("as an error that %s", (_, variables, sentence) => {
    expect(startupErrors(variables)).toEqual([expect.stringMatching(sentence)]);
    expect(startupWarnings(variables)).toEqual([]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["no secret is set", { ...TOKEN }, /No shared secret is configured.*DATOCMS_BACKUPS_SHARED_SECRET/],
    ["a secret is blank", { ...TOKEN, DATOCMS_BACKUPS_SHARED_SECRET: " " }, /No shared secret is configured/],
    [
      "a secret could be longer",
      { ...TOKEN, CRON_SECRET: "8-lettrs" },
      /^CRON_SECRET should have at least 16 characters/,
    ],
    [
      "a setting is misspelt",
      { ...TOKEN, ...SECRET, BACKUP_KEEP_DAYLY: "7" },
      /^BACKUP_KEEP_DAYLY is not a setting\. Did you mean BACKUP_KEEP_DAILY\?/,
    ],
    [
      "a channel cannot be used",
      { ...TOKEN, ...SECRET, ALERT_ON_SUCCESS: "perhaps" },
      /^ALERT_ON_SUCCESS is "perhaps" \(7 characters\); it must be on or off\. What it sets is left out/,
    ],
  ])("as a warning that %s", (_, variables, sentence) => {
    expect(startupWarnings(variables)).toEqual([expect.stringMatching(sentence)]);
    expect(startupErrors(variables)).toEqual([]);
  });

  test("of everything at once, and never the value of a secret", () => {
    const odd = { CRON_SECRET: "7-lettr", DATOCMS_FULLACCESS_TOKEN: "changeme" };
    const errors = startupErrors({ ...odd, BACKUP_KEEP_DAILY: "odd-value" });
    expect(errors).toHaveLength(3);
    expect(errors.join("\n")).toContain("odd-value");
    for (const value of Object.values(odd)) expect(errors.join("\n")).not.toContain(value);
  });
});

test("what a log must never hold is a secret that cannot be used too, as it stands", () => {
  expect(secretsIn({ CRON_SECRET: ' "half-a-pair-of-quotes ' })).toEqual(['"half-a-pair-of-quotes']);
  expect(secretsIn({ CRON_SECRET: 12_345_678 })).toEqual(["12345678"]);
});

test("what a log must never hold are both tokens and both secrets, as they are used", () => {
  const secrets = secretsIn({
    ...TOKEN,
    DATOCMS_FULLACCESS_TOKEN: " token-of-project-two ",
    ...SECRET,
    CRON_SECRET: "another-shared-secret-of-the-tests",
    PORT: "8787",
  });
  expect(secrets.sort()).toEqual([
    "a-shared-secret-of-the-tests",
    "another-shared-secret-of-the-tests",
    "token-of-project-one",
    "token-of-project-two",
  ]);
  expect(secretsIn({ CRON_SECRET: "  " })).toEqual([]);
});
