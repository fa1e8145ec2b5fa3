import { beforeAll, describe, expect, test } from "vitest";
import { NAMES } from "../../cli/commands.ts";
import { openTerminal, type Terminal } from "../cli/support.ts";
import { at, copyOf, SECRET } from "../simulation/support.ts";
import { textOf } from "./support.ts";

const GUIDE = textOf("docs/cli.md");
/** `$ NAME=value datocms-backups words`, and what it prints. */
const EXAMPLE = /^```console\n\$ ((?:\w+=\S+ )*)datocms-backups (.*)\n((?:.*\n)*?)```$/gm;
const EXAMPLES = [...GUIDE.matchAll(EXAMPLE)].map(([, variables = "", line = "", output = ""]) => ({
  variables: Object.fromEntries(
    variables
      .split(" ")
      .filter(Boolean)
      .map((each) => each.split("=")),
  ),
  line,
  output,
}));

/** The reader's settings. */
const SETTINGS = {
  DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
  ALERT_PROJECT_NAME: "Acme shop",
  ALERT_SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T0/B0/x",
  BACKUP_KEEP_DAILY: "2",
};

let terminal: Terminal;
/** The morning of the second day, with two daily backups and a weekly one. */
beforeAll(async () => {
  terminal = await openTerminal({ name: "Acme shop", items: 120, uploads: 15, plan: { sandboxLimit: 8 } });
  const { project, slots } = terminal.world;
  for (const [cadence, day] of [
    ["daily", 0],
    ["weekly", 0],
    ["daily", 1],
  ] as const)
    project.user.fork(null, copyOf(cadence, day), { createdAt: at(day, slots.daily.hour), ready: true });
  project.settings.forkMs = 30_000;
  await terminal.world.goTo(1, 9);
});

describe("docs/cli.md", () => {
  test("has an example for what people read most", () => {
    expect(EXAMPLES.map(({ line }) => line.split(" ")[0])).toEqual(
      expect.arrayContaining(["status", "check", "list", "backup", "alerts", "config"]),
    );
  });

  // One after the other, as somebody types them.
  test.each(EXAMPLES)("shows what $line prints", async ({ variables, line, output }) => {
    const fetch: typeof globalThis.fetch = (input, init) =>
      new URL(String(input)).hostname === "hooks.slack.com"
        ? Promise.resolve(new Response("ok"))
        : terminal.world.emulator.fetch(input, init);
    const { out, err } = await terminal.run(line, { environment: { ...SETTINGS, ...variables }, fetch });
    // Progress comes first.
    const shown = err + out;
    // A long answer is shown to its first lines.
    const [beginning = "", end = ""] = output.split("…\n");
    if (output.includes("…\n")) {
      expect(shown.startsWith(beginning)).toBe(true);
      expect(shown.endsWith(end)).toBe(true);
    } else expect(output).toBe(shown);
  });

  test("names every command", () => {
    for (const name of NAMES) expect(GUIDE).toMatch(new RegExp(`^\\| (?:\\[)?\`${name}\``, "m"));
  });
});
