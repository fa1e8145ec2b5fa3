import * as z from "zod";
import { systemClock } from "../../utils/clock.ts";
import { showArchive } from "./archive.ts";
import type { Stage } from "./stage.ts";
import { HOUR_MS, MINUTE_MS, TICKS } from "./story.ts";
import { faint, heading, moment, say, sayWrapped, verdict, withBar } from "./text.ts";

/** Forks here take this long in real time; in DatoCMS seconds to an hour. */
const WATCHED_FORK_MS = 2_000;
const FORK_MS = 300;

/** The guard keeps an older backup when more than half is missing in the newer one. */
const RECORDS_LEFT = 45;

const FRIDAY = Date.parse("2026-03-06T00:00:00Z");
const SATURDAY = Date.parse("2026-03-07T00:00:00Z");

/** The service's main job in the order of an owner's questions. Takes about 8 seconds. */
export async function tellShortStory(stage: Stage): Promise<void> {
  stage.project.settings.destroyMs = 100;
  await firstBackups(stage);
  await threeNights(stage);
  await lostContent(stage);
  await failedNight(stage);
  await wayBack(stage);
  heading("6. And if the project is deleted? An archive lies outside of DatoCMS");
  await showArchive(stage);
}

async function firstBackups(stage: Stage): Promise<void> {
  heading("1. You turn the service on: it makes the first backups");
  stage.project.settings.forkMs = WATCHED_FORK_MS;
  await showChanges(stage, () => withBar(stage.project, stage.call("POST", "/api/jobs/initialize")));
}

async function threeNights(stage: Stage): Promise<void> {
  heading("2. Three nights pass: an old backup is removed when the new one is complete");
  stage.project.settings.forkMs = FORK_MS;
  await until(stage, FRIDAY);
}

async function lostContent(stage: Stage): Promise<void> {
  const { project, clock } = stage;
  const all = project.environment("main")?.items ?? 0;
  heading("3. Somebody deletes most of the records: the guard keeps the old backup");
  project.user.edit("main", { items: RECORDS_LEFT });
  await until(stage, FRIDAY + 5 * HOUR_MS);
  for (const { id, items } of backupsOf(stage).filter(({ id }) => id.includes("-daily-")))
    say(`${BESIDE}${nameOf(id)} has ${items} records`);
  clock.set(FRIDAY + 9 * HOUR_MS);
  project.user.edit("main", { items: all });
  say(`${moment(clock.now())}    the editor gets the records back from the older one`);
  await until(stage, FRIDAY + 12 * HOUR_MS);
}

async function failedNight(stage: Stage): Promise<void> {
  const { project } = stage;
  heading("4. A night fails: DatoCMS drops the backup halfway");
  project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
  await until(stage, SATURDAY + 4 * HOUR_MS);
  const night = SATURDAY + 4 * HOUR_MS + 5 * MINUTE_MS;
  stage.clock.set(night);
  stage.receiver.arrived();
  await stage.tick("daily");
  const kept = backupsOf(stage).map(({ id }) => nameOf(id));
  say(`${moment(night)}  ${verdict("✘ no daily backup", false)}; these are safe:`);
  say(`${BESIDE}${kept.join(", ")}`);
  showAlerts(stage);
  say("An hour later the service tries again:");
  await until(stage, SATURDAY + 5 * HOUR_MS + 5 * MINUTE_MS);
  showAlerts(stage);
}

const Backups = z.object({ coverage: z.object({ sentence: z.string() }) });

async function wayBack(stage: Stage): Promise<void> {
  heading("5. What can I get back?");
  const { coverage } = Backups.parse((await stage.call("GET", "/api/backups?format=json")).body);
  sayWrapped(coverage.sentence);
  for (const { id, createdAt, items } of backupsOf(stage))
    say(`${moment(createdAt)}  ${nameOf(id).padEnd(15)}  ${items} records  ${faint(id)}`);
}

/** Lets time go by with the ticks of both crons. */
async function until(stage: Stage, end: number): Promise<void> {
  const from = stage.clock.now();
  for (let hour = Math.floor(from / HOUR_MS) * HOUR_MS; hour < end; hour += HOUR_MS)
    for (const [job, minute] of TICKS) {
      const at = hour + minute * MINUTE_MS;
      if (at <= from || at > end) continue;
      stage.clock.set(at);
      await showChanges(stage, () => stage.tick(job));
    }
  stage.clock.set(end);
}

/** Does some work, and tells in a line which backups it made and removed. */
async function showChanges(stage: Stage, work: () => Promise<unknown>): Promise<void> {
  const at = stage.clock.now();
  const before = backupsOf(stage).map(({ id }) => id);
  await work();
  const after = backupsOf(stage).map(({ id }) => id);
  const made = after.filter((id) => !before.includes(id)).map(nameOf);
  const removed = before.filter((id) => !after.includes(id)).map(nameOf);
  if (made.length === 0) return;
  const rest = removed.length === 0 ? "" : `; removed ${removed.join(" and ")}`;
  say(`${moment(at)}  ${verdict(`✔ made ${made.join(" and ")}`, true)}${rest}`);
  // The next look must not find what is on its way out.
  while (stage.project.environments().some(({ status }) => status === "destroying"))
    await systemClock.sleep(20);
}

/** What the owner's webhook has been told, as a channel shows it. */
function showAlerts({ receiver }: Stage): void {
  for (const { data } of receiver.arrived()) {
    say("The alert in your channel:");
    for (const text of [data.title, data.sentence, data.advice]) if (text !== null) sayWrapped(text, QUOTE);
  }
}

const QUOTE = "   | ";
/** As wide as a moment and the blanks after it. */
const BESIDE = " ".repeat(13);

/** The backups that are complete, oldest first. */
function backupsOf({ project }: Stage) {
  return project.environments().filter(({ primary, status }) => !primary && status === "ready");
}

/** A backup's id as people say it: `daily 3 March`. */
function nameOf(id: string): string {
  const [, cadence = id, date] = /^backup-plugin-([a-z]+)-(\d{4}-\d{2}-\d{2})$/.exec(id) ?? [];
  if (date === undefined) return id;
  const day = new Date(date).toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
  return `${cadence} ${day}`;
}
