import * as z from "zod";
import type { ScheduledRun } from "../../services/backupService.ts";
import { systemClock } from "../../utils/clock.ts";
import type { Job } from "../../utils/cron.ts";
import { CALLS, CONTRACT_VERSION } from "../../utils/healthContract.ts";
import { askStatus, PLUGIN, STATUS_PATH, showOverview } from "./overview.ts";
import type { Receiver } from "./receiver.ts";
import type { Reply, Stage } from "./stage.ts";
import { faint, heading, moment, say, showEnvironments, showJson, verdict, withProgress } from "./text.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** Forks here take this long in real time; in DatoCMS seconds to an hour. */
const LONG_FORK_MS = 2_300;
const SHORT_FORK_MS = 300;
const WATCHED_FORK_MS = 1_200;

/** Shows the service's main job, step by step. Takes about 10 seconds. */
export async function tellStory(stage: Stage): Promise<void> {
  stage.project.settings.destroyMs = 100;
  await handshake(stage);
  await status(stage);
  await initialize(stage);
  await threeDays(stage);
  await weeklyRun(stage);
  await skip(stage);
  await forcedRun(stage);
  await failedFork(stage);
}

async function handshake(stage: Stage): Promise<void> {
  heading("1. The plugin says hello");
  const { event, ask } = CALLS.health;
  const mpi = { message: ask, version: CONTRACT_VERSION, phase: "finish_installation" };
  await show(stage, "POST", "/api/datocms/plugin-health", { event_type: event, mpi, plugin: PLUGIN });
}

async function status(stage: Stage): Promise<void> {
  heading("2. The plugin asks how things stand: no copy yet, and three cadences are due");
  say(`POST ${STATUS_PATH}`);
  const reply = await askStatus(stage);
  sayResult(reply);
  await showOverview(stage, reply);
}

async function initialize(stage: Stage): Promise<void> {
  heading("3. Initialize: the first daily and weekly copy, both forked from the primary at once");
  stage.project.settings.forkMs = LONG_FORK_MS;
  await show(stage, "POST", "/api/jobs/initialize");
  await showSettled(stage);
  await showOverview(stage);
}

async function threeDays(stage: Stage): Promise<void> {
  heading("4. Three days go by; the built-in crons look in twice an hour");
  stage.project.settings.forkMs = SHORT_FORK_MS;
  for (let day = 1; day <= 3; day += 1) await hours(stage, 24);
  await showSettled(stage);
}

async function weeklyRun(stage: Stage): Promise<void> {
  heading("5. Friday: the weekly copy is due as well");
  const due = await nextBackupAt(stage, "weekly");
  await hours(stage, Math.ceil((due - stage.clock.now()) / HOUR_MS));
  await showSettled(stage);
  await showOverview(stage);
}

async function skip(stage: Stage): Promise<void> {
  heading("6. A cron's call outside the project's hour is skipped");
  await show(stage, "GET", "/api/jobs/daily-backup");
}

async function forcedRun(stage: Stage): Promise<void> {
  heading("7. A forced run makes today's copy anew");
  stage.project.settings.forkMs = WATCHED_FORK_MS;
  const path = "/api/jobs/daily-backup?force=true";
  say(`POST ${path}`);
  const call = stage.call("POST", path);
  await halfway(stage, call);
  say("Until the new copy is ready, the old one stands by under another name:");
  showEnvironments(stage.project);
  say();
  showReply(await call);
  await showSettled(stage);
}

async function failedFork(stage: Stage): Promise<void> {
  heading("8. The next night DatoCMS drops the fork halfway");
  const { project, clock, receiver } = stage;
  receiver.arrived();
  project.settings.forkMs = WATCHED_FORK_MS;
  project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
  const night = await nextBackupAt(stage, "daily");
  clock.set(night);
  const failing = stage.tick("daily");
  await halfway(stage, failing);
  say(`${beginning(night, "daily")}  is being made`);
  showEnvironments(project);
  say();
  tell(night, "daily", await failing);
  showAlerts(receiver);
  say();
  say("The old copy is still there, because it only goes when the new one is ready:");
  showEnvironments(project);
  await showOverview(stage);

  say();
  say("The crons look in again an hour later:");
  project.settings.forkMs = SHORT_FORK_MS;
  clock.set(night + HOUR_MS);
  tell(night + HOUR_MS, "daily", await stage.tick("daily"));
  showAlerts(receiver);
  await showSettled(stage);
  await showOverview(stage);
  await showCoverage(stage);
}

const Backups = z.object({ coverage: z.object({ sentence: z.string() }) });

