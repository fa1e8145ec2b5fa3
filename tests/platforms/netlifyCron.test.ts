import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmulator, type Listening } from "../../emulator/emulator.ts";
import { slotsFor } from "../../services/schedule/slots.ts";
import { pick } from "../contract/expectations.ts";
import { SECRET, WRONG_SECRET } from "../contract/host.ts";
import { backingOf } from "../contract/hosts/project.ts";
import { DAY_MS, idOf, openingOf, tokenAsleep, tokenAwake } from "../contract/tokens.ts";
import { HEALTH, healthBody, SERVICE } from "../contract/wire.ts";
import { BUILD_MS } from "../support/builtOnce.ts";
import { type DevHandler, devHandler } from "./netlify/devHandler.ts";
import { type Build, build, run } from "./netlify/functions.ts";

/** The processor may be somebody else's; the local runtime bundles every function at first. */
const PATIENCE_MS = 180_000;

const CRONS = [
  { name: "dailyBackup", scope: "daily", olderBy: DAY_MS },
  { name: "weeklyBackup", scope: "weekly", olderBy: 7 * DAY_MS },
] as const;
type Cron = (typeof CRONS)[number];

const emulator = createEmulator();
let listening: Listening;
let built: Build;
beforeAll(async () => {
  listening = await emulator.listen();
  built = await build();
}, BUILD_MS);
afterAll(() => listening.close());

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly query?: string;
}

const NEXT_RUN = JSON.stringify({ next_run: "2026-11-21T08:05:00.000Z" });
/** As Netlify's cron calls: no secret, no force, the time of the next run. */
const EVENT: Call = {
  method: "POST",
  headers: {
    "user-agent": "Netlify Clockwork",
    "x-nf-event": "schedule",
    "content-type": "application/json",
  },
  body: NEXT_RUN,
};
const WITH_SECRET = { "x-datocms-backups-auth": SECRET };

function requestOf({ name }: Cron, { method = "GET", headers = {}, body, query = "" }: Call): Request {
  const address = `https://backups.netlify.app/.netlify/functions/${name}${query}`;
  return new Request(address, { method, headers, ...(body !== undefined && { body }) });
}

/** A deployment with a project whose slots are, or are not, open now. */
async function deployed(slots: "awake" | "asleep") {
  const token = await (slots === "awake" ? tokenAwake() : tokenAsleep());
  const backing = await backingOf(emulator, listening.url, { token });
  const { project, variables } = backing;
  const log: string[] = [];
  const running = run(built, variables, (text) => void log.push(text));
  return {
    ...backing,
    call(cron: Cron, call: Call): Promise<Response> {
      const request = requestOf(cron, call);
      return running.call(cron.name, request.url, request);
    },
    log: () => log.join(""),
    /** An older copy, so that the slot that opened two hours ago is made up for. */
    async seedOld({ scope, olderBy }: Cron): Promise<{ old: string; due: string }> {
      const opening = openingOf((await slotsFor(token))[scope]);
      const old = idOf(scope, opening - olderBy);
      project.user.fork(null, old, { createdAt: opening - olderBy, ready: true });
      return { old, due: idOf(scope, opening) };
    },
    /** Those that stand; one that goes takes a moment longer than the tick. */
    copies: () =>
      project
        .environments()
        .flatMap(({ id, primary, status }) => (primary || status !== "ready" ? [] : [id])),
    forked: () => project.history.filter(({ by, type }) => by === "api" && type === "fork-began").length,
    close: () => running.close(),
  };
}

describe.each(CRONS)("Netlify's event for $name", (cron) => {
  test("makes the copy that is due, without a secret", async () => {
    const site = await deployed("awake");
    const { due } = await site.seedOld(cron);
    const answer = await site.call(cron, EVENT);
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(site.forked()).toBe(1);
    expect(site.copies()).toEqual([due]);
    await site.close();
  });

  test("costs no call of DatoCMS out of the slot", async () => {
    const site = await deployed("asleep");
    await site.seedOld(cron);
    expect((await site.call(cron, EVENT)).status).toBe(204);
    expect(site.requests()).toEqual([]);
    expect(site.log()).toContain('"event":"tick_skipped"');
    await site.close();
  });

  test("delivered twice at once and once more makes one copy", async () => {
    const site = await deployed("awake");
    const { due } = await site.seedOld(cron);
    const both = await Promise.all([site.call(cron, EVENT), site.call(cron, EVENT)]);
    expect(both.map(({ status }) => status)).toEqual([204, 204]);
    expect((await site.call(cron, EVENT)).status).toBe(204);
    expect(site.forked()).toBe(1);
    expect(site.copies()).toEqual([due]);
    await site.close();
  });

  test("forged with everything that forces a run elsewhere: does no more", async () => {
    const site = await deployed("asleep");
    const headers = { ...EVENT.headers, "x-datocms-force-run": "true" };
    const body = JSON.stringify({ next_run: "now", force: true });
    expect((await site.call(cron, { ...EVENT, headers, body, query: "?force=true" })).status).toBe(204);
    expect(site.requests()).toEqual([]);
    await site.close();
  });

  test("that fails is told to the log, and not to the caller", async () => {
    const site = await deployed("awake");
    site.project.faults.add({ times: Number.POSITIVE_INFINITY, effect: { kind: "status", status: 401 } });
    const answer = await site.call(cron, EVENT);
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    expect(site.log()).toContain('"event":"tick_failed"');
    await site.close();
  });
});

