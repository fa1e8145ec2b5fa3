import { describe, expect, test } from "vitest";
import { createApp } from "../../handlers/app.ts";
import type { Variables } from "../../utils/config.ts";
import { createLogger } from "../../utils/logger.ts";
import {
  cloudflareRuntime,
  netlifyRuntime,
  nodeRuntime,
  vercelRuntime,
} from "../../utils/platformAdapters.ts";

const TOKEN = { DATOCMS_FULLACCESS_API_TOKEN: "token-of-project-one" };
const SECRET = { DATOCMS_BACKUPS_SHARED_SECRET: "a-shared-secret-of-the-tests" };

const HOSTS = {
  node: (variables: Variables) =>
    nodeRuntime({ variables, logger: createLogger({ write() {}, now: Date.now }) }, "http"),
  netlify: (variables: Variables) => netlifyRuntime(variables, "http"),
  vercel: (variables: Variables) => vercelRuntime(variables, new Headers(), () => {}),
  cloudflare: (variables: Variables) => cloudflareRuntime(variables, "http"),
} as const;

async function ask(host: keyof typeof HOSTS, variables: Variables, path: string) {
  const logger = createLogger({ write() {}, now: Date.now });
  const fetch = () => Promise.reject(new Error("No call of DatoCMS"));
  const runtime = { ...HOSTS[host](variables), logger, fetch };
  const response = await createApp().fetch(new Request(`http://localhost${path}`), runtime);
  return { status: response.status, text: await response.text() };
}

describe.each(["node", "netlify", "vercel", "cloudflare"] as const)("on %s", (host) => {
  test.each<[string, Variables]>([
    ["a token and a secret", { ...TOKEN, ...SECRET }],
    ["a token alone: whoever likes may call, and backups are made", TOKEN],
    [
      "a channel that cannot be used: backups are made all the same",
      { ...TOKEN, ALERT_SLACK_WEBHOOK_URL: "no" },
    ],
    ["a setting that nobody knows", { ...TOKEN, BACKUP_KEEP_DAYLY: "7" }],
  ])("/readyz is 200 with %s, without a secret", async (_, variables) => {
    const { status, text } = await ask(host, variables, "/readyz");
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      ok: true,
      service: "datocms-backups-scheduled-function",
      status: "ready",
    });
  });

  test.each<[string, Variables]>([
    ["no token", SECRET],
    ["a template's text as token", { ...SECRET, DATOCMS_FULLACCESS_API_TOKEN: "your-api-token" }],
    ["a token that can be none", { ...SECRET, DATOCMS_FULLACCESS_API_TOKEN: "token\u200b" }],
    ["a setting that is wrong", { ...TOKEN, ...SECRET, BACKUP_KEEP_DAILY: "odd-value" }],
    ["a secret that is none", { ...TOKEN, DATOCMS_BACKUPS_SHARED_SECRET: "odd" }],
  ])("/readyz is 503 with %s, and tells nobody why; /healthz is 200", async (_, variables) => {
    const { status, text } = await ask(host, variables, "/readyz");
    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({
      ok: false,
      error: { code: "NOT_READY", message: expect.stringContaining("/api/check"), details: {} },
    });
    expect((await ask(host, variables, "/healthz")).status).toBe(200);
  });
});
