import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { scheduleTimes } from "../../node/scheduleTimes.ts";
import { manifestKey } from "../../services/archive/manifest.ts";
import { schedulesOf } from "../../services/archive/schedules/schedules.ts";
import { changeVerifyState, withOutcome } from "../../services/archive/verify/state.ts";
import { createArchiveAlerts } from "../../services/archiveAlerts.ts";
import { archivesIn } from "../../services/archiveService.ts";
import { createArchiveWatch } from "../../services/archiveWatch.ts";
import { historyOf } from "../../services/history/history.ts";
import type { ArchiveRecord, RunRecord, VerifyRecord } from "../../services/history/record.ts";
import { jobsOf } from "../../services/jobs/jobs.ts";
import { projectFrom } from "../../services/project.ts";
import { storeUnavailable } from "../../services/stores/failures.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { claimRoot } from "../../services/stores/root.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Clock } from "../../utils/clock.ts";
import { failed, succeeded } from "../../utils/failures.ts";
import { silentLogger } from "../../utils/logger.ts";
import { manifestOf } from "../archive/support.ts";
import { oldWordsIn } from "../docs/words.ts";
import { value } from "../stores/conformance.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const BEGIN = Date.parse("2026-03-02T12:00:00.000Z");
const VARIABLES = {
  DATOCMS_FULLACCESS_API_TOKEN: "0123456789abcdef0123456789abcd",
  ALERT_WEBHOOK_URL: "https://receiver.test/alerts",
  ALERT_WEBHOOK_SECRET: "a-secret-of-the-receiver",
};
const Event = z.looseObject({
  id: z.string(),
  type: z.string(),
  data: z.looseObject({ title: z.string(), sentence: z.string(), advice: z.string().nullable() }),
});

let now: number;
let store: Store;
let events: z.infer<typeof Event>[];
const clock: Clock = {
  now: () => now,
  monotonic: () => now - BEGIN,
  sleep: (_, signal) => new Promise((wake) => signal?.addEventListener("abort", () => wake())),
};

beforeEach(async () => {
  now = BEGIN;
  events = [];
  store = createMemoryStore({ now: () => now });
  value(await claimRoot(store, "64167", now));
});

/** A server's alerts about the store; a new one knows nothing of what an earlier one has sent. */
function open(variables: Readonly<Record<string, string>> = VARIABLES, isUp = true) {
  const host = { variables: VARIABLES, directory: "/", clock, fetch };
  const kept = {
    store,
    archives: archivesIn(store, value(projectFrom(VARIABLES)), host),
    history: historyOf(store),
    jobs: jobsOf(store, clock),
    schedules: schedulesOf(store, clock),
    fateOf: () => Promise.reject(new Error("Nobody asks")),
  };
  const opened = isUp ? succeeded(kept) : failed(storeUnavailable("down"));
  const offsite = { open: async () => opened, ended: () => {}, findings: () => [] };
  const fetchFn: typeof fetch = async (_, init) => {
    events.push(Event.parse(JSON.parse(String(init?.body))));
    return new Response(null, { status: 204 });
  };
  const server = {
    variables,
    clock,
    times: scheduleTimes,
    fetch: fetchFn,
    logger: silentLogger,
    sentBefore: new Map(),
  };
  const alerts = createArchiveAlerts(server, offsite, createArchiveWatch(server, offsite));
  return {
    ...alerts,
    /** A run is over, and kept. */
    async ended(record: RunRecord) {
      value(await kept.history.finish(record));
      await alerts.ended(record);
    },
  };
}

const RUN = { trigger: "schedule", by: "schedule", durationMs: 5_000, calls: 20 } as const;

function archive(status: ArchiveRecord["status"], trigger: RunRecord["trigger"] = "schedule"): ArchiveRecord {
  const result =
    status === "failed"
      ? failed({ cause: "STORE_FULL", sentence: "The store is full." })
      : succeeded({
          archiveId: "a-1",
          storedBytes: 9,
          warnings: status === "partial" ? ["ASSET_MISSING"] : [],
        });
  const about = { cadences: ["daily"], environmentId: "backup-plugin-daily-2026-03-02" } as const;
  return { ...RUN, ...about, trigger, kind: "archive", startedAt: now, status, result };
}

