import { isDeepStrictEqual } from "node:util";
import { createApp } from "../handlers/app.ts";
import { runTick } from "../handlers/cron.ts";
import { type Ask, KINDS, type Kind } from "./kinds.ts";
import type { Table } from "./table.ts";
import { msWithoutCopy } from "./withoutCopy.ts";
import { DESTROY_MS, FORK_TIMES_MS, LATENCY_MS, makeWorld, SECRET, type World } from "./world.ts";

/** What one run cost. */
interface Cost {
  readonly polls: number;
  /** DatoCMS calls but for the polls. */
  readonly calls: number;
  readonly wallMs: number;
  readonly withoutCopyMs: number | null;
  /** How things stood when the answer came. */
  readonly end: "-" | "ready" | "creating";
}

const app = createApp();

/** What each kind of request costs, for each time that a fork may take. */
export async function measureRequests(): Promise<Table> {
  const rows = [];
  for (const kind of KINDS) {
    const costs = [];
    for (const forkMs of FORK_TIMES_MS) costs.push({ forkMs, cost: await measure(kind, forkMs) });
    for (const { forkTimes, cost } of merged(costs)) rows.push(rowOf(kind, forkTimes, cost));
  }
  return {
    name: "requests",
    title: `DatoCMS calls and time per request, at ${LATENCY_MS} ms latency`,
    columns: {
      kind: "Request",
      fork: "Fork, s",
      calls: "Calls",
      polls: "Polls",
      inAll: "In all",
      wall: "Wall time",
      withoutCopy: "Without a copy",
      end: "When answered",
    },
    rows,
    notes: [
      "Virtual time: service and DatoCMS (the emulator) share a clock that moves only when both wait. The time that the code itself takes is left out.",
      "Polls are the lists of environments after a run's first. Calls are all others.",
      "Ticks are the built-in cron's (15 minutes); requests are answered within 30 s: a copy that is still creating then is completed by a later tick.",
      "Without a copy: how long a cadence that had a ready copy had none, from the start until all that the run began has ended.",
      `Room for one: the stated exception. The plan has room for one sandbox, so with BACKUP_ROTATION=auto the old copy goes first (a destroy takes ${DESTROY_MS / 1_000} s).`,
    ],
  };
}

function rowOf(kind: Kind, fork: string, { calls, polls, wallMs, withoutCopyMs, end }: Cost) {
  return {
    kind: kind.name,
    fork,
    calls: { value: calls, atMost: kind.mostCalls },
    polls: { value: polls, atMost: kind.mostPolls },
    inAll: { value: calls + polls, atMost: kind.mostCallsInAll },
    wall: { value: wallMs, unit: "ms", atMost: kind.mostWallMs },
    withoutCopy: withoutCopyMs === null ? null : withoutCopyFigure(kind, withoutCopyMs),
    end,
  };
}

function withoutCopyFigure({ breaksBeforeMake = false }: Kind, value: number) {
  return { value, unit: "ms", atMost: breaksBeforeMake ? undefined : 0 };
}

/** Fork times that make no difference share a row. */
function merged(costs: readonly { forkMs: number; cost: Cost }[]) {
  const rows: { forkTimes: string; cost: Cost }[] = [];
  for (const { forkMs, cost } of costs) {
    const last = rows.at(-1);
    const seconds = String(forkMs / 1_000);
    if (last !== undefined && isDeepStrictEqual(last.cost, cost)) last.forkTimes += `, ${seconds}`;
    else rows.push({ forkTimes: seconds, cost });
  }
  return rows;
}

async function measure(kind: Kind, forkMs: number): Promise<Cost> {
  const world = await makeWorld({ ...kind, forkMs });
  const { clock, emulator, project } = world;
  const from = clock.now();
  await clock.run(() => perform(kind, world));
  const wallMs = clock.now() - from;
  const isCreating = project.environments().some(({ status }) => status === "creating");
  const operations = emulator.requests.map(({ operation }) => operation);
  const count = (wanted: string) => operations.filter((operation) => operation === wanted).length;
  const forks = count("environments.fork");
  if (forks !== kind.forks) throw new Error(`"${kind.name}" sent ${forks} forks instead of ${kind.forks}.`);
  const polls = Math.max(0, count("environments.list") - 1);
  await clock.advance(forkMs + DESTROY_MS);
  return {
    polls,
    calls: operations.length - polls,
    wallMs,
    withoutCopyMs: msWithoutCopy(project, from, clock.now()),
    end: forks === 0 ? "-" : isCreating ? "creating" : "ready",
  };
}

async function perform({ name, ask }: Kind, world: World): Promise<void> {
  if (ask.by === "tick") {
    if ((await runTick("daily", world.runtime("cron"))) === undefined) throw new Error(`"${name}" failed.`);
    return;
  }
  const answer = await app.fetch(requestOf(ask), world.runtime(ask.caller ?? "http"));
  if (!answer.ok) throw new Error(`"${name}" was answered ${answer.status}: ${await answer.text()}`);
}

function requestOf({ method, path, body }: Extract<Ask, { by: "request" }>): Request {
  const headers = { "X-Datocms-Backups-Auth": SECRET, "Content-Type": "application/json" };
  return new Request(`http://localhost${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
