import type { ListedArchive } from "../../services/archive/archives.ts";
import {
  FORMAT,
  FORMAT_VERSION,
  type Manifest,
  readManifest,
  sealed,
} from "../../services/archive/manifest.ts";
import { planRetention, type Retention } from "../../services/archive/retention/plan.ts";

export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;
export const NOW = Date.parse("2026-11-26T12:00:00Z");

export interface Described {
  readonly id: string;
  /** The moment of the archive, ms since the epoch. */
  readonly at: number;
  readonly isByHand?: boolean;
  /** The id of the schedule of archives that it was made by. */
  readonly schedule?: string;
  readonly environment?: string;
  readonly isPrimary?: boolean;
  readonly withAssets?: boolean;
  readonly records?: number;
  /** Names of files that are missing. */
  readonly missing?: readonly string[];
  readonly isPinned?: boolean;
  readonly isUploaded?: boolean;
  readonly projectId?: string;
  readonly files?: Manifest["files"];
}

export const RETENTION: Retention = {
  keep: { daily: 7, weekly: 5, monthly: 12, yearly: 3 },
  shrinkLimit: 50,
};

/** A manifest with nothing in it but what retention goes by. */
export function manifestOf(archive: Described): { manifest: Manifest; text: string } {
  const { id, at, missing = [], records = 100, projectId = "1", environment = "main" } = archive;
  const createdAt = new Date(at).toISOString();
  return sealed({
    format: FORMAT,
    version: FORMAT_VERSION,
    id,
    createdAt,
    writtenAt: createdAt,
    tool: { name: "test", version: "0" },
    source: {
      kind: "datocms",
      environment,
      projectId,
      projectName: "Blog",
      environmentCreatedAt: createdAt,
      isPrimary: archive.isPrimary ?? false,
    },
    consistency: archive.isByHand ? "live-stable" : "fork",
    partial: missing.length > 0,
    scope: {
      assets: archive.withAssets ?? true,
      excludedModels: [],
      cadences: archive.isByHand || archive.schedule ? [] : ["daily"],
      ...(archive.schedule && { schedule: { id: archive.schedule, slot: createdAt } }),
    },
    counts: { models: 1, records, uploads: 0, assets: 0, assetBytes: 0, danglingLinks: 0 },
    models: [],
    files: [...(archive.files ?? [])],
    previous: null,
    warnings: missing.map((name) => ({ code: "ASSET_MISSING", sentence: "It is missing.", id: name, name })),
    storedBytes: 0,
    reusedBytes: 0,
    calls: 0,
    durationMs: 0,
    encrypted: false,
  });
}

export function listed(archive: Described): ListedArchive {
  const { id, at, isPinned = false, isUploaded = false } = archive;
  const manifest = readManifest(manifestOf(archive).text);
  return { id, writtenAt: at, isPinned, isUploaded, manifest };
}

/** What is kept of archives, in whatever order they are given, and why; and what is removed. */
export function retain(archives: readonly Described[], retention = RETENTION, now = NOW) {
  const newestFirst = archives.toSorted((one, other) => other.at - one.at).map(listed);
  const plan = planRetention(newestFirst, retention, now);
  if (!plan.ok) throw new Error(plan.failure.sentence);
  return {
    kept: Object.fromEntries(plan.value.kept.map(({ id, because }) => [id, because])),
    removed: plan.value.removed.map(({ id }) => id),
    successors: Object.fromEntries(plan.value.removed.map(({ id, successor }) => [id, successor])),
  };
}

/** One archive a day, the newest today: `day-0`, `day-1` of yesterday, and so on. */
export function daily(days: number, rest: Partial<Described> = {}): Described[] {
  return Array.from({ length: days }, (_, day) => ({ id: `day-${day}`, at: NOW - day * DAY_MS, ...rest }));
}
