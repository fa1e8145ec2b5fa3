import { expect } from "vitest";
import { aResult, expectOk, pick } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";
import { idOf } from "../tokens.ts";
import { BACKUP_NOW, DAILY, HEALTH, healthBody, STATUS, statusBody, WEEKLY } from "../wire.ts";

const NOBODY = { secret: null };

/** The documented contract without a secret: anybody may call, so a copy is not made again and again. */
export function openContract(host: Host): void {
  const variables = { DATOCMS_BACKUPS_SHARED_SECRET: undefined };
  group(host, "without a secret", { options: { variables } }, (check) => {
    check("the plugin's calls work", "reads", async ({ send }) => {
      expectOk(await send("POST", HEALTH, { ...NOBODY, body: healthBody }));
      expectOk(await send("POST", STATUS, { ...NOBODY, body: statusBody }));
    });
    for (const [path, scope] of [
      [DAILY, "daily"],
      [WEEKLY, "weekly"],
      [BACKUP_NOW, "daily"],
    ] as const) {
      check(`POST ${path}: a copy younger than ten minutes is the answer`, { forks: 1 }, async ({ send }) => {
        const first = await send("POST", path, NOBODY);
        const second = await send("POST", path, NOBODY);
        expectOk(first, { result: aResult(scope, idOf(scope), null) });
        expect(pick(first.body, "result", "reused")).toBeUndefined();
        expectOk(second, { result: { ...aResult(scope, idOf(scope), null), reused: true } });
        expect(pick(second.body, "result", "completedAt")).toBe(pick(first.body, "result", "completedAt"));
      });
      check(
        `POST ${path}: an older one is replaced`,
        { forks: 1, renames: 1, destroys: 1 },
        async (scene) => {
          scene.seed(idOf(scope), Date.now() - 11 * 60_000);
          const answer = await scene.send("POST", path, NOBODY);
          expectOk(answer, { result: aResult(scope, idOf(scope), idOf(scope)) });
          expect(pick(answer.body, "result", "reused")).toBeUndefined();
        },
      );
      check(
        `POST ${path}: forced, a young one is replaced`,
        { forks: 1, renames: 1, destroys: 1 },
        async (scene) => {
          scene.seed(idOf(scope), Date.now() - 60_000);
          const answer = await scene.send("POST", path, {
            ...NOBODY,
            body: { force: true, slot: { scope } },
          });
          expectOk(answer, { result: aResult(scope, idOf(scope), idOf(scope)) });
          expect(scene.forked()).toEqual([idOf(scope)]);
        },
      );
    }
  });
}
