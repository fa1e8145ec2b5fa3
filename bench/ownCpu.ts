import { Session } from "node:inspector/promises";
import type { VirtualClock } from "../emulator/clocks.ts";
import { virtualClock } from "../emulator/clocks.ts";
import { createApp } from "../handlers/app.ts";
import { runTick } from "../handlers/cron.ts";
import { CADENCES } from "../utils/config.ts";
import { CALLS, CONTRACT_VERSION, PLUGIN_NAME } from "../utils/healthContract.ts";
import { silentLogger } from "../utils/logger.ts";
import { nodeRuntime, type Runtime } from "../utils/platformAdapters.ts";
import type { Table } from "./table.ts";
import { makeWorld, SECRET, TOKEN, type World } from "./world.ts";

const COUNTS = [10, 100, 3_000] as const;
const TRIES = 15;
const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
/** As many as `BACKUP_KEEP_…` allows: nothing is beyond the count, so that only what is named is done. */
const MOST_KEPT = 99;

/** Where a listing is understood: names, holds, restore points, room. */
const CATALOG_FILES = /services\/catalog\/[^/]+\.ts$/;

const app = createApp();

/** What is measured, from the cheapest to the dearest. */
const WORK = {
  "skip by slot": { moment: "12 hours off the slot", hasToday: true },
  "awake tick, nothing to do": { moment: "in the slot", hasToday: true },
  "tick that makes one backup": { moment: "in the slot", hasToday: false },
  "backup-status": { moment: "in the slot", hasToday: true },
} as const;
type Work = keyof typeof WORK;

/** What one invocation costs the process that answers it. */
export interface OwnCost {
  /** Of all tries the least, ms. */
  readonly cpuMs: number;
  /** Calls of functions of the catalog. */
  readonly catalogCalls: number;
  /** Different functions and files of the service that ran. */
  readonly functions: number;
  readonly files: number;
}

/** An answer of DatoCMS, and how long it took on the virtual clock. */
interface Recorded {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  readonly afterMs: number;
}
type Tape = ReadonlyMap<string, readonly Recorded[]>;

/** Measures one kind of work in a project with so many environments. */
export async function ownCostOf(work: Work, environments: number, tries = TRIES): Promise<OwnCost> {
  const world = await worldOf(work, environments);
  const startedAt = world.clock.now();
  const tape = new Map<string, Recorded[]>();
  await perform(work, world.clock, recording(world.emulator.fetch, world.clock, tape));
  let cpuMs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < tries; count += 1) {
    const clock = virtualClock(startedAt);
    const fetch = playing(tape, clock);
    const before = process.cpuUsage();
    await perform(work, clock, fetch);
    const { user, system } = process.cpuUsage(before);
    cpuMs = Math.min(cpuMs, (user + system) / 1_000);
  }
  const clock = virtualClock(startedAt);
  const ran = await functionsThatRan(() => perform(work, clock, playing(tape, clock)));
  return { cpuMs, ...ran };
}

/** Ticks by the built-in cron, or a call of the plugin's. */
async function perform(work: Work, clock: VirtualClock, fetchFn: typeof fetch): Promise<void> {
  const runtime: Runtime = nodeRuntime(
    { variables: VARIABLES, logger: silentLogger, clock, fetch: fetchFn },
    "cron",
  );
  await clock.run(async () => {
    if (work !== "backup-status") {
      if ((await runTick("daily", runtime)) === undefined) throw new Error(`"${work}" failed.`);
      return;
    }
    const { event, ask } = CALLS.status;
    const body = {
      event_type: event,
      mpi: { message: ask, version: CONTRACT_VERSION },
      plugin: { name: PLUGIN_NAME, environment: "main" },
    };
    const headers = { "X-Datocms-Backups-Auth": SECRET, "Content-Type": "application/json" };
    const request = new Request("http://localhost/api/datocms/backup-status", {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    const response = await app.fetch(request, runtime);
    if (!response.ok) throw new Error(`"${work}" was answered ${response.status}.`);
    await response.text();
  });
}

const VARIABLES = {
  DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
  DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
  ...Object.fromEntries(CADENCES.map((cadence) => [`BACKUP_KEEP_${cadence.toUpperCase()}`, `${MOST_KEPT}`])),
};

/** A project with so many environments: a quarter of each cadence as far as they are kept, the rest somebody's. */
async function worldOf(work: Work, environments: number): Promise<World> {
  const { moment, hasToday } = WORK[work];
  const world = await makeWorld({ moment, forkMs: 5_000, schedule: CADENCES });
  const now = world.clock.now();
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  let made = 0;
  const make = (id: string, createdAt: number) => {
    world.project.user.fork(null, id, { createdAt, ready: true });
    made += 1;
  };
  for (let age = 0; made < environments; age += 1) {
    const createdAt = today - age * DAY_MS;
    const date = new Date(createdAt).toISOString().slice(0, 10);
    for (const cadence of CADENCES) {
      if (made >= environments) break;
      if (age === 0 && !(cadence === "daily" ? hasToday : true)) continue;
      if (age < MOST_KEPT) make(`backup-plugin-${cadence}-${date}`, createdAt);
      else make(`feature-${cadence}-${date}`, createdAt);
    }
  }
  return world;
}

function recording(real: typeof fetch, clock: VirtualClock, tape: Map<string, Recorded[]>): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const key = keyOf(request);
    const sentAt = clock.monotonic();
    const response = await real(request);
    const body = await response.text();
    const contentType = response.headers.get("content-type") ?? "application/json";
    const answers = tape.get(key) ?? [];
    answers.push({ status: response.status, body, contentType, afterMs: clock.monotonic() - sentAt });
    tape.set(key, answers);
    return new Response(response.status === 204 ? null : body, {
      status: response.status,
      headers: { "content-type": contentType },
    });
  };
}

