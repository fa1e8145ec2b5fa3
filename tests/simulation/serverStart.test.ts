import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bareVariables, RUNNER } from "../../scripts/runner.ts";

const SERVER = fileURLToPath(new URL("../../node/server.ts", import.meta.url));
const TOKEN = "token-of-project-one";
const SECRET = "a-shared-secret-of-the-tests";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "start-"));
});
afterEach(() => rm(directory, { recursive: true }));

interface Line {
  readonly level: string;
  readonly event: string;
  readonly sentence?: string;
  readonly url?: string;
}

/** `npm start` in a folder of its own, on a free port and without its crons. */
function start(variables: Readonly<Record<string, string>> = {}, ...flags: string[]) {
  const child = spawn(process.execPath, [RUNNER, SERVER, ...flags], {
    cwd: directory,
    env: { ...bareVariables(), PORT: "0", BACKUP_CRON: "off", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const lines = (): Line[] =>
    output.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const ended = async () => {
    await once(child, "close");
    return { code: child.exitCode, ...output };
  };
  /** Once it listens, what it answers; ends it. */
  const asked = async (...calls: (readonly [path: string, secret?: string])[]) => {
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on("data", () => {
        const address = lines().find(({ event }) => event === "listening")?.url;
        if (address !== undefined) resolve(address);
      });
      child.once("close", () => reject(new Error(`It ended: ${output.stdout}${output.stderr}`)));
    });
    const statuses: number[] = [];
    for (const [path, secret] of calls) {
      const headers = { ...(secret !== undefined && { "X-Datocms-Backups-Auth": secret }) };
      statuses.push((await fetch(`${url.replace("localhost", "127.0.0.1")}${path}`, { headers })).status);
    }
    child.kill("SIGKILL");
    await exited;
    return { statuses, lines: lines(), ...output };
  };
  return { ended, asked };
}

const WHOLE = [["/openapi.json"], ["/openapi.json", SECRET]] as const;

describe("a .env file", () => {
  test.each<[string, string]>([
    ["with a byte order mark", `\ufeffDATOCMS_BACKUPS_SHARED_SECRET=${SECRET}\n`],
    ["with quotes and a comment", `DATOCMS_BACKUPS_SHARED_SECRET='${SECRET}' # of the plugin\n`],
  ])("%s in whose first line the secret stands guards the service", async (_, content) => {
    await writeFile(join(directory, ".env"), content);
    const { statuses } = await start().asked(...WHOLE);
    expect(statuses).toEqual([401, 200]);
  });

  test("with a # in the secret is opened by the whole of it only", async () => {
    await writeFile(join(directory, ".env"), "DATOCMS_BACKUPS_SHARED_SECRET=first-part#second-part\n");
    const { statuses } = await start().asked(
      ["/openapi.json", "first-part"],
      ["/openapi.json", "first-part#second-part"],
    );
    expect(statuses).toEqual([401, 200]);
  });

  test("gives way to the environment", async () => {
    await writeFile(join(directory, ".env"), "DATOCMS_BACKUPS_SHARED_SECRET=another-secret-of-the-file\n");
    const { statuses } = await start({ DATOCMS_BACKUPS_SHARED_SECRET: SECRET }).asked(...WHOLE);
    expect(statuses).toEqual([401, 200]);
  });

  test("that is unclear about one setting refuses every call, and the server starts all the same", async () => {
    await writeFile(
      join(directory, ".env"),
      `DATOCMS_FULLACCESS_API_TOKEN=${TOKEN}\nDATOCMS_BACKUPS_SHARED_SECRET: ${SECRET}\n`,
    );
    const { statuses, lines } = await start().asked(...WHOLE, ["/healthz"], ["/readyz"]);
    expect(statuses).toEqual([500, 500, 200, 503]);
    const told = lines.filter(({ event }) => event === "configuration");
    expect(told).toMatchObject([
      { level: "error", sentence: expect.stringMatching(/^DATOCMS_BACKUPS_SHARED_SECRET .*line 2 of \.env/) },
    ]);
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ["is a folder", () => mkdir(join(directory, ".env")), /^\.env is a folder/],
    [
      "is UTF-16",
      () => writeFile(join(directory, ".env"), `\ufeffDATOCMS_BACKUPS_SHARED_SECRET=${SECRET}`, "utf16le"),
      /^\.env is not UTF-8/,
    ],
  ])("that %s ends the start in a sentence, not in a stack", async (_, make, sentence) => {
    await make();
    const { code, stdout, stderr } = await start().ended();
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      level: "error",
      event: "not_started",
      sentence: expect.stringMatching(sentence),
    });
  });
});

describe("without a token", () => {
  test("it starts, logs an error, and is not ready", async () => {
    const { statuses, lines } = await start({ DATOCMS_BACKUPS_SHARED_SECRET: SECRET }).asked(
      ["/healthz"],
      ["/readyz"],
    );
    expect(statuses).toEqual([200, 503]);
    expect(lines.filter(({ event }) => event === "configuration")).toMatchObject([
      { level: "error", sentence: expect.stringMatching(/^Missing API token/) },
    ]);
  });
});

describe("a misspelt setting", () => {
  test("is a warning at start, with the one that was meant", async () => {
    const variables = {
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
      BACKUP_KEEP_DAYLY: "7",
    };
    const { statuses, lines } = await start(variables).asked(["/readyz"]);
    expect(statuses).toEqual([200]);
    expect(lines.filter(({ event }) => event === "configuration")).toMatchObject([
      {
        level: "warn",
        sentence: "BACKUP_KEEP_DAYLY is not a setting. Did you mean BACKUP_KEEP_DAILY? It has no effect.",
      },
    ]);
  });
});

describe("a flag", () => {
  test.each([["--port", "3000"], ["--help", "--porrt"], ["-p"], ["3000"]])(
    "that is unknown is refused: %s %s",
    async (...flags) => {
      const { code, stdout, stderr } = await start({}, ...flags.filter((flag) => flag !== undefined)).ended();
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^(?:Unknown option|Unexpected argument) '.+'\. See: npm start -- --help\n$/);
    },
  );

  test("--help says what it reads, and starts nothing", async () => {
    const { code, stdout, stderr } = await start({}, "--help").ended();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Usage: npm start");
    expect(stdout).toContain(".env");
  });
});

test("a port that is none is shown", async () => {
  const { code, stdout } = await start({ PORT: "http" }).ended();
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    sentence: 'PORT is "http" (4 characters); it must be a whole number from 0 to 65535.',
  });
});
