import { setTimeout as delay } from "node:timers/promises";
import { runTick } from "../handlers/cron.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import type { Table } from "./table.ts";
import { FORK_TIMES_MS, LATENCY_MS, makeWorld } from "./world.ts";

/** Of one cadence that is due, polls not counted: ticks that join must cost no more than one. */
const ONE_CADENCE_CALLS = 10;
/** Real time in which every tick has hashed its token, which a virtual clock cannot see. */
const START_MS = 100;

/** How many ticks come at once, and whether they can see each other. */
interface Rush {
  readonly ticks: number;
  readonly forkMs: number;
  readonly sharesRuns: boolean;
}

const RUSHES: readonly Rush[] = [
  ...FORK_TIMES_MS.map((forkMs) => ({ ticks: 100, forkMs, sharesRuns: true })),
  ...[2, 10, 100].map((ticks) => ({ ticks, forkMs: 5_000, sharesRuns: false })),
];

/** What it costs when many daily ticks come at once. */
export async function measureSimultaneousTicks(): Promise<Table> {
  const rows = [];
  for (const rush of RUSHES) rows.push(await measure(rush));
  return {
    name: "simultaneous-ticks",
    title: `Daily ticks at once, one older copy, ${LATENCY_MS} ms latency`,
    columns: {
      ticks: "Ticks",
      where: "Where",
      fork: "Fork, s",
      inAll: "Calls in all",
      calls: "Calls but polls",
      forks: "Copies made",
      served: "Ended well",
      wall: "Last answer",
    },
    rows,
    notes: [
      "Virtual time, as above; all begin in the same millisecond. In one process ticks join the run under way.",
      "Apart: nothing is shared, as among processes or the requests of a Worker. The copy's name is the lock, and DatoCMS's rate limit (60 calls in 3 s) holds. For information.",
    ],
  };
}

async function measure({ ticks, forkMs, sharesRuns }: Rush) {
  const world = await makeWorld({
    moment: "in the slot",
    seeds: ["daily of yesterday"],
    forkMs,
    sharesRuns,
  });
  const { clock, emulator, project } = world;
  const runtime = startingTogether(world.runtime("cron"));
  const from = clock.now();
  const runs = await clock.run(() =>
    Promise.all(Array.from({ length: ticks }, () => runTick("daily", runtime))),
  );
  const wallMs = clock.now() - from;
  const served = runs.filter((run) => run?.kind === "ran" && run.attempts[0].outcome.kind === "done").length;
  if (sharesRuns && served < ticks) throw new Error(`Only ${served} of ${ticks} joined ticks ended well.`);
  const lists = emulator.requests.filter(({ operation }) => operation === "environments.list").length;
  const calls = emulator.requests.length;
  const forks = project.history.filter(({ type, by }) => type === "fork-began" && by === "api").length;
  return {
    ticks: String(ticks),
    where: sharesRuns ? "one process" : "apart",
    fork: String(forkMs / 1_000),
    inAll: { value: calls },
    calls: sharesRuns ? { value: calls - (lists - 1), atMost: ONE_CADENCE_CALLS } : null,
    // No copy at all keeps no promise: "Ended well" tells that.
    forks: { value: forks, atMost: forks === 0 ? undefined : 1 },
    served: { value: served },
    wall: { value: wallMs, unit: "ms" },
  };
}

/** Holds every run's first call back until all have come so far; virtual time stands still meanwhile. */
function startingTogether(runtime: Runtime): Runtime {
  const { clock } = runtime;
  const start = delay(START_MS);
  return {
    ...runtime,
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => start.then(() => clock.sleep(ms, signal)),
    },
    fetch: (input, init) => start.then(() => runtime.fetch(input, init)),
  };
}
