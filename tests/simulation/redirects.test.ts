import type { RequestListener } from "node:http";
import { describe, expect, it } from "vitest";
import { createEmulator } from "../../emulator/emulator.ts";
import { createApp } from "../../handlers/app.ts";
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { listen } from "../support/listening.ts";
import { bodyOf } from "./pluginCalls.ts";
import { TOKEN } from "./support.ts";

/** Whatever an address answers with: the token goes there and nowhere else, and no other answer is believed. */

/** A DatoCMS behind an address of which some calls are sent elsewhere, where all would be well too. */
async function redirecting(isSent: (method: string) => boolean, status: number) {
  const emulator = createEmulator();
  emulator.addProject({ token: TOKEN, rateLimit: null, forkMs: 20 });
  const reached: string[] = [];
  const serve =
    (from: string): RequestListener =>
    async (request, response) => {
      const { method = "GET", url = "/", headers } = request;
      if (from === "elsewhere") reached.push(`${method} ${url} ${headers.authorization ?? ""}`);
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      const init = { method, headers: headers as Record<string, string>, ...(body !== "" && { body }) };
      const answer = await emulator.fetch(`http://127.0.0.1${url}`, init);
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    };
  const elsewhere = await listen(serve("elsewhere"));
  const sent: string[] = [];
  const honest = serve("here");
  const url = await listen((request, response) => {
    if (!isSent(request.method ?? "")) return honest(request, response);
    sent.push(`${request.method} ${request.url}`);
    response.writeHead(status, { Location: `${elsewhere}${request.url}` }).end();
  });
  return { url, reached, sent, emulator };
}

async function call(baseUrl: string, [method, path, body]: readonly [string, string, object?]) {
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, DATOCMS_CMA_BASE_URL: baseUrl };
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const request = new Request(`http://localhost${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const runtime = nodeRuntime({ variables, logger: silentLogger }, "http");
  const response = await createApp().fetch(request, runtime);
  return { status: response.status, text: await response.text() };
}

const READS = [
  ["POST", "/api/datocms/backup-status", bodyOf("status")],
  ["POST", "/api/datocms/scheduler-disconnect", bodyOf("disconnect")],
  ["POST", "/api/datocms/backup-now", bodyOf("backupNow", { slot: { scope: "daily" } })],
  ["POST", "/api/jobs/daily-backup"],
  ["POST", "/api/jobs/initialize"],
  ["GET", "/api/jobs/scheduled-backups"],
  ["GET", "/api/backups?format=json"],
  ["GET", "/api/restore-guide/backup-plugin-daily-2026-03-01?format=json"],
  ["GET", "/metrics"],
] as const;

describe.each([301, 302, 303, 307, 308])("an API that redirects with %i", (status) => {
  it("has every answer say so, and nothing else is called", async () => {
    const { url, reached, sent } = await redirecting(() => true, status);
    const answers = await Promise.all(READS.map((each) => call(url, each)));
    for (const answer of answers) {
      expect(answer.status).toBe(500);
      const { cause } = JSON.parse(answer.text).error.details;
      expect(cause).toBe("DATOCMS_UNAVAILABLE");
      expect(answer.text).toContain("redirect");
      expect(answer.text).toContain("DATOCMS_CMA_BASE_URL");
      expect(answer.text).not.toContain(TOKEN);
    }
    expect(reached).toEqual([]);
    // Nothing is won by asking again: the same address would say the same.
    expect(sent.length).toBeLessThanOrEqual(READS.length * 4);
  });

  it("has the check fail by it, and nothing else is called", async () => {
    const { url, reached } = await redirecting(() => true, status);
    const { text } = await call(url, ["GET", "/api/check?format=json"]);
    expect(JSON.parse(text)).toMatchObject({ ok: false, verdict: "fail" });
    expect(text).toContain("redirect");
    expect(reached).toEqual([]);
  });

  it("where only changes are redirected: the fork reaches nobody, and the run fails", async () => {
    const { url, reached, sent, emulator } = await redirecting((method) => method !== "GET", status);
    const answer = await call(url, ["POST", "/api/jobs/daily-backup"]);
    expect(answer.status).toBe(500);
    expect(answer.text).toContain("redirect");
    expect(sent.length).toBeGreaterThan(0);
    expect(reached).toEqual([]);
    expect(emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  }, 20_000);
});

it("an API that redirects in a loop is asked a few times only", async () => {
  let count = 0;
  const url = await listen((_, response) => {
    count += 1;
    response.writeHead(302, { Location: url }).end();
  });
  expect((await call(url, READS[0])).status).toBe(500);
  expect(count).toBeLessThanOrEqual(2);
});