/** What looks like the event and is not. */
const OTHERS: readonly (readonly [string, Call])[] = [
  ["a GET", {}],
  ["a GET with the event's header", { headers: { "x-nf-event": "schedule" } }],
  ["a PUT with the event's header and body", { ...EVENT, method: "PUT" }],
  ["a POST", { method: "POST" }],
  ["a POST with the event's body", { method: "POST", body: NEXT_RUN }],
  ["another event", { ...EVENT, headers: { "x-nf-event": "deploy-succeeded" } }],
  ["the event's header with another body", { ...EVENT, body: '{"force":true}' }],
  ["the event's header with no JSON", { ...EVENT, body: "next_run" }],
  ["the event's header with a list", { ...EVENT, body: '["next_run"]' }],
  ["the event's header with nothing", { ...EVENT, body: "null" }],
];

describe.each(CRONS)("anything else that reaches $name", (cron) => {
  let site: Awaited<ReturnType<typeof deployed>>;
  beforeAll(async () => {
    site = await deployed("awake");
    await site.seedOld(cron);
  }, PATIENCE_MS);
  afterAll(() => site.close());

  test.each(OTHERS)("%s: nothing without the secret", async (_, call) => {
    for (const secret of [{}, { "x-datocms-backups-auth": WRONG_SECRET }]) {
      const answer = await site.call(cron, { ...call, headers: { ...call.headers, ...secret } });
      expect(answer.status).toBe(401);
      expect(pick(await answer.json(), "error", "code")).toBe("UNAUTHORIZED");
    }
    expect(site.requests()).toEqual([]);
  });

  test("with the secret it is the job's route: by schedule on GET, at once on POST", async () => {
    const asleep = await deployed("asleep");
    const skip = await asleep.call(cron, { headers: WITH_SECRET });
    expect(await skip.json()).toMatchObject({ skipped: true, scope: cron.scope });
    expect(asleep.requests()).toEqual([]);
    const made = await asleep.call(cron, { method: "POST", headers: WITH_SECRET, body: "{}" });
    expect(await made.json()).toMatchObject({ ok: true, result: { createdEnvironmentId: idOf(cron.scope) } });
    const forced = await asleep.call(cron, { headers: WITH_SECRET, query: "?force=true" });
    expect(await forced.json()).toMatchObject({ ok: true, result: { scope: cron.scope } });
    expect(asleep.forked()).toBe(2);
    await asleep.close();
  });
});

// With the files as they are shipped, and two functions, for the runtime takes seconds to build one: the other cron
// differs in two words, and the contract asks all others, of packed files.
describe("in Netlify's local runtime", () => {
  const [daily] = CRONS;
  let dev: DevHandler;
  beforeAll(async () => {
    dev = await devHandler();
  }, BUILD_MS);
  afterAll(() => dev.close());

  test.each([
    ["production's body", NEXT_RUN],
    ["the empty one", ""],
  ])(
    "the daily cron runs, with %s",
    async (_, body) => {
      const site = await deployed("awake");
      const { due } = await site.seedOld(daily);
      const running = dev.run(site.variables);
      const request = requestOf(daily, { ...EVENT, body });
      const answer = await running.call(daily.name, request.url, request);
      expect([answer.status, await answer.text()]).toEqual([204, ""]);
      expect(site.forked()).toBe(1);
      expect(site.copies()).toEqual([due]);
      await running.close();
      await site.close();
    },
    PATIENCE_MS,
  );

  test(
    "a function that is called runs as well",
    async () => {
      const running = dev.run({ DATOCMS_BACKUPS_SHARED_SECRET: SECRET });
      const address = "https://backups.netlify.app/.netlify/functions/app";
      const body = JSON.stringify(healthBody);
      const handshake = new Request(`${address}${HEALTH}`, { method: "POST", headers: WITH_SECRET, body });
      const answer = await running.call("app", handshake.url, handshake);
      expect([answer.status, await answer.json()]).toMatchObject([200, { ok: true, service: SERVICE }]);
      const unsigned = new Request(`${address}/api/jobs/initialize`, { method: "POST" });
      expect((await running.call("app", unsigned.url, unsigned)).status).toBe(401);
      await running.close();
    },
    PATIENCE_MS,
  );
});
