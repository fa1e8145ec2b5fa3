import { expect } from "vitest";
import type { FaultEffect } from "../../../emulator/emulator.ts";
import {
  aResult,
  eventually,
  expectCause,
  expectError,
  expectOk,
  GAVE_UP_MS,
  pick,
} from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";
import type { Answer, Claim, Scene, SendOptions } from "../scene.ts";
import { DAY_MS, idOf } from "../tokens.ts";
import {
  BACKUP_NOW,
  DAILY,
  DISCONNECT,
  disconnectBody,
  INITIALIZE,
  SCHEDULED,
  STATUS,
  statusBody,
} from "../wire.ts";

/** Of an earlier day, and not so old that a run by hand must leave it. */
const OLD = Date.now() - 1.5 * DAY_MS;

/** Every kind of call that speaks with DatoCMS. */
export const CALLS: readonly (readonly [string, string, SendOptions])[] = [
  ["POST", STATUS, { body: statusBody }],
  ["POST", DISCONNECT, { body: disconnectBody }],
  ["POST", BACKUP_NOW, {}],
  ["POST", DAILY, {}],
  ["POST", INITIALIZE, {}],
  ["GET", SCHEDULED, {}],
];

/** How DatoCMS can be away. */
export const OUTAGES: readonly (readonly [string, FaultEffect])[] = [
  ["answers nothing but 503", { kind: "status", status: 503 }],
  ["never answers", { kind: "hang", when: "before" }],
  ["cuts every connection", { kind: "drop", when: "before" }],
];

/** All at once: a DatoCMS that does not answer costs each of them seconds. */
async function everyCall({ send }: Scene): Promise<Answer[]> {
  return Promise.all(CALLS.map(([method, path, options]) => send(method, path, options)));
}

/** A run that fails for good; the older copy is there before and after. */
async function failsAndKeeps(scene: Scene, cause: string): Promise<Answer> {
  scene.seed(idOf("daily", OLD), OLD);
  const answer = await scene.send("POST", DAILY);
  expectCause(answer, cause);
  expect(answer.body).toMatchObject({ error: { details: { scope: "daily", environmentId: idOf("daily") } } });
  expect(scene.ready()).toContain(idOf("daily", OLD));
  expect(scene.events().filter(({ type }) => type.startsWith("destroy"))).toEqual([]);
  return answer;
}

/**
 * A token that DatoCMS does not know; to be called after all but `everyAnswer`. The emulator cannot tell whose the calls
 * with unknown tokens are, and another group makes some too.
 */
export function unknownToken(host: Host): void {
  group(host, "an unknown token", { options: { unknownToken: true }, when: "last" }, (check) => {
    check("INVALID_API_TOKEN, everywhere", "reads", async (scene) => {
      for (const answer of await everyCall(scene)) expectCause(answer, "INVALID_API_TOKEN");
      expect(new Set(scene.requests().map(({ status }) => status))).toEqual(new Set([401]));
    });
  });
}

