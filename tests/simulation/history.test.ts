import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { shiftedClock } from "../../emulator/clocks.ts";
import { emptyContent } from "../../emulator/content/seed.ts";
import { createEmulator } from "../../emulator/emulator.ts";
import { type Service, startService } from "../../node/service.ts";
import { slotsFor } from "../../services/schedule/slots.ts";
import { createLogger } from "../../utils/logger.ts";
import { scratchFolder } from "../support/scratchFolder.ts";

/** A self-hosted server keeps its runs in the store; judged by the store's bytes. */

const TOKEN = "token-of-kept-runs";
const SECRET = "secret-of-kept-runs";
const DAY_MS = 24 * 60 * 60_000;
const Alert = z.looseObject({ type: z.string() });
const Runs = z.object({ runs: z.array(z.object({ id: z.string() }).loose()) });
const Manifest = z.object({ files: z.array(z.object({ path: z.string(), object: z.string() })) });
const Kinds = z.object({ runs: z.array(z.object({ kind: z.string() })) });

/** A server works on archives beside what it answers. */
const WAIT = { timeout: 20_000, interval: 200 };

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function open({ store = "file:./", folder = "", archive = "off", sample = "off", receiver = "" } = {}) {
  const root = folder === "" ? await scratchFolder("history-") : folder;
  if (folder === "") ends.push(() => rm(root, { recursive: true, force: true }));
  const clock = shiftedClock();
  const { daily } = await slotsFor(TOKEN);
  const midnight = Math.floor(clock.now() / DAY_MS) * DAY_MS;
  clock.set(midnight + daily.hour * 60 * 60_000 + 5 * 60_000);
  const emulator = createEmulator({ clock });
  const createdAt = midnight - 30 * DAY_MS;
  emulator.addProject({ token: TOKEN, forkMs: 0, rateLimit: null, createdAt, content: emptyContent });
  const log: string[] = [];
  const alerts: string[] = [];
  const service: Service = await startService({
    port: 0,
    hostname: "127.0.0.1",
    cron: false,
    clock,
    fetch: async (input, init) => {
      if (String(input) !== receiver) return emulator.fetch(input, init);
      alerts.push(Alert.parse(JSON.parse(String(init?.body))).type);
      return new Response(null, { status: 204 });
    },
    logger: createLogger({ write: (line) => log.push(line), now: () => clock.now() }),
    variables: {
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
      BACKUP_ARCHIVE: archive,
      BACKUP_VERIFY_SAMPLE: sample,
      ALERT_WEBHOOK_URL: receiver,
      ALERT_WEBHOOK_SECRET: receiver === "" ? "" : SECRET,
      BACKUP_STORE: store === "file:./" ? `file://${root}/store` : store,
    },
  });
  ends.push(() => service.close());
  const call = async (method: "GET" | "POST", path: string) => {
    const headers = { authorization: `Bearer ${SECRET}` };
    const answer = await fetch(`http://127.0.0.1:${service.port}${path}`, { method, headers });
    const body: unknown = await answer.json();
    return { status: answer.status, body };
  };
  const files = async () => {
    const names = await readdir(join(root, "store/runs")).catch(() => []);
    return names.map((name) => name.replace(/~[a-z\d]{8}\.json$/, ""));
  };
  const metrics = async () => {
    const headers = { authorization: `Bearer ${SECRET}` };
    return (await fetch(`http://127.0.0.1:${service.port}/metrics`, { headers })).text();
  };
  return { root, service, clock, log, alerts, call, metrics, files };
}

