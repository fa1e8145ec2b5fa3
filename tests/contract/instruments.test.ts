import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { createEmulator, type RequestLogEntry } from "../../emulator/emulator.ts";
import { createApp } from "../../handlers/app.ts";
import { runTick } from "../../handlers/cron.ts";
import { systemClock } from "../../utils/clock.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { complaintsAbout } from "./described.ts";
import { Evidence } from "./evidence.ts";
import type { Trait } from "./host.ts";
import { keepingLogger } from "./hosts/inProcess.ts";
import { keepOutput } from "./hosts/nodeServer.ts";
import { Ledger } from "./ledger.ts";
import { acceptsBackupNow, acceptsStatus } from "./plugin.ts";
import { holdTo } from "./scene.ts";
import { STATUS, statusBody } from "./wire.ts";

/** The contract suite judges by these; so each is shown to find what it is there for. */

const TOKEN = "token-that-is-planted/+ü";

function watching(): Evidence {
  const evidence = new Evidence();
  evidence.mustNotShow(TOKEN);
  return evidence;
}

describe("the search for leaks", () => {
  test("finds nothing where nothing was planted", async () => {
    const evidence = watching();
    await evidence.keepAnswer(
      "host",
      new Request("http://x.test/"),
      Response.json({ token: "token-that-is-not" }),
    );
    evidence.writer("host", "stdout").text += "token-that-is-planted";
    expect(evidence.findLeaks()).toEqual([]);
  });

  test.each([
    ["plain", TOKEN],
    ["JSON", JSON.stringify({ message: `Bearer ${TOKEN}"` })],
    ["percent-encoded", `https://x.test/?token=${encodeURIComponent(TOKEN)}`],
    ["hex", Buffer.from(TOKEN).toString("hex")],
    ["base64", Buffer.from(TOKEN).toString("base64")],
    ["base64", Buffer.from(`u:${TOKEN}`).toString("base64")],
    ["base64", Buffer.from(`x${TOKEN}`).toString("base64")],
  ])("finds it %s, in a body and in a log", async (form, planted) => {
    const evidence = watching();
    const answered = await evidence.keepAnswer("host", new Request("http://x.test/a"), new Response(planted));
    evidence.writer("host", "stdout").text += `before ${planted} after`;
    expect(await answered.text()).toBe(planted);
    expect(evidence.findLeaks()).toEqual(
      expect.arrayContaining([
        { where: "host: answer to GET /a", form },
        { where: "host: stdout", form },
      ]),
    );
  });

  test("finds it in a header", async () => {
    const evidence = new Evidence();
    evidence.mustNotShow("secret-that-is-planted");
    const headers = { "x-debug": "secret-that-is-planted" };
    await evidence.keepAnswer("host", new Request("http://x.test/a"), new Response("", { headers }));
    expect(evidence.findLeaks()).not.toEqual([]);
  });

  test("finds it in what a child process writes to either stream", async () => {
    for (const stream of ["stdout", "stderr"]) {
      const evidence = watching();
      const code = `process.${stream}.write(process.env.TOKEN)`;
      const child = spawn(process.execPath, ["-e", code], {
        env: { TOKEN },
        stdio: ["ignore", "pipe", "pipe"],
      });
      keepOutput(evidence, child);
      await once(child, "close");
      expect(evidence.findLeaks()).toContainEqual({ where: `node server: ${stream}`, form: "plain" });
    }
  });

  test("finds it in a log line, which the in-process logger keeps as it was written", () => {
    const evidence = watching();
    keepingLogger(evidence, Date.now).logger.with({ run: 1 }).warn("planted", { token: TOKEN });
    expect(evidence.findLeaks()).toContainEqual({ where: "in process: logger", form: "plain" });
  });
});

