import { describe, expect, test } from "vitest";
import { readConfig, variable } from "../../utils/config.ts";
import { isPlaceholder } from "../../utils/placeholder.ts";
import type { Refusal } from "../../utils/refusals.ts";

const DEFAULTS = {
  baseUrl: undefined,
  cadences: ["daily", "weekly"],
  paused: false,
  catchUp: true,
  holdDays: 30,
  shrinkLimit: 50,
  rotation: "auto",
  forkMode: "normal",
  keep: { daily: 1, weekly: 1, biweekly: 1, monthly: 1 },
};

describe("a variable", () => {
  test.each<[unknown, string | undefined]>([
    ["text", "text"],
    ["  text \n", "text"],
    ["", undefined],
    [" \t\r\n", undefined],
    ["\u00a0", undefined],
    [undefined, undefined],
    [null, undefined],
    [7, "7"],
    [false, "false"],
    [{}, undefined],
    [["text"], undefined],
    ['"text"', "text"],
    ["'text'", "text"],
    ["`text`", "text"],
    [' " text " \n', "text"],
    ['"it\'s"', "it's"],
    [`""text""`, `"text"`],
    [`'"text"'`, `"text"`],
    ['""', undefined],
    ['" "', undefined],
    ['"text" # comment', "text"],
    ['"text" #comment', "text"],
    ['"text" # "comment"', "text"],
    ['"one # two" # three', "one # two"],
    ['"text"# comment', undefined],
    ['"text', undefined],
    ['text"', 'text"'],
    [`it's`, "it's"],
    ["text # comment", "text"],
    ["text #comment", "text"],
    ["text\t# comment # more", "text"],
    ["text#no comment", "text#no comment"],
    ["#text", "#text"],
    [" #text", undefined],
    ["# comment", undefined],
    [" # comment", undefined],
    ["#", undefined],
    [`"Acme, Inc." <ann@acme.test>`, `"Acme, Inc." <ann@acme.test>`],
    [`'"Acme, Inc." <ann@acme.test>'`, `"Acme, Inc." <ann@acme.test>`],
  ])("%j is %j", (value, expected) => {
    expect(variable({ NAME: value }, "NAME")).toBe(expected);
  });
  test("that is not there is undefined, whatever objects inherit", () => {
    expect(variable({}, "NAME")).toBeUndefined();
    expect(variable({}, "toString")).toBeUndefined();
  });
});

describe("a template's text", () => {
  test.each([
    "superSecretToken",
    "SUPERSECRETTOKEN",
    "changeme",
    "change-me",
    "change_this",
    "ReplaceMe",
    "your-api-token",
    "YOUR_API_TOKEN",
    "your_secret_here",
    "your-shared-secret",
    "my-secret",
    "<your token>",
    `\${SECRET}`,
    "********",
    "secret",
    "password",
    "todo",
    "xxx",
    "xxxxxxxxxxxxxxxx",
    "insert-token-here",
    "paste_your_token",
    "enter-your-secret",
  ])("is %s", (value) => {
    expect(isPlaceholder(value)).toBe(true);
  });

  test.each([
    "token-of-project-one",
    "a-shared-secret-of-the-tests",
    "another-shared-secret-of-the-tests",
    "the-secret-that-nobody-guesses-7c1f",
    "my-cat-jumped-over-41-keyboards",
    "changeover-at-the-station-92",
    "replacement-parts-for-the-bike",
    "secret-7c1f9e0b2d",
    "0123456789abcdef0123456789abcd",
    "$2y$10$notatemplateatall",
    "x7x7x7x7x7x7x7x7",
  ])("is not %s", (value) => {
    expect(isPlaceholder(value)).toBe(false);
  });
});

