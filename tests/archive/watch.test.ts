import { beforeEach, describe, expect, test } from "vitest";
import { manifestKey } from "../../services/archive/manifest.ts";
import { noteSpoilt } from "../../services/archive/spoiltNotes.ts";
import { changeVerifyState, withOutcome } from "../../services/archive/verify/state.ts";
import { readArchiveFacts } from "../../services/archive/watch/facts.ts";
import { archiveFindings } from "../../services/archive/watch/findings.ts";
import type { ArchiveWishes } from "../../services/archive/watch/lateness.ts";
import { archiveFamilies } from "../../services/archiveFigures.ts";
import { historyOf } from "../../services/history/history.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { claimRoot } from "../../services/stores/root.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Clock } from "../../utils/clock.ts";
import { succeeded } from "../../utils/failures.ts";
import { oldWordsIn } from "../docs/words.ts";
import { value } from "../stores/conformance.ts";
import { manifestOf, watchedStore } from "./support.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const BEGIN = Date.parse("2026-03-02T12:00:00.000Z");
const DAILY: ArchiveWishes = { cadences: ["daily"], samplePercent: 3 };

let now: number;
let store: Store;
let clock: Clock;
beforeEach(async () => {
  now = BEGIN;
  clock = { now: () => now, monotonic: () => 0, sleep: async () => {} };
  store = createMemoryStore({ now: () => now });
  value(await claimRoot(store, "64167", now));
});

/** Puts a manifest into the store, as a capture at this moment does. */
async function archive(name: string, changes: Parameters<typeof manifestOf>[0] = {}): Promise<string> {
  const createdAt = changes.createdAt ?? new Date(now).toISOString();
  const id = `${createdAt.replace(/\.\d+Z$/, "Z").replaceAll(":", "")}-${name}`;
  const { text } = manifestOf({ ...changes, id, createdAt });
  value(await store.put(manifestKey(id), new TextEncoder().encode(text)));
  return id;
}

async function findings(wishes = DAILY, at = clock) {
  const facts = value(await readArchiveFacts(store, at));
  return archiveFindings(facts, wishes, now);
}

const codes = async (wishes = DAILY) => (await findings(wishes)).map(({ level, code }) => `${level} ${code}`);

describe("the check says of a store", () => {
  test("that it holds no archive yet", async () => {
    expect(await codes()).toEqual(["warn NO_ARCHIVE"]);
  });

  test("what the last complete archive is of", async () => {
    await archive("main");
    now += 2 * HOUR_MS;
    expect(await findings()).toEqual([
      {
        level: "ok",
        code: "OFFSITE_READY",
        sentence: "The last complete archive is of 2026-03-02 12:00 UTC: main, of a finished backup.",
      },
    ]);
  });

  test("that the newest one is not complete, and which is", async () => {
    await archive("main");
    now += 10 * HOUR_MS;
    const warnings = [{ code: "ASSET_MISSING", sentence: "A file is missing." }];
    const id = await archive("main", { partial: true, warnings });
    expect(await findings()).toMatchObject([
      { code: "OFFSITE_READY", sentence: expect.stringContaining("2026-03-02 12:00 UTC") },
      {
        level: "warn",
        code: "ARCHIVE_PARTIAL",
        sentence: `The newest archive ${id} is not complete. A file is missing.`,
      },
    ]);
  });

  test.each([
    ["daily", 36],
    ["weekly", 9 * 24],
    ["biweekly", 16 * 24],
    ["monthly", 33 * 24],
  ] as const)("that a %s one is late after %i hours, not before", async (cadence, hours) => {
    const wishes = { cadences: [cadence], samplePercent: 3 };
    await archive("main");
    now = BEGIN + hours * HOUR_MS;
    expect(await codes(wishes)).toContain("ok OFFSITE_READY");
    now += 1;
    expect(await codes(wishes)).toContain("warn ARCHIVE_LATE");
    expect(await codes({ cadences: [], samplePercent: 3 })).toContain("ok OFFSITE_READY");
  });

  test("that none is complete, and late once the first one had its time", async () => {
    await archive("main", { partial: true });
    expect(await codes()).toEqual(["warn ARCHIVE_PARTIAL"]);
    now += 2 * DAY_MS;
    expect(await codes()).toEqual(["warn ARCHIVE_LATE", "warn ARCHIVE_PARTIAL"]);
  });

  test("that a manifest cannot be read", async () => {
    await archive("main");
    now += HOUR_MS;
    const id = await archive("other");
    value(await store.put(manifestKey(id), new TextEncoder().encode("{}")));
    expect(await codes()).toEqual(["ok OFFSITE_READY", "warn ARCHIVE_DAMAGED"]);
  });

  test("how the last verification of each level ended", async () => {
    await archive("main");
    const outcome = { at: now, archive: "a", objects: 1, bytes: 1, problems: 0 };
    const end = (level: "quick" | "full", problems: number) =>
      changeVerifyState(store, (state) => withOutcome(state, level, { ...outcome, at: now, problems }));
    value(await end("quick", 0));
    now += 3 * HOUR_MS;
    value(await end("full", 0));
    expect(await findings()).toContainEqual({
      level: "ok",
      code: "ARCHIVES_VERIFIED",
      sentence: "Archives are as they were written: quick 3 hours ago, full less than a minute ago.",
    });
    value(await end("quick", 2));
    expect(await codes()).toEqual(["ok OFFSITE_READY", "warn ARCHIVE_DAMAGED"]);
  });

  test("that objects are spoilt", async () => {
    await archive("main");
    value(await noteSpoilt(store, ["objects/a.json", "objects/b.json"]));
    expect(await codes()).toEqual(["ok OFFSITE_READY", "warn OBJECTS_SPOILT"]);
  });

  test("that nothing was read again for over 35 days", async () => {
    await archive("main");
    now += 35 * DAY_MS;
    await archive("main");
    expect(await codes()).not.toContain("warn PROOF_OLD");
    now += 1;
    expect(await codes()).toContain("warn PROOF_OLD");
    const proof = { at: now, archive: "a", objects: 1, bytes: 1 };
    await changeVerifyState(store, (state) => withOutcome(state, "full", { ...proof, problems: 1 }));
    expect(await codes()).toContain("warn PROOF_OLD");
    await changeVerifyState(store, (state) => withOutcome(state, "deep", { ...proof, problems: 0 }));
    expect(await codes()).not.toContain("warn PROOF_OLD");
  });

  test("that its clock and this machine's differ", async () => {
    await archive("main");
    const wrong = { ...clock, now: () => now - HOUR_MS };
    expect((await findings(DAILY, wrong)).map(({ code }) => code)).toContain("CLOCK_SKEW");
    await archive("main", { createdAt: new Date(now + 2 * DAY_MS).toISOString() });
    expect(await codes()).toContain("warn CLOCK_SKEW");
  });

  test("that the last prune had to leave objects, and why, until one had not", async () => {
    await archive("main");
    const history = historyOf(store);
    const refusal = { cause: "SWEEP_REFUSED", sentence: "No objects were deleted, because of this." };
    const run = { kind: "prune", trigger: "schedule", by: "schedule", durationMs: 1, calls: 0 } as const;
    const prune = (status: "partial" | "done", left?: typeof refusal) => {
      now += HOUR_MS;
      const result = succeeded({ deleted: [], kept: 1, refusal: left });
      return history.finish({ ...run, startedAt: now, status, result });
    };
    value(await prune("partial", refusal));
    expect(await findings()).toContainEqual({
      level: "warn",
      code: "SWEEP_REFUSED",
      sentence: refusal.sentence,
      advice: expect.any(String),
    });
    value(await prune("done"));
    expect(await codes()).toEqual(["ok OFFSITE_READY"]);
    // Earlier versions kept no reason.
    value(await prune("partial"));
    const untold = (await findings()).find(({ code }) => code === "SWEEP_REFUSED");
    expect(oldWordsIn(untold?.sentence ?? "prune")).toEqual([]);
  });

  test("nothing in old words", async () => {
    await archive("main", { partial: true });
    now += 60 * DAY_MS;
    value(await noteSpoilt(store, ["objects/a.json"]));
    for (const { sentence, advice = "" } of await findings())
      expect(oldWordsIn(`${sentence} ${advice}`)).toEqual([]);
  });
});

