import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Operation } from "../../emulator/emulator.ts";
import { createApp } from "../../handlers/app.ts";
import type { AppRuntime } from "../../handlers/requestContext.ts";
import { archiveFamilies } from "../../services/archiveFigures.ts";
import { createInFlightReads } from "../../services/datocms/inFlightReads.ts";
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { createReads } from "../../utils/reads.ts";
import { manifestOf } from "../archive/support.ts";
import { STORE } from "./checkSupport.ts";
import { CLASSIC, metricsIn, OPEN_METRICS, PROMETHEUS } from "./inventorySupport.ts";
import { ALWAYS } from "./judging.ts";
import { at, copyOf, openWorld, TOKEN, type World } from "./support.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Whose calls are counted for the figure of docs/monitoring.md; a week comes to the same. */
const DAYS = 2;

/** One process that is scraped, its crons included. */
async function openScraped(options: Parameters<typeof openWorld>[0] = {}, offsite?: AppRuntime["offsite"]) {
  const world = await openWorld(options);
  const { clock, emulator, project } = world;
  for (let day = -3; day < 0; day += 1)
    project.user.fork(null, copyOf("daily", day), { createdAt: at(day, 3), ready: true });
  await world.goTo(0, 1);
  const app = createApp();
  const reads = createReads(createInFlightReads(clock));
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN };
  const shared = { variables, logger: silentLogger, clock, fetch: emulator.fetch, reads };
  const fetchText = (path = "/metrics", headers: Record<string, string> = {}) =>
    clock.run(async () => {
      const request = new Request(`http://localhost${path}`, { headers });
      const response = await app.fetch(request, { ...nodeRuntime(shared, "http"), offsite });
      return {
        status: response.status,
        type: response.headers.get("content-type"),
        text: await response.text(),
      };
    });
  const scrape = async (path?: string, headers?: Record<string, string>) => {
    const { status, type, text } = await fetchText(path, headers);
    expect(status).toBe(200);
    return metricsIn(text, type);
  };
  const tick = (job: "daily" | "weekly") => world.tick(job, { runtime: { reads } });
  return { world, reads, fetchText, scrape, tick };
}

/** A store with one archive of which everything is known. */
const ARCHIVES: AppRuntime["offsite"] = {
  ...STORE,
  figures: async () => {
    const outcome = { at: at(0, 2), archive: "a", objects: 3, bytes: 300, problems: 0 };
    const { manifest } = manifestOf({ createdAt: new Date(at(0, 1)).toISOString() });
    const facts = {
      count: 1,
      oldestWrittenAt: at(0, 1),
      newest: [{ id: manifest.id, manifest }],
      madeFor: { daily: at(0, 1) },
      verify: {
        format: 1,
        last: { quick: outcome, full: outcome },
        sample: { readOn: {}, credit: 0, since: 20_000, objects: 3, bytes: 300 },
      },
      schedules: [],
      spoilt: 0,
      refusal: undefined,
      ahead: 0,
    } as const;
    const wishes = { cadences: ["daily"], samplePercent: 3 } as const;
    return archiveFamilies({ facts, wishes, jobProgressAt: at(0, 3) }, at(0, 4));
  },
};

async function costOf(world: World, work: () => Promise<unknown>): Promise<number> {
  const before = world.emulator.requests.length;
  await work();
  return world.emulator.requests.length - before;
}

