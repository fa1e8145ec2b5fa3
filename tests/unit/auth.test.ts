import { afterEach, describe, expect, test, vi } from "vitest";
import { authorize, readAccess, secretsIn } from "../../utils/auth.ts";

const OWN = "DATOCMS_BACKUPS_SHARED_SECRET";
const CRON = "CRON_SECRET";
const SECRET = "a-shared-secret-of-the-tests";
const OTHER = "another-shared-secret-of-the-tests";
/** All of ASCII that can be sent in a header, without a # behind the space. */
const PRINTABLE = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 0x21 + index));

afterEach(() => vi.restoreAllMocks());

describe("who may call", () => {
  test.each<[string, Record<string, unknown>]>([
    ["nothing is set", {}],
    ["both are blank", { [OWN]: "", [CRON]: " \n" }],
    ["both are null", { [OWN]: null, [CRON]: null }],
    ["a comment stands in its place", { [OWN]: " # openssl rand -hex 24" }],
    ["a pair of quotes stands in its place", { [OWN]: '""' }],
    ["a binding of another name is no text", { BACKUPS: { get: () => SECRET } }],
  ])("is everybody when %s", (_, variables) => {
    expect(readAccess(variables)).toEqual({ kind: "open" });
  });

  test.each<[string, Record<string, string>, string[], string[]]>([
    ["one variable", { [OWN]: SECRET }, [SECRET], []],
    ["the other", { [CRON]: SECRET }, [SECRET], []],
    ["both", { [OWN]: SECRET, [CRON]: OTHER }, [SECRET, OTHER], []],
    ["one, the other being blank", { [OWN]: "  ", [CRON]: OTHER }, [OTHER], []],
    ["white space around it", { [OWN]: `\t${SECRET} ` }, [SECRET], []],
    ["8 characters", { [OWN]: "8-lettrs" }, ["8-lettrs"], [OWN]],
    ["15 characters", { [CRON]: "fifteen-letters" }, ["fifteen-letters"], [CRON]],
    ["16 characters", { [OWN]: "sixteen-letters-" }, ["sixteen-letters-"], []],
    ["both short", { [OWN]: "8-lettrs", [CRON]: "9-letters" }, ["8-lettrs", "9-letters"], [OWN, CRON]],
    ["double quotes around it", { [OWN]: `"${SECRET}"` }, [SECRET], []],
    ["single quotes around it", { [OWN]: ` '${SECRET}' ` }, [SECRET], []],
    ["a comment behind it", { [OWN]: `${SECRET} # of the plugin` }, [SECRET], []],
    ["quotes around it and a comment behind them", { [OWN]: `"${SECRET}" #of the plugin` }, [SECRET], []],
    ["a # in it", { [OWN]: "sixteen#letters#" }, ["sixteen#letters#"], []],
    ["a # at its start", { [OWN]: "#sixteen-letters" }, ["#sixteen-letters"], []],
    [
      "a # behind a space, in quotes",
      { [OWN]: "'correct horse #1 battery'" },
      ["correct horse #1 battery"],
      [],
    ],
    ["quotes in it", { [OWN]: `six"teen'letters` }, [`six"teen'letters`], []],
    ["white space in it", { [OWN]: "correct horse battery" }, ["correct horse battery"], []],
    ["every printable sign", { [OWN]: PRINTABLE }, [PRINTABLE], []],
    ["own names within it", { [OWN]: "x7-backup-plugin-daily-7x" }, ["x7-backup-plugin-daily-7x"], []],
  ])("is who holds a secret: %s", (_, variables, secrets, short) => {
    expect(readAccess(variables)).toEqual({ kind: "secret", secrets, short });
  });

  test.each<[string, Record<string, string>, string]>([
    ["the known default", { [OWN]: "superSecretToken" }, OWN],
    ["the known default, for Vercel", { [CRON]: "superSecretToken" }, CRON],
    ["a template's text", { [OWN]: "your-shared-secret" }, OWN],
    ["a template's text beside a good secret", { [OWN]: SECRET, [CRON]: "changeme" }, CRON],
    ["7 characters", { [OWN]: "7-lettr" }, OWN],
    ["7 characters and white space", { [OWN]: "  7-lettr  " }, OWN],
    ["7 characters beside a good secret", { [OWN]: "7-lettr", [CRON]: SECRET }, OWN],
  ])("is nobody with %s", (_, variables, variable) => {
    expect(readAccess(variables)).toMatchObject({ kind: "misconfigured", variable });
  });

  test.each<[string, unknown, RegExp]>([
    ["a number", 1_234_567_890_123_456, /^is a number, not text$/],
    ["a boolean", true, /^is a boolean, not text$/],
    ["an object", { get: async () => SECRET }, /^is an object, not text/],
    ["a list", [SECRET], /^is an object, not text/],
    ["an empty list", [], /^is an object, not text/],
    ["a function", () => SECRET, /^is a function, not text/],
    ["a letter beyond ASCII", "sixteen-létters-", /U\+00E9.*printable ASCII/],
    ["a letter of two code units", "sixteen-letters-\u{1f511}", /U\+1F511/],
    ["an invisible character", "sixteen-\u200bletters-", /U\+200B/],
    ["a control character", "sixteen-\u0007letters-", /U\+0007/],
    ["a line break", "sixteen-\nletters-", /U\+000A/],
    ["a tab", "sixteen-\tletters-", /U\+0009/],
    ["a quote that does not end", '"sixteen-letters', /^begins with a quote and does not end with it/],
    ["a quote that ends too early", '"sixteen"-letters', /^begins with a quote and does not end with it/],
    ["another quote at its end", `"sixteen-letters'`, /^begins with a quote and does not end with it/],
    ["a # behind a space that may belong to it", "correct horse #1 battery", /a # behind a space.*quotes/],
    ["a # behind its first space", "correct-horse #1-battery", /a # behind a space.*quotes/],
    ["what looks like a comment behind several words", "correct horse # battery", /a # behind a space/],
    ["nothing but a comment without the space before", "# openssl rand -hex 24", /^begins with a #/],
  ])("is nobody with %s as secret, and the reason shows nothing of it", (_, value, reason) => {
    for (const name of [OWN, CRON])
      for (const beside of [{}, { [name === OWN ? CRON : OWN]: OTHER }]) {
        const access = readAccess({ ...beside, [name]: value });
        expect(access).toMatchObject({ kind: "misconfigured", variable: name });
        expect(access).toHaveProperty("why", expect.stringMatching(reason));
        expect(JSON.stringify(access)).not.toMatch(/teen|horse|openssl|of-the-tests|123456/);
      }
  });

  test.each([
    "backup-plugin-daily",
    "backup-plugin-monthly",
    "backup-plugin-",
    "backup-plugin-weekly-2026-03-01",
    "weekly-2026",
    "2026-03-01",
    "superseded",
    "daily-2026-03-01-superseded-120000000",
    "20260301",
    "datocms-backups-scheduled-function",
    "backups-scheduled",
    "datocms-plugin-automatic-environment-backups",
    "DATOCMS_AUTOMATIC_BACKUPS",
    "LAMBDA_STATUS",
    "daily-backup",
    "/api/jobs/",
    "/api/datocms/backup-status",
    ".netlify/functions",
    "dailyBackup",
    "scheduler-disconnect",
    "DATOCMS_BACKUPS_SHARED_SECRET",
    "CRON_SECRET",
  ])("is nobody with %s as secret: it would tear our own words apart", (value) => {
    expect(readAccess({ [OWN]: value })).toMatchObject({
      kind: "misconfigured",
      variable: OWN,
      why: expect.stringMatching(/^is part of the names that this service uses itself$/),
    });
  });
});

describe("the secret for reading", () => {
  const READ = "BACKUP_READ_SECRET";
  const variables = { [OWN]: SECRET, [READ]: OTHER };
  const asked = (toReaders: boolean, secret = OTHER) =>
    authorize(readAccess(variables), new Headers({ "X-Datocms-Backups-Auth": secret }), toReaders);

  test("stands beside another", () => {
    expect(readAccess(variables)).toEqual({
      kind: "secret",
      secrets: [SECRET],
      readSecret: OTHER,
      short: [],
    });
    expect(readAccess({ [CRON]: SECRET, [READ]: "8-lettrs" })).toMatchObject({ short: [READ] });
  });

  test.each<[string, Record<string, string>]>([
    ["alone", { [READ]: OTHER }],
    ["that is another one too", { [OWN]: SECRET, [CRON]: OTHER, [READ]: OTHER }],
    ["with 7 characters", { [OWN]: SECRET, [READ]: "7-lettr" }],
    ["that is a template's text", { [OWN]: SECRET, [READ]: "your-read-secret" }],
  ])("%s lets nobody in", (_, wrong) => {
    expect(readAccess(wrong)).toMatchObject({ kind: "misconfigured", variable: READ });
  });

  test("opens what readers may see, and is a wrong one elsewhere", async () => {
    await expect(asked(true)).resolves.toEqual(IN);
    await expect(asked(true, SECRET)).resolves.toEqual(IN);
    await expect(asked(false)).resolves.toMatchObject(OUT);
    await expect(asked(true, `${OTHER}x`)).resolves.toMatchObject(OUT);
  });

  test("is kept out of logs", () => {
    expect(secretsIn(variables)).toEqual([SECRET, OTHER]);
  });
});

describe("the admin's secret", () => {
  const [ADMIN, READ] = ["BACKUP_ADMIN_SECRET", "BACKUP_READ_SECRET"];
  const LONG = "an-admin-secret-of-32-characters";
  const variables = { [OWN]: SECRET, [READ]: OTHER, [ADMIN]: LONG };
  const bearer = (secret: string, toReaders = false) =>
    authorize(readAccess(variables), new Headers({ authorization: `Bearer ${secret}` }), toReaders);

  test("is told from the others, and opens what they open", async () => {
    await expect(bearer(LONG)).resolves.toEqual({ ok: true, value: "admin" });
    await expect(bearer(LONG, true)).resolves.toEqual({ ok: true, value: "admin" });
    await expect(bearer(SECRET)).resolves.toEqual({ ok: true, value: "holder" });
    await expect(bearer(OTHER, true)).resolves.toEqual({ ok: true, value: "reader" });
    await expect(bearer(`${LONG}x`)).resolves.toMatchObject(OUT);
  });

  test.each<[string, Record<string, string>]>([
    ["alone", { [ADMIN]: LONG }],
    ["that is another one too", { [OWN]: LONG, [ADMIN]: LONG }],
    ["with 31 characters", { [OWN]: SECRET, [ADMIN]: LONG.slice(1) }],
    ["that is a template's text", { [OWN]: SECRET, [ADMIN]: "change-me-please-change-me-please" }],
  ])("%s lets nobody in", (_, wrong) => {
    expect(readAccess(wrong)).toMatchObject({ kind: "misconfigured", variable: ADMIN });
  });

  test("that is the one for reading lets nobody in", () => {
    expect(readAccess({ ...variables, [READ]: LONG })).toMatchObject({ kind: "misconfigured" });
  });

  test("is kept out of logs", () => {
    expect(secretsIn(variables)).toContain(LONG);
  });
});

const IN = expect.objectContaining({ ok: true });
const OUT = { ok: false, failure: { cause: "UNAUTHORIZED" } };

const ask = (variables: Record<string, string>, headers: Record<string, string>) =>
  authorize(readAccess(variables), new Headers(headers));

describe("a request", () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ["our header", { [OWN]: SECRET }, { "X-Datocms-Backups-Auth": SECRET }],
    [
      "our header, with the variable of Vercel's cron",
      { [CRON]: SECRET },
      { "X-Datocms-Backups-Auth": SECRET },
    ],
    ["a bearer", { [OWN]: SECRET }, { Authorization: `Bearer ${SECRET}` }],
    [
      "a bearer, with the variable of Vercel's cron",
      { [CRON]: SECRET },
      { Authorization: `Bearer ${SECRET}` },
    ],
    ["a bearer in other letters", { [OWN]: SECRET }, { Authorization: `bearer  ${SECRET}` }],
    ["white space around it", { [OWN]: ` ${SECRET} ` }, { "X-Datocms-Backups-Auth": ` ${SECRET} ` }],
    ["the first of two secrets", { [OWN]: SECRET, [CRON]: OTHER }, { "X-Datocms-Backups-Auth": SECRET }],
    ["the second of two secrets", { [OWN]: SECRET, [CRON]: OTHER }, { "X-Datocms-Backups-Auth": OTHER }],
    [
      "the right one beside a wrong one",
      { [OWN]: SECRET },
      { "X-Datocms-Backups-Auth": "wrong", Authorization: `Bearer ${SECRET}` },
    ],
    [
      "the right one beside somebody else's authorization",
      { [OWN]: SECRET },
      { "X-Datocms-Backups-Auth": SECRET, Authorization: "Basic d3Jvbmc6d3Jvbmc=" },
    ],
  ])("comes in with %s", async (_, variables, headers) => {
    await expect(ask(variables, headers)).resolves.toEqual(IN);
  });

  test.each<[string, Record<string, string>]>([
    ["nothing", {}],
    ["an empty header", { "X-Datocms-Backups-Auth": "" }],
    ["a blank header", { "X-Datocms-Backups-Auth": "   " }],
    ["an empty bearer", { Authorization: "Bearer " }],
    ["no scheme", { Authorization: SECRET }],
    ["another scheme", { Authorization: `Basic ${SECRET}` }],
    ["another header", { "X-Api-Key": SECRET }],
    ["a forged cron", { "X-Vercel-Cron": "1", "User-Agent": "vercel-cron/1.0" }],
    ["other letters", { "X-Datocms-Backups-Auth": SECRET.toUpperCase() }],
    ["one character less", { "X-Datocms-Backups-Auth": SECRET.slice(0, -1) }],
    ["one character more", { "X-Datocms-Backups-Auth": `${SECRET}x` }],
    ["both secrets at once", { "X-Datocms-Backups-Auth": `${SECRET}, ${OTHER}` }],
    ["the bearer's word in our header", { "X-Datocms-Backups-Auth": `Bearer ${SECRET}` }],
    ["the variable's name", { "X-Datocms-Backups-Auth": OWN }],
  ])("stays out with %s", async (_, headers) => {
    await expect(ask({ [OWN]: SECRET, [CRON]: OTHER }, headers)).resolves.toMatchObject(OUT);
  });

  test("comes in with anything, or nothing, where no secret is set", async () => {
    for (const headers of [{}, { Authorization: "Bearer wrong" }, { "X-Datocms-Backups-Auth": "" }])
      await expect(ask({}, headers)).resolves.toEqual(IN);
  });

  test("stays out while the configuration is wrong, even with what is configured", async () => {
    for (const [secret, headers] of [
      ["superSecretToken", { "X-Datocms-Backups-Auth": "superSecretToken" }],
      ["7-lettr", { "X-Datocms-Backups-Auth": "7-lettr" }],
      ["7-lettr", {}],
    ] as const) {
      const refused = await ask({ [OWN]: secret }, headers);
      expect(refused).toMatchObject({
        ok: false,
        failure: { cause: "MISSING_SHARED_SECRET_CONFIG", facts: { variable: OWN } },
      });
      expect(JSON.stringify(refused)).not.toContain(secret);
    }
  });

  test("is compared by digests, as many for a right secret as for a wrong one of any length", async () => {
    const digest = vi.spyOn(crypto.subtle, "digest");
    const digestsFor = async (given: string) => {
      digest.mockClear();
      await ask({ [OWN]: SECRET, [CRON]: OTHER }, { "X-Datocms-Backups-Auth": given });
      return digest.mock.calls.length;
    };
    const right = await digestsFor(SECRET);
    expect(right).toBeGreaterThanOrEqual(3);
    for (const given of [OTHER, "x", SECRET.slice(0, -1), "x".repeat(5_000)])
      expect(await digestsFor(given)).toBe(right);
  });

  test("that is refused says nothing of the secret or of what was sent", async () => {
    const all = JSON.stringify(await ask({ [OWN]: SECRET }, { "X-Datocms-Backups-Auth": "what-was-sent" }));
    expect(all).toContain("X-Datocms-Backups-Auth");
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain("what-was-sent");
  });
});