/** What the owner can return to. */
async function showCoverage(stage: Stage): Promise<void> {
  const { body } = await stage.call("GET", "/api/backups?format=json");
  say();
  say(`GET /api/backups: ${Backups.parse(body).coverage.sentence}`);
}

/** Notifications that the owner's webhook has received. */
function showAlerts({ arrived }: Receiver): void {
  say();
  say("The owner's webhook receives:");
  for (const { type, data } of arrived()) {
    say(`${type}: ${data.title}`);
    for (const line of [data.sentence, data.advice]) if (line !== null) say(faint(line));
  }
}

const nextBackup = z.object({ nextBackupAt: z.iso.datetime().transform((text) => Date.parse(text)) });
const StatusAnswer = z.object({ slots: z.object({ daily: nextBackup, weekly: nextBackup }) });

/** Asks the service when its cron will make the next copy. */
async function nextBackupAt(stage: Stage, job: Job): Promise<number> {
  const { body } = await askStatus(stage);
  return StatusAnswer.parse(body).slots[job].nextBackupAt;
}

/** Waits until a fork is half done, or until the work that should begin one is over. */
async function halfway({ project }: Stage, work: Promise<unknown>): Promise<void> {
  const isOver = work.then(() => true);
  const isHalf = () => project.environments().some(({ completion }) => (completion ?? 0) >= 50);
  while (!isHalf() && !(await Promise.race([isOver, systemClock.sleep(20)])));
}

/** Calls an endpoint and shows what was asked and answered. */
async function show(stage: Stage, method: "GET" | "POST", path: string, body?: object): Promise<void> {
  say(`${method} ${path}`);
  showReply(await withProgress(stage.project, stage.call(method, path, body)));
}

function showReply(reply: Reply): void {
  sayResult(reply);
  showJson(reply.body);
}

function sayResult({ status, ms, datoCalls }: Reply): void {
  const time = ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
  const cost = faint(`in ${time}, ${count(datoCalls, "DatoCMS call")}`);
  say(`${verdict(String(status), status === 200)} ${cost}`);
}

/** Lets so many hours go by with the ticks of the two crons, and tells what they did. */
async function hours(stage: Stage, number: number): Promise<void> {
  const first = Math.floor(stage.clock.now() / HOUR_MS) * HOUR_MS;
  const callsBefore = stage.datoCalls();
  let idle = 0;
  for (let hour = 0; hour < number; hour += 1) {
    for (const [job, minute] of TICKS) {
      const at = first + hour * HOUR_MS + minute * MINUTE_MS;
      stage.clock.set(at);
      const run = await stage.tick(job);
      if (run?.kind === "skipped") idle += 1;
      else tell(at, job, run);
    }
  }
  stage.clock.set(first + number * HOUR_MS);
  const calls = count(stage.datoCalls() - callsBefore, "DatoCMS call");
  say(faint(`${BESIDE}${idle} other ticks had nothing to do; ${calls} in these ${number} hours`));
}

export const TICKS: readonly (readonly [Job, number])[] = [
  ["daily", 5],
  ["weekly", 35],
];

/** Says what a tick came to, in a line for each copy. */
function tell(at: number, job: Job, run: ScheduledRun | undefined): void {
  if (run?.kind === "ran") for (const attempt of run.attempts) tellAttempt(at, attempt);
  else say(`${beginning(at, job)}  ${verdict("nothing made", false)}`);
}

type Attempt = Extract<ScheduledRun, { kind: "ran" }>["attempts"][number];

function tellAttempt(at: number, { outcome, late }: Attempt): void {
  const begin = beginning(at, outcome.cadence);
  if (outcome.kind === "failed") {
    say(`${begin}  ${verdict(`failed: ${outcome.failure.cause}`, false)}`);
    say(`${BESIDE}${outcome.failure.sentence}`);
    return;
  }
  const made = verdict(`made ${outcome.environmentId}`, true);
  const removed = outcome.deleted.length > 0 ? `, then removed ${outcome.deleted.join(", ")}` : "";
  say(`${begin}  ${made}${late ? " late" : ""}${removed}`);
}

function beginning(at: number, cadence: string): string {
  return `${moment(at)}  ${cadence.padEnd(7)}`;
}

/** As wide as a moment and the blanks after it. */
const BESIDE = " ".repeat(11);

/** Shows the environments when those that are being destroyed have gone. */
async function showSettled({ project }: Stage): Promise<void> {
  while (project.environments().some(({ status }) => status === "destroying")) await systemClock.sleep(20);
  showEnvironments(project);
}

function count(number: number, what: string): string {
  return `${number === 0 ? "no" : number} ${what}${number === 1 ? "" : "s"}`;
}