describe("a run on a server with a store", () => {
  it("is kept once it is over, by schedule and by hand, and shown", async () => {
    const { service, call, files } = await open();
    await service.tick("daily");
    await expect.poll(files).toHaveLength(1);
    expect((await call("POST", "/api/jobs/daily-backup")).status).toBe(200);
    await expect.poll(files).toHaveLength(2);
    const { body } = await call("GET", "/api/runs");
    expect(body).toMatchObject({
      ok: true,
      cursor: null,
      runs: [
        { kind: "backup", status: "done", trigger: "hand", cadences: ["daily"] },
        { kind: "backup", status: "done", trigger: "schedule", cadences: ["daily"] },
      ],
    });
    const [newest] = Runs.parse(body).runs;
    const one = await call("GET", `/api/runs/${newest?.id}`);
    expect(one.body).toMatchObject({ run: { id: newest?.id, by: "holder", backups: [{ outcome: "done" }] } });
    const stats = await call("GET", "/api/runs/stats?since=2020-01-01");
    expect(stats.body).toMatchObject({ stats: { count: 2, failures: 0, successRate: 1 } });
    expect((await call("GET", "/api/runs/run_8227130397398_k3x9a0qz")).status).toBe(404);
  });

  it("stands beside long work, of which there is none", async () => {
    const { call } = await open();
    expect(await call("GET", "/api/jobs")).toEqual({ status: 200, body: { ok: true, jobs: [] } });
    expect(await call("GET", "/api/jobs/job_none")).toMatchObject({
      status: 404,
      body: { error: { code: "JOB_NOT_FOUND" } },
    });
    // Addresses beside it are what they were.
    expect(await call("GET", "/api/jobs/none")).toMatchObject({
      status: 404,
      body: { error: { code: "NOT_FOUND" } },
    });
  });

  it("that made a backup is followed by its archive, from that very sandbox, and by a look at it", async () => {
    const { root, service, call } = await open({ archive: "daily" });
    await service.tick("daily");
    const archives = () => readdir(join(root, "store/archives")).catch(() => []);
    await expect.poll(archives, { timeout: 20_000 }).toHaveLength(1);
    const kinds = async () => {
      const { runs } = Kinds.parse((await call("GET", "/api/runs")).body);
      return runs.map(({ kind }) => kind).toSorted();
    };
    await expect.poll(kinds).toEqual(["archive", "backup", "verify"]);
    expect((await archives())[0]).toContain("backup-plugin-daily-");
    expect(await call("GET", "/api/jobs")).toMatchObject({
      body: { jobs: [{ id: "job_archive-00000001", kind: "archive" }] },
    });
    await service.tick("daily");
    await service.close();
    expect(await archives()).toHaveLength(1);
  });

  it("is not kept where there was nothing to do", async () => {
    const { service, files } = await open();
    await service.tick("daily");
    await expect.poll(files).toHaveLength(1);
    await service.tick("daily");
    await service.close();
    expect(await files()).toHaveLength(1);
  });

  it.each([
    ["kind=copy", "kind"],
    ["status=ok", "status"],
    ["since=yesterday", "since"],
    ["limit=0", "limit"],
    ["limit=501", "limit"],
    ["cursor=../../x", "cursor"],
  ])("is not looked for with ?%s", async (query, parameter) => {
    const { call } = await open();
    const { status, body } = await call("GET", `/api/runs?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: "INVALID_QUERY", details: { parameter } } });
  });
});

describe("a server with a store", () => {
  it("tells by check and metrics of the archive that it makes, and alerts of damage and its end", async () => {
    const { root, service, clock, alerts, call, metrics } = await open({
      archive: "daily",
      sample: "100",
      receiver: "https://receiver.test/alerts",
    });
    const check = async () => JSON.stringify((await call("GET", "/api/check?format=json")).body);
    expect(await check()).toContain("NO_ARCHIVE");
    await service.tick("daily");
    await expect.poll(check, WAIT).toContain("OFFSITE_READY");
    await expect.poll(check, WAIT).toContain("daily sample");
    expect(await metrics()).toMatch(/^backup_archive_store_up 1$/m);

    const archives = () => readdir(join(root, "store/archives"));
    const [firstId = ""] = await archives();
    const { files } = Manifest.parse(
      JSON.parse(await readFile(join(root, "store/archives", firstId, "manifest.json"), "utf8")),
    );
    // The next archive needs this one too: the project has no models on either day.
    const object = files.find(({ path }) => path === "schema/item_types.json")?.object ?? "";
    const { length } = await readFile(join(root, "store", object));
    await writeFile(join(root, "store", object), "x".repeat(length));
    clock.set(clock.now() + DAY_MS);
    await service.tick("weekly");
    await expect.poll(() => alerts, WAIT).toContain("archive.damaged");
    expect(await check()).toContain("OBJECTS_SPOILT");
    // The next backup's archive writes it anew, and the next day's sample finds nothing any more.
    await service.tick("daily");
    await expect.poll(archives, WAIT).toHaveLength(2);
    clock.set(clock.now() + DAY_MS);
    await service.tick("daily");
    await expect.poll(() => alerts, WAIT).toContain("archive.recovered");
    await expect.poll(check, WAIT).not.toContain("OBJECTS_SPOILT");
  }, 90_000);
});

describe("a store that fails", () => {
  it("never fails a backup: it is logged, shown by the check, and gets its runs later", async () => {
    const { root, service, call, files, log } = await open();
    await expect.poll(() => readdir(join(root, "store"))).toContain("dato-archive.json");
    await rm(join(root, "store"), { recursive: true });
    await writeFile(join(root, "store"), "a file, where the folder was");
    const run = await service.tick("daily");
    expect(run).toMatchObject({ kind: "ran", attempts: [{ outcome: { kind: "done" } }] });
    // Each cause once: what was to be written and what was to be listed may fail in different ways.
    const causes = () => log.flatMap((line) => (/"store_failed".*"cause":"(\w+)"/.exec(line) ?? []).slice(1));
    await expect.poll(() => causes().length).toBeGreaterThan(0);
    expect(new Set(causes()).size).toBe(causes().length);
    const { body } = await call("GET", "/api/check?format=json");
    expect(body).toMatchObject({ ok: true, verdict: "warn" });
    expect(JSON.stringify(body)).toContain("The history of runs is not kept");

    await rm(join(root, "store"));
    await call("POST", "/api/jobs/daily-backup");
    await expect.poll(files).toHaveLength(2);
    expect(log.join()).toContain("store_recovered");
  });

  it("of another project gets nothing", async () => {
    const first = await open();
    await expect.poll(() => readdir(join(first.root, "store"))).toContain("dato-archive.json");
    const path = join(first.root, "store/dato-archive.json");
    const marker = (await readFile(path, "utf8")).replace(/"project":"[^"]+"/, '"project":"another"');
    await writeFile(path, marker);
    await first.service.close();

    const { service, call, files, log } = await open({ folder: first.root });
    await service.tick("daily");
    expect((await call("GET", "/api/runs")).body).toMatchObject({
      error: { details: { cause: "STORE_OF_ANOTHER_PROJECT" } },
    });
    await service.close();
    expect(await files()).toEqual([]);
    expect(await readFile(path, "utf8")).toBe(marker);
    expect(log.filter((line) => line.includes("store_failed"))).toHaveLength(1);
  });

  it("is refused by name where it is not there yet", async () => {
    const { service, call, log } = await open({ store: "r2://BUCKET/prefix" });
    expect(await service.tick("daily")).toMatchObject({ kind: "ran" });
    expect((await call("GET", "/api/runs")).body).toMatchObject({
      error: { details: { cause: "STORE_NOT_SUPPORTED" } },
    });
    expect(log.join()).toContain("r2://");
  });
});