/** A failure is told by its cause; nothing good is lost to it. */
export function failures(host: Host): void {
  group(host, "failures", { options: "shared" }, (check) => {
    check("a role that may not fork: INSUFFICIENT_PERMISSIONS", { forks: 1 }, async (scene) => {
      scene.project.settings.role = { can_manage_environments: false };
      await failsAndKeeps(scene, "INSUFFICIENT_PERMISSIONS");
    });
    check("a role that may not write plugins: INSUFFICIENT_PERMISSIONS", { updates: 1 }, async (scene) => {
      scene.project.settings.role = { can_edit_schema: false };
      expectCause(await scene.send("POST", DISCONNECT, { body: disconnectBody }), "INSUFFICIENT_PERMISSIONS");
    });
    check(
      "a full plan, known beforehand: ENVIRONMENT_LIMIT_REACHED without a fork",
      "reads",
      async (scene) => {
        scene.seed("staging");
        scene.project.settings.plan.sandboxLimit = 1;
        const answer = await scene.send("POST", DAILY);
        expectCause(answer, "ENVIRONMENT_LIMIT_REACHED");
        expect(answer.body).toMatchObject({
          error: { details: { limit: 1, inUse: 1, ours: 0, foreign: 1 } },
        });
        expect(scene.ready()).toEqual(["main", "staging"]);
      },
    );
    check("a full plan, told by the refusal: ENVIRONMENT_LIMIT_REACHED", { forks: 1 }, async (scene) => {
      scene.seed("staging");
      Object.assign(scene.project.settings.plan, { sandboxLimit: 1, limitsEndpoint: "404" });
      expectCause(await scene.send("POST", DAILY), "ENVIRONMENT_LIMIT_REACHED");
      expect(scene.ready()).toEqual(["main", "staging"]);
    });
    check("a copy that DatoCMS drops: FORK_FAILED, and the old one stays", { forks: 1 }, async (scene) => {
      scene.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
      await failsAndKeeps(scene, "FORK_FAILED");
    });
    check("today's copy has become the primary: 409 BACKUP_ID_IS_PRIMARY", "reads", async (scene) => {
      scene.seed(idOf("daily"));
      scene.project.user.promote(idOf("daily"));
      const answer = await scene.send("POST", DAILY);
      expectError(answer, 409, "BACKUP_ID_IS_PRIMARY");
      expect(pick(answer.body, "error", "message")).toMatch(/rename/i);
    });
    check("a redirect is not followed: DATOCMS_UNAVAILABLE, and says so", "reads", async (scene) => {
      const effect = { kind: "status", status: 307, headers: { Location: "/site" } } as const;
      scene.project.faults.add({ operation: "environments.list", times: Number.POSITIVE_INFINITY, effect });
      for (const [method, path, options] of [
        ["POST", STATUS, { body: statusBody }],
        ["POST", DAILY, {}],
      ] as const) {
        const answer = await scene.send(method, path, options);
        expectCause(answer, "DATOCMS_UNAVAILABLE");
        expect(pick(answer.body, "error", "message")).toContain("redirect");
      }
      expect(scene.requests().map((entry) => entry.operation)).not.toContain("site.find");
    });
    check("the log tells more under the answer's request id", "reads", async (scene) => {
      scene.project.faults.add({
        operation: "environments.list",
        effect: { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" },
      });
      const answer = await scene.send("POST", DAILY);
      expectCause(answer, "INSUFFICIENT_PERMISSIONS");
      const id = String(pick(answer.body, "error", "details", "requestId"));
      await eventually(() => expect(scene.deployment.log()).toContain(id));
    });
  });

  group(host, "an unreachable DatoCMS", { options: "shared" }, (check) => {
    for (const [what, effect] of OUTAGES)
      check(`it ${what}: DATOCMS_UNAVAILABLE, soon and everywhere`, "reads", async (scene) => {
        scene.project.faults.add({ times: Number.POSITIVE_INFINITY, effect });
        const { clock } = scene.deployment;
        const began = clock.monotonic();
        const answers = await everyCall(scene);
        expect(clock.monotonic() - began).toBeLessThan(GAVE_UP_MS);
        for (const answer of answers) expectCause(answer, "DATOCMS_UNAVAILABLE");
      });
  });
  mishaps(host);
}

interface Mishap {
  readonly title: string;
  readonly fault: Parameters<Scene["project"]["faults"]["add"]>[0];
  readonly claim: Claim;
}

const FORK = "environments.fork";

/** What goes wrong once and is made good within the same run. */
const MISHAPS: readonly Mishap[] = [
  {
    title: "the fork's answer is lost",
    fault: { operation: FORK, effect: { kind: "drop", when: "after" } },
    claim: { forks: 1, destroys: 1 },
  },
  {
    title: "the fork is lost on its way",
    fault: { operation: FORK, effect: { kind: "drop", when: "before" } },
    claim: { forks: 2, destroys: 1 },
  },
  {
    title: "the fork succeeds and says 500",
    fault: { operation: FORK, effect: { kind: "status", status: 500, when: "after" } },
    claim: { forks: 1, destroys: 1 },
  },
  {
    title: "a proxy answers the fork with HTML",
    fault: { operation: FORK, effect: { kind: "html", status: 502 } },
    claim: { forks: 2, destroys: 1 },
  },
  {
    title: "the fork's answer is cut in half",
    fault: { operation: FORK, effect: { kind: "broken-json", when: "after" } },
    claim: { forks: 1, destroys: 1 },
  },
  {
    title: "DatoCMS is busy for a moment",
    fault: {
      operation: FORK,
      effect: { kind: "status", status: 422, code: "CONCURRENT_ENVIRONMENT_UPDATE", transient: true },
    },
    claim: { forks: 2, destroys: 1 },
  },
  {
    title: "the list cannot be read at first",
    fault: { operation: "environments.list", effect: { kind: "html", status: 502 } },
    claim: { forks: 1, destroys: 1 },
  },
  {
    title: "the list is cut in half at first",
    fault: { operation: "environments.list", effect: { kind: "broken-json" } },
    claim: { forks: 1, destroys: 1 },
  },
  {
    title: "the plugin cannot be read at first",
    fault: { operation: "plugins.list", effect: { kind: "drop", when: "before" } },
    claim: { forks: 1, destroys: 1 },
  },
  {
    title: "the plan's limits are not there",
    fault: {
      operation: ["subscriptionLimits.list", "publicInfo.find"],
      times: 9,
      effect: { kind: "status", status: 404 },
    },
    claim: { forks: 1, destroys: 1 },
  },
  {
    title: "the destroy fails once",
    fault: { operation: "environments.destroy", effect: { kind: "status", status: 503 } },
    claim: { forks: 1, destroys: 2 },
  },
  {
    title: "the destroy's answer is lost",
    fault: { operation: "environments.destroy", effect: { kind: "drop", when: "after" } },
    claim: { forks: 1, destroys: 1 },
  },
];

function mishaps(host: Host): void {
  group(host, "mishaps", { options: "shared" }, (check) => {
    for (const { title, fault, claim } of MISHAPS)
      check(`${title}: one copy is made, the old one goes`, claim, async (scene) => {
        scene.seed(idOf("daily", OLD), OLD);
        const handle = scene.project.faults.add(fault);
        const answer = await scene.send("POST", DAILY);
        expectOk(answer, { result: aResult("daily", idOf("daily"), idOf("daily", OLD)) });
        expect(handle.hits).toBeGreaterThan(0);
        expect(scene.forked()).toEqual([idOf("daily")]);
        await eventually(() => expect(scene.ready()).toEqual([idOf("daily"), "main"]));
      });

    check(
      "a copy that cannot be destroyed is told and fails nothing",
      { forks: 1, destroys: 1 },
      async (scene) => {
        scene.seed(idOf("daily", OLD), OLD);
        const effect: FaultEffect = { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" };
        scene.project.faults.add({
          operation: "environments.destroy",
          times: Number.POSITIVE_INFINITY,
          effect,
        });
        const answer = await scene.send("POST", DAILY);
        expectOk(answer, { result: aResult("daily", idOf("daily"), null) });
        expect(answer.body).toMatchObject({ result: { problems: [{ code: "COPY_NOT_REMOVED" }] } });
        expect(scene.ready()).toEqual([idOf("daily", OLD), idOf("daily"), "main"].sort());
      },
    );

    check("a rate limit is waited out", { forks: 2 }, async (scene) => {
      const effect: FaultEffect = { kind: "status", status: 429, headers: { "X-RateLimit-Reset": "1" } };
      const faults = [
        scene.project.faults.add({ operation: "environments.list", effect }),
        scene.project.faults.add({ operation: FORK, effect }),
      ];
      const { clock } = scene.deployment;
      const began = clock.monotonic();
      expectOk(await scene.send("POST", DAILY), { result: aResult("daily", idOf("daily"), null) });
      expect(clock.monotonic() - began).toBeGreaterThanOrEqual(2_000);
      expect(faults.map(({ hits }) => hits)).toEqual([1, 1]);
      expect(scene.forked()).toEqual([idOf("daily")]);
    });

    check("a write of the plugin that is lost is found out", { updates: 1 }, async (scene) => {
      scene.project.faults.add({ operation: "plugins.update", effect: { kind: "drop", when: "after" } });
      expectOk(await scene.send("POST", DISCONNECT, { body: disconnectBody }));
      expect(scene.project.environment("main")?.plugins[0]?.parameters).toHaveProperty("schedulerDisconnect");
    });
  });
}
