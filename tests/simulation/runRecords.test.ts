import { beforeEach, describe, expect, it } from "vitest";
import { type BackupRecord, createBackupService, projectFrom } from "../../services/backupService.ts";
import { createLogger } from "../../utils/logger.ts";
import { ALWAYS } from "./judging.ts";
import { copyOf, openWorld, TOKEN, type World } from "./support.ts";

const PLUGIN_BODY = { event_type: "backup_now_request", slot: { scope: "weekly" } };
const LIST_FAILS = { operation: "environments.list", effect: { kind: "status", status: 503 } } as const;

let world: World;
let log: Record<string, unknown>[];
let records: BackupRecord[];

beforeEach(async () => {
  world = await openWorld({ forkMs: 2_000 });
  log = [];
  records = [];
  await world.goTo(0, world.slots.daily.hour);
});

const logger = () =>
  createLogger({ write: (line) => log.push(JSON.parse(line)), now: () => world.clock.now() });
/** The lines about backups, without what all lines have. */
const linesOf = (event: string) =>
  log
    .filter((each) => each.event === event)
    .map(({ trigger, by, cadence, outcome }) => ({ trigger, by, cadence, outcome }));

/** The project's service as a handler makes it, with somebody who follows its runs. */
function service(deadline = world.clock.monotonic() + 30_000, log = logger()) {
  const project = projectFrom({ DATOCMS_FULLACCESS_API_TOKEN: TOKEN });
  if (!project.ok) throw new Error(project.failure.sentence);
  const { clock, emulator } = world;
  return createBackupService(
    {
      clock,
      fetch: emulator.fetch,
      isCron: false,
      logger: log,
      maxCalls: 40,
      cronFrequency: "hourly",
      deadline,
      inFlight: new Map(),
      observer: { began: () => {}, ended: (record) => records.push(record) },
    },
    project.value,
  );
}

const HOLDER = { by: "holder", trigger: "hand" } as const;

describe("the log says of each backup what set its run off, and who", () => {
  it.each([
    [
      "a job that is called",
      "/api/jobs/daily-backup",
      {},
      { trigger: "hand", by: "holder", cadence: "daily" },
    ],
    [
      "the plugin's button",
      "/api/datocms/backup-now",
      PLUGIN_BODY,
      { trigger: "plugin", by: "holder", cadence: "weekly" },
    ],
    [
      "a call of the button's address",
      "/api/datocms/backup-now",
      {},
      { trigger: "hand", by: "holder", cadence: "daily" },
    ],
    [
      "a run of all that is due",
      "/api/jobs/scheduled-backups",
      {},
      { trigger: "schedule", by: "schedule", cadence: "daily" },
    ],
  ])("%s", async (_, path, body, line) => {
    const runtime = { logger: logger() };
    expect((await world.call("POST", path, { body, runtime })).status).toBe(200);
    expect(linesOf("run_ended")[0]).toEqual({ ...line, outcome: "done" });
  });

  it("anybody's, where no secret is set", async () => {
    const variables = { DATOCMS_BACKUPS_SHARED_SECRET: "" };
    await world.call("POST", "/api/jobs/initialize", { variables, runtime: { logger: logger() } });
    const anybody = { trigger: "hand", by: "anybody-by-job", outcome: "done" };
    expect(linesOf("run_ended")).toEqual([
      { ...anybody, cadence: "daily" },
      { ...anybody, cadence: "weekly" },
    ]);
  });

  it("a tick's that fails", async () => {
    world.project.faults.add({ ...ALWAYS, operation: "environments.fork", effect: { kind: "job-fails" } });
    await world.tick("daily", { runtime: { logger: logger() } });
    expect(linesOf("run_failed")).toEqual([
      { trigger: "schedule", by: "schedule", cadence: "daily", outcome: "failed" },
    ]);
  });
});

