import { expect } from "vitest";
import { expectError, expectOk } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";
import type { Answer, Scene, SendOptions } from "../scene.ts";
import { idOf } from "../tokens.ts";
import {
  BACKUP_NOW,
  backupNowBody,
  DISCONNECT,
  disconnectBody,
  HEALTH,
  healthBody,
  PATHS,
  ROUTES,
  SCHEDULED,
  STATUS,
  statusBody,
} from "../wire.ts";

type Headers = Readonly<Record<string, string>>;

const PAGE = "https://a-page-somewhere.example";
const JSON_TYPE = "application/json";
const FORM = "application/x-www-form-urlencoded";

/** As a browser of today says that a page of another site is behind a request. */
function fetched(mode: string, site = "cross-site"): Headers {
  return { "sec-fetch-site": site, "sec-fetch-mode": mode };
}

const LOOKS = ["/api/check", "/api/backups", "/metrics", "/openapi.json", "/api/restore-guide/main"];
const GETS = [
  ...ROUTES.filter(({ methods }) => methods.some((method) => method === "GET")).map(({ path }) => path),
  ...LOOKS,
];

const PLUGIN_CALLS = [
  [HEALTH, healthBody],
  [STATUS, statusBody],
] as const;

function call({ send }: Scene, method: string, path: string, headers: Headers, body?: unknown) {
  const options: SendOptions = { secret: null, headers, ...(body !== undefined && { body }) };
  return send(method, path, options);
}

function isRefused(answer: Answer): void {
  expectError(answer, 403, "CROSS_SITE_REQUEST");
}

/** Without a secret a browser must not be made to call: what pages of other sites can and cannot do. */
export function crossSite(host: Host): void {
  const variables = { DATOCMS_BACKUPS_SHARED_SECRET: undefined };
  group(host, "other sites, without a secret", { options: { variables } }, (check) => {
    check("an image, a link and a script of another site call nothing", "no calls", async (scene) => {
      for (const path of GETS)
        for (const headers of [
          fetched("no-cors"),
          fetched("navigate"),
          fetched("cors"),
          fetched("no-cors", "same-site"),
        ])
          isRefused(await call(scene, "GET", path, headers));
      isRefused(await call(scene, "GET", `${BACKUP_NOW}?force=true`, fetched("no-cors")));
    });

    check("nor do they by a browser that names only the page", "no calls", async (scene) => {
      for (const path of GETS) {
        isRefused(await call(scene, "GET", path, { origin: PAGE }));
        isRefused(await call(scene, "GET", path, { origin: "null" }));
        isRefused(await call(scene, "GET", path, { referer: `${PAGE}/article` }));
      }
    });

    check("a form of another site posts nothing", "no calls", async (scene) => {
      for (const path of PATHS)
        for (const headers of [fetched("navigate"), { origin: PAGE }, { origin: "null" }])
          for (const type of [FORM, "text/plain", "multipart/form-data; boundary=x"])
            isRefused(await call(scene, "POST", path, { ...headers, "content-type": type }, "a=1"));
    });

    check("a script that may not read the answer posts nothing", "no calls", async (scene) => {
      for (const path of PATHS) {
        isRefused(await call(scene, "POST", path, fetched("no-cors")));
        // Over a wire the sender's own `fetch` says what mode it is.
        if (host.traits.has("virtual-time"))
          isRefused(
            await call(scene, "POST", path, { ...fetched("no-cors"), "content-type": JSON_TYPE }, "{}"),
          );
        isRefused(await call(scene, "POST", path, { origin: PAGE }));
        isRefused(await call(scene, "POST", path, { ...fetched("cors"), "content-type": FORM }, "a=1"));
      }
    });

    check("what the plugin does not call is closed to pages, JSON or not", "no calls", async (scene) => {
      const called: readonly string[] = [HEALTH, STATUS, BACKUP_NOW];
      const closed = ROUTES.filter(({ path }) => !called.includes(path)).flatMap(({ path, alias }) => [
        path,
        ...(alias === undefined ? [] : [alias]),
      ]);
      for (const path of closed) {
        isRefused(await call(scene, "POST", path, { ...fetched("cors"), origin: PAGE }, disconnectBody));
        isRefused(await call(scene, "POST", path, { origin: PAGE }, disconnectBody));
      }
    });

    check("the plugin's calls are answered, to whatever browser", { forks: 1 }, async (scene) => {
      for (const headers of [
        { ...fetched("cors"), origin: PAGE },
        { ...fetched("cors", "same-site") },
        { origin: PAGE },
      ])
        for (const [path, body] of PLUGIN_CALLS) {
          const answer = await call(scene, "POST", path, headers, body);
          expectOk(answer);
          expect(answer.headers.get("access-control-allow-origin")).toBe("*");
        }
      const headers = { ...fetched("cors"), origin: PAGE };
      expectOk(await call(scene, "POST", BACKUP_NOW, headers, backupNowBody("daily")));
    });

    check("a page that is refused can read why, where the plugin calls", "no calls", async (scene) => {
      const headers = { ...fetched("cors"), origin: PAGE };
      const answer = await call(scene, "POST", DISCONNECT, headers, disconnectBody);
      isRefused(answer);
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    });

    check("whoever types the address, and curl, crons and monitors, are answered", "reads", async (scene) => {
      for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence));
      for (const headers of [
        {},
        fetched("navigate", "none"),
        fetched("cors", "same-origin"),
        { "sec-fetch-mode": "cors" },
      ]) {
        for (const path of ["/openapi.json", "/api/check?format=json"])
          expect((await call(scene, "GET", path, headers)).status).toBe(200);
        expectOk(await call(scene, "GET", SCHEDULED, headers));
        expectOk(await call(scene, "POST", SCHEDULED, headers));
      }
    });

    check("healthz and preflights are anybody's", "no calls", async (scene) => {
      expectOk(await call(scene, "GET", "/healthz", fetched("no-cors")));
      for (const path of PATHS)
        expect((await call(scene, "OPTIONS", path, { ...fetched("cors"), origin: PAGE })).status).toBe(204);
    });

    for (const path of PATHS)
      check(`${path}: a body that is not sent as JSON is 415`, "no calls", async (scene) => {
        for (const type of ["text/plain", FORM, "multipart/form-data; boundary=x", "nonsense", "text/json"])
          expectError(await call(scene, "POST", path, { "content-type": type }, "{}"), 415, "INVALID_BODY");
      });

    check("JSON by any of its names is read", "no calls", async (scene) => {
      for (const type of ["application/json", "APPLICATION/JSON; charset=utf-8", "application/vnd.api+json"])
        expectOk(await call(scene, "POST", HEALTH, { "content-type": type }, healthBody));
    });

    check("a POST without a body needs no content type", "reads", async (scene) => {
      for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence));
      expectOk(await call(scene, "POST", SCHEDULED, {}));
      expectOk(await call(scene, "POST", SCHEDULED, { "content-type": FORM }, ""));
    });
  });

  group(host, "other sites, with a secret", { options: "shared" }, (check) => {
    check(
      "are let in by it alone: no page can send it without being asked to",
      "no calls",
      async ({ send }) => {
        for (const headers of [fetched("no-cors"), fetched("navigate"), { origin: PAGE }])
          expectOk(await send("POST", HEALTH, { headers, body: healthBody }));
        expectOk(await send("POST", HEALTH, { headers: { "content-type": FORM }, body: healthBody }));
      },
    );
  });
}
