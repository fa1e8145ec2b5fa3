import { expect } from "vitest";
import { slotsFor } from "../../../services/schedule/slots.ts";
import { aResult, expectError, expectOk, pick } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import type { Host } from "../host.ts";
import type { Scene } from "../scene.ts";
import { DAY_MS, idOf, openingOf, tokenAsleep, tokenAwake, tokenOnAnotherDay } from "../tokens.ts";
import { DAILY, WEEKLY } from "../wire.ts";

const JOBS = [
  { path: DAILY, scope: "daily" },
  { path: WEEKLY, scope: "weekly" },
] as const;
type Scope = (typeof JOBS)[number]["scope"];

/** Makes calls to DatoCMS slow enough that requests sent together are under way together. */
const OVERLAP_MS = 30;

const SCHEDULED_GET = { needs: ["scheduled-get"] } as const;

/** The slot's facts as they must stand in an answer, and the moment as it was before the call or is now. */
async function expectSchedule(body: unknown, token: string, scope: Scope, before: Date): Promise<void> {
  const { hour, weekday } = (await slotsFor(token))[scope];
  const at = (moment: Date) => ({
    slotHourUtc: hour,
    slotWeekdayUtc: scope === "daily" ? null : weekday,
    currentHourUtc: moment.getUTCHours(),
    currentWeekdayUtc: moment.getUTCDay(),
  });
  expect([at(before), at(new Date())]).toContainEqual(pick(body, "schedule"));
}

async function expectSkip(
  scene: Scene,
  path: string,
  token: string,
  scope: Scope,
  because: string,
): Promise<void> {
  const before = new Date();
  const answer = await scene.send("GET", path);
  expectOk(answer);
  expect(answer.body).toEqual({
    ok: true,
    skipped: true,
    reason: "NOT_DUE_IN_DISTRIBUTED_SLOT",
    because,
    scope,
    schedule: expect.any(Object),
  });
  await expectSchedule(answer.body, token, scope, before);
}

/** Runs that do not look at the hour, asked for while no slot is open. */
function atOnce(check: Check): void {
  for (const { path, scope } of JOBS) {
    check(`${scope}: POST makes a copy at once`, { forks: 1 }, async (scene) => {
      const answer = await scene.send("POST", path);
      expectOk(answer);
      expect(answer.body).toEqual({ ok: true, result: aResult(scope, idOf(scope), null) });
      expect(scene.forked()).toEqual([idOf(scope)]);
      expect(scene.project.environment(idOf(scope))).toMatchObject({ status: "ready", forkedFrom: "main" });
    });
    for (const [way, method, query, options] of [
      ["by query", "GET", "?force=true", {}],
      ["by header", "GET", "", { headers: { "x-datocms-force-run": "true" } }],
      ["by body", "POST", "", { body: { force: true } }],
    ] as const)
      check(`${scope}: forced ${way}, a copy is made at once`, { forks: 1 }, async (scene) => {
        const answer = await scene.send(method, `${path}${query}`, options);
        expectOk(answer);
        expect(answer.body).toEqual({ ok: true, result: aResult(scope, idOf(scope), null) });
        expect(scene.forked()).toEqual([idOf(scope)]);
      });
    check(
      `${scope}: forced, today's copy is replaced`,
      { forks: 1, renames: 1, destroys: 1 },
      async (scene) => {
        scene.seed(idOf(scope));
        const answer = await scene.send("GET", `${path}?force=true`);
        expectOk(answer, { result: aResult(scope, idOf(scope), idOf(scope)) });
        expect(scene.forked()).toEqual([idOf(scope)]);
      },
    );
    check(`${scope}: by hand, the older copy goes`, { forks: 1, destroys: 1 }, async (scene) => {
      const old = Date.now() - 1.5 * DAY_MS;
      scene.seed(idOf(scope, old), old);
      expectOk(await scene.send("POST", path), { result: aResult(scope, idOf(scope), idOf(scope, old)) });
    });
    check(`${scope}: bodies that are no JSON object are refused`, "no calls", async ({ send }) => {
      expectError(await send("POST", path, { body: "{" }), 400, "INVALID_JSON");
      expectError(await send("POST", path, { body: "[true]" }), 400, "INVALID_BODY");
      expectError(await send("POST", path, { body: "null" }), 400, "INVALID_BODY");
    });
  }
}

