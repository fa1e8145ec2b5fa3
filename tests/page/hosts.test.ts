import { afterAll, describe, expect, test } from "vitest";
import type { Deployment, Host } from "../contract/host.ts";
import { SECRET } from "../contract/host.ts";
import { cloudflare } from "../contract/hosts/cloudflare.ts";
import { netlify } from "../contract/hosts/netlify.ts";
import { vercelBuild } from "../contract/hosts/vercelBuild.ts";
import { BUILD_MS } from "../support/builtOnce.ts";
import { BROWSER } from "./support.ts";

const ORIGIN = "https://backups.test";

/** The page as the host's own runtime serves what is deployed to it. */
describe.each([
  ["Netlify", netlify],
  ["Vercel", vercelBuild],
  ["Cloudflare", cloudflare],
] as const)("%s", (_, hostOf) => {
  const host: Host = hostOf();
  afterAll(() => host.close());

  test("signs in, shows the overview, and lends style, script and icon", { timeout: BUILD_MS }, async () => {
    const deployment = await host.open({ variables: { ALERT_PROJECT_NAME: "Acme shop" } });
    try {
      const signedOut = await ask(deployment, "/");
      expect(signedOut.status).toBe(401);
      expect(signedOut.text).toContain('name="secret"');

      expect((await post(deployment, { secret: "something else" })).status).toBe(401);
      const foreign = await post(deployment, { secret: SECRET }, { "sec-fetch-site": "cross-site" });
      expect([foreign.status, foreign.headers.get("set-cookie")]).toEqual([403, null]);

      const started = await post(deployment, { secret: SECRET });
      expect([started.status, started.headers.get("location")]).toEqual([303, "/"]);
      const cookie = /^__Host-[^;]+/.exec(started.headers.get("set-cookie") ?? "")?.[0] ?? "";
      const page = await ask(deployment, "/", { cookie });
      expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-store"]);
      expect(page.text).toContain("Acme shop");

      for (const [, path = ""] of page.text.matchAll(/(?:href|src)="(\/(?:style|script|icon)[^"]+)"/g))
        expect((await ask(deployment, path)).status).toBe(200);
    } finally {
      await deployment.close();
    }
  });
});

async function ask(deployment: Deployment, path: string, headers: Readonly<Record<string, string>> = {}) {
  return read(
    await deployment.call(new Request(`${ORIGIN}${path}`, { headers: { ...BROWSER, ...headers } })),
  );
}

async function post(
  deployment: Deployment,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = { "sec-fetch-site": "same-origin" },
) {
  const request = new Request(`${ORIGIN}/session`, {
    method: "POST",
    headers: { ...BROWSER, origin: ORIGIN, ...headers },
    body: new URLSearchParams(form),
    redirect: "manual",
  });
  return read(await deployment.call(request));
}

async function read(response: Response) {
  return { status: response.status, headers: response.headers, text: await response.text() };
}