describe("a scrape", () => {
  it("tells of archives where there is a store, in both formats", async () => {
    const { scrape } = await openScraped({}, ARCHIVES);
    for (const accept of ["text/plain", PROMETHEUS])
      expect(await scrape("/metrics", { Accept: accept })).toMatchObject({
        backup_archive_age_seconds: 3 * 60 * 60,
        backup_archive_stored_bytes: 300,
        backup_archive_store_up: 1,
        "backup_archive_verified_problems{quick}": 0,
      });
  });

  it("asks DatoCMS once an hour, however often it comes", async () => {
    const { world, scrape } = await openScraped();
    expect(await costOf(world, () => scrape())).toBe(4);
    const began = world.clock.now();
    const cost = await costOf(world, async () => {
      for (let minute = 1; minute < 60; minute += 1) {
        await world.clock.advance(began + minute * MINUTE_MS - world.clock.now());
        await scrape();
      }
    });
    expect(cost).toBe(0);
    await world.clock.advance(began + HOUR_MS - world.clock.now());
    expect(await costOf(world, () => scrape())).toBe(4);
  });

  it("tells ages, lateness and the next run as of now, and when it was read", async () => {
    const { world, scrape } = await openScraped();
    await world.clock.advance(at(0, world.slots.daily.hour + 6) - 20 * MINUTE_MS - world.clock.now());
    const first = await scrape();
    expect(first["backup_late{daily}"]).toBe(0);
    await world.clock.advance(30 * MINUTE_MS);
    const later = await scrape();
    expect(later["backup_late{daily}"]).toBe(1);
    const aged = Number(later["backup_age_seconds{daily}"]) - Number(first["backup_age_seconds{daily}"]);
    expect(aged).toBeGreaterThanOrEqual(30 * 60);
    expect(aged).toBeLessThan(31 * 60);
    expect(later.backup_read_timestamp_seconds).toBe(first.backup_read_timestamp_seconds);
  });

  it.each([["/metrics?fresh"], ["/metrics?fresh=1"]])(
    "%s asks DatoCMS, and the next ones rest on it",
    async (path) => {
      const { world, scrape } = await openScraped();
      await scrape();
      world.project.user.fork(null, copyOf("weekly", -1), { createdAt: at(-1, 3), ready: true });
      await world.clock.advance(5 * MINUTE_MS);
      expect((await scrape())["backup_copies{weekly}"]).toBe(0);
      expect((await scrape(path))["backup_copies{weekly}"]).toBe(1);
      expect((await scrape())["backup_copies{weekly}"]).toBe(1);
    },
  );

  it("is asked anew by Cache-Control too", async () => {
    const { world, scrape } = await openScraped();
    await scrape();
    expect(await costOf(world, () => scrape("/metrics", { "Cache-Control": "no-cache" }))).toBe(4);
  });

  it("shows what a run has made, at once", async () => {
    const { world, scrape, tick } = await openScraped();
    await world.goTo(1, world.slots.daily.hour);
    const before = await scrape();
    expect(before["backup_last_success_timestamp_seconds{daily}"]).toBe(at(-1, 3) / 1_000);
    expect(await tick("daily")).toMatchObject({ kind: "ran" });
    const after = await scrape();
    expect(after["backup_last_success_timestamp_seconds{daily}"]).toBeGreaterThan(at(1, 0) / 1_000);
    expect(after.backup_points_in_time).toBe(1);
  });

  it("rests on what a run has read, for nothing", async () => {
    const { world, scrape, tick } = await openScraped();
    await world.goTo(1, world.slots.daily.hour);
    await tick("daily");
    await scrape();
    // The slot's next hour: its copy is there, and the tick only reads.
    await world.clock.advance(50 * MINUTE_MS);
    world.project.user.fork(null, copyOf("weekly", 1), { ready: true });
    expect(await tick("daily")).toMatchObject({ kind: "skipped" });
    await world.clock.advance(20 * MINUTE_MS);
    const asked: string[] = [];
    const before = world.emulator.requests.length;
    expect((await scrape())["backup_copies{weekly}"]).toBe(1);
    asked.push(...world.emulator.requests.slice(before).map(({ operation }) => operation ?? ""));
    expect(asked).not.toContain("environments.list");
    expect(asked).not.toContain("plugins.list");
  });

  it("costs a role nothing more that may not see plan and plugins", async () => {
    const { world, scrape } = await openScraped();
    const operation = ["subscriptionLimits.list", "publicInfo.find", "plugins.list"] satisfies Operation[];
    const effect = { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" } as const;
    world.project.faults.add({ operation, ...ALWAYS, effect });
    await scrape();
    await world.clock.advance(5 * MINUTE_MS);
    expect(await costOf(world, () => scrape())).toBe(0);
  });

  it("never fails by what was refused before", async () => {
    const { world, scrape, fetchText } = await openScraped();
    const effect = { kind: "status", status: 403, code: "INSUFFICIENT_PERMISSIONS" } as const;
    world.project.faults.add({ operation: "environments.list", ...ALWAYS, effect });
    expect((await fetchText()).status).toBe(500);
    world.project.faults.clear();
    await world.clock.advance(5 * MINUTE_MS);
    await scrape();
  });

  it("costs what docs/monitoring.md says, by its own example", async () => {
    const guide = readFileSync(new URL("../../docs/monitoring.md", import.meta.url), "utf8");
    const minutes = Number(/scrape_interval: (\d+)m/.exec(guide)?.[1]);
    const claimed = Number(/scraped as below: some ([\d,]+) in 30 days/.exec(guide)?.[1]?.replace(",", ""));
    const { world, scrape, tick } = await openScraped();
    await world.clock.advance(at(1, 0) - world.clock.now());
    let cost = 0;
    for (let minute = 0; minute < DAYS * 24 * 60; minute += minutes) {
      await world.clock.advance(Math.max(0, at(1, 0) + minute * MINUTE_MS - world.clock.now()));
      if (minute % 60 === 5) await tick("daily");
      if (minute % 60 === 35) await tick("weekly");
      cost += await costOf(world, () => scrape());
    }
    const monthly = (cost / DAYS) * 30;
    expect(monthly).toBeGreaterThan(claimed * 0.8);
    expect(monthly).toBeLessThan(claimed * 1.1);
  }, 60_000);
});

describe("the format", () => {
  it.each([
    [undefined, CLASSIC],
    ["*/*", CLASSIC],
    ["", CLASSIC],
    ["text/plain", CLASSIC],
    ["application/json", CLASSIC],
    ["application/*", CLASSIC],
    ["text/plain;version=0.0.4;q=0.5,*/*;q=0.1", CLASSIC],
    // Prometheus 2, and 3.
    [PROMETHEUS, OPEN_METRICS],
    [
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      OPEN_METRICS,
    ],
    ["application/openmetrics-text", OPEN_METRICS],
    ["Application/OpenMetrics-Text; Version=1.0.0", OPEN_METRICS],
    ["text/plain, application/openmetrics-text", OPEN_METRICS],
    ["application/openmetrics-text;q=0", CLASSIC],
    ["application/openmetrics-text;q=0.4, text/plain;q=0.5", CLASSIC],
    ["application/openmetrics-text;q=0.4, */*", CLASSIC],
    ["application/openmetrics-text;q=0.4, text/plain;q=0.3, */*", OPEN_METRICS],
    // Versions that this service does not write.
    ["application/openmetrics-text;version=2.0.0", CLASSIC],
    ["application/openmetrics-text;version=0.0.1", CLASSIC],
  ])("for Accept: %s is %s", async (accept, expected) => {
    const { fetchText } = await openScraped();
    const { type, text } = await fetchText("/metrics", accept === undefined ? {} : { Accept: accept });
    expect(type).toBe(expected);
    expect(Object.keys(metricsIn(text, type))).toContain("backup_copies{daily}");
  });

  const promtool = spawnSync("promtool", ["--version"]).error === undefined;
  if (!promtool && process.env.CI === undefined)
    it.skip("passes promtool, which is not here: Debian's package prometheus brings it", () => {});
  else
    it.each([
      ["with copies", {}],
      ["without any", { plan: { sandboxLimit: 12 } }],
      ["with archives", {}],
    ] as const)("passes promtool, lint included, %s", async (title, options) => {
      const { world, fetchText } = await openScraped(
        options,
        title === "with archives" ? ARCHIVES : undefined,
      );
      if (title === "without any") for (const id of world.ready()) world.project.user.destroy(id);
      // The first answer has none before it to tell of.
      await fetchText();
      const { text } = await fetchText();
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
        input: text,
        encoding: "utf8",
      });
      expect(`${stdout}${stderr}`).toBe("");
      expect(status).toBe(0);
    });
});
