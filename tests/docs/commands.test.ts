import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { bareVariables } from "../../scripts/runner.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")));

/**
 * Every script of package.json that is a file of this repository, with what people type for it. `cli` has many commands,
 * each with a help of its own: tests/cli/usage.test.ts.
 */
const COMMANDS = Object.entries(scripts)
  .filter(([name, line]) => line.endsWith(".ts") && name !== "cli")
  .map(([name, line]) => [name === "start" ? "npm start" : `npm run ${name}`, line.replace("exec ", "")]);

function run(line: string, ...flags: readonly string[]) {
  const [, ...file] = line.split(" ");
  const { status, stdout, stderr } = spawnSync(process.execPath, [...file, ...flags], {
    cwd: ROOT,
    encoding: "utf8",
    env: bareVariables(),
  });
  return { code: status, stdout, stderr };
}

describe.each(COMMANDS)("%s", { timeout: 60_000 }, (call = "", line = "") => {
  test("--help says what it does, its options, variables and exit codes, and does nothing", () => {
    const { code, stdout, stderr } = run(line, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^[A-Z][^]+\\.\\n\\nUsage: ${call} -- \\[options\\]`));
    expect(stdout).toMatch(/^ {2}--help +this text$/m);
    expect(stdout).toMatch(/variable/);
    expect(stdout).toMatch(/^Exit code: 0 /m);
    for (const each of stdout.split("\n")) expect(each.length).toBeLessThanOrEqual(120);
  });

  test("refuses what it does not know in one line that leads to the help", () => {
    expect(run(line, "--help", "--bogus")).toEqual({
      code: 2,
      stdout: "",
      stderr: `Unknown option '--bogus'. See: ${call} -- --help\n`,
    });
    const { code, stdout, stderr } = run(line, "one", "two");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Unexpected argument '(?:one|two)'\. See: .* --help\n$/);
  });
});

test.each([
  ["npm run emulator", ["--fork-ms", "soon"], "--fork-ms must be a whole number from 0, not 'soon'"],
  ["npm run emulator", ["--port", "70000"], "--port must be a whole number from 0 to 65535, not '70000'"],
  ["npm run rehearse", ["--only", "heroku"], "--only knows netlify, vercel, cloudflare, not 'heroku'"],
  ["npm run mutants", ["--only", "no such"], "--only fits no version: 'no such'"],
  ["npm run soak", ["--minutes", "0"], "--minutes must be a whole number from 1, not '0'"],
])(
  "%s %s is refused in one line",
  (call, flags, sentence) => {
    const [, line = ""] = COMMANDS.find(([name]) => name === call) ?? [];
    expect(run(line, ...flags)).toEqual({
      code: 2,
      stdout: "",
      stderr: `${sentence}. See: ${call} -- --help\n`,
    });
  },
  60_000,
);
