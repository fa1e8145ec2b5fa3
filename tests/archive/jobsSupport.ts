import { scheduleTimes } from "../../node/scheduleTimes.ts";
import { schedulesOf } from "../../services/archive/schedules/schedules.ts";
import { createArchiveJobs } from "../../services/archiveJobs.ts";
import { archivesIn as archivesOf } from "../../services/archiveService.ts";
import { projectFrom } from "../../services/backupService.ts";
import { historyOf } from "../../services/history/history.ts";
import type { RunRecord } from "../../services/history/record.ts";
import { jobsOf } from "../../services/jobs/jobs.ts";
import type { Offsite } from "../../services/offsite.ts";
import type { Store } from "../../services/stores/store.ts";
import { succeeded } from "../../utils/failures.ts";
import { createLogger } from "../../utils/logger.ts";
import type { Variables } from "../../utils/variables.ts";
import { type Blog, blog } from "../emulator/content/support.ts";
import { TOKEN } from "../emulator/support.ts";
import { value } from "../stores/conformance.ts";
import { keysOf, memoryStore } from "./support.ts";

export const DAILY = "backup-plugin-daily-2026-03-01";

/** A project with a little content and today's daily backup, and a store. */
export async function projectWithStore() {
  const world = await blog();
  await fork(world, DAILY);
  return { world, store: memoryStore(world) };
}

export async function fork(world: Blog, id: string) {
  await world.clock.run(() => world.client.environments.fork("main", { id }));
}

export interface ServerOptions {
  readonly variables?: Variables;
  readonly fetch?: typeof fetch;
  readonly runsOver?: () => Promise<void>;
}

/** What a server does beside its requests, on the world's time; killed, it never hears from its store again. */
export function server(world: Blog, store: Store, options: ServerOptions = {}) {
  const { clock, emulator } = world;
  const stop = new AbortController();
  const [records, samples]: [RunRecord[], RunRecord[]] = [[], []];
  const log: Record<string, unknown>[] = [];
  let isDead = false;
  const mortal: Store = {
    ...store,
    put: (...call) => (isDead ? new Promise(() => {}) : store.put(...call)),
    get: (...call) => (isDead ? new Promise(() => {}) : store.get(...call)),
  };
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, ...options.variables };
  const offsite: Offsite = {
    async open() {
      const history = historyOf(mortal);
      const fateOf = async () => succeeded({ kind: "kept" } as const);
      const archives = archivesOf(mortal, value(projectFrom(variables)), {
        ...host,
        keep: async () => {},
      });
      const [jobs, schedules] = [jobsOf(mortal, clock), schedulesOf(mortal, clock)];
      return succeeded({ store: mortal, history, jobs, schedules, archives, fateOf });
    },
    ended: (record) => void (isSample(record) ? samples : records).push(record),
    findings: () => [],
  };
  const host = {
    variables,
    directory: "/",
    clock,
    fetch: options.fetch ?? emulator.fetch,
    logger: createLogger({ write: (line) => log.push(JSON.parse(line)), now: () => clock.now() }),
    keep: () => {},
    stop: { announced: stop.signal, deadline: () => Number.POSITIVE_INFINITY },
    runsOver: options.runsOver ?? (async () => {}),
    times: scheduleTimes,
  };
  const jobs = createArchiveJobs(host, offsite);
  return {
    ...jobs,
    records,
    /** Those of the daily sample. */
    samples,
    log,
    look: () => clock.run(() => jobs.look()),
    stop: () => stop.abort(),
    kill() {
      isDead = true;
    },
  };
}

function isSample(record: RunRecord): boolean {
  return record.kind === "verify" && record.level === "sample";
}

/** The archives of a store, by the keys of their manifests. */
export async function archivesIn(store: Store): Promise<string[]> {
  return (await keysOf(store, "archives/")).filter((key) => key.endsWith("/manifest.json"));
}

export async function jobsIn(world: Blog, store: Store) {
  return value(await jobsOf(store, world.clock).list());
}

/** Holds up calls for records until `go` is called. */
export function heldUp(world: Blog) {
  let isHeld = true;
  let reached = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (/\/items\?/.test(String(input))) {
      reached += 1;
      while (isHeld && !init?.signal?.aborted) await world.clock.sleep(1_000, init?.signal ?? undefined);
    }
    return world.emulator.fetch(input, init);
  };
  return {
    fetch,
    reached: () => reached,
    go() {
      isHeld = false;
    },
  };
}