/** A verification whose outcome is remembered. */
async function verified(problems: number, level: "quick" | "sample" = "sample"): Promise<VerifyRecord> {
  const outcome = { at: now, archive: null, objects: 10, bytes: 100, problems };
  value(await changeVerifyState(store, (state) => withOutcome(state, level, outcome)));
  const status = problems === 0 ? "done" : "failed";
  const result = succeeded({ objects: 10, bytes: 100, problems });
  return { ...RUN, kind: "verify", archiveId: undefined, level, startedAt: now, status, result };
}

async function putArchive(): Promise<void> {
  const createdAt = new Date(now).toISOString();
  const id = `${createdAt.replace(/\.\d+Z$/, "Z").replaceAll(":", "")}-main`;
  await store.put(manifestKey(id), new TextEncoder().encode(manifestOf({ id, createdAt }).text));
}

const types = () => events.map(({ type }) => type);

describe("alerts about archives", () => {
  it("tell of a failure once a day, not each hour, and that all is well again", async () => {
    const sentAt: number[] = [];
    // Each hour's server is another process: nothing but the history is remembered.
    for (let hour = 0; hour < 50; hour += 1) {
      const before = events.length;
      await open().ended(archive("failed"));
      if (events.length > before) sentAt.push(hour);
      now += HOUR_MS;
    }
    expect(sentAt).toEqual([0, 24, 48]);
    await open().ended(archive("done"));
    now += DAY_MS;
    await open().ended(archive("done"));
    expect(types()).toEqual(["archive.failed", "archive.failed", "archive.failed", "archive.recovered"]);
    expect(events[0]?.data).toMatchObject({
      title: "The daily archive failed",
      cause: "STORE_FULL",
      cadence: "daily",
      date: "2026-03-02",
      environmentId: "backup-plugin-daily-2026-03-02",
      lastCopyAt: null,
    });
  });

  it("tell once, then weekly, of objects that had to be left, and not of runs that had nothing to do", async () => {
    const refusal = { cause: "SWEEP_REFUSED", sentence: "No objects were deleted." };
    const prune = (left?: typeof refusal): RunRecord => {
      const result = succeeded({ deleted: [], kept: 3, refusal: left });
      return { ...RUN, kind: "prune", startedAt: now, status: left ? "partial" : "skipped", result };
    };
    const alerts = open();
    await alerts.ended(prune());
    for (let day = 0; day < 8; day += 1) {
      await alerts.ended(prune(refusal));
      now += DAY_MS;
    }
    expect(types()).toEqual(["archive.failed", "archive.failed"]);
    expect(events[0]?.data).toMatchObject({ cause: "SWEEP_REFUSED", sentence: refusal.sentence });
  });

  it("tell once, then weekly, of archives that are not complete", async () => {
    const alerts = open();
    const days: number[] = [];
    for (let day = 0; day < 16; day += 1) {
      const before = events.length;
      await alerts.ended(archive("partial"));
      if (events.length > before) days.push(day);
      now += DAY_MS;
    }
    expect(days).toEqual([0, 7, 14]);
    expect(events[0]).toMatchObject({
      type: "archive.partial",
      data: {
        archiveId: "a-1",
        cause: "ARCHIVE_PARTIAL",
        sentence: expect.stringContaining("ASSET_MISSING"),
      },
    });
    await alerts.ended(archive("failed"));
    now += HOUR_MS;
    await alerts.ended(archive("done"));
    expect(types().slice(3)).toEqual(["archive.failed", "archive.recovered"]);
  });

  it("tell that archives recovered where runs did not take place", async () => {
    const alerts = open();
    await alerts.ended(archive("done"));
    now += 3 * DAY_MS;
    await alerts.ended(archive("done"));
    expect(types()).toEqual(["archive.recovered"]);
  });

  it("tell of damage once, of more damage again, and that it is gone", async () => {
    const alerts = open();
    for (const problems of [0, 2, 2, 3, 0, 0]) {
      await alerts.ended(await verified(problems));
      now += DAY_MS;
    }
    expect(types()).toEqual(["archive.damaged", "archive.damaged", "archive.recovered"]);
    expect(events[0]?.data).toMatchObject({ title: "An archive is damaged", cause: "ARCHIVE_DAMAGED" });
  });

  it("tell of a verification to which the store did not answer, once a day", async () => {
    const alerts = open();
    const result = failed({ cause: "STORE_UNAVAILABLE", sentence: "The store does not answer." });
    for (let hour = 0; hour < 26; hour += 1) {
      await alerts.ended({ ...(await verified(0)), status: "failed", result, startedAt: now });
      now += HOUR_MS;
    }
    expect(types()).toEqual(["archive.failed", "archive.failed"]);
  });

  it("tell once a day that archives are late, once the server has run for a while", async () => {
    await putArchive();
    now += 40 * HOUR_MS;
    const began = now;
    const alerts = open();
    await alerts.look();
    expect(events).toEqual([]);
    for (; now < began + 49 * HOUR_MS; now += HOUR_MS) await alerts.look();
    expect(types()).toEqual(["archive.late", "archive.late"]);
    expect(events[0]?.data).toMatchObject({
      title: "The daily archive is late",
      lastCopyAt: "2026-03-02T12:00:00.000Z",
    });
    await putArchive();
    await alerts.look();
    expect(types()).toHaveLength(2);
  });

  it("tell once a day that schedules are late, by their names", async () => {
    const wishes = { every: "0 13 * * *", zone: "UTC", keep: {}, enabled: true };
    for (const name of ["Noon", "Another"])
      value(await schedulesOf(store, clock).create({ ...wishes, name }));
    const alerts = open({ ...VARIABLES, BACKUP_ARCHIVE: "off", BACKUP_VERIFY_SAMPLE: "off" });
    for (let hour = 0; hour < 32; hour += 1, now += HOUR_MS) await alerts.look();
    expect(types()).toEqual(["archive.late", "archive.late"]);
    expect(events[0]?.data).toMatchObject({
      title: "Schedules of archives are late",
      sentence: expect.stringMatching(/("(Noon|Another)" since 2026-03-02 13:00 UTC[,.] ?){2}/),
      cause: "SCHEDULE_LATE",
    });
  });

  it("tell once a week that nothing was read again for 35 days", async () => {
    await putArchive();
    const alerts = open();
    now += 35 * DAY_MS;
    for (let day = 0; day < 16; day += 1) {
      await putArchive();
      await alerts.look();
      now += DAY_MS;
    }
    expect(events.map(({ data }) => data.cause)).toEqual(["PROOF_OLD", "PROOF_OLD", "PROOF_OLD"]);
  });

  it("are sent where the store does not answer, too, once a day", async () => {
    const alerts = open(VARIABLES, false);
    for (let hour = 0; hour < 10; hour += 1) {
      await alerts.ended(archive("failed"));
      now += HOUR_MS;
    }
    expect(types()).toEqual(["archive.failed"]);
  });

  it("are not sent about what somebody asks for by hand, nor where failures are not wanted", async () => {
    await open().ended(archive("failed", "hand"));
    await open({ ...VARIABLES, ALERT_ON_FAILURE: "off" }).ended(archive("failed"));
    await open({ DATOCMS_FULLACCESS_API_TOKEN: "0123456789abcdef0123456789abcd" }).ended(archive("failed"));
    expect(events).toEqual([]);
  });

  it("are sent about each complete archive where successes are wanted", async () => {
    const alerts = open({ ...VARIABLES, ALERT_ON_SUCCESS: "on" });
    await alerts.ended(archive("done"));
    expect(types()).toEqual(["archive.success"]);
  });

  it("speak in the words that people know", async () => {
    const alerts = open({ ...VARIABLES, ALERT_ON_SUCCESS: "on" });
    for (const status of ["failed", "partial", "done", "done"] as const) {
      await alerts.ended(archive(status));
      now += HOUR_MS;
    }
    await alerts.ended(await verified(2));
    await alerts.ended(await verified(0));
    await putArchive();
    now += 60 * DAY_MS;
    await alerts.look();
    expect(types()).toHaveLength(8);
    for (const { data } of events)
      expect(oldWordsIn(`${data.title}. ${data.sentence} ${data.advice ?? ""}`)).toEqual([]);
  });
});
