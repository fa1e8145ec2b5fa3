import { createApp } from "../handlers/app.ts";
import { systemClock } from "../utils/clock.ts";
import { CADENCES } from "../utils/config.ts";
import { silentLogger } from "../utils/logger.ts";
import { nodeRuntime } from "../utils/platformAdapters.ts";
import type { Table } from "./table.ts";
import { SECRET, TOKEN } from "./world.ts";

const COUNTS = [100, 1_000, 3_000] as const;
const MOST_STATUS_MS = 100;
const TRIES = 5;
const DAY_MS = 24 * 60 * 60 * 1_000;
const NOW = Date.parse("2026-03-04T12:00:00.000Z");

/** What looks at everything, and how it is asked. */
export const LOOKS = {
  "POST backup-status": [
    "/api/datocms/backup-status",
    {
      event_type: "backup_status_request",
      mpi: { message: "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN_STATUS", version: "2026-02-26" },
      plugin: { name: "datocms-plugin-automatic-environment-backups", environment: "main" },
    },
  ],
  "GET check": ["/api/check", undefined],
  "GET backups": ["/api/backups", undefined],
  "GET metrics": ["/metrics", undefined],
} as const;

/** What a look at some thousand copies has cost. */
export interface Cost {
  /** Time of this process's own, in ms; of all tries the least. */
  readonly cpuMs: number;
  /** DatoCMS calls. */
  readonly calls: number;
  readonly status: number;
}

/**
 * Looks at a project with so many copies, a quarter of each cadence, all of them ready and of different days. What
 * DatoCMS answers is written down beforehand, so that only the service's own work is measured.
 */
export async function costOf(look: keyof typeof LOOKS, copies: number, tries = TRIES): Promise<Cost> {
  const answers = new Map([
    ["/environments", JSON.stringify({ data: environmentsOf(copies) })],
    ["/plugins", JSON.stringify({ data: [PLUGIN] })],
    ["/items", JSON.stringify({ data: [], meta: { total_count: 1_000 } })],
    ["/uploads", JSON.stringify({ data: [], meta: { total_count: 100 } })],
  ]);
  let calls = 0;
  const runtime = nodeRuntime(
    {
      variables: { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, DATOCMS_BACKUPS_SHARED_SECRET: SECRET },
      logger: silentLogger,
      clock: { ...systemClock, now: () => NOW },
      fetch: async (input, init) => {
        calls += 1;
        const answer = answers.get(new URL(new Request(input, init).url).pathname);
        const headers = { "content-type": "application/json" };
        return answer === undefined
          ? new Response(JSON.stringify({ data: [] }), { status: 404, headers })
          : new Response(answer, { headers });
      },
    },
    "http",
  );
  const app = createApp();
  const [path, body] = LOOKS[look];
  let least = Number.POSITIVE_INFINITY;
  let status = 0;
  for (let count = 0; count < tries; count += 1) {
    calls = 0;
    const before = process.cpuUsage();
    const request = new Request(`http://localhost${path}`, {
      headers: { "x-datocms-backups-auth": SECRET },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    const response = await app.fetch(request, runtime);
    await response.text();
    status = response.status;
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return { cpuMs: least, calls, status };
}

/** What the service's own work comes to where copies are many. */
export async function measureCopies(): Promise<Table> {
  const rows: Table["rows"][number][] = [];
  for (const look of Object.keys(LOOKS) as (keyof typeof LOOKS)[]) {
    const costs: [string, Cost][] = [];
    for (const count of COUNTS) costs.push([`of${count}`, await costOf(look, count)]);
    const cells = costs.map(([key, { cpuMs }]) => {
      const atMost = look === "POST backup-status" && key === "of3000" ? MOST_STATUS_MS : undefined;
      return [key, { value: cpuMs, unit: "ms", digits: 1, atMost }] as const;
    });
    rows.push({ look, ...Object.fromEntries(cells), calls: { value: costs.at(-1)?.[1].calls ?? 0 } });
  }
  return {
    name: "copies",
    title: "Own CPU time where copies are many",
    columns: {
      look: "Look",
      ...Object.fromEntries(COUNTS.map((count) => [`of${count}`, `${count} copies`])),
      calls: "DatoCMS calls at most",
    },
    rows,
    notes: [
      `The least of ${TRIES} tries on this machine. A quarter of each cadence, of which one is kept; a saved schedule of all four.`,
    ],
  };
}

const PLUGIN = {
  id: "1",
  type: "plugin",
  attributes: {
    name: "Automatic Environment Backups",
    package_name: "datocms-plugin-automatic-environment-backups",
    parameters: {
      backupSchedule: {
        version: 1,
        enabledCadences: CADENCES,
        timezone: "Europe/Rome",
        anchorLocalDate: "2026-01-30",
        updatedAt: "2026-01-30T12:00:00.000Z",
      },
    },
  },
};

function environmentsOf(copies: number): object[] {
  const main = document("main", NOW - 4_000 * DAY_MS, true);
  const ours = Array.from({ length: copies }, (_, index) => {
    const cadence = CADENCES[index % CADENCES.length] ?? "daily";
    // Not in their order, as DatoCMS promises none.
    const createdAt = NOW - (1 + ((index * 7) % copies)) * DAY_MS;
    return document(
      `backup-plugin-${cadence}-${new Date(createdAt).toISOString().slice(0, 10)}`,
      createdAt,
      false,
    );
  });
  return [main, ...ours];
}

function document(id: string, createdAt: number, primary: boolean): object {
  const instant = new Date(createdAt).toISOString();
  return {
    id,
    type: "environment",
    meta: {
      status: "ready",
      created_at: instant,
      last_data_change_at: instant,
      primary,
      forked_from: primary ? null : "main",
      read_only_mode: false,
    },
  };
}
