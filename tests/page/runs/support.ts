import { lendRuns } from "../../../handlers/page/runs/lend.ts";
import type { Outcome } from "../../../services/backupService.ts";
import { historyOf } from "../../../services/history/history.ts";
import type { RunRecord } from "../../../services/history/record.ts";
import { createMemoryStore } from "../../../services/stores/memory.ts";
import { FORK_FAILED, failed, succeeded } from "../../../utils/failures.ts";
import { STORE } from "../../simulation/checkSupport.ts";
import { value } from "../../stores/conformance.ts";
import { openSite, SECRET, type Site, START } from "../support.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

type Of<Kind extends RunRecord["kind"]> = Extract<RunRecord, { readonly kind: Kind }>;

/** What every run has; the plugin's secret asked for it. */
export const RUN = {
  trigger: "hand",
  by: "holder",
  startedAt: START - HOUR_MS,
  durationMs: 31_000,
  calls: 9,
} as const;

const DAILY = {
  cadence: "daily",
  date: "2026-03-02",
  environmentId: "backup-plugin-daily-2026-03-02",
  problems: [],
} as const;

/** What somebody keeps or removes. */
const BY_HAND = { cadence: DAILY.cadence, environmentId: DAILY.environmentId } as const;

/** What came of a backup that was made. */
export const MADE: Outcome = {
  ...{ ...DAILY, kind: "done", deleted: ["backup-plugin-daily-2026-03-01"] },
  ...{ takenAt: START, reused: false },
};

export function backup(changes: Partial<Of<"backup">> = {}): Of<"backup"> {
  return { ...RUN, kind: "backup", status: "done", result: succeeded([MADE]), ...changes };
}

/** A run that failed, of the daily kind. */
export function brokenBackup(sentence?: string): Of<"backup"> {
  const failure = sentence === undefined ? FORK_FAILED : { ...FORK_FAILED, sentence };
  const outcome: Outcome = { ...DAILY, kind: "failed", deleted: [], failure };
  return backup({ status: "failed", result: succeeded([outcome]) });
}

export function archive(changes: Partial<Of<"archive">> = {}): Of<"archive"> {
  const made = { archiveId: "archive-1", storedBytes: 3_400_000, warnings: [] };
  const [environmentId, cadences] = ["backup-plugin-daily-2026-03-02", ["daily"]] as const;
  return {
    ...RUN,
    kind: "archive",
    status: "done",
    cadences,
    environmentId,
    result: succeeded(made),
    ...changes,
  };
}

/** A run of every kind, and of every status that its kind has, with a word that only its page has. */
export function everyRun(): (readonly [RunRecord, string])[] {
  const refused = failed({ cause: "STORE_FULL", sentence: "The store is full." });
  const partial = succeeded({ archiveId: "archive-2", storedBytes: 7, warnings: ["ASSET_MISSING"] });
  return [
    [backup(), "Removed: <code>backup-plugin-daily-2026-03-01</code>"],
    [backup({ status: "creating" }), "DatoCMS was still at work"],
    [backup({ status: "skipped", result: succeeded([]) }), "there was nothing to do"],
    [brokenBackup(), "docs/troubleshooting.md#causes-of-a-failed-backup"],
    [backup({ status: "failed", result: failed(FORK_FAILED) }), "<h2>Why it failed</h2>"],
    [archive(), '<code id="archive">archive-1</code>, 3.2 MiB'],
    [archive({ status: "partial", result: partial }), "<code>ASSET_MISSING</code>"],
    [archive({ status: "failed", result: refused }), "The store is full."],
    [
      {
        ...{ ...RUN, kind: "upload", status: "done" },
        result: succeeded({ archiveId: "archive-3", storedBytes: 9, warnings: [], environmentId: "main" }),
      },
      "taken in from a file",
    ],
    [
      {
        ...{ ...RUN, kind: "verify", status: "done", archiveId: undefined, level: "sample" },
        result: succeeded({ objects: 12, bytes: 900, problems: 0 }),
      },
      "Looked at 12 objects of all archives, 900 bytes, level sample: 0 problems",
    ],
    [
      {
        ...{ ...RUN, kind: "verify", status: "failed", archiveId: "archive-1", level: "full" },
        result: succeeded({ objects: 12, bytes: 900, problems: 2 }),
      },
      "Archive verified: 12 objects, 2 problems",
    ],
    [
      { ...RUN, kind: "prune", status: "done", result: succeeded({ deleted: ["archive-0"], kept: 7 }) },
      "Removed: archive <code>archive-0</code>",
    ],
    [
      { ...RUN, kind: "prune", status: "skipped", result: succeeded({ deleted: [], kept: 7 }) },
      "No archive had to be removed",
    ],
    [
      {
        ...{ ...RUN, kind: "prune", status: "partial" },
        result: succeeded({
          deleted: ["archive-0"],
          kept: 7,
          refusal: { cause: "SWEEP_REFUSED", sentence: "No." },
        }),
      },
      "<code>SWEEP_REFUSED</code>",
    ],
    [
      {
        ...{ ...RUN, kind: "restore", status: "partial", environmentId: "restored" },
        result: succeeded({
          restoreId: "restore-1",
          records: 12,
          uploads: 1,
          schema: 0,
          refused: ["CHANGED_SINCE"],
        }),
      },
      "12 records and 1 file restored in restored, some refused",
    ],
    [
      { ...RUN, kind: "restore", status: "failed", environmentId: "restored", result: refused },
      "The store is full.",
    ],
    [
      { ...RUN, ...BY_HAND, kind: "keep", status: "done", name: "launch", result: succeeded(undefined) },
      "backup-plugin-daily-2026-03-02 kept as launch",
    ],
    [
      { ...RUN, ...BY_HAND, kind: "remove", status: "done", name: undefined, result: succeeded(undefined) },
      "backup-plugin-daily-2026-03-02 removed by hand",
    ],
    [
      { ...RUN, ...BY_HAND, kind: "remove", status: "failed", name: undefined, result: refused },
      "backup-plugin-daily-2026-03-02 could not be removed",
    ],
    [{ ...RUN, kind: "pause", status: "done", reason: "the launch" }, "Why: the launch"],
    [{ ...RUN, kind: "resume", status: "done", reason: undefined }, "Schedule resumed"],
    [{ ...RUN, kind: "settings", status: "done", reason: undefined }, "Settings changed"],
  ];
}

/** A service with a store in memory, and somebody signed in. */
export async function openRuns({ secret = SECRET, store = createMemoryStore({ now: () => START }) } = {}) {
  const history = historyOf(store);
  const kept = { history, fateOf: async () => succeeded({ kind: "kept" } as const) };
  const runs = lendRuns({ open: async () => succeeded(kept) });
  const site: Site = openSite({ runtime: { offsite: { ...STORE, runs } } });
  await site.signIn(secret);
  return {
    ...{ site, store, history, runs },
    keep: async (record: RunRecord) => value(await history.finish(record)),
    /** Backups, one each day, the newest an hour ago; each tenth failed. */
    async keepMany(count: number) {
      for (let index = 0; index < count; index += 1) {
        const startedAt = START - HOUR_MS - index * DAY_MS;
        const made = index % 10 === 9 ? brokenBackup() : backup();
        value(await history.finish({ ...made, startedAt }));
      }
    },
  };
}