describe("errors that hold the token", () => {
  /** As the client's do: the request's headers are part of its errors. */
  const failing: typeof fetch = async (_input, init) => {
    const authorization = new Headers(init?.headers).get("authorization") ?? "";
    throw Object.assign(new TypeError(`fetch failed with ${authorization}`), { request: { authorization } });
  };

  test("are not told to a caller or the log, by request or by tick", async () => {
    const evidence = new Evidence();
    const token = "token-that-an-error-holds";
    evidence.mustNotShow(token);
    const { logger, written } = keepingLogger(evidence, Date.now);
    // Pauses take no time; time-outs, which are longer, must not come before the failure.
    const sleep = (ms: number) => (ms > 2_500 ? new Promise<void>(() => {}) : Promise.resolve());
    const clock = { ...systemClock, sleep };
    const shared = { variables: { DATOCMS_FULLACCESS_API_TOKEN: token }, logger, clock, fetch: failing };
    const seen: string[] = [];
    const spying: typeof fetch = (input, init) => {
      seen.push(new Headers(init?.headers).get("authorization") ?? "");
      return failing(input, init);
    };
    const request = new Request(`http://localhost${STATUS}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(statusBody),
    });
    const runtime = nodeRuntime({ ...shared, fetch: spying }, "http");
    const answer = await evidence.keepAnswer("app", request, await createApp().fetch(request, runtime));
    expect(answer.status).toBe(500);
    expect(seen).toContain(`Bearer ${token}`);
    for (const hour of Array.from({ length: 24 }, (_, index) => index)) {
      const then = { ...clock, now: () => Date.UTC(2026, 2, 4, hour, 5) };
      for (const job of ["daily", "weekly"] as const)
        await runTick(job, nodeRuntime({ ...shared, clock: then }, "cron"));
    }
    expect(written.text).toContain('"event":"tick_failed"');
    expect(evidence.findLeaks()).toEqual([]);
  });

  test("a bug is told by name, without a secret", async () => {
    const evidence = new Evidence();
    const token = "token-behind-a-bug";
    evidence.mustNotShow(token);
    const { logger, written } = keepingLogger(evidence, Date.now);
    const broken = { ...systemClock, now: () => Number.NaN };
    const variables = { DATOCMS_FULLACCESS_API_TOKEN: token };
    const runtime = nodeRuntime({ variables, logger, clock: broken, fetch: createEmulator().fetch }, "http");
    const request = new Request("http://localhost/api/datocms/backup-now", { method: "POST" });
    const answer = await evidence.keepAnswer("app", request, await createApp().fetch(request, runtime));
    expect(await answer.json()).toMatchObject({ ok: false, error: { code: "INTERNAL_SERVER_ERROR" } });
    expect(written.text).toContain('"event":"bug"');
    expect(evidence.answers[0]?.body).not.toMatch(/RangeError|\.ts:\d/);
    expect(evidence.findLeaks()).toEqual([]);
  });
});

describe("the ledger", () => {
  const check = (host: string, title: string, ...needs: readonly Trait[]) => ({
    host,
    group: "group",
    title,
    needs,
  });
  const passed = (ledger: Ledger, ...entry: Parameters<typeof check>) => {
    ledger.plan(check(...entry), true).state = "passed";
  };

  test("has nothing to say when every host has passed every check", () => {
    const ledger = new Ledger();
    for (const host of ["a", "b"]) passed(ledger, host, "one");
    passed(ledger, "a", "own way", "one-process");
    ledger.plan(check("b", "own way", "one-process"), false);
    expect(ledger.complaints(["a", "b"])).toEqual([]);
    expect(ledger.table(["a", "b"])).toMatch(/^group +1 \+ 1 \[0\] +1 \[0\]$/m);
  });

  test("misses a check that a host does not have", () => {
    const ledger = new Ledger();
    for (const host of ["a", "b"]) passed(ledger, host, "one");
    passed(ledger, "a", "two");
    expect(ledger.complaints(["a", "b"])).toEqual(["b › group › two: missing"]);
  });

  test("misses a check that is listed for every host, and does not ask that the list's own was run", () => {
    const ledger = new Ledger();
    passed(ledger, "a", "one");
    for (const title of ["one", "two"]) ledger.list(check("measure", title));
    ledger.list(check("measure", "own way", "one-process"));
    expect(ledger.complaints(["a"])).toEqual(["a › group › two: missing"]);
    expect(ledger.table(["a"])).not.toContain("measure");
  });

  test("misses a check that was planned and has not passed", () => {
    const ledger = new Ledger();
    ledger.plan(check("a", "one"), true);
    expect(ledger.complaints(["a"])).toEqual(["a › group › one: failed, or was skipped"]);
    expect(ledger.table(["a"])).toContain("1 NOT PASSED");
  });

  test("misses a host without checks, and tells troubles and doubles", () => {
    const ledger = new Ledger();
    for (const title of ["one", "one"]) passed(ledger, "a", title);
    ledger.troubles.push("the server did not end");
    expect(ledger.complaints(["a", "b"])).toEqual([
      "the server did not end",
      "a › group › one: twice",
      "b › group › one: missing",
      "b: no checks at all",
    ]);
  });
});

describe("a claim about DatoCMS", () => {
  const entry = (operation: RequestLogEntry["operation"]): RequestLogEntry => ({
    at: 0,
    method: "GET",
    path: "/",
    operation,
    query: {},
    environment: null,
    status: 200,
    project: "One",
    durationMs: 0,
  });
  const list = entry("environments.list");
  const fork = entry("environments.fork");

  test("holds where the log shows it", () => {
    holdTo("no calls", []);
    holdTo("reads", [list]);
    holdTo({ forks: 1 }, [list, fork]);
  });

  test.each([
    ["no calls, but there was one", "no calls", [list]],
    ["reads, but there was none", "reads", []],
    ["reads, but something was forked", "reads", [list, fork]],
    ["a fork, but there was none", { forks: 1 }, [list]],
    ["a fork, but there were two", { forks: 1 }, [fork, fork]],
    ["a fork, but something was destroyed too", { forks: 1 }, [fork, entry("environments.destroy")]],
    ["a write that never was", { updates: 1 }, []],
  ] as const)("fails: %s", (_title, claim, requests) => {
    expect(() => holdTo(claim, requests)).toThrow();
  });
});

describe("what openapi.json says of an answer", () => {
  const JSON_TYPE = { "content-type": "application/json" };
  const failure = (code: string, details: object = {}) => ({
    ok: false,
    error: { code, message: "Something is wrong.", details },
  });
  const alive = { ok: true, service: "datocms-backups-scheduled-function", status: "ready" };
  const complaints = (method: string, path: string, status: number, body: unknown, headers = JSON_TYPE) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return complaintsAbout({ host: "host", method, path, status, headers, body: text });
  };

  test.each([
    ["a success", "GET", "/healthz", 200, alive],
    ["a slash at the end", "GET", "/healthz/", 200, alive],
    ["a failure", "POST", "/api/jobs/daily-backup", 400, failure("INVALID_JSON")],
    ["one with a parameter in its path", "GET", "/api/restore-guide/a-b", 401, failure("UNAUTHORIZED")],
    ["another method", "PUT", "/api/check", 405, failure("METHOD_NOT_ALLOWED", { allowed: "GET" })],
    ["another address", "GET", "/x", 404, failure("NOT_FOUND")],
    ["an address below one that is there", "GET", "/api/check/x", 404, failure("NOT_FOUND")],
    ["a preflight", "OPTIONS", "/x", 204, ""],
  ])("lets pass: %s", (_title, method, path, status, body) => {
    expect(complaints(method, path, status, body)).toEqual([]);
  });

  test.each([
    [
      "a member more",
      "GET",
      "/healthz",
      200,
      { ...alive, extra: 1 },
      '/ must NOT have additional properties {"additionalProperty":"extra"}',
    ],
    [
      "a member less",
      "GET",
      "/healthz",
      200,
      { ok: true, status: "ready" },
      "/ must have required property 'service'",
    ],
    [
      "another type",
      "POST",
      "/api/alerts/test",
      200,
      { ok: true, message: 1, channels: [] },
      "/message must be string",
    ],
    [
      "a code of another route",
      "POST",
      "/api/jobs/daily-backup",
      400,
      failure("INVALID_SCOPE"),
      "/error/code must be equal",
    ],
    [
      "a status that it does not name",
      "GET",
      "/healthz",
      500,
      alive,
      "GET /healthz → 500: not in the document",
    ],
    [
      "a success of another method",
      "GET",
      "/api/alerts/test",
      200,
      alive,
      "GET /api/alerts/test → 200: not in the document",
    ],
    ["a success at an unknown address", "GET", "/x", 200, alive, "GET /x → 200: not in the document"],
    ["what is no JSON", "GET", "/healthz", 200, "{", "GET /healthz → 200: no JSON"],
    [
      "a body for HEAD",
      "HEAD",
      "/healthz",
      200,
      alive,
      "HEAD /healthz → 200: a body where there must be none",
    ],
  ])("complains of %s", (_title, method, path, status, body, complaint) => {
    expect(complaints(method, path, status, body).join("\n")).toContain(complaint);
  });

  test("complains of another content type", () => {
    const headers = { "content-type": "text/html; charset=utf-8" };
    expect(complaints("GET", "/healthz", 200, "<p>", headers)).toEqual([
      "GET /healthz → 200: text/html, which Alive is not",
    ]);
  });
});

describe("the plugin's validation", () => {
  const hello = (word: string) => ({
    ok: true,
    mpi: { message: `DATOCMS_AUTOMATIC_BACKUPS_LAMBDA_${word}`, version: "2026-02-26" },
    service: "datocms-backups-scheduled-function",
    status: "ready",
  });
  const at = "2026-02-26T12:00:00.000Z";
  const slot = (scope: string, change: object = {}) => ({
    scope,
    executionMode: "lambda_cron",
    lastBackupAt: null,
    nextBackupAt: "2026-02-27T02:05:00.000Z",
    ...change,
  });
  const status = (change: object = {}, slots: object = {}) => ({
    ...hello("STATUS"),
    scheduler: { provider: "unknown", cadence: "hourly" },
    slots: { daily: slot("daily"), weekly: slot("weekly"), ...slots },
    checkedAt: at,
    ...change,
  });

  test.each([
    ["as it should be", status()],
    ["more cadences", status({}, { monthly: slot("monthly") })],
    [
      "due now",
      status({}, { daily: slot("daily", { nextBackupAt: "2026-02-25T00:00:00.000Z", dueNow: true }) }),
    ],
    ["members that nobody knows", status({ extra: 1 })],
  ])("accepts a status: %s", (_title, answer) => {
    expect(acceptsStatus(answer)).toEqual([]);
  });

  test.each([
    ["nothing", undefined],
    ["another message", status({ mpi: hello("PONG").mpi })],
    ["a provider that it does not know", status({ scheduler: { provider: "node", cadence: "hourly" } })],
    ["a cadence that it does not know", status({ scheduler: { provider: "unknown", cadence: "weekly" } })],
    ["no weekly slot", status({}, { weekly: undefined })],
    ["a slot of another scope", status({}, { weekly: slot("daily") })],
    ["no last time", status({}, { daily: slot("daily", { lastBackupAt: undefined }) })],
    ["a time that is no ISO date", status({}, { daily: slot("daily", { lastBackupAt: "yesterday" }) })],
    [
      "a next time in the past",
      status({}, { daily: slot("daily", { nextBackupAt: "2026-02-26T11:00:00.000Z" }) }),
    ],
    ["a malformed optional slot", status({}, { monthly: slot("weekly") })],
    ["no time of the check", status({ checkedAt: undefined })],
  ])("rejects a status: %s", (_title, answer) => {
    expect(acceptsStatus(answer)).not.toEqual([]);
  });

  const backup = {
    scope: "daily",
    executionMode: "lambda_cron",
    createdEnvironmentId: "backup-plugin-daily-2026-02-26",
    deletedEnvironmentId: null,
    completedAt: at,
  };
  test("accepts and rejects answers to backup-now", () => {
    const answer = { ...hello("BACKUP_NOW"), checkedAt: at, backup };
    expect(acceptsBackupNow(answer)).toEqual([]);
    for (const [member, value] of [
      ["scope", "hourly"],
      ["createdEnvironmentId", ""],
      ["deletedEnvironmentId", undefined],
      ["completedAt", null],
    ] as const)
      expect(acceptsBackupNow({ ...answer, backup: { ...backup, [member]: value } }), member).not.toEqual([]);
  });
});
