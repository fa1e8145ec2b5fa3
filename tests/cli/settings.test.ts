import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SETTING_NAMES, SETTINGS } from "../../utils/settings/table.ts";
import { openTerminal, type Terminal, tooWide, unwrapped } from "./support.ts";

let terminal: Terminal;
let folder = "";
beforeAll(async () => {
  terminal = await openTerminal();
  folder = await mkdtemp(join(tmpdir(), "settings-"));
});
afterAll(() => rm(folder, { recursive: true }));

const fileWith = async (name: string, text: string) => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

describe("config", () => {
  test("shows every setting with its value and where it comes from", async () => {
    const settingsFile = await fileWith(".env", "BACKUP_KEEP_DAILY=7 # a week\nBACKUP_KEEP_WEEKLY=5\n");
    const { exit, document } = await terminal.json("config", {
      settingsFile,
      environment: { BACKUP_KEEP_WEEKLY: "4" },
    });
    expect(exit).toBe(0);
    const { settings } = document as { settings: { name: string; value?: string; from: string }[] };
    expect(settings.map(({ name }) => name).toSorted()).toEqual(SETTING_NAMES.toSorted());
    const shown = Object.fromEntries(settings.map(({ name, value, from }) => [name, [value, from]]));
    expect(shown).toMatchObject({
      BACKUP_KEEP_DAILY: ["7", settingsFile],
      BACKUP_KEEP_WEEKLY: ["4", "environment"],
      BACKUP_KEEP_MONTHLY: ["1", "default"],
      DATOCMS_FULLACCESS_API_TOKEN: ["(secret)", "environment"],
      ALERT_PROJECT_NAME: [undefined, "not set"],
    });
  });

  test("shows no secret, wherever it stands and whether it is right or wrong", async () => {
    const names = Object.entries(SETTINGS).flatMap(([name, row]) => ("secret" in row ? [name] : []));
    expect(names).toContain("BACKUP_READ_SECRET");
    const values = Object.fromEntries(names.map((name) => [name, `hidden-${name.toLowerCase()}-value`]));
    for (const line of ["config", "config --explain", "config --json"]) {
      const { out, err } = await terminal.run(line, { environment: values });
      expect(out + err).not.toContain("hidden-");
    }
  });

  test("names what was meant to be a setting", async () => {
    const { exit, out } = await terminal.run("config", { environment: { BACKUP_KEEP_DAYLY: "3" } });
    expect(exit).toBe(0);
    expect(unwrapped(out)).toMatch(
      /! BACKUP_KEEP_DAYLY is not a setting\. Did you mean BACKUP_KEEP_DAILY\? It has no effect\.$/,
    );
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "a wrong setting",
      { BACKUP_KEEP_DAILY: "many" },
      /✘ BACKUP_KEEP_DAILY is "many" \(4 characters\); it must/,
    ],
    [
      "no token",
      { DATOCMS_FULLACCESS_API_TOKEN: "your-api-token" },
      /✘ DATOCMS_FULLACCESS_API_TOKEN is not set/,
    ],
    ["half a channel", { RESEND_API_KEY: "re_123" }, /✘ ALERT_EMAIL_TO must be set beside RESEND_API_KEY\./],
    [
      "secrets that clash",
      { BACKUP_READ_SECRET: "a-secret-for-reading" },
      /✘ BACKUP_READ_SECRET is set without/,
    ],
  ])("%s is exit status 2", async (_, environment, sentence) => {
    const { exit, out } = await terminal.run("config", { environment });
    expect(exit).toBe(2);
    expect(unwrapped(out)).toMatch(sentence);
    expect((await terminal.json("config", { environment })).document).toMatchObject({ ok: false });
  });

  test.each(["config", "config --explain"])("%s fits 80 columns", async (line) => {
    const environment = { DATOCMS_CMA_BASE_URL: `https://${"a".repeat(60)}.test` };
    const { out } = await terminal.run(line, { environment });
    expect(tooWide(out).filter((each) => !each.includes("aaaa"))).toEqual([]);
  });

  test("explains what each setting does and may be", async () => {
    const { out } = await terminal.run("config --explain");
    expect(out).toMatch(
      /^BACKUP_KEEP_DAILY = 1 \(default\)\n {2}daily backups to keep, 1 to 99\n {2}Must be a whole/m,
    );
    expect(out).not.toMatch(/\]\(|`/);
  });
});

describe("a file of settings that somebody names", () => {
  test("comes before the environment, and instead of the usual file", async () => {
    const settingsFile = await fileWith("usual.env", "BACKUP_KEEP_DAILY=7\nBACKUP_KEEP_WEEKLY=7\n");
    const named = await fileWith("shop.env", "BACKUP_KEEP_DAILY=3\n");
    const { document } = await terminal.json(`config --env-file ${named}`, {
      settingsFile,
      environment: { BACKUP_KEEP_DAILY: "5" },
    });
    const { settings } = document as { settings: { name: string; value?: string; from: string }[] };
    expect(settings.find(({ name }) => name === "BACKUP_KEEP_DAILY")).toMatchObject({
      value: "3",
      from: named,
    });
    expect(settings.find(({ name }) => name === "BACKUP_KEEP_WEEKLY")).toMatchObject({ value: "1" });
  });

  test.each([
    ["a folder", async () => folder, "is a folder"],
    ["not UTF-8", () => fileWith("utf16.env", "\u0000A"), "is not UTF-8"],
  ])("%s is refused", async (_, make, why) => {
    const { exit, out, err } = await terminal.run(`status --env-file ${await make()}`);
    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    expect(err).toContain(why);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("alerts test", () => {
  const environment = {
    ALERT_SLACK_WEBHOOK_URL: "https://slack.test/services/T0/B0/x",
    ALERT_DISCORD_WEBHOOK_URL: "https://discord.test/api/webhooks/1/y",
  };
  const seen: string[] = [];
  const channels: typeof fetch = async (input) => {
    const { hostname } = new URL(String(input));
    seen.push(hostname);
    return new Response("", { status: hostname === "discord.test" ? 404 : 200 });
  };

  test("sends a sample to each channel, and is exit status 1 where one does not take it", async () => {
    const good = await terminal.run("alerts test", {
      environment: { ALERT_SLACK_WEBHOOK_URL: environment.ALERT_SLACK_WEBHOOK_URL },
      fetch: channels,
    });
    expect(good).toEqual({ exit: 0, out: "✔ slack  sent  200\n", err: "" });
    const { exit, out } = await terminal.run("alerts test", { environment, fetch: channels });
    expect(exit).toBe(1);
    expect(out).toBe("✔ slack  sent  200\n✘ discord  FAILED  404 REFUSED\n");
    expect(seen.toSorted()).toEqual(["discord.test", "slack.test", "slack.test"]);
  });

  test("is exit status 1 where none is set", async () => {
    const { exit, document } = await terminal.json("alerts test");
    expect(exit).toBe(1);
    expect(document).toMatchObject({ ok: false, channels: [] });
  });
});
