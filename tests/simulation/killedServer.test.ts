import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createEmulator,
  type Emulator,
  type Fault,
  type Operation,
  type Project,
} from "../../emulator/emulator.ts";
import { packedEntry } from "../support/packedEntry.ts";
import { cadenceIn, schedule } from "./judging.ts";
import { type ServerProcess, startServer } from "./serverProcess.ts";

/** The real server, in real time, killed by signal at twenty points of a run and started again. */

const ALL_DUE = "/api/jobs/scheduled-backups";
const FORCED = "/api/jobs/daily-backup?force=true";
const DAY_MS = 24 * 60 * 60_000;
const FORK_MS = 200;
const PATIENCE_MS = 10_000;

type Point = readonly [operation: Operation, nth: number, when: "before" | "after"];

/** Before and after the effect of each call; the server waits for the answer when it is killed. */
function points(...calls: readonly (readonly [Operation, number])[]): Point[] {
  return calls.flatMap(([operation, nth]) => [
    [operation, nth, "before"] as const,
    [operation, nth, "after"] as const,
  ]);
}

const dateOf = (instant: number) => new Date(instant).toISOString().slice(0, 10);

/** A project on a port, and a server that is killed and started again. */
interface Scene {
  readonly emulator: Emulator;
  readonly project: Project;
  readonly today: string;
  server: ServerProcess;
  restart(): Promise<void>;
  close(): Promise<void>;
}

async function open(token: string): Promise<Scene> {
  const emulator = createEmulator();
  const { url, close } = await emulator.listen();
  const now = Date.now();
  const project = emulator.addProject({
    token,
    createdAt: now - 90 * DAY_MS,
    forkMs: FORK_MS,
    destroyMs: 20,
    rateLimit: null,
  });
  project.user.setParameters("main", schedule(["daily", "weekly"], dateOf(now - 7 * DAY_MS)));
  const variables = {
    DATOCMS_CMA_BASE_URL: url,
    DATOCMS_FULLACCESS_API_TOKEN: token,
    DATOCMS_BACKUPS_SHARED_SECRET: "a-secret-of-the-killed-server",
  };
  const scene: Scene = {
    emulator,
    project,
    today: dateOf(now),
    server: await startServer(variables),
    async restart() {
      // The first one runs from its sources, as users start it.
      scene.server = await startServer(variables, { main: await packedEntry("server") });
    },
    async close() {
      await scene.server.kill();
      await close();
    },
  };
  return scene;
}

/** Leaves these sandboxes and no others, all ready. */
function seed({ project }: Scene, ids: readonly string[]): void {
  for (const { id, primary } of project.environments()) if (!primary) project.user.destroy(id);
  for (const id of ids) project.user.fork(null, id, { ready: true });
}

function readyOf({ project }: Scene, cadence: string): string[] {
  return project
    .environments()
    .filter(({ id, status }) => status === "ready" && cadenceIn(id) === cadence)
    .map(({ id }) => id);
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !isSo(); await delay(5))
    if (Date.now() > end) throw new Error("It never came to that.");
}

/** Kills the server while it waits for the answer to a call, and starts it again. */
async function killAt(scene: Scene, path: string, [operation, nth, when]: Point): Promise<void> {
  const fault: Fault = { operation, skip: nth - 1, effect: { kind: "hang", when } };
  const { faults } = scene.project;
  const handle = faults.add(fault);
  const answer = scene.server.post(path).then(
    ({ body }) => JSON.stringify(body),
    () => "killed",
  );
  await until(() => handle.hits === 1);
  await scene.server.kill();
  expect(await answer).toBe("killed");
  faults.clear();
  await scene.restart();
}

/** Calls the server as a cron would, until nothing is under way. */
async function complete(scene: Scene): Promise<void> {
  for (let delivery = 0; delivery < 2; delivery += 1) {
    const { status, body } = await scene.server.post(ALL_DUE);
    expect({ status, body }).toMatchObject({ status: 200 });
    await until(() => scene.project.environments().every((each) => each.status === "ready"));
  }
}

/** Judges the time from an instant on: never without a copy, and how often each was forked. */
function judge({ project }: Scene, cadences: readonly string[], from: number): string[] {
  const events = project.history.filter(({ at }) => at >= from);
  for (const { at } of events) {
    const usable = project.existedAt(at).filter(({ status, primary }) => status === "ready" && !primary);
    for (const cadence of cadences)
      expect(
        usable.map(({ id }) => cadenceIn(id)),
        `at ${at - from} ms`,
      ).toContain(cadence);
  }
  return events.filter(({ type, by }) => type === "fork-began" && by === "api").map(({ id }) => id);
}

let scene: Scene;
afterAll(() => scene.close());

describe("the server killed by signal in a run for two cadences", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    scene = await open("token-of-the-killed-server");
  });

  it.each(
    points(
      ["environments.list", 1],
      ["subscriptionLimits.list", 1],
      ["environments.fork", 1],
      ["environments.fork", 2],
      ["environments.list", 2],
      ["environments.destroy", 1],
    ),
  )("at %s, call %i of its kind, %s its effect: both copies are made once", async (...point) => {
    const { today, project } = scene;
    const weekAgo = dateOf(Date.parse(today) - 7 * DAY_MS);
    const yesterday = dateOf(Date.parse(today) - DAY_MS);
    seed(scene, [`backup-plugin-daily-${yesterday}`, `backup-plugin-weekly-${weekAgo}`]);
    const from = Date.now();
    await killAt(scene, ALL_DUE, point);
    for (const cadence of ["daily", "weekly"]) expect(readyOf(scene, cadence)).not.toEqual([]);
    await complete(scene);
    const made = ["daily", "weekly"].map((cadence) => `backup-plugin-${cadence}-${today}`);
    expect(judge(scene, ["daily", "weekly"], from)).toEqual(made);
    expect(project.environments().map(({ id }) => id)).toEqual(["main", ...made]);
  });

  it.each(
    points(
      ["environments.rename", 1],
      ["environments.fork", 1],
      ["environments.list", 2],
      ["environments.destroy", 1],
    ),
  )("or at %s (%i, %s), replacing today's copy: one copy of today is left", async (...point) => {
    const { today, project } = scene;
    const yesterday = dateOf(Date.parse(today) - DAY_MS);
    const ids = ["daily", "weekly"].map((cadence) => `backup-plugin-${cadence}-${today}`);
    seed(scene, [`backup-plugin-daily-${yesterday}`, ...ids]);
    const seededAt = project.environment(ids[0] ?? "")?.createdAt;
    const from = Date.now();
    await killAt(scene, FORCED, point);
    expect(readyOf(scene, "daily")).not.toEqual([]);
    await complete(scene);
    const [operation, , when] = point;
    const isBegun =
      operation !== "environments.rename" && (operation !== "environments.fork" || when === "after");
    expect(judge(scene, ["daily", "weekly"], from)).toEqual(isBegun ? [ids[0]] : []);
    expect(
      project
        .environments()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(["main", ...ids].toSorted());
    expect(project.environment(ids[0] ?? "")?.createdAt !== seededAt).toBe(isBegun);
  });
});