describe("a run ends in one record", () => {
  const made = () => records.map(({ kind, trigger, by, status }) => ({ kind, trigger, by, status }));

  it("by hand, with its time and its calls", async () => {
    const before = world.emulator.requests.length;
    const startedAt = world.clock.now();
    await world.clock.run(() => service().backup({ cadence: "daily", forced: false, ...HOLDER }));
    const [record] = records;
    expect(made()).toEqual([{ kind: "backup", ...HOLDER, status: "done" }]);
    expect(record).toMatchObject({ startedAt, calls: world.emulator.requests.length - before });
    expect(record?.durationMs).toBe(world.clock.now() - startedAt);
    expect(record?.result).toMatchObject({ ok: true, value: [{ environmentId: copyOf("daily", 0) }] });
    expect(record?.tick).toBeUndefined();
  });

  it("by schedule, with what was found due; one that has nothing to do is skipped", async () => {
    const asked = { trigger: "schedule", by: "schedule", kind: "backup" };
    await world.clock.run(() => service().tick("daily", "cron"));
    await world.clock.run(() => service().tick("daily", "cron"));
    expect(made()).toEqual([
      { ...asked, status: "done" },
      { ...asked, status: "skipped" },
    ]);
    expect(records.map(({ tick }) => tick?.verdicts?.cadences)).toMatchObject([
      [{ cadence: "daily", due: true, isNew: true }],
      [{ cadence: "daily", due: false, because: "already_made" }],
    ]);
  });

  it("that is cut, and another that sees it through", async () => {
    world.project.settings.forkMs = 30_000;
    const outcome = await world.clock.run(async () => {
      const { clock } = world;
      return service(clock.monotonic() + 12_000).backup({ cadence: "daily", forced: false, ...HOLDER });
    });
    if (!outcome.ok) throw new Error(outcome.failure.sentence);
    await world.clock.run(() => service().complete([outcome.value], HOLDER));
    expect(made()).toEqual([
      { kind: "backup", ...HOLDER, status: "creating" },
      { kind: "backup", ...HOLDER, status: "done" },
    ]);
  });

  it("of a failure before anything was due or made", async () => {
    world.project.faults.add({ ...ALWAYS, ...LIST_FAILS });
    const ends = await world.clock.run(() =>
      Promise.all([service().initialize(HOLDER), service().tick("daily", "cron")]),
    );
    for (const end of ends)
      expect(end).toMatchObject({ ok: false, failure: { cause: "DATOCMS_UNAVAILABLE" } });
    expect(records.map(({ result }) => result)).toEqual(ends);
    expect(made().map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect(records[1]?.tick).toMatchObject({ query: { cadence: "daily" }, verdicts: undefined });
  });

  it("of a refusal", async () => {
    const by = { by: "anybody", trigger: "plugin" } as const;
    await world.clock.run(() => service().backup({ cadence: "monthly", forced: false, ...by }));
    expect(records).toMatchObject([
      { ...by, status: "failed", result: { failure: { cause: "CADENCE_NOT_ENABLED" } } },
    ]);
  });

  it("of a bug, which is thrown on", async () => {
    const broken = service(undefined, {
      ...logger(),
      info() {
        throw new Error("A bug");
      },
    });
    await expect(
      world.clock.run(() => broken.backup({ cadence: "daily", forced: false, ...HOLDER })),
    ).rejects.toThrow("A bug");
    expect(records).toMatchObject([{ status: "failed", result: { failure: { cause: "INTERNAL_ERROR" } } }]);
  });

  it("for two callers who joined one run", async () => {
    const shared = service();
    const asked = { cadence: "daily", forced: false, ...HOLDER } as const;
    const [one, other] = await world.clock.run(() =>
      Promise.all([shared.backup(asked), shared.backup(asked)]),
    );
    expect(other).toEqual(one);
    expect(records).toHaveLength(1);
  });

  it("but none of a tick that sleeps", async () => {
    await world.goTo(0, world.slots.daily.hour + 7);
    await world.clock.run(() => service().tick("daily", "cron"));
    expect(records).toEqual([]);
  });
});
