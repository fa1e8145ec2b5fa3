import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readEnvFile } from "../../node/envFile.ts";
import { resolveApiToken } from "../../services/backupService.ts";
import { readAccess } from "../../utils/auth.ts";
import { readConfig, type Variables, variable } from "../../utils/config.ts";
import type { Result } from "../../utils/failures.ts";
import type { Refusal } from "../../utils/refusals.ts";

const SECRET = "a-shared-secret-of-the-tests";
const NAME = "DATOCMS_BACKUPS_SHARED_SECRET";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "env-"));
  path = join(directory, ".env");
});
afterEach(() => rmSync(directory, { recursive: true }));

function read(content: string | Uint8Array): Variables {
  writeFileSync(path, content);
  return readEnvFile(path);
}

/** As Docker hands an `--env-file` over: whole lines, with quotes and comments in the values. */
function byDocker(content: string): Variables {
  const lines = content.replace(/^\ufeff/, "").split(/\r?\n/);
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^\s*([^#=\s][^=]*)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
}

describe("a .env file", () => {
  test("that is not there sets nothing", () => {
    expect(readEnvFile(path)).toEqual({});
  });

  test.each<[string, string, string | undefined]>([
    ["a plain value", `${NAME}=${SECRET}`, SECRET],
    ["line ends of Windows", `# one\r\n${NAME}=${SECRET}\r\nPORT=1\r\n`, SECRET],
    ["a byte order mark before the first line", `\ufeff${NAME}=${SECRET}\n`, SECRET],
    ["a byte order mark before a comment", `\ufeff# the secret\n${NAME}=${SECRET}\n`, SECRET],
    ["double quotes", `${NAME}="${SECRET}"`, SECRET],
    ["single quotes", `${NAME}='${SECRET}'`, SECRET],
    ["a comment behind it", `${NAME}=${SECRET} # of the plugin`, SECRET],
    ["a comment behind quotes", `${NAME}="${SECRET}" # of the plugin`, SECRET],
    ["a # in it", `${NAME}=sixteen#letters#`, "sixteen#letters#"],
    ["a # behind a space, in quotes", `${NAME}="correct horse #1 battery"`, "correct horse #1 battery"],
    ["an = in it", `${NAME}=c2l4dGVlbi1sZXR0ZXJz==`, "c2l4dGVlbi1sZXR0ZXJz=="],
    ["no value", `${NAME}=`, undefined],
    ["a comment for a value", `${NAME}= # openssl rand -hex 24`, undefined],
    ["a comment before it", `#${NAME}=${SECRET}`, undefined],
    ["the last of two", `${NAME}=another-shared-secret\n${NAME}=${SECRET}`, SECRET],
    ["no line end at its end", `PORT=1\n${NAME}=${SECRET}`, SECRET],
    ["blank lines and white space", `\n   \n\t# x\n  ${NAME}=${SECRET}  \n`, SECRET],
  ])("means with %s what it means to Docker", (_, content, secret) => {
    for (const variables of [read(content), byDocker(content)]) {
      expect(variable(variables, NAME)).toBe(secret);
      const access = readAccess(variables);
      expect(access).toMatchObject(secret === undefined ? { kind: "open" } : { secrets: [secret] });
    }
  });

  test.each<[string, string]>([
    ["spaces around the =", `${NAME} = ${SECRET}`],
    ["export before it", `export ${NAME}=${SECRET}`],
    ["export and quotes", `export ${NAME}="${SECRET}"`],
  ])("may have %s, as shells and Node have it", (_, content) => {
    expect(readAccess(read(content))).toMatchObject({ secrets: [SECRET] });
  });

  test.each<[string, string]>([
    ["half a pair of quotes", `${NAME}="${SECRET}`],
    ["a value over two lines", `${NAME}="a-shared-secret\n-of-the-tests"`],
    ["a # that may belong to the value", `${NAME}=correct horse #1 battery`],
    ["a colon for the =", `${NAME}: ${SECRET}`],
    ["no = at all", `${NAME} ${SECRET}`],
    ["nothing but the name", NAME],
    ["Windows' way to set it", `set ${NAME}=${SECRET}`],
    ["PowerShell's way to set it", `$env:${NAME}="${SECRET}"`],
    ["a list of Compose's", `- ${NAME}=${SECRET}`],
    ["an invisible character before the name", `\u200b${NAME}=${SECRET}`],
    ["a byte order mark in the middle of the file", `PORT=1\n\u200b\ufeff${NAME}=${SECRET}`],
  ])("with %s leaves the secret misconfigured by name, never open or shorter", (_, content) => {
    const access = readAccess(read(`${content}\nBACKUP_KEEP_DAILY=7\n`));
    expect(access).toMatchObject({ kind: "misconfigured", variable: NAME });
    expect(JSON.stringify(access)).not.toMatch(/shared-secret|horse/);
    // What is clear beside it is read all the same.
    expect(readConfig(readEnvFile(path))).toMatchObject({ value: { keep: { daily: 7 } } });
  });

  test("that is unclear about other settings names them", () => {
    const variables = read("DATOCMS_FULLACCESS_API_TOKEN: token\nBACKUP_KEEP_DAILY 7\nsome prose\n");
    expect(sentenceOf(resolveApiToken(variables))).toMatch(/^DATOCMS_FULLACCESS_API_TOKEN .*line 1/);
    expect(sentenceOf(readConfig(variables))).toMatch(/^BACKUP_KEEP_DAILY .*line 2/);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["UTF-16 of Windows", Buffer.from(`\ufeff${NAME}=${SECRET}\r\n`, "utf16le"), /UTF-16/],
    ["UTF-16 without a mark", Buffer.from(`${NAME}=${SECRET}\n`, "utf16le"), /UTF-16/],
    ["UTF-16 the other way round", Buffer.from(`\ufeff${NAME}=${SECRET}\n`, "utf16le").swap16(), /UTF-16/],
    ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]), /UTF-16/],
    ["Latin-1", Buffer.from(`# Schlüssel\n${NAME}=${SECRET}\n`, "latin1"), /UTF-8/],
    ["line ends of the first Macs", Buffer.from(`PORT=1\r${NAME}=${SECRET}\r`), /line ends/],
    [
      "one such line end",
      Buffer.from(`PORT=1\r${NAME}=${SECRET}\nHOST=x\n`),
      /line 1 .*line ends|line ends.*line 1/,
    ],
  ])("in %s is refused in a sentence", (_, content, sentence) => {
    expect(() => read(content)).toThrow(sentence);
    expect(() => read(content)).toThrow(path);
    expect(() => read(content)).not.toThrow(SECRET);
  });

  test("that is a folder, or a link that leads nowhere, is refused in a sentence", () => {
    mkdirSync(path);
    expect(() => readEnvFile(path)).toThrow(/\.env is a folder/);
    rmSync(path, { recursive: true });
    symlinkSync(join(directory, "nowhere"), path);
    expect(() => readEnvFile(path)).toThrow(/\.env cannot be read \(ENOENT\)/);
  });
});

function sentenceOf(result: Result<unknown, Refusal>): string | undefined {
  return result.ok ? undefined : result.failure.sentence;
}
