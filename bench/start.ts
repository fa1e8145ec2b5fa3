import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { RUNNER } from "../scripts/runner.ts";
import { spreadOf } from "./spread.ts";
import type { Table } from "./table.ts";
import { SECRET, TOKEN } from "./world.ts";

const STARTS = 5;
const TIMEOUT_MS = 20_000;
const SERVER = join(import.meta.dirname, "..", "node", "server.ts");

const Listening = z.object({ event: z.literal("listening"), url: z.url() });

interface Start {
  readonly listeningMs: number;
  readonly answeredMs: number;
}

/** How long the self-hosted server takes from nothing to its first answer, in real time. */
export async function measureStart(): Promise<Table> {
  // The first one reads the files from the disk and readies this process's own client; it does not count.
  await startOnce();
  const starts: Start[] = [];
  for (let count = 0; count < STARTS; count += 1) starts.push(await startOnce());
  const row = (what: string, times: readonly number[]) => ({ what, ...spreadOf(times) });
  return {
    name: "start",
    title: `Cold start of the Node server, ${STARTS} fresh processes`,
    columns: { what: "From the start of the process until", median: "Median", least: "Least", most: "Most" },
    rows: [
      row(
        "it says that it listens",
        starts.map(({ listeningMs }) => listeningMs),
      ),
      row(
        "the first answer of /healthz",
        starts.map(({ answeredMs }) => answeredMs),
      ),
    ],
    notes: [`Real time on this machine, Node ${process.versions.node}, files in the disk's cache.`],
  };
}

async function startOnce(): Promise<Start> {
  const began = performance.now();
  const server = spawn(process.execPath, [RUNNER, SERVER], {
    // Away from the repository, so that nobody's .env takes part; no cron, so that no tick does.
    cwd: tmpdir(),
    env: {
      PORT: "0",
      BACKUP_CRON: "off",
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
    },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: TIMEOUT_MS,
  });
  const ended = once(server, "exit");
  try {
    const url = await listening(createInterface({ input: server.stdout }));
    const listeningMs = performance.now() - began;
    const answer = await fetch(new URL("/healthz", url));
    await answer.text();
    const answeredMs = performance.now() - began;
    if (!answer.ok) throw new Error(`/healthz was answered ${answer.status}.`);
    return { listeningMs, answeredMs };
  } finally {
    server.kill();
    await ended;
  }
}

/** Reads the server's log up to the address where it listens. */
async function listening(lines: AsyncIterable<string>): Promise<string> {
  const said: string[] = [];
  for await (const line of lines) {
    const entry = Listening.safeParse(JSON.parse(line));
    if (entry.success) return entry.data.url;
    said.push(line);
  }
  throw new Error(`The server did not start. It said: ${said.join("\n")}`);
}