test("a look at the store reads eight manifests at most, and the newest first", async () => {
  for (let day = 0; day < 30; day += 1) {
    await archive("main", { partial: true });
    now += DAY_MS;
  }
  const { store: noted, read } = watchedStore(store);
  value(await readArchiveFacts(noted, clock));
  const manifests = read.filter((key) => key.startsWith("archives/"));
  expect(manifests).toHaveLength(8);
  expect(manifests[0]).toContain("2026-03-31");
});

describe("the metrics say of a store", () => {
  const samples = async () => {
    const facts = value(await readArchiveFacts(store, clock));
    const families = archiveFamilies({ facts, wishes: DAILY, jobProgressAt: now - 5_000 }, now);
    return Object.fromEntries(
      families.flatMap(({ name, samples: all }) =>
        all.map(([labels, figure]) => [[name, ...Object.values(labels)].join(" "), figure]),
      ),
    );
  };

  test("ages, moments and sizes, in seconds and bytes", async () => {
    await archive("main");
    value(
      await historyOf(store).finish({
        kind: "archive",
        trigger: "schedule",
        by: "schedule",
        startedAt: now + 60_000,
        durationMs: 5_000,
        calls: 20,
        status: "done",
        cadences: ["daily"],
        environmentId: "main",
        result: { ok: true, value: { archiveId: "a", storedBytes: 10, warnings: [] } },
      }),
    );
    const outcome = { at: now, archive: "a", objects: 3, bytes: 300, problems: 1 };
    await changeVerifyState(store, (state) => withOutcome(state, "full", outcome));
    now += HOUR_MS;
    expect(await samples()).toMatchObject({
      backup_archive_age_seconds: 3_600,
      backup_archive_archives: 1,
      backup_archive_job_progress_timestamp_seconds: now / 1_000 - 5,
      backup_archive_last_success_timestamp_seconds: BEGIN / 1_000,
      backup_archive_late: 0,
      "backup_archive_made_timestamp_seconds daily": BEGIN / 1_000 + 60,
      backup_archive_partial: 0,
      backup_archive_spoilt_objects: 0,
      backup_archive_store_up: 1,
      "backup_archive_verified_bytes full": 300,
      "backup_archive_verified_problems full": 1,
      "backup_archive_verified_timestamp_seconds full": BEGIN / 1_000,
    });
  });

  test("that it does not answer", () => {
    const families = archiveFamilies({ facts: undefined, wishes: DAILY, jobProgressAt: undefined }, now);
    const known = families.filter(({ samples: all }) => all.some(([, figure]) => figure !== undefined));
    expect(known).toMatchObject([{ name: "backup_archive_store_up", samples: [[{}, 0]] }]);
  });
});
