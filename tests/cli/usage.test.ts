import { beforeAll, describe, expect, test } from "vitest";
import { loadCommands, NAMES, namesIn } from "../../cli/commands.ts";
import { VERSION } from "../../utils/version.ts";
import { TOKEN } from "../simulation/support.ts";
import { openTerminal, type Terminal, tooWide } from "./support.ts";

let terminal: Terminal;
beforeAll(async () => {
  terminal = await openTerminal();
});

describe("a wrong line", () => {
  test.each([
    ["stauts", "Unknown command 'stauts'. Did you mean 'status'?"],
    ["alerts tset", "Unknown command 'tset'. Did you mean 'test'?"],
    ["status --jsn", "Unknown option '--jsn'. Did you mean '--json'?"],
    ["backup --wiat", "Unknown option '--wiat'. Did you mean '--wait'?"],
    ["backup dayly", "There is no kind of backup 'dayly'. Did you mean 'daily'?"],
    ["list --cadence Wekly", "There is no kind of backup 'Wekly'. Did you mean 'weekly'?"],
    ["backup yearly", "There is no kind of backup 'yearly'. Kinds are: daily, weekly, biweekly, monthly."],
    ["list --since 2026-02-30", "--since must be a day such as 2026-03-02, not '2026-02-30'."],
    ["list --since yesterday", "--since must be a day such as 2026-03-02, not 'yesterday'."],
    ["list --since", "Option '--since <date>' argument missing. See: datocms-backups --help"],
    [
      "status twice",
      "Too many arguments for 'status'. Expected 0 arguments but got 1. See: datocms-backups --help",
    ],
    ["xyzzy", "Unknown command 'xyzzy'. See: datocms-backups --help"],
    ["demo --port 70000", "--port must be a whole number from 0 to 65535, not '70000'."],
    ["status --env-file /nowhere/prod.env", "There is no file /nowhere/prod.env."],
  ])("%s is refused in one line, and does nothing", async (line, sentence) => {
    terminal.world.emulator.clearRequests();
    expect(await terminal.run(line)).toEqual({ exit: 2, out: "", err: `${sentence}\n` });
    expect(terminal.world.emulator.requests).toEqual([]);
  });

  test("is refused in one document where JSON is asked for", async () => {
    const { exit, document, err } = await terminal.json("stauts");
    expect({ exit, err }).toEqual({ exit: 2, err: "" });
    expect(document).toEqual({
      ok: false,
      error: {
        code: "INVALID_USAGE",
        message: "Unknown command 'stauts'. Did you mean 'status'?",
        details: {},
      },
    });
  });

  test.each(["", "alerts"])("'%s' without a command shows what there is", async (line) => {
    const { exit, out, err } = await terminal.run(line);
    expect({ exit, out }).toEqual({ exit: 2, out: "" });
    expect(err).toContain("Commands:");
  });
});

describe("the help", () => {
  test("names every command", async () => {
    const { exit, out } = await terminal.run("--help");
    expect(exit).toBe(0);
    for (const name of NAMES) expect(out).toMatch(new RegExp(`^ {2}${name.split(" ")[0]}\\b`, "m"));
    expect(tooWide(out)).toEqual([]);
  });

  test.each(NAMES)("of %s has two examples, and fits", async (name) => {
    const { exit, out, err } = await terminal.run(`${name} --help`);
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    const [, examples = ""] = out.split("Examples:\n");
    expect(examples.trimEnd().split("\n")).toHaveLength(2);
    for (const line of examples.trimEnd().split("\n"))
      expect(line).toMatch(new RegExp(`^ {2}datocms-backups ${name}\\b.* {2}\\S`));
    for (const flag of ["--json", "--quiet", "--no-color", "--env-file"]) expect(out).toContain(flag);
    expect(tooWide(out)).toEqual([]);
  });
});

test("version says the version", async () => {
  expect((await terminal.run("version")).out).toContain(VERSION);
  expect((await terminal.run("--version")).out).toBe(`${VERSION}\n`);
  expect((await terminal.json("version")).document).toMatchObject({ ok: true, version: VERSION });
});

test("a bug is told in one sentence, without a stack and what an error may hold", async () => {
  const { clock } = terminal.world;
  const now = () => {
    throw new TypeError(`Bearer ${TOKEN}`);
  };
  expect(await terminal.run("check", { clock: { ...clock, now } })).toEqual({
    exit: 1,
    out: "",
    err: "Something went wrong inside the command (TypeError). Please report it, with what you typed.\n",
  });
});

describe("what a line loads", () => {
  test("is named as its command is", async () => {
    for (const name of NAMES)
      expect((await loadCommands([name])).map((command) => command.name)).toEqual([name]);
  });

  test.each([
    ["status --json", ["status"]],
    ["--env-file shop.env archive list", ["list", "archive list"]],
    ["runs show 7", ["runs", "runs show"]],
    ["runs", ["runs"]],
    ["stauts", NAMES],
    ["archive", NAMES],
    ["status --help", NAMES],
    ["help list", NAMES],
    ["list -h", NAMES],
  ])("%s: no more than it may call", (line, names) => {
    expect(namesIn(line.split(" "))).toEqual(names);
  });
});
