import { expect } from "vitest";
import { evidence } from "../evidence.ts";
import { expectError, expectOk } from "../expectations.ts";
import { group } from "../group.ts";
import { type Host, SECRET } from "../host.ts";
import { bearer, own } from "../scene.ts";
import { DISCONNECT, HEALTH, healthBody, PATHS, ROUTES, STATUS, statusBody } from "../wire.ts";

const READ_SECRET = "reading-secret-of-the-contract-tests";

const inOwnHeader = own(READ_SECRET);
const asBearer = bearer(READ_SECRET);

const STATUS_PATHS: readonly string[] = ROUTES.flatMap(({ path, alias }) =>
  path === STATUS ? [path, alias] : [],
);

/** What the secret for reading opens: what monitors ask for, and nothing that changes anything. */
export function reading(host: Host): void {
  const variables = { BACKUP_READ_SECRET: READ_SECRET };
  group(host, "the secret for reading", { options: { variables } }, (check) => {
    for (const path of ["/api/check?format=json", "/api/backups?format=json"])
      check(`GET ${path}: open to it, in either header`, "reads", async ({ send }) => {
        evidence.mustNotShow(READ_SECRET);
        for (const options of [inOwnHeader, asBearer]) expectOk(await send("GET", path, options));
      });
    check("GET /metrics and /openapi.json: open to it", "reads", async ({ send }) => {
      for (const path of ["/metrics", "/openapi.json"])
        expect((await send("GET", path, asBearer)).status).toBe(200);
    });
    for (const path of ["/api/archives", "/api/jobs", "/api/runs", "/api/runs/stats", "/api/schedules"])
      check(`GET ${path}: open to it, and says that there is no store`, "no calls", async ({ send }) => {
        for (const options of [inOwnHeader, asBearer])
          expectError(await send("GET", path, options), 404, "NO_STORE");
      });
    check("GET /api/runs/:runId: closed to it", "no calls", async ({ send }) => {
      const path = "/api/runs/run_8227130397398_k3x9a0qz";
      expectError(await send("GET", path, inOwnHeader), 401, "UNAUTHORIZED");
      expectError(await send("GET", path), 404, "NO_STORE");
    });
    for (const path of STATUS_PATHS)
      check(`POST ${path}: open to it`, "reads", async ({ send }) => {
        expectOk(await send("POST", path, { ...inOwnHeader, body: statusBody }));
      });
    check("everything else is closed to it, with one and the same 401", "no calls", async ({ send }) => {
      const { text } = await send("POST", HEALTH, { secret: null });
      const closed = PATHS.filter((path) => !STATUS_PATHS.includes(path));
      for (const path of [...closed, "/api/alerts/test", "/nowhere"])
        for (const method of ["GET", "POST"]) {
          const answer = await send(method, path, asBearer);
          expectError(answer, 401, "UNAUTHORIZED");
          expect(answer.text).toBe(text);
        }
      for (const method of ["POST", "DELETE"])
        expectError(await send(method, "/api/check", inOwnHeader), 401, "UNAUTHORIZED");
      expectError(await send("GET", STATUS, inOwnHeader), 401, "UNAUTHORIZED");
      expectError(await send("GET", "/api/restore-guide/main", inOwnHeader), 401, "UNAUTHORIZED");
      expectError(await send("POST", DISCONNECT, { ...inOwnHeader, body: healthBody }), 401, "UNAUTHORIZED");
    });
    check("the other secret opens what it did", "reads", async ({ send }) => {
      expectOk(await send("POST", HEALTH, { body: healthBody }));
      expectOk(await send("GET", "/api/check?format=json"));
    });
  });

  group(host, "a secret for reading that cannot be used", {}, (check) => {
    for (const [title, set] of [
      ["alone", { DATOCMS_BACKUPS_SHARED_SECRET: undefined, BACKUP_READ_SECRET: READ_SECRET }],
      ["that is the other one", { BACKUP_READ_SECRET: SECRET }],
      ["that is too short", { BACKUP_READ_SECRET: "seven77" }],
      ["that is a template's text", { BACKUP_READ_SECRET: "change-me-please" }],
    ] as const)
      check(
        `${title}: 500 MISSING_SHARED_SECRET_CONFIG that names it`,
        "no calls",
        async ({ send }) => {
          for (const options of [inOwnHeader, { secret: null }, {}])
            expectError(
              await send("POST", HEALTH, { ...options, body: healthBody }),
              500,
              "MISSING_SHARED_SECRET_CONFIG",
              expect.objectContaining({ variable: "BACKUP_READ_SECRET" }),
            );
        },
        { options: { variables: set } },
      );
  });
}
