import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createEmulator, type Listening } from "../../emulator/emulator.ts";
import { vercelProject } from "../../scripts/hosts/vercel/project.ts";
import { ROOT } from "../../scripts/root.ts";
import { type OpenOptions, SECRET, WRONG_SECRET } from "../contract/host.ts";
import { type Backing, backingOf } from "../contract/hosts/project.ts";
import { withCronSecret } from "../contract/hosts/vercelBuild.ts";
import { idOf, tokenAsleep, tokenWithWeeklyDay } from "../contract/tokens.ts";
import { DAILY, HEALTH, healthBody, WEEKLY } from "../contract/wire.ts";
import { BUILD_MS } from "../support/builtOnce.ts";
import { type BuildOutput, vercelBuild } from "./vercel/build.ts";
import { devServer } from "./vercel/devServer.ts";
import { type Launched, Launcher } from "./vercel/launch.ts";

const emulator = createEmulator();
let listening: Listening;
let output: BuildOutput;
let launcher: Launcher;
const opened: Launched[] = [];

beforeAll(async () => {
  [listening, output] = await Promise.all([emulator.listen(), vercelBuild()]);
  launcher = new Launcher(output.directory);
}, BUILD_MS);
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
afterAll(async () => {
  await launcher.close();
  await listening.close();
});

type Instance = Backing & Pick<Launched, "call">;

/** One instance of the functions, with a project behind it. */
async function open(options: OpenOptions): Promise<Instance> {
  const backing = await backingOf(emulator, listening.url, options);
  return instanceOf({ ...backing, variables: withCronSecret(backing.variables) });
}

async function instanceOf(backing: Backing): Promise<Instance> {
  const launched = await launcher.launch(backing.variables, { stdout: { text: "" }, stderr: { text: "" } });
  opened.push(launched);
  return { ...backing, call: launched.call };
}

/** A request as Vercel's cron sends it; the secret is that of `CRON_SECRET`, and none where none is set. */
function cron(path: string, secret: string | null = SECRET): Request {
  const schedule = vercelProject(ROOT).config.crons.find((each) => each.path === path)?.schedule;
  if (schedule === undefined) throw new Error(`vercel.json has no cron for ${path}.`);
  const headers = new Headers({ "user-agent": "vercel-cron/1.0", "x-vercel-cron-schedule": schedule });
  if (secret !== null) headers.set("authorization", `Bearer ${secret}`);
  return new Request(`http://contract.test${path}`, { headers });
}

function asking(method: string, path: string, body?: object): Request {
  const headers = new Headers({ authorization: `Bearer ${SECRET}`, "content-type": "application/json" });
  if (body === undefined) return new Request(`http://contract.test${path}`, { method, headers });
  const text = JSON.stringify(body);
  // Known beforehand: the dev server takes no body in chunks.
  headers.set("content-length", String(Buffer.byteLength(text)));
  return new Request(`http://contract.test${path}`, { method, headers, body: text });
}

async function answerOf(deployment: Pick<Launched, "call">, request: Request) {
  const response = await deployment.call(request);
  const body: unknown = await response.json();
  return { status: response.status, body };
}

function forks({ project }: Instance): string[] {
  return project.history.filter(({ type, by }) => type === "fork-began" && by === "api").map(({ id }) => id);
}

