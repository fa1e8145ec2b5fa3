import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { CALLS, CONTRACT_VERSION, PLUGIN_NAME, type PluginCall } from "../../utils/healthContract.ts";
import type { Running } from "./platform.ts";
import { type Scene, SECRET } from "./scene.ts";
import { type Observed, observedTick, refuseErrors } from "./tick.ts";

/** What a step found; it throws where it failed. */
export interface Found {
  readonly text: string;
  /** Lines below it. */
  readonly more?: readonly string[];
}

export interface Stage {
  readonly scene: Scene;
  readonly running: Running;
  /** As the status answer names it. */
  readonly provider: string;
  /** What the first cron cost. */
  firstTick: Observed | undefined;
}

interface Step {
  readonly name: string;
  run(stage: Stage): Promise<Found>;
}

const Health = z.object({
  ok: z.literal(true),
  mpi: z.object({ message: z.literal(CALLS.health.answer) }),
  status: z.literal("ready"),
});

const CheckAnswer = z.object({
  verdict: z.enum(["ok", "warn", "fail"]),
  summary: z.string(),
  lines: z.array(
    z.object({
      level: z.enum(["ok", "warn", "fail"]),
      code: z.string(),
      sentence: z.string(),
      advice: z.string().optional(),
    }),
  ),
});

const Slot = z.object({
  lastBackupAt: z.iso.datetime().nullable(),
  nextBackupAt: z.iso.datetime().nullable(),
});
const Status = z.object({
  ok: z.literal(true),
  scheduler: z.object({ provider: z.string() }),
  slots: z.object({ daily: Slot, weekly: Slot }),
});

const Made = z.object({ state: z.enum(["ready", "creating"]), createdEnvironmentId: z.string() });
const Initialized = z.object({
  ok: z.literal(true),
  message: z.string(),
  result: z.object({ daily: Made, weekly: Made }),
});

/** In the order in which an owner would see them happen. */
export const STEPS: readonly Step[] = [
  { name: "handshake", run: ({ running }) => handshake(running) },
  { name: "secret demanded", run: ({ running }) => strangers(running) },
  { name: "check", run: ({ running }) => check(running) },
  { name: "status", run: (stage) => status(stage, "before") },
  { name: "first cron", run: firstCron },
  { name: "same cron twice at once", run: doubledCron },
  { name: "initialize", run: initialize },
  { name: "status again", run: (stage) => status(stage, "after") },
  { name: "log", run: async (stage) => log(stage) },
];

async function handshake(running: Running): Promise<Found> {
  const mpi = { message: CALLS.health.ask, version: CONTRACT_VERSION, phase: "config_connect" };
  const answer = await asPlugin(running, "/api/datocms/plugin-health", "health", mpi);
  Health.parse(answer);
  return { text: CALLS.health.answer };
}

async function strangers(running: Running): Promise<Found> {
  for (const path of ["/api/datocms/plugin-health", "/api/jobs/daily-backup", "/nothing-here"]) {
    const { status } = await running.call(path, { method: "POST" });
    if (status !== 401) throw new Error(`${path} without the secret was answered ${status}.`);
  }
  return { text: "without it every answer is 401" };
}

async function check(running: Running): Promise<Found> {
  const headers = { ...AUTH, accept: "application/json" };
  const response = await running.call("/api/check", { headers });
  const text = await response.text();
  if (response.status === 404 && text.includes("NOT_FOUND"))
    return { text: "NOT THERE: this commit has no /api/check yet, so nothing was checked" };
  if (response.status !== 200) throw new Error(`Answered ${response.status}: ${text}`);
  const { verdict, summary, lines } = CheckAnswer.parse(JSON.parse(text));
  const more = lines
    .filter(({ level }) => level !== "ok")
    .flatMap(({ level, code, sentence, advice }) => [
      `${level} ${code}: ${sentence}`,
      ...(advice === undefined ? [] : [`-> ${advice}`]),
    ]);
  if (verdict === "fail") throw new Error([summary, ...more].join("\n"));
  return { text: `${summary} (${lines.length} lines, verdict ${verdict})`, more };
}

