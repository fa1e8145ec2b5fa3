import fc from "fast-check";
import { describe, expect, test } from "vitest";
import openapi from "../../openapi.json" with { type: "json" };
import { createLogger, type LoggerOptions, scrub, silentLogger } from "../../utils/logger.ts";
import { at } from "./environments.ts";
import { holds } from "./properties.ts";

const SECRET = "a-shared-secret-of-the-tests";

function recorder(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    write: (line) => lines.push(line),
    now: () => at("2026-02-26 02:05:06.789"),
    ...options,
  });
  return { lines, logger };
}

describe("a log line", () => {
  test("is one JSON object with time, level, event and fields", () => {
    const { lines, logger } = recorder();
    logger.info("fork_sent", {
      environmentId: "copy",
      calls: 3,
      reused: false,
      nothing: null,
      deleted: ["a"],
    });
    logger.warn("configuration");
    logger.error("run_failed", { sentence: 'Line one\nline "two"' });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: "2026-02-26T02:05:06.789Z",
        level: "info",
        event: "fork_sent",
        environmentId: "copy",
        calls: 3,
        reused: false,
        nothing: null,
        deleted: ["a"],
      },
      { time: "2026-02-26T02:05:06.789Z", level: "warn", event: "configuration" },
      {
        time: "2026-02-26T02:05:06.789Z",
        level: "error",
        event: "run_failed",
        sentence: 'Line one\nline "two"',
      },
    ]);
    for (const line of lines) expect(line).not.toContain("\n");
  });

  test("carries the fields of the logger that it was written with, its own first", () => {
    const { lines, logger } = recorder();
    const bound = logger.with({ runId: "one", job: "daily" }).with({ job: "weekly" });
    bound.info("tick", { extra: 1 });
    bound.info("tick", { runId: "two" });
    logger.info("tick");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { runId: "one", job: "weekly", extra: 1 },
      { runId: "two", job: "weekly" },
      { event: "tick" },
    ]);
    expect(lines[2]).not.toContain("runId");
  });

  test("is text on a terminal: time of day, a mark, the event, the fields", () => {
    const { lines, logger } = recorder({ readable: true });
    logger.info("listening", { url: "http://localhost:8787", cron: true, absent: undefined });
    logger.warn("configuration", { sentence: "Set a secret.\nNow." });
    logger.error("run_failed", { deleted: ["a", "b"], calls: 0, nothing: null, empty: "" });
    expect(lines).toEqual([
      "02:05:06   listening url=http://localhost:8787 cron=true",
      '02:05:06 ! configuration sentence="Set a secret.\\nNow."',
      '02:05:06 ✗ run_failed deleted=["a","b"] calls=0 nothing=null empty=""',
    ]);
  });

  test("holds nothing that acts on a terminal, and as JSON the same text", () => {
    const hostile = "a\u001b[2J\u007f\u009b2J\u202eb\u2028\r\n";
    for (const readable of [false, true]) {
      const { lines, logger } = recorder({ readable });
      logger.with({ runId: hostile }).info(hostile, { id: hostile, ids: [hostile] });
      expect(lines).toHaveLength(1);
      expect(lines[0]).not.toMatch(/[\p{Cc}\p{Zl}\u202e]/u);
      if (!readable)
        expect(JSON.parse(lines[0] ?? "")).toMatchObject({
          event: hostile,
          runId: hostile,
          id: hostile,
          ids: [hostile],
        });
    }
  });

  test("never holds a secret, in a field, an event or bound, as JSON or as text", () => {
    for (const readable of [false, true]) {
      const { lines, logger } = recorder({ readable, secrets: [SECRET, "token-of-project-one"] });
      const bound = logger.with({ header: `Bearer token-of-project-one` });
      bound.info("request", { body: `{"secret":"${SECRET}"}` });
      bound.error(`failed with ${SECRET}`, { list: ["x", SECRET], [SECRET]: 1 });
      for (const line of lines) {
        expect(line).toContain("[redacted]");
        expect(line).not.toContain(SECRET);
        expect(line).not.toContain("token-of-project-one");
      }
    }
  });

  test("is not written by the silent logger", () => {
    expect(() => silentLogger.with({ a: 1 }).error("anything", { b: 2 })).not.toThrow();
  });
});

describe("scrubbing", () => {
  test("replaces every occurrence", () => {
    expect(scrub(`${SECRET} and ${SECRET}${SECRET}`, [SECRET])).toBe("[redacted] and [redacted][redacted]");
  });
  test("takes a secret as text, not as a pattern", () => {
    expect(scrub("a+b$&(c) aab", ["a+b$&(c)"])).toBe("[redacted] aab");
  });
  test("finds a secret that JSON writes differently", () => {
    const odd = 'se"cr\\et\tof the tests';
    expect(scrub(JSON.stringify({ odd }), [odd])).toBe('{"odd":"[redacted]"}');
  });
  test("leaves nothing of a secret that begins with, or holds, another one", () => {
    for (const secrets of [
      ["token-of", "token-of-project-one"],
      ["token-of-project-one", "token-of"],
      ["project", "token-of-project-one"],
    ])
      expect(scrub("Bearer token-of-project-one.", secrets)).toBe("Bearer [redacted].");
  });
  test("leaves words alone that are too short for a secret", () => {
    expect(scrub("a cat on a mat", ["a", "cat", ""])).toBe("a cat on a mat");
  });
  test("never touches ids and paths of our own", () => {
    const ids = ["backup-plugin-daily-2026-03-01", "backup-plugin-monthly-2026-03-01-superseded-120000123"];
    const text = JSON.stringify({ ids, paths: Object.keys(openapi.paths), at: "2026-03-01T12:00:00.123Z" });
    const parts = [
      "backup-plugin-daily",
      "daily",
      "plugin-",
      "2026-03-01",
      "20260301",
      "120000123",
      "superseded",
    ];
    for (const part of [
      ...parts,
      ...ids,
      ...Object.keys(openapi.paths).map((path) => path.split("{")[0] ?? ""),
    ])
      expect(scrub(text, [part])).toBe(text);
    const { lines, logger } = recorder({ secrets: ["backup-plugin-daily"] });
    logger.info("fork_sent", { environmentId: ids[0] });
    expect(lines[0]).toContain(ids[0]);
  });

  test("changes nothing without secrets", () => {
    expect(scrub("anything", [])).toBe("anything");
  });

  test("leaves a line JSON, also where a secret was configured with quotation marks", () => {
    const quoted = '"a-shared-secret-of-the-tests"';
    const { lines, logger } = recorder({ secrets: [quoted] });
    logger.info("event", { text: `sent ${quoted}` });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ text: "sent [redacted]" });
  });

  test("leaves no secret in any text, raw or as JSON writes it", async () => {
    // None of these letters stands in what takes a secret's place.
    const secret = fc.string({ unit: fc.constantFrom("s", "S", "7", '"', "\\", "\n", "é"), minLength: 4 });
    await holds(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 3 }),
        fc.array(fc.string(), { minLength: 1 }),
        (secrets, around) => {
          const text = around.map((part, index) => part + (secrets[index % secrets.length] ?? "")).join("|");
          const { lines, logger } = recorder({ secrets });
          logger.info("event", { text });
          for (const each of secrets) {
            expect(scrub(text, secrets)).not.toContain(each);
            expect(lines[0]).not.toContain(JSON.stringify(each).slice(1, -1));
          }
        },
      ),
      1_000,
    );
  });
});