describe("the settings", () => {
  test("have defaults, also where variables are blank", () => {
    const blank = { BACKUP_KEEP_DAILY: "", BACKUP_ROTATION: " ", DATOCMS_CMA_BASE_URL: "\n" };
    for (const variables of [{}, blank]) expect(readConfig(variables)).toEqual({ ok: true, value: DEFAULTS });
  });

  test.each<[Record<string, unknown>, object]>([
    [
      { BACKUP_KEEP_DAILY: 7, BACKUP_CATCH_UP: false },
      { keep: { ...DEFAULTS.keep, daily: 7 }, catchUp: false },
    ],
    [{ DATOCMS_CMA_BASE_URL: "http://127.0.0.1:4010" }, { baseUrl: "http://127.0.0.1:4010" }],
    [{ DATOCMS_CMA_BASE_URL: " https://site-api.datocms.com " }, { baseUrl: "https://site-api.datocms.com" }],
    [{ DATOCMS_CMA_BASE_URL: "http://127.8.9.10" }, { baseUrl: "http://127.8.9.10" }],
    [{ DATOCMS_CMA_BASE_URL: "http://[::1]:4010" }, { baseUrl: "http://[::1]:4010" }],
    [{ DATOCMS_CMA_BASE_URL: "http://LOCALHOST:4010/x" }, { baseUrl: "http://LOCALHOST:4010/x" }],
    [{ DATOCMS_CMA_BASE_URL: "https://proxy.example:8443" }, { baseUrl: "https://proxy.example:8443" }],
    [{ BACKUP_SCHEDULER: "off" }, { paused: true }],
    [{ BACKUP_SCHEDULER: " on " }, { paused: false }],
    ...["OFF", "Off", "false", "FALSE", "no", "No", "0", '"off"', "off # for the holidays"].map(
      (value): [Record<string, string>, object] => [{ BACKUP_SCHEDULER: value }, { paused: true }],
    ),
    ...["ON", "true", "True", "YES", "1", "'on'"].map((value): [Record<string, string>, object] => [
      { BACKUP_SCHEDULER: value },
      { paused: false },
    ]),
    [{ BACKUP_CATCH_UP: "No" }, { catchUp: false }],
    [{ BACKUP_CADENCES: "Monthly, DAILY" }, { cadences: ["daily", "monthly"] }],
    [{ BACKUP_ROTATION: "Fork-First" }, { rotation: "fork-first" }],
    [{ BACKUP_FORK_MODE: "FAST" }, { forkMode: "fast" }],
    [{ BACKUP_SHRINK_LIMIT: "OFF" }, { shrinkLimit: undefined }],
    [{ BACKUP_SHRINK_LIMIT: "no" }, { shrinkLimit: undefined }],
    [{ BACKUP_KEEP_DAILY: "7 # a week" }, { keep: { ...DEFAULTS.keep, daily: 7 } }],
    [{ BACKUP_KEEP_DAILY: '"7" # a week' }, { keep: { ...DEFAULTS.keep, daily: 7 } }],
    [{ BACKUP_CADENCES: "monthly" }, { cadences: ["monthly"] }],
    [{ BACKUP_CADENCES: " monthly ,biweekly,\tdaily" }, { cadences: ["daily", "biweekly", "monthly"] }],
    [
      { BACKUP_CADENCES: "weekly,daily,weekly,monthly,biweekly" },
      { cadences: ["daily", "weekly", "biweekly", "monthly"] },
    ],
    [{ BACKUP_CADENCES: "  " }, { cadences: ["daily", "weekly"] }],
    [{ BACKUP_CATCH_UP: "off" }, { catchUp: false }],
    [{ BACKUP_CATCH_UP: "on" }, { catchUp: true }],
    [{ BACKUP_HOLD_CHANGED_DAYS: "0" }, { holdDays: 0 }],
    [{ BACKUP_HOLD_CHANGED_DAYS: "3650" }, { holdDays: 3_650 }],
    [{ BACKUP_SHRINK_LIMIT: "off" }, { shrinkLimit: undefined }],
    [{ BACKUP_SHRINK_LIMIT: " 1 " }, { shrinkLimit: 1 }],
    [{ BACKUP_SHRINK_LIMIT: "99" }, { shrinkLimit: 99 }],
    [{ BACKUP_ROTATION: "fork-first" }, { rotation: "fork-first" }],
    [{ BACKUP_ROTATION: "delete-first" }, { rotation: "delete-first" }],
    [{ BACKUP_FORK_MODE: "fast" }, { forkMode: "fast" }],
    [{ BACKUP_KEEP_DAILY: "7" }, { keep: { ...DEFAULTS.keep, daily: 7 } }],
    [{ BACKUP_KEEP_WEEKLY: " 99 " }, { keep: { ...DEFAULTS.keep, weekly: 99 } }],
    [
      { BACKUP_KEEP_BIWEEKLY: "2", BACKUP_KEEP_MONTHLY: "12" },
      { keep: { ...DEFAULTS.keep, biweekly: 2, monthly: 12 } },
    ],
  ])("%j", (variables, expected) => {
    expect(readConfig(variables)).toEqual({ ok: true, value: { ...DEFAULTS, ...expected } });
  });

  test.each([
    ["DATOCMS_CMA_BASE_URL", "wrong-value"],
    ["DATOCMS_CMA_BASE_URL", "ftp://wrong-value"],
    ["DATOCMS_CMA_BASE_URL", "javascript:wrong-value"],
    ["DATOCMS_CMA_BASE_URL", "//wrong-value"],
    ["DATOCMS_CMA_BASE_URL", "http://wrong-value"],
    ["DATOCMS_CMA_BASE_URL", "http://wrong-value.localhost"],
    ["DATOCMS_CMA_BASE_URL", "http://127.0.0.1.wrong-value.example"],
    ["DATOCMS_CMA_BASE_URL", "http://128.0.0.1/wrong-value"],
    ["DATOCMS_CMA_BASE_URL", "http://192.168.1.10/wrong-value"],
    ["DATOCMS_CMA_BASE_URL", "http://0.0.0.0/wrong-value"],
    ["DATOCMS_CMA_BASE_URL", "http://[::ffff:10.0.0.1]/wrong-value"],
    ["BACKUP_SCHEDULER", "wrong-value"],
    ["BACKUP_CADENCES", "wrong-value"],
    ["BACKUP_CADENCES", "daily,wrong-value"],
    ["BACKUP_CADENCES", "daily weekly"],
    ["BACKUP_CADENCES", "daily,,weekly"],
    ["BACKUP_CADENCES", "daily,"],
    ["BACKUP_CADENCES", ","],
    ["BACKUP_CADENCES", "hasOwnProperty"],
    ["BACKUP_CATCH_UP", "wrong-value"],
    ["BACKUP_CATCH_UP", "2"],
    ["BACKUP_SCHEDULER", "constructor"],
    ["BACKUP_SHRINK_LIMIT", "on"],
    ["BACKUP_SHRINK_LIMIT", "true"],
    ["BACKUP_ROTATION", "wrong-value"],
    ["BACKUP_FORK_MODE", "wrong-value"],
    ["BACKUP_HOLD_CHANGED_DAYS", "-1"],
    ["BACKUP_HOLD_CHANGED_DAYS", "3651"],
    ["BACKUP_HOLD_CHANGED_DAYS", "1.5"],
    ["BACKUP_HOLD_CHANGED_DAYS", "wrong-value"],
    ["BACKUP_SHRINK_LIMIT", "0"],
    ["BACKUP_SHRINK_LIMIT", "100"],
    ["BACKUP_SHRINK_LIMIT", "50%"],
    ["BACKUP_SHRINK_LIMIT", "wrong-value"],
    ["BACKUP_KEEP_DAILY", "0"],
    ["BACKUP_KEEP_DAILY", "-1"],
    ["BACKUP_KEEP_DAILY", "100"],
    ["BACKUP_KEEP_WEEKLY", "1.5"],
    ["BACKUP_KEEP_BIWEEKLY", "wrong-value"],
    ["BACKUP_KEEP_MONTHLY", "Infinity"],
    ["BACKUP_KEEP_MONTHLY", "7 days"],
  ])("%s=%s is refused, with what it was and what it may be", (name, value) => {
    const refusal = refusalOf({ [name]: value });
    expect(refusal).toMatchObject({ cause: "INVALID_CONFIGURATION", facts: { variable: name } });
    expect(String(refusal.facts?.expected).length).toBeGreaterThan(0);
    const size = value.length === 1 ? "1 character" : `${value.length} characters`;
    expect(refusal.sentence).toContain(
      `${name} is "${value}" (${size}); it must be ${refusal.facts?.expected}.`,
    );
    // Details are for machines, which have their settings elsewhere.
    expect(JSON.stringify(refusal.facts)).not.toContain("wrong-value");
  });

  test.each([
    ["http://127.0.0.1@wrong-host", "http://…@wrong-host"],
    ["http://user:wrong-value@127.0.0.1", "http://…@127.0.0.1"],
    ["https://user:wrong-value@site-api.datocms.com", "https://…@site-api.datocms.com"],
    ["https://wrong-value@site-api.datocms.com", "https://…@site-api.datocms.com"],
  ])("an address with credentials is refused, without them: %s", (value, shown) => {
    const refusal = refusalOf({ DATOCMS_CMA_BASE_URL: value });
    expect(refusal).toMatchObject({ facts: { variable: "DATOCMS_CMA_BASE_URL" } });
    expect(refusal.sentence).toContain(`DATOCMS_CMA_BASE_URL is "${shown}"`);
    expect(JSON.stringify([refusal.sentence, refusal.facts])).not.toContain("wrong-value");
  });

  test.each<[string, string, unknown, string]>([
    ["an unclear quote", "BACKUP_KEEP_DAILY", '"7', "begins with a quote and does not end with it"],
    ["an object", "BACKUP_KEEP_DAILY", { get: () => "7" }, "is an object, not text"],
    ["a list", "BACKUP_CADENCES", ["daily"], "is an object, not text"],
    ["a comment for a value", "BACKUP_ROTATION", "# auto", "begins with a #"],
    ["invisible characters", "BACKUP_ROTATION", "au\u200bto", 'is "au<U+200B>to" (5 characters)'],
    ["control characters", "BACKUP_ROTATION", "au\u001b[2Jto", 'is "au<U+001B>[2Jto" (8 characters)'],
    ["a line break", "BACKUP_CADENCES", "daily\nweekly", 'is "daily<U+000A>weekly" (12 characters)'],
    [
      "text in an address that nobody sees",
      "DATOCMS_CMA_BASE_URL",
      "https://a.b/\u200b",
      "https://a.b/<U+200B>",
    ],
    ["a line break in an address", "DATOCMS_CMA_BASE_URL", "https://a\n.test", "https://a<U+000A>.test"],
    ["a password", "DATOCMS_CMA_BASE_URL", "ftp://ann:pass@host.test", 'is "ftp://…@host.test"'],
    [
      "what looks like a token",
      "BACKUP_ROTATION",
      "0123456789abcdef01234567",
      "is a value of 24 characters;",
    ],
    ["a long text", "BACKUP_ROTATION", "very ".repeat(20), `is "${"very ".repeat(12)}…" (99 characters)`],
    [
      "half a sign at the cut",
      "BACKUP_ROTATION",
      "\u{1f511}".repeat(99),
      `is "${"\u{1f511}".repeat(60)}…" (99 `,
    ],
  ])("with %s are refused by name", (_, name, value, is) => {
    const refusal = refusalOf({ [name]: value });
    expect(refusal).toMatchObject({ cause: "INVALID_CONFIGURATION", facts: { variable: name } });
    expect(refusal.sentence).toContain(is);
    expect(refusal.sentence).not.toMatch(/pass|abcdef/);
    expect(refusal.sentence.startsWith(name)).toBe(true);
  });

  test("name the other wrong ones too", () => {
    const refusal = refusalOf({
      BACKUP_ROTATION: "wrong-value",
      BACKUP_KEEP_DAILY: "none",
      BACKUP_FORK_MODE: "fast",
    });
    const told = [refusal.facts?.variable, ...[refusal.facts?.alsoInvalid].flat()];
    expect(told.sort()).toEqual(["BACKUP_KEEP_DAILY", "BACKUP_ROTATION"]);
  });
});

function refusalOf(variables: Record<string, unknown>): Refusal {
  const read = readConfig(variables);
  if (read.ok) throw new Error("It was not refused");
  return read.failure;
}