async function status({ running, scene, provider }: Stage, when: "before" | "after"): Promise<Found> {
  const mpi = { message: CALLS.status.ask, version: CONTRACT_VERSION };
  const { scheduler, slots } = Status.parse(
    await asPlugin(running, "/api/datocms/backup-status", "status", mpi),
  );
  if (scheduler.provider !== provider) throw new Error(`The provider is "${scheduler.provider}".`);
  const said = `daily ${slots.daily.lastBackupAt ?? "never"}, weekly ${slots.weekly.lastBackupAt ?? "never"}`;
  for (const [cadence, { lastBackupAt }] of Object.entries(slots)) {
    const copy = scene.project.environments().find(({ id }) => id.startsWith(`backup-plugin-${cadence}-`));
    // The plugin looks for the copy whose name carries this day.
    const isTold =
      lastBackupAt !== null && copy?.id === `backup-plugin-${cadence}-${lastBackupAt.slice(0, 10)}`;
    const isFresh = lastBackupAt !== null && Date.now() - Date.parse(lastBackupAt) < 10 * 60_000;
    const isRight = when === "before" ? lastBackupAt === null : isTold && isFresh;
    if (!isRight) throw new Error(`The last backups are told as: ${said}; there is ${copy?.id ?? "none"}.`);
  }
  return { text: `last backups: ${said}` };
}

async function firstCron(stage: Stage): Promise<Found> {
  const { scene, running } = stage;
  const observed = await observedTick(stage, "daily");
  if (scene.forks() !== 1) throw new Error(`DatoCMS was asked for ${scene.forks()} forks.`);
  const copies = readyCopies(scene, "daily");
  if (copies.length !== 1)
    throw new Error(`Ready daily copies: ${copies.join(", ") || "none"}.\n${running.log()}`);
  stage.firstTick = observed;
  return { text: `${observed.said}; 1 fork, ${copies.join()} is ready, ${observed.calls} DatoCMS calls` };
}

async function doubledCron({ scene, running }: Stage): Promise<Found> {
  const before = running.log().length;
  const forks = scene.forks();
  const said = await Promise.all([running.tick("daily"), running.tick("daily")]);
  refuseErrors(running.log().slice(before));
  if (scene.forks() !== forks) throw new Error(`${scene.forks() - forks} further forks.`);
  if (readyCopies(scene, "daily").length !== 1) throw new Error("There is no ready daily copy.");
  return { text: `${said.join(" and ")}; no further fork` };
}

async function initialize({ scene, running }: Stage): Promise<Found> {
  for (let asked = 1; ; asked += 1) {
    const response = await running.call("/api/jobs/initialize", { method: "POST", headers: AUTH });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`Answered ${response.status}: ${text}`);
    const { message, result } = Initialized.parse(JSON.parse(text));
    const isReady = result.weekly.state === "ready" && result.daily.state === "ready";
    if (!isReady && asked < 5) {
      await sleep(1_000);
      continue;
    }
    if (!isReady) throw new Error(`Still not ready: ${text}`);
    if (scene.forks() !== 2) throw new Error(`${scene.forks()} forks in all; daily was there already.`);
    if (readyCopies(scene, "weekly").length !== 1) throw new Error("There is no ready weekly copy.");
    return { text: `${message} ${result.weekly.createdEnvironmentId}` };
  }
}

function log({ running, scene }: Stage): Found {
  const text = running.log();
  if (!text.includes('"event":"fork_sent"')) throw new Error("The log does not tell of the fork.");
  if (text.includes(scene.token) || text.includes(SECRET))
    throw new Error("Token or secret stand in the log.");
  refuseErrors(text);
  return { text: `${text.trim().split("\n").length} lines, no error, neither token nor secret` };
}

function readyCopies({ project }: Scene, cadence: string): string[] {
  return project
    .environments()
    .filter(({ id, status }) => id.startsWith(`backup-plugin-${cadence}-`) && status === "ready")
    .map(({ id }) => id);
}

const AUTH = { "x-datocms-backups-auth": SECRET };

async function asPlugin(running: Running, path: string, call: PluginCall, mpi: object): Promise<unknown> {
  const body = JSON.stringify({
    event_type: CALLS[call].event,
    mpi,
    plugin: { name: PLUGIN_NAME, environment: "main" },
  });
  const headers = { ...AUTH, "content-type": "application/json" };
  const response = await running.call(path, { method: "POST", headers, body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