/** GET while no slot is open. */
function asleep(check: Check, token: () => string): void {
  for (const { path, scope } of JOBS) {
    check(
      `${scope}: out of its slot GET is the documented skip, without a call`,
      "no calls",
      (scene) => expectSkip(scene, path, token(), scope, "other_hour"),
      SCHEDULED_GET,
    );
    check(
      `${scope}: what is not "true" forces nothing`,
      "no calls",
      async ({ send }) => {
        for (const query of ["?force=false", "?force=1", "?force=", "?forced=true"])
          expectOk(await send("GET", `${path}${query}`), { skipped: true });
        expectOk(await send("GET", path, { headers: { "x-datocms-force-run": "yes" } }), { skipped: true });
      },
      SCHEDULED_GET,
    );
  }
}

/** GET while both slots are open. */
function awake(check: Check, token: () => string): void {
  for (const { path, scope } of JOBS) {
    const opening = async () => openingOf((await slotsFor(token()))[scope]);
    const seedOld = async (scene: Scene) => {
      const old = (await opening()) - (scope === "daily" ? 1 : 7) * DAY_MS;
      scene.seed(idOf(scope, old), old);
      return idOf(scope, old);
    };

    check(
      `${scope}: in its slot GET makes the copy and answers with the schedule`,
      { forks: 1, destroys: 1 },
      async (scene) => {
        const old = await seedOld(scene);
        const id = idOf(scope, await opening());
        const before = new Date();
        const answer = await scene.send("GET", path);
        expectOk(answer, { result: aResult(scope, id, old) });
        await expectSchedule(answer.body, token(), scope, before);
        const isLate =
          pick(answer.body, "schedule", "currentHourUtc") !== pick(answer.body, "schedule", "slotHourUtc");
        expect(pick(answer.body, "result", "late")).toBe(isLate || undefined);
        expect(scene.forked()).toEqual([id]);
        expect(scene.ready()).not.toContain(old);
      },
      SCHEDULED_GET,
    );

    check(
      `${scope}: delivered twice, the second is a skip`,
      { forks: 1, destroys: 1 },
      async (scene) => {
        await seedOld(scene);
        expectOk(await scene.send("GET", path), { result: { scope } });
        await expectSkip(scene, path, token(), scope, "already_made");
        expect(scene.forked()).toHaveLength(1);
      },
      SCHEDULED_GET,
    );

    check(
      `${scope}: delivered five times at once, one copy is made`,
      { forks: 1, destroys: 1 },
      async (scene) => {
        await seedOld(scene);
        scene.project.settings.latencyMs = OVERLAP_MS;
        const answers = await Promise.all([1, 2, 3, 4, 5].map(() => scene.send("GET", path)));
        for (const answer of answers) expectOk(answer);
        expect(scene.forked()).toHaveLength(1);
      },
      // Processes that cannot see each other ask DatoCMS once each, and all but one are refused.
      { needs: ["scheduled-get", "one-process"] },
    );

    check(
      `${scope}: a missed slot is not made up for while there is no copy at all`,
      "reads",
      (scene) => expectSkip(scene, path, token(), scope, "first_copy_waits_for_its_slot"),
      SCHEDULED_GET,
    );

    check(
      `${scope}: a copy that has become the primary is left alone`,
      "reads",
      async (scene) => {
        await seedOld(scene);
        const id = idOf(scope, await opening());
        scene.seed(id);
        scene.project.user.promote(id);
        expectOk(await scene.send("GET", path), { skipped: true, reason: "TARGET_IS_PRIMARY", scope });
      },
      SCHEDULED_GET,
    );
  }
}

/** The daily and the weekly job. */
export function jobs(host: Host): void {
  const opened = (token: () => Promise<string>) => {
    let kept = "";
    const options = async () => {
      kept = await token();
      return { token: kept };
    };
    return { options, token: () => kept };
  };

  const far = opened(tokenAsleep);
  group(host, "jobs out of their slot", { options: far.options }, (check) => {
    atOnce(check);
    asleep(check, far.token);
  });

  const open = opened(tokenAwake);
  group(host, "jobs in their slot", { options: open.options }, (check) => awake(check, open.token));

  const other = opened(tokenOnAnotherDay);
  group(host, "weekly on another day", { options: other.options }, (check) => {
    check(
      "GET is a skip",
      "reads",
      (scene) => expectSkip(scene, WEEKLY, other.token(), "weekly", "other_day"),
      SCHEDULED_GET,
    );
    check("POST makes a copy", { forks: 1 }, async (scene) => {
      expectOk(await scene.send("POST", WEEKLY), { result: aResult("weekly", idOf("weekly"), null) });
    });
  });
}
