import { expect } from "vitest";
import { anInstant, expectCause, expectError, expectOk, GAVE_UP_MS, pick } from "../expectations.ts";
import { group } from "../group.ts";
import { type Host, SECRET } from "../host.ts";
import type { Answer, Scene } from "../scene.ts";
import { DAY_MS, dateOf, idOf } from "../tokens.ts";

const GUIDE = "/api/restore-guide";
const YESTERDAY = Date.now() - DAY_MS;
const COPY = idOf("daily", YESTERDAY);

function guideTo({ send }: Scene, id: string): Promise<Answer> {
  return send("GET", `${GUIDE}/${id}?format=json`);
}

/** Every call of some steps, as `METHOD path @environment`. */
function callsIn(steps: unknown): string[] {
  const calls = Array.isArray(steps) ? steps.flatMap((step) => pick(step, "calls")) : [];
  return calls.map((call) => {
    const environment = pick(call, "environment");
    const where = environment === undefined ? "" : ` @${environment}`;
    return `${pick(call, "method")} ${pick(call, "path")}${where}`;
  });
}

/** The way back to a copy, told with the project's own ids. */
export function restoreGuide(host: Host): void {
  group(host, "restore guide", { options: { project: { items: 12, uploads: 3 } } }, (check) => {
    check("names every call of the way back and of its undoing", "reads", async (scene) => {
      scene.seed(COPY, YESTERDAY);
      const answer = await guideTo(scene, COPY);
      const restored = `restored-${dateOf()}`;
      const plugin = scene.project.environment("main")?.plugins[0]?.id;
      expectOk(answer, {
        environment: { id: COPY, ours: true, records: 12, uploads: 3 },
        primary: { id: "main", records: 12, uploads: 3 },
        restoredId: restored,
        formerId: "main",
        madeAt: anInstant(),
      });
      expect(callsIn(pick(answer.body, "steps"))).toEqual([
        "GET /users/me?include=role",
        `GET /environments/${COPY}`,
        `PUT /environments/${COPY}/rename`,
        "PUT /maintenance-mode/activate",
        `GET /plugins/${plugin} @main`,
        `PUT /plugins/${plugin} @${restored}`,
        `PUT /environments/${restored}/promote`,
        "GET /roles",
        "GET /build-triggers",
        "POST /build-triggers/{triggerId}/trigger",
        "PUT /maintenance-mode/deactivate",
      ]);
      expect(callsIn(pick(answer.body, "undo"))).toEqual([
        "PUT /maintenance-mode/activate",
        "PUT /environments/main/promote",
        "GET /build-triggers",
        "POST /build-triggers/{triggerId}/trigger",
        "PUT /maintenance-mode/deactivate",
      ]);
      expect(scene.events()).toEqual([]);
      expect(scene.requests().length).toBe(8);
    });

    check("answers with JSON where Accept asks for it", "reads", async (scene) => {
      scene.seed(COPY, YESTERDAY);
      const headers = { accept: "application/json" };
      const answer = await scene.send("GET", `${GUIDE}/${COPY}`, { headers });
      expectOk(answer, { restoredId: `restored-${dateOf()}` });
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    });

    check("leads to an environment of the user's own under its own name", "reads", async (scene) => {
      scene.seed("staging");
      const answer = await guideTo(scene, "staging");
      expectOk(answer, { environment: { id: "staging", ours: false }, restoredId: "staging" });
      expect(callsIn(pick(answer.body, "steps")).join()).not.toContain("rename");
    });

    check("keeps a primary with a copy's name from being taken for a copy", "reads", async (scene) => {
      scene.seed(COPY, YESTERDAY);
      scene.project.user.promote(COPY);
      const answer = await guideTo(scene, "main");
      scene.project.user.promote("main");
      const former = `former-${dateOf()}`;
      expectOk(answer, { restoredId: "main", formerId: former });
      const calls = callsIn(pick(answer.body, "steps"));
      expect(calls.indexOf(`PUT /environments/${COPY}/rename`)).toBeGreaterThan(0);
      expect(calls.indexOf("PUT /environments/main/promote")).toBeGreaterThan(
        calls.indexOf(`PUT /environments/${COPY}/rename`),
      );
      expect(callsIn(pick(answer.body, "undo"))).toContain(`PUT /environments/${former}/promote`);
    });

    check("does without what the role may not see", "reads", async (scene) => {
      scene.seed(COPY, YESTERDAY);
      for (const operation of ["site.find", "plugins.list", "items.list", "uploads.list"] as const)
        scene.project.faults.add({
          operation,
          times: Number.POSITIVE_INFINITY,
          effect: { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" },
        });
      const answer = await guideTo(scene, COPY);
      expectOk(answer);
      expect(pick(answer.body, "project")).toBeUndefined();
      expect(pick(answer.body, "environment", "records")).toBeUndefined();
      expect(callsIn(pick(answer.body, "steps")).join()).not.toContain("/plugins");
    });

    check("shows no parameter of the plugin's", "reads", async (scene) => {
      scene.project.user.setParameters("main", { lambdaAuthSecret: "parameter-of-the-plugin" });
      scene.seed(COPY, YESTERDAY);
      expect((await guideTo(scene, COPY)).text).not.toContain("parameter-of-the-plugin");
    });
  });

  group(host, "restore guide: names of the project", { options: { project: { name: SECRET } } }, (check) => {
    check("are scrubbed of the service's secrets", "reads", async (scene) => {
      scene.seed(COPY, YESTERDAY);
      const answer = await guideTo(scene, COPY);
      expectOk(answer, { project: { name: "[redacted]" } });
      expect(answer.text).not.toContain(SECRET);
    });
  });

  group(host, "restore guide: refusals", { options: "shared" }, (check) => {
    check("404 ENVIRONMENT_NOT_FOUND, with the copies that there are", "reads", async (scene) => {
      scene.seed(COPY, YESTERDAY);
      scene.seed("staging");
      const answer = await guideTo(scene, idOf("weekly", YESTERDAY));
      expectError(answer, 404, "ENVIRONMENT_NOT_FOUND", {
        environmentId: idOf("weekly", YESTERDAY),
        copies: [COPY],
      });
      expect(pick(answer.body, "error", "message")).toContain(COPY);
    });

    for (const creating of ["listed", "unlisted"] as const)
      check(`409 ENVIRONMENT_NOT_READY while it is being made, ${creating}`, "reads", async (scene) => {
        const { settings, user } = scene.project;
        settings.forkMs = 600_000;
        settings.unknowns.creating = creating;
        user.fork(null, COPY);
        const answer = await guideTo(scene, COPY);
        settings.unknowns.creating = "listed";
        expectError(answer, 409, "ENVIRONMENT_NOT_READY", { environmentId: COPY, status: "creating" });
      });

    check("409 ENVIRONMENT_NOT_READY while it is being removed", { forks: 1, destroys: 1 }, async (scene) => {
      scene.project.settings.destroyMs = 600_000;
      scene.seed(idOf("daily", YESTERDAY), YESTERDAY);
      expectOk(await scene.send("POST", "/api/jobs/daily-backup"));
      const answer = await guideTo(scene, idOf("daily", YESTERDAY));
      expectError(answer, 409, "ENVIRONMENT_NOT_READY", expect.objectContaining({ status: "destroying" }));
    });

    check("409 ENVIRONMENT_IS_PRIMARY", "reads", async (scene) => {
      expectError(await guideTo(scene, "main"), 409, "ENVIRONMENT_IS_PRIMARY", { environmentId: "main" });
    });

    for (const id of ["Main", "my_copy", "a%2Fb", "%2e%2e%2fmain", "caf%C3%A9", "a".repeat(201)])
      check(`400 for what can be no environment: ${id.slice(0, 20)}`, "no calls", async (scene) => {
        expectError(await guideTo(scene, id), 400, "INVALID_ENVIRONMENT_ID");
      });

    check("404 without an id, 405 for a POST, 401 without the secret", "no calls", async ({ send }) => {
      expectError(await send("GET", GUIDE), 404, "NOT_FOUND");
      expectError(await send("POST", `${GUIDE}/${COPY}`), 405, "METHOD_NOT_ALLOWED");
      expectError(await send("GET", `${GUIDE}/${COPY}`, { secret: null }), 401, "UNAUTHORIZED");
    });

    check(
      "a token that DatoCMS does not know: INVALID_API_TOKEN",
      "reads",
      async (scene) => expectCause(await guideTo(scene, COPY), "INVALID_API_TOKEN"),
      { options: { unknownToken: true } },
    );
  });

  group(host, "restore guide: a DatoCMS that hangs", { options: "shared" }, (check) => {
    check("is told soon", "reads", async (scene) => {
      scene.project.faults.add({
        times: Number.POSITIVE_INFINITY,
        effect: { kind: "hang", when: "before" },
      });
      const began = performance.now();
      expectCause(await guideTo(scene, COPY), "DATOCMS_UNAVAILABLE");
      expect(performance.now() - began).toBeLessThan(GAVE_UP_MS);
    });

    check("is done without, where only the list is answered", "reads", async (scene) => {
      scene.seed(COPY, YESTERDAY);
      scene.project.faults.add({
        operation: ["site.find", "plugins.list", "items.list", "uploads.list"],
        times: Number.POSITIVE_INFINITY,
        effect: { kind: "hang", when: "before" },
      });
      const began = performance.now();
      expectOk(await guideTo(scene, COPY), { restoredId: `restored-${dateOf()}` });
      expect(performance.now() - began).toBeLessThan(GAVE_UP_MS);
    });
  });
}
