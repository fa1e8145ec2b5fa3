import { describe, expect, test } from "vitest";
import { createApp } from "../../handlers/app.ts";
import openapi from "../../openapi.json" with { type: "json" };
import { secretsIn } from "../../utils/auth.ts";
import type { Variables } from "../../utils/config.ts";
import { createLogger, silentLogger } from "../../utils/logger.ts";
import { cloudflareRuntime } from "../../utils/platformAdapters.ts";

const TOKEN = "token-of-project-one";
const SECRET = "a-shared-secret-of-the-tests";
/** What needs no secret on any deployment. */
const UNGUARDED = ["/healthz", "/readyz"];

/** A Worker with these bindings, and the addresses that it called. */
function worker(bindings: Variables) {
  const called: string[] = [];
  const fetch = (input: RequestInfo | URL) => {
    called.push(String(input instanceof Request ? input.url : input));
    return Promise.reject(new Error("There is no network"));
  };
  const runtime = { ...cloudflareRuntime(bindings, "http"), logger: silentLogger, fetch };
  const app = createApp();
  const call = async (method: string, path: string, secret?: string) => {
    const headers = secret === undefined ? {} : { "X-Datocms-Backups-Auth": secret };
    return app.fetch(new Request(`https://worker.test${path}`, { method, headers }), runtime);
  };
  return { call, called };
}

describe("a secret that is there but no text", () => {
  test.each<[string, unknown]>([
    ["a number in wrangler.toml", 1_234_567_890_123_456],
    ["JSON in wrangler.toml", { secret: SECRET }],
    ["true", true],
    ["a binding of the Secrets Store", { get: async () => SECRET }],
  ])("%s leaves nothing open but preflight and what says that the Worker runs", async (_, value) => {
    for (const name of ["DATOCMS_BACKUPS_SHARED_SECRET", "CRON_SECRET"]) {
      const { call, called } = worker({ DATOCMS_FULLACCESS_API_TOKEN: TOKEN, [name]: value });
      for (const [path, item] of Object.entries(openapi.paths))
        for (const method of Object.keys(item).map((each) => each.toUpperCase())) {
          if (UNGUARDED.includes(path)) continue;
          for (const secret of [undefined, SECRET, String(value)]) {
            const response = await call(method, path.replace(/\{\w+\}/, "main"), secret);
            expect({ path, status: response.status, body: await response.json() }).toMatchObject({
              path,
              status: 500,
              body: { error: { code: "MISSING_SHARED_SECRET_CONFIG", details: { variable: name } } },
            });
          }
          expect((await call("OPTIONS", path)).status).toBe(204);
        }
      expect((await call("GET", "/nowhere")).status).toBe(500);
      expect((await call("GET", "/healthz")).status).toBe(200);
      expect(called).toEqual([]);
    }
  });

  test("is no matter of bindings with other names", async () => {
    const bindings = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, ARCHIVE: { get: () => null }, LIMIT: 5 };
    const { call } = worker({ ...bindings, DATOCMS_BACKUPS_SHARED_SECRET: SECRET });
    expect((await call("GET", "/openapi.json", SECRET)).status).toBe(200);
    expect((await call("GET", "/openapi.json")).status).toBe(401);
  });
});

test("a secret that is part of our names opens nothing and tears no name in answers and logs", async () => {
  for (const secret of ["backup-plugin-daily", "backup-now", "2026-03-01"]) {
    const lines: string[] = [];
    const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, DATOCMS_BACKUPS_SHARED_SECRET: secret };
    const secrets = secretsIn(variables);
    const logger = createLogger({ write: (line) => lines.push(line), now: Date.now, secrets });
    const runtime = { ...cloudflareRuntime(variables, "http"), logger };
    const headers = { "X-Datocms-Backups-Auth": secret };
    const request = new Request("https://worker.test/api/datocms/backup-now", { method: "POST", headers });
    const response = await createApp().fetch(request, runtime);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: "MISSING_SHARED_SECRET_CONFIG" } });
    logger.info("copy_ready", {
      environmentId: "backup-plugin-daily-2026-03-01",
      route: "/api/datocms/backup-now",
    });
    expect(lines.at(-1)).toContain('"backup-plugin-daily-2026-03-01"');
    expect(lines.at(-1)).toContain('"/api/datocms/backup-now"');
  }
});
