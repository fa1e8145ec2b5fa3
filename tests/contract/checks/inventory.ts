import { expect } from "vitest";
import {
  CLASSIC,
  Inventory,
  metricsIn,
  OPEN_METRICS,
  PROMETHEUS,
} from "../../simulation/inventorySupport.ts";
import { expectCause, expectError, expectOk } from "../expectations.ts";
import { group } from "../group.ts";
import { type Host, WRONG_SECRET } from "../host.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, idOf } from "../tokens.ts";
import { STATUS, statusBody } from "../wire.ts";

const BACKUPS = "/api/backups";
const METRICS = "/metrics";

async function inventoryOf({ send }: Scene, query = "") {
  const answer = await send("GET", `${BACKUPS}?format=json${query}`);
  expectOk(answer);
  return Inventory.parse(answer.body);
}

async function metricsOf({ send }: Scene, accept = "*/*", type = CLASSIC) {
  const answer = await send("GET", METRICS, { headers: { accept } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe(type);
  return metricsIn(answer.text, type);
}

/** What exists now, for people and for Prometheus. */
export function inventory(host: Host): void {
  group(host, "what exists", { options: { project: { items: 12, uploads: 3 } } }, (check) => {
    check("an empty project has nothing to return to", "reads", async (scene) => {
      const found = await inventoryOf(scene);
      expect(found).toMatchObject({ copies: [], others: 0, coverage: { points: 0 } });
      expect(found.cadences.daily).toMatchObject({ enabled: true, timeliness: "missing" });
      expect(found.cadences.monthly).toMatchObject({ enabled: false, timeliness: null });
    });

    check("each copy is told with its age and contents", "reads", async (scene) => {
      const yesterday = Date.now() - DAY_MS;
      scene.seed(idOf("daily", yesterday), yesterday);
      scene.seed(idOf("weekly"));
      scene.seed("staging");
      const found = await inventoryOf(scene);
      expect(found.copies).toMatchObject([
        { environmentId: idOf("weekly"), state: "ready", totals: { records: 12, uploads: 3 } },
        { environmentId: idOf("daily", yesterday), state: "ready", totals: { records: 12, uploads: 3 } },
      ]);
      expect(found.copies[1]?.ageSeconds).toBeGreaterThanOrEqual(DAY_MS / 1_000);
      expect(found.coverage).toMatchObject({ points: 2 });
      expect(found).toMatchObject({ others: 1, room: { sandboxes: 3 } });
      expect((await inventoryOf(scene, "&others=names")).otherNames).toEqual(["staging"]);
    });

    check("a copy in the making has a percentage and no contents", "reads", async (scene) => {
      scene.project.settings.forkMs = 600_000;
      scene.project.user.fork(null, idOf("daily"));
      const [copy] = (await inventoryOf(scene)).copies;
      expect(copy).toMatchObject({ state: "creating", percentage: expect.any(Number), totals: null });
    });

    check("late is what has not come for days, in every answer", "reads", async (scene) => {
      const then = Date.now() - 5 * DAY_MS;
      scene.seed(idOf("daily", then), then);
      const { daily } = (await inventoryOf(scene)).cadences;
      expect(daily.timeliness).toBe("late");
      expect(Date.parse(daily.lateSince ?? "")).toBeLessThan(Date.now() - 2 * DAY_MS);
      expect((await metricsOf(scene))["backup_late{daily}"]).toBe(1);
      const status = await scene.send("POST", STATUS, { body: statusBody });
      const slots = { daily: { timeliness: "late", lateSince: daily.lateSince } };
      expectOk(status, { coverage: { points: 1 }, slots });
    });

    check(
      "no more calls are made than the host allows, and the newest are counted",
      "reads",
      async (scene) => {
        for (let days = 1; days <= 20; days += 1) {
          const at = Date.now() - days * DAY_MS;
          scene.seed(idOf("daily", at), at);
        }
        const read = (await inventoryOf(scene)).copies.filter(({ totals }) => totals !== null).length;
        expect(read).toBeGreaterThanOrEqual(5);
        expect(scene.requests().length).toBeLessThanOrEqual(host.provider === "cloudflare" ? 15 : 40);
      },
    );

    check("the metrics come as OpenMetrics to a Prometheus that asks for it", "reads", async (scene) => {
      scene.seed(idOf("daily"));
      const { backup_read_timestamp_seconds: _, ...figures } = await metricsOf(
        scene,
        PROMETHEUS,
        OPEN_METRICS,
      );
      expect(figures["backup_copies{daily}"]).toBe(1);
      expect(Object.keys(await metricsOf(scene))).toEqual(expect.arrayContaining(Object.keys(figures)));
    });

    check("the metrics name the host", "reads", async (scene) => {
      scene.seed(idOf("daily"));
      const figures = await metricsOf(scene);
      expect(figures["backup_copies{daily}"]).toBe(1);
      expect(Object.keys(figures).filter((name) => name.startsWith("backup_service_info{"))).toEqual([
        expect.stringMatching(new RegExp(`^backup_service_info{${host.provider},\\d`)),
      ]);
      expect(scene.requests().length).toBeLessThanOrEqual(4);
    });

    for (const path of [BACKUPS, METRICS])
      check(`${path}: 401 without the secret, 405 for what is no GET`, "no calls", async ({ send }) => {
        for (const secret of [null, WRONG_SECRET])
          expectError(await send("GET", path, { secret }), 401, "UNAUTHORIZED");
        for (const method of ["POST", "PUT", "DELETE"])
          expectError(await send(method, path), 405, "METHOD_NOT_ALLOWED");
        expect((await send("HEAD", path)).status).toBe(405);
      });

    for (const path of [BACKUPS, METRICS])
      check(`${path}: a token that DatoCMS refuses: INVALID_API_TOKEN`, "reads", async (scene) => {
        const effect = { kind: "status", status: 401, code: "INVALID_AUTHORIZATION_HEADER" } as const;
        scene.project.faults.add({ times: Number.POSITIVE_INFINITY, effect });
        expectCause(await scene.send("GET", path), "INVALID_API_TOKEN");
      });
  });
}
