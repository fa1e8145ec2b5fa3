import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator, type Project } from "../emulator/emulator.ts";
import { buildWorker } from "../scripts/hosts/cloudflare/workerd.ts";
import { ROOT } from "../scripts/root.ts";
import type { Table } from "./table.ts";
import { SECRET, TOKEN } from "./world.ts";

const TRIES = 40;
const DAY_MS = 24 * 60 * 60 * 1_000;
const STARTS_WITHIN_MS = 10_000;
/** The binary itself: the command of the package is a process of Node's before it. */
const WORKERD = join(
  ROOT,
  `node_modules/@cloudflare/workerd-linux-${process.arch === "arm64" ? "arm64" : "64"}/bin/workerd`,
);
const ADDRESS = { host: "127.0.0.1", port: 8791 };

/** What is asked of a Worker, from the cheapest to the dearest: path, and older backups that wait to be pruned. */
const WORK = [
  { what: "/healthz", method: "GET", path: "/healthz", older: 0 },
  { what: "first backup", method: "POST", path: "/api/jobs/daily-backup", older: 0 },
  { what: "backup, one older goes", method: "POST", path: "/api/jobs/daily-backup", older: 1 },
  {
    what: "backup, as many go as the calls allow",
    method: "POST",
    path: "/api/jobs/daily-backup",
    older: 12,
  },
] as const;

/**
 * How much processor time an invocation takes in workerd: the free plan of Cloudflare allows 10 ms. Measured where the
 * system tells the time of a process (Linux); a table without rows elsewhere.
 */
export async function measureWorkerCpu(): Promise<Table> {
  return {
    name: "workerCpu",
    title: "Processor time of one invocation of the Worker",
    columns: {
      what: "Work",
      calls: "DatoCMS calls",
      first: "First of a new Worker",
      least: "Least",
      median: "Median",
    },
    rows: process.platform === "linux" ? await measured() : [],
    notes: [
      `Of ${TRIES} tries in workerd, all of its threads: what workerd itself does for HTTP is in it. Cloudflare counts less, on other machines.`,
      "Forks and removals take no time, so that no call is a poll that could be spared.",
    ],
  };
}

async function measured(): Promise<Table["rows"]> {
  const directory = await mkdtemp(join(tmpdir(), "bench-worker-"));
  const emulator = createEmulator({});
  const datocms = await emulator.listen();
  try {
    await buildWorker(ROOT, directory);
    const settings = await readFile(join(directory, "wrangler.toml"), "utf8");
    const [, compatibilityDate = ""] = /^compatibility_date = "(.*)"$/m.exec(settings) ?? [];
    await writeFile(join(directory, "workerd.capnp"), configuration(datocms.url, compatibilityDate));
    const createdAt = Date.now() - 365 * DAY_MS;
    const project = emulator.addProject({
      token: TOKEN,
      createdAt,
      forkMs: 0,
      destroyMs: 0,
      rateLimit: null,
    });
    const rows = [];
    for (const work of WORK) {
      const costs = [];
      const worker = await startWorkerd(directory);
      try {
        for (let count = 0; count < TRIES; count += 1) {
          prepare(project, work.older);
          const before = await processorMs(worker.pid);
          emulator.clearRequests();
          await ask(work);
          costs.push((await processorMs(worker.pid)) - before);
        }
      } finally {
        await worker.stop();
      }
      const sorted = costs.toSorted((a, b) => a - b);
      const figure = (value = 0) => ({ value, unit: "ms", digits: 1 });
      rows.push({
        what: work.what,
        calls: { value: emulator.requests.length },
        first: figure(costs[0]),
        least: figure(sorted[0]),
        median: figure(sorted[TRIES / 2]),
      });
    }
    return rows;
  } finally {
    await datocms.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Leaves a project with so many daily backups, the newest of yesterday. */
function prepare(project: Project, older: number): void {
  for (const { id, primary } of project.environments()) if (!primary) project.user.destroy(id);
  for (let days = 1; days <= older; days += 1) {
    const createdAt = Date.now() - days * DAY_MS;
    const date = new Date(createdAt).toISOString().slice(0, 10);
    project.user.fork(null, `backup-plugin-daily-${date}`, { createdAt, ready: true });
  }
}

async function ask({ method, path, what }: (typeof WORK)[number]): Promise<void> {
  const headers = { "X-Datocms-Backups-Auth": SECRET };
  const answer = await fetch(`http://${ADDRESS.host}:${ADDRESS.port}${path}`, { method, headers });
  await answer.text();
  if (!answer.ok) throw new Error(`"${what}" was answered ${answer.status}.`);
}

/** The Worker as wrangler builds it, in workerd alone: wrangler's harness costs more than the Worker. */
function configuration(datocmsUrl: string, compatibilityDate: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "outside", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "${ADDRESS.host}:${ADDRESS.port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "out/worker.js")],
  compatibilityDate = "${compatibilityDate}",
  bindings = [
    (name = "DATOCMS_FULLACCESS_API_TOKEN", text = "${TOKEN}"),
    (name = "DATOCMS_BACKUPS_SHARED_SECRET", text = "${SECRET}"),
    (name = "DATOCMS_CMA_BASE_URL", text = "${datocmsUrl}"),
  ],
  globalOutbound = "outside",
);
`;
}

/** Starts workerd, and waits until it takes connections. */
async function startWorkerd(directory: string): Promise<{ pid: number; stop(): Promise<void> }> {
  if (await takesConnections()) throw new Error(`Something else listens on port ${ADDRESS.port}.`);
  const child = spawn(WORKERD, ["serve", "workerd.capnp"], {
    cwd: directory,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  const deadline = performance.now() + STARTS_WITHIN_MS;
  while (!(await takesConnections())) {
    if (performance.now() > deadline || child.exitCode !== null) {
      child.kill();
      throw new Error("workerd did not start.");
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    pid: Number(child.pid),
    async stop() {
      child.kill();
      await ended;
    },
  };
}

async function takesConnections(): Promise<boolean> {
  const socket = connect(ADDRESS);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** What all threads of a process have taken so far, ms. */
async function processorMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8")),
  );
  return times.reduce((sum, time) => sum + Number(time.split(" ")[0]), 0) / 1e6;
}