describe("Vercel's cron", () => {
  test("makes the daily copy at its hour, whatever the project's slot", async () => {
    const deployment = await open({ token: await tokenAsleep() });
    const answer = await answerOf(deployment, cron(DAILY));
    expect(answer).toMatchObject({
      status: 200,
      body: { ok: true, result: { scope: "daily", createdEnvironmentId: idOf("daily"), state: "ready" } },
    });
    expect(forks(deployment)).toEqual([idOf("daily")]);
  });

  test("makes the weekly copy on the slot's day of the week", async () => {
    const deployment = await open({ token: await tokenWithWeeklyDay(0) });
    expect(await answerOf(deployment, cron(WEEKLY))).toMatchObject({
      status: 200,
      body: { ok: true, result: { scope: "weekly", createdEnvironmentId: idOf("weekly") } },
    });
    expect(forks(deployment)).toEqual([idOf("weekly")]);
  });

  test("makes no weekly copy on another day", async () => {
    const deployment = await open({ token: await tokenWithWeeklyDay(3) });
    expect(await answerOf(deployment, cron(WEEKLY))).toMatchObject({
      status: 200,
      body: { ok: true, skipped: true, reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", scope: "weekly" },
    });
    expect(forks(deployment)).toEqual([]);
  });

  for (const [path, scope] of [
    [DAILY, "daily"],
    [WEEKLY, "weekly"],
  ] as const)
    test(`delivered twice at once makes one ${scope} copy, and a third time none`, async () => {
      const deployment = await open({ token: await tokenWithWeeklyDay(0), project: { latencyMs: 30 } });
      const answers = await Promise.all([1, 2].map(() => answerOf(deployment, cron(path))));
      expect(answers).toMatchObject([
        { status: 200, body: { ok: true } },
        { status: 200, body: { ok: true } },
      ]);
      expect(await answerOf(deployment, cron(path))).toMatchObject({
        status: 200,
        body: { ok: true, skipped: true, because: "already_made" },
      });
      expect(forks(deployment)).toEqual([idOf(scope)]);
    });

  test("delivered twice, to two instances, makes one copy", async () => {
    const token = await tokenAsleep();
    const first = await open({ token, project: { latencyMs: 30 } });
    const second = await instanceOf(first);
    const answers = await Promise.all([first, second].map((each) => answerOf(each, cron(DAILY))));
    expect(answers).toMatchObject([
      { status: 200, body: { ok: true } },
      { status: 200, body: { ok: true } },
    ]);
    expect(forks(first)).toEqual([idOf("daily")]);
  });

  test.each([
    ["a wrong secret", WRONG_SECRET, {}],
    ["none, because CRON_SECRET is not set", null, { CRON_SECRET: "" }],
  ])("with %s gets a 401 and makes nothing", async (_, secret, variables) => {
    const deployment = await open({ token: await tokenWithWeeklyDay(0), variables });
    for (const path of [DAILY, WEEKLY])
      expect(await answerOf(deployment, cron(path, secret))).toMatchObject({
        status: 401,
        body: { ok: false, error: { code: "UNAUTHORIZED" } },
      });
    expect(deployment.requests()).toEqual([]);
  });

  test("without any secret configured runs as documented", async () => {
    const variables = { DATOCMS_BACKUPS_SHARED_SECRET: undefined };
    const deployment = await open({ token: await tokenAsleep(), variables });
    expect(await answerOf(deployment, cron(DAILY, null))).toMatchObject({ status: 200, body: { ok: true } });
    expect(forks(deployment)).toEqual([idOf("daily")]);
  });

  test("is known by both of its headers: with one of them the slot decides", async () => {
    const deployment = await open({ token: await tokenAsleep() });
    for (const missing of ["user-agent", "x-vercel-cron-schedule"]) {
      const request = cron(DAILY);
      request.headers.delete(missing);
      expect(await answerOf(deployment, request)).toMatchObject({
        status: 200,
        body: { skipped: true, reason: "NOT_DUE_IN_DISTRIBUTED_SLOT", because: "other_hour" },
      });
    }
    expect(deployment.requests()).toEqual([]);
  });

  test("forced replaces today's copy", async () => {
    const deployment = await open({ token: await tokenAsleep() });
    deployment.project.user.fork(null, idOf("daily"), { createdAt: Date.now() - 1_000, ready: true });
    const request = cron(DAILY);
    const forced = new Request(`${request.url}?force=true`, { headers: request.headers });
    expect(await answerOf(deployment, forced)).toMatchObject({ status: 200, body: { ok: true } });
    expect(forks(deployment)).toEqual([idOf("daily")]);
  });
});

describe("the plugin's handshake on Vercel", () => {
  test("with only DATOCMS_BACKUPS_SHARED_SECRET is 500 MISSING_CRON_SECRET", async () => {
    const deployment = await open({ variables: { CRON_SECRET: "" } });
    expect(await answerOf(deployment, asking("POST", HEALTH, healthBody))).toEqual({
      status: 500,
      body: {
        ok: false,
        error: {
          code: "MISSING_CRON_SECRET",
          message: "Vercel's cron cannot authenticate; add CRON_SECRET with the same value and redeploy",
          details: expect.objectContaining({ variable: "CRON_SECRET" }),
        },
      },
    });
  });

  test.each([
    ["CRON_SECRET alone", { DATOCMS_BACKUPS_SHARED_SECRET: undefined, CRON_SECRET: SECRET }],
    ["both", { CRON_SECRET: SECRET }],
  ])("with %s is answered", async (_, variables) => {
    const deployment = await open({ variables });
    expect(await answerOf(deployment, asking("POST", HEALTH, healthBody))).toMatchObject({ status: 200 });
  });
});

describe("Vercel's dev server", () => {
  // With the files as they are shipped, and two processes: the contract asks all others, of packed files.
  test(
    "answers the handshake and the cron",
    async () => {
      const deployment = await open({ token: await tokenAsleep() });
      const server = await devServer(output.workPath, deployment.variables);
      opened.push(server);
      expect(await answerOf(server, asking("POST", HEALTH, healthBody))).toMatchObject({ status: 200 });
      expect(await answerOf(server, cron(DAILY, WRONG_SECRET))).toMatchObject({ status: 401 });
      expect(forks(deployment)).toEqual([]);
      const answers = await Promise.all([1, 2].map(() => answerOf(server, cron(DAILY))));
      expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
      expect(forks(deployment)).toEqual([idOf("daily")]);
      expect(await answerOf(server, asking("GET", HEALTH))).toMatchObject({ status: 405 });
      const preflight = await server.call(
        new Request(`http://contract.test${HEALTH}`, { method: "OPTIONS" }),
      );
      expect(preflight.status).toBe(204);
    },
    BUILD_MS,
  );
});
