import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { readCommandLine, UsageError, wholeNumber } from "../cli/commandLine.ts";
import { WRONG_VERSIONS, type WrongVersion } from "./mutants/wrongVersions.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** The project that plays them in one go. */
const TEST = ["tests/simulation/histories.test.ts", "--project=fast"];
/** Within so many histories a wrong version has to be caught. */
const HISTORIES = 2_000;
/** A wrong version may wait for ever: then it is caught by that. */
const TIMEOUT_MS = 180_000;
const LEFT_OUT = ["node_modules", ".git", ".wrangler"];

const COMMAND = {
  call: "npm run mutants",
  purpose: `Plays ${HISTORIES} random histories against each version of the service that is wrong on purpose, in a copy
of the repository, then the tests that the version names, and fails when they let one pass.`,
  options: {
    only: { type: "string", value: "<text>", help: "only versions whose name contains it" },
    seed: { type: "string", value: "<n>", default: "20261121", help: "another course of histories" },
  },
  notes: `Reads no variables.
Exit code: 0 when each was caught, 1 when one was not, 2 for wrong options or when one does not fit the
service any more.`,
} as const;

const values = readCommandLine(COMMAND, ({ only = "", seed }) => {
  const versions = WRONG_VERSIONS.filter(({ name }) => name.includes(only));
  if (versions.length === 0) throw new UsageError(`--only fits no version: '${only}'`);
  return { versions, seed: String(wholeNumber("seed", seed)) };
});
run(values.versions);

/** Tries one after the other; the table grows as they come. */
function run(versions: readonly WrongVersion[]): void {
  const misfits = versions.filter(({ file, find }) => occurrences(join(ROOT, file), find) !== 1);
  for (const { name, file } of misfits)
    process.stderr.write(`Does not fit any more: "${name}" looks for what does not stand once in ${file}.\n`);
  if (misfits.length > 0) {
    process.exitCode = 2;
    return;
  }
  const copy = mkdtempSync(join(tmpdir(), "wrong-versions-"));
  try {
    cpSync(ROOT, copy, {
      recursive: true,
      filter: (source) => !LEFT_OUT.includes(relative(ROOT, source).split("/")[0] ?? ""),
    });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    for (const version of versions) {
      const verdict = judge(version, copy);
      process.stdout.write(`${version.name.padEnd(52)} ${verdict.text}\n`);
      if (!verdict.caught) process.exitCode = 1;
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function judge({ file, find, replace, test }: WrongVersion, copy: string): Verdict {
  const path = join(copy, file);
  const right = readFileSync(path, "utf8");
  writeFileSync(
    path,
    right.replace(find, () => replace),
  );
  try {
    const verdict = judgeByHistories(copy);
    return verdict.caught || test === undefined ? verdict : judgeByTest(test, copy);
  } finally {
    writeFileSync(path, right);
  }
}

interface Verdict {
  readonly caught: boolean;
  readonly text: string;
}

function judgeByHistories(copy: string): Verdict {
  const { output, error } = vitest(TEST, copy);
  const broken = /Broken after (\d+) histories: (.*)/.exec(output);
  if (broken !== null) return { caught: true, text: `${broken[1]?.padStart(5)}  ${broken[2]}` };
  // Only a version that waits for ever is caught by the time that it takes.
  if (error !== undefined && "code" in error && error.code === "ETIMEDOUT")
    return { caught: true, text: "       never ends" };
  if (error !== undefined) throw error;
  const wasPlayed = output.includes(`${HISTORIES} histories, seed`);
  return { caught: false, text: wasPlayed ? "NOT CAUGHT" : `NOT PLAYED\n${output}` };
}

function judgeByTest(test: string, copy: string): Verdict {
  const { output } = vitest([test], copy);
  const failed = /Tests\s+(\d+) failed/.exec(output)?.[1];
  if (failed === undefined) return { caught: false, text: "NOT CAUGHT" };
  return { caught: true, text: `    -  ${failed} failed in ${test}` };
}

/** Runs some tests in the copy. */
function vitest(args: readonly string[], copy: string) {
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", ...args],
    {
      cwd: copy,
      encoding: "utf8",
      timeout: TIMEOUT_MS,
      env: {
        ...process.env,
        NO_COLOR: "1",
        HISTORIES: String(HISTORIES),
        HISTORY_SEED: values.seed,
        HISTORY_SHRINK_MS: "0",
      },
    },
  );
  return { output: stdout + stderr, error };
}

function occurrences(path: string, text: string): number {
  return readFileSync(path, "utf8").split(text).length - 1;
}
