import { expect } from "vitest";
import { aResult, eventually, expectError, expectOk, pick } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host, OpenOptions } from "../host.ts";
import { NOBODY } from "../scene.ts";
import { idOf } from "../tokens.ts";
import { BACKUP_NOW, DAILY, HEALTH, healthBody, INITIALIZE, STATUS, statusBody, WEEKLY } from "../wire.ts";

const YESTERDAY = Date.now() - 24 * 60 * 60_000;

/** A process counts what it gives to anybody, and tells once that anybody may call. */
const WITHOUT_SECRET: OpenOptions = {
  variables: { DATOCMS_BACKUPS_SHARED_SECRET: undefined },
  fresh: true,
};

/** The documented contract without a secret: anybody may call, so a copy is not made again and again. */
export function openContract(host: Host): void {
  group(host, "without a secret", { options: WITHOUT_SECRET }, (check) => {
    check("the plugin's calls work", "reads", async ({ send }) => {
      expectOk(await send("POST", HEALTH, { ...NOBODY, body: healthBody }));
      expectOk(await send("POST", STATUS, { ...NOBODY, body: statusBody }));
    });
    check("what lies in a store is nobody's", "no calls", async ({ send }) => {
      for (const path of ["/api/runs", "/api/runs/stats", "/api/runs/run_8227130397398_k3x9a0qz"])
        expectError(await send("GET", path, NOBODY), 403, "SECRET_REQUIRED");
    });
    for (const [path, scope] of [
      [DAILY, "daily"],
      [WEEKLY, "weekly"],
      [BACKUP_NOW, "daily"],
    ] as const) {
      check(
        `POST ${path}: the second call is answered with the copy of the first`,
        { forks: 1 },
        async ({ send }) => {
          const first = await send("POST", path, NOBODY);
          const second = await send("POST", path, NOBODY);
          expectOk(first, { result: aResult(scope, idOf(scope), null) });
          expect(pick(first.body, "result", "reused")).toBeUndefined();
          expectOk(second, { result: { ...aResult(scope, idOf(scope), null), reused: true } });
          expect(pick(second.body, "result", "completedAt")).toBe(pick(first.body, "result", "completedAt"));
        },
      );
      check(
        `POST ${path}: one of today is the answer, whatever its age, forced or not`,
        "reads",
        async (scene) => {
          scene.seed(idOf(scope), Date.now() - 11 * 60_000);
          for (const body of [undefined, { force: true, slot: { scope } }]) {
            const answer = await scene.send("POST", path, { ...NOBODY, ...(body !== undefined && { body }) });
            expectOk(answer, { result: { ...aResult(scope, idOf(scope), null), reused: true } });
          }
          expect(scene.forked()).toEqual([]);
        },
      );
    }
    check("backup-now removes nothing", { forks: 1 }, async (scene) => {
      scene.seed(idOf("daily", YESTERDAY), YESTERDAY);
      expectOk(await scene.send("POST", BACKUP_NOW, NOBODY), {
        result: aResult("daily", idOf("daily"), null),
      });
      expect(scene.ready()).toEqual([idOf("daily", YESTERDAY), idOf("daily"), "main"].sort());
    });
    check("a job's route removes what its copy replaces", { forks: 1, destroys: 1 }, async (scene) => {
      scene.seed(idOf("daily", YESTERDAY), YESTERDAY);
      expectOk(await scene.send("POST", DAILY, NOBODY), {
        result: aResult("daily", idOf("daily"), idOf("daily", YESTERDAY)),
      });
    });
    check("what the schedule never makes is 409 CADENCE_NOT_ENABLED", "reads", async (scene) => {
      const answer = await scene.send("POST", BACKUP_NOW, {
        ...NOBODY,
        body: { slot: { scope: "monthly" } },
      });
      const enabledCadences = ["daily", "weekly"];
      expectError(answer, 409, "CADENCE_NOT_ENABLED", { cadence: "monthly", enabledCadences });
    });
  });
  group(host, "no secret", {}, (check) => {
    check(
      "is told by the check, and by the log once for each process",
      "reads",
      async ({ send, deployment }) => {
        const answer = await send("GET", "/api/check?format=json", NOBODY);
        expect(pick(answer.body, "lines")).toContainEqual(
          expect.objectContaining({ level: "warn", code: "SECRET_MISSING" }),
        );
        await send("GET", "/api/check?format=json", NOBODY);
        // In process there is no server that starts, and no instance of a function.
        if (host.traits.has("virtual-time")) return;
        await eventually(() => {
          const lines = deployment.log().split("\n");
          const told = lines.filter((line) => /"level":"warn".*No shared secret is configured/.test(line));
          expect(told.length).toBeGreaterThan(0);
          expect(told.length).toBeLessThanOrEqual(host.traits.has("one-process") ? 1 : 2);
        });
      },
      { options: WITHOUT_SECRET },
    );
  });

  group(host, "the same answer without a secret", {}, (check) => {
    const options = WITHOUT_SECRET;
    for (const [path, scope] of [
      [DAILY, "daily"],
      [WEEKLY, "weekly"],
      [BACKUP_NOW, "daily"],
      [INITIALIZE, "daily"],
    ] as const)
      check(
        `POST ${path}: the seventh within an hour is 429`,
        "reads",
        async (scene) => {
          for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence));
          for (let time = 0; time < 6; time += 1) {
            const answer = await scene.send("POST", path, NOBODY);
            expectOk(answer);
            expect(answer.text).toContain('"reused":true');
          }
          const answer = await scene.send("POST", path, NOBODY);
          expectError(answer, 429, "RATE_LIMITED", expect.objectContaining({ scope }));
          const seconds = Number(answer.headers.get("retry-after"));
          expect(seconds).toBeGreaterThan(3_500);
          expect(seconds).toBeLessThanOrEqual(3_600);
        },
        { options, needs: ["one-process"] },
      );
    check(
      "each cadence counts for itself, and what is made does not count",
      { forks: 2 },
      async (scene) => {
        for (const cadence of ["weekly", "daily"])
          for (let time = 0; time < 7; time += 1)
            expectOk(await scene.send("POST", BACKUP_NOW, { ...NOBODY, body: { scope: cadence } }));
        for (const cadence of ["weekly", "daily"])
          expectError(
            await scene.send("POST", BACKUP_NOW, { ...NOBODY, body: { scope: cadence } }),
            429,
            "RATE_LIMITED",
          );
      },
      { options, needs: ["one-process"] },
    );
  });

  group(host, "the same answer an hour later", { options: WITHOUT_SECRET, time: "virtual" }, (check) => {
    check("is given again", "reads", async (scene) => {
      const { clock, advance = async () => {} } = scene.deployment;
      for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence, clock.now()));
      for (let time = 0; time < 6; time += 1) {
        expectOk(await scene.send("POST", INITIALIZE, NOBODY));
        await advance(60_000);
      }
      const refused = await scene.send("POST", INITIALIZE, NOBODY);
      expectError(refused, 429, "RATE_LIMITED");
      const seconds = Number(refused.headers.get("retry-after"));
      await advance((seconds - 5) * 1_000);
      expectError(await scene.send("POST", INITIALIZE, NOBODY), 429, "RATE_LIMITED");
      await advance(5_000);
      expectOk(await scene.send("POST", INITIALIZE, NOBODY));
      expectError(await scene.send("POST", INITIALIZE, NOBODY), 429, "RATE_LIMITED");
    });
  });

  group(host, "with a secret", { options: "shared" }, (check) => {
    check("the same answer is given as often as one likes", "reads", async (scene) => {
      for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence));
      for (let time = 0; time < 8; time += 1) expectOk(await scene.send("POST", INITIALIZE));
    });
  });
}