function playing(tape: Tape, clock: VirtualClock): typeof fetch {
  const played = new Map<string, number>();
  return async (input, init) => {
    const key = keyOf(new Request(input, init));
    const index = played.get(key) ?? 0;
    played.set(key, index + 1);
    const answer = tape.get(key)?.[index];
    if (answer === undefined) throw new Error(`Nothing was recorded for ${key}`);
    await clock.sleep(answer.afterMs);
    const { status, body, contentType } = answer;
    return new Response(status === 204 ? null : body, { status, headers: { "content-type": contentType } });
  };
}

function keyOf({ method, url, headers }: Request): string {
  return `${method} ${url} ${headers.get("x-environment") ?? ""}`;
}

/** Counts, by V8's own counters, which functions of the service ran and how often those of the catalog did. */
async function functionsThatRan(work: () => Promise<void>): Promise<Omit<OwnCost, "cpuMs">> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await work();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  await session.post("Profiler.stopPreciseCoverage");
  session.disconnect();
  const service = result.filter(
    ({ url }) => /\/(?:services|handlers|utils)\//.test(url) && !url.includes("node_modules"),
  );
  const ran = service
    .map(({ url, functions }) => ({
      url,
      functions: functions.filter(
        ({ functionName, ranges }) => functionName !== "" && (ranges[0]?.count ?? 0) > 0,
      ),
    }))
    .filter(({ functions }) => functions.length > 0);
  const counts = ran
    .filter(({ url }) => CATALOG_FILES.test(url))
    .flatMap(({ functions }) => functions.map(({ ranges }) => ranges[0]?.count ?? 0));
  return {
    catalogCalls: counts.reduce((sum, count) => sum + count, 0),
    functions: ran.reduce((sum, { functions }) => sum + functions.length, 0),
    files: ran.length,
  };
}

/** What an invocation costs the process itself, with few and with many environments. */
export async function measureOwnCpu(): Promise<Table> {
  const rows: Table["rows"][number][] = [];
  for (const work of Object.keys(WORK) as Work[]) {
    for (const count of COUNTS) {
      const { cpuMs, catalogCalls, functions, files } = await ownCostOf(work, count);
      rows.push({
        work,
        environments: { value: count },
        cpu: { value: cpuMs, unit: "ms", digits: 2 },
        catalog: { value: catalogCalls },
        functions: { value: functions },
        files: { value: files },
      });
    }
  }
  return {
    name: "ownCpu",
    title: "Own CPU time of one invocation",
    columns: {
      work: "Work",
      environments: "Environments",
      cpu: "Own CPU",
      catalog: "Calls into the catalog",
      functions: "Functions",
      files: "Files",
    },
    rows,
    notes: [
      `The least of ${TRIES} tries on this machine. DatoCMS's answers are recorded beforehand and played back in virtual time, so the emulator's own time is left out.`,
      `Up to ${4 * MOST_KEPT} of the environments are backups, a quarter of each cadence, all of them kept.`,
    ],
  };
}
