import { CADENCES } from "../utils/config.ts";
import { VERSION } from "../utils/version.ts";
import type { CadenceFigures } from "./recovery/figures.ts";
import type { Inventory } from "./recovery/inventory.ts";

/** The classic text of Prometheus, or OpenMetrics. */
export type MetricsFormat = "classic" | "openmetrics";

/** What stands in the metrics besides what exists. */
export interface MetricsFacts {
  /** The host by its name. */
  readonly provider: string;
  /** The last answer that called DatoCMS; undefined before the first. */
  readonly lastAnswer: { readonly durationMs: number; readonly calls: number } | undefined;
  /** When the oldest of the answers came that the inventory rests on, ms since the epoch. */
  readonly readAt: number;
  /** What else the host has figures of. */
  readonly more?: readonly Family[] | undefined;
}

type Labels = Readonly<Record<string, string>>;
/** Labels and value; without a value there is no sample. */
type Sample = readonly [Labels, number | undefined];

/** A metric with its samples. */
export interface Family {
  readonly name: string;
  readonly type: "gauge" | "info";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * An inventory as text for Prometheus: in its own format 0.0.4, or as OpenMetrics 1.0
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/). What is not known has no sample. Pure.
 */
export function metricsText(
  inventory: Inventory,
  { provider, lastAnswer, readAt, more = [] }: MetricsFacts,
  format: MetricsFormat,
): string {
  const { now, cadences, coverage, scheduler, room, backups, others } = inventory;
  const each = (name: string, help: string, value: (figures: CadenceFigures) => number | undefined) =>
    gauge(
      name,
      help,
      CADENCES.map((cadence) => [{ cadence }, value(cadences[cadence])]),
    );
  const one = (name: string, help: string, value: number | undefined) => gauge(name, help, [[{}, value]]);
  const { limit } = room;
  const free = limit === undefined ? undefined : Math.max(0, limit - backups.length - others.length);
  const families: readonly Family[] = [
    each("backup_age_seconds", "Age of the newest copy.", ({ newest }) =>
      seconds(newest && Math.max(0, now - newest.takenAt)),
    ),
    each("backup_copies", "Ready copies that count as backups.", ({ restorePoints }) => restorePoints.length),
    each("backup_enabled", "Whether the schedule makes copies.", ({ enabled }) => Number(enabled)),
    each("backup_expected_interval_seconds", "From one due date to the next.", (figures) =>
      seconds(figures.expectedInterval),
    ),
    one("backup_free_sandboxes", "Sandboxes that the plan has room for.", free),
    each(
      "backup_hanging_forks",
      "Forks that DatoCMS has not finished in six hours.",
      ({ hanging }) => hanging.length,
    ),
    each("backup_held_copies", "Copies kept because somebody worked in them.", ({ held }) => held.length),
    one(
      "backup_largest_gap_seconds",
      "Longest time without a copy, up to now.",
      seconds(coverage.largestGap),
    ),
    one(
      "backup_last_answer_datocms_calls",
      "DatoCMS calls of the last answer that made any.",
      lastAnswer?.calls,
    ),
    one(
      "backup_last_answer_duration_seconds",
      "Duration of the last answer that called DatoCMS.",
      seconds(lastAnswer?.durationMs),
    ),
    each("backup_last_success_timestamp_seconds", "When the newest copy was taken.", ({ newest }) =>
      seconds(newest?.takenAt),
    ),
    each("backup_late", "Whether a copy that was due is missing.", ({ timeliness }) =>
      Number(timeliness?.kind === "late"),
    ),
    each("backup_next_run_timestamp_seconds", "When the next copy will be made.", ({ nextAt }) =>
      seconds(nextAt),
    ),
    one("backup_points_in_time", "Moments that can be returned to.", coverage.points),
    one("backup_read_timestamp_seconds", "When DatoCMS was read.", seconds(readAt)),
    one("backup_scheduler_enabled", "Whether scheduled runs may happen.", Number(scheduler.enabled)),
    {
      name: "backup_service",
      type: "info",
      help: "This service.",
      samples: [[{ provider, version: VERSION }, 1]],
    },
    ...more,
  ];
  const inOrder = families.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return textOf(inOrder, format === "openmetrics");
}

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: "gauge", help, samples };
}

/** Ms as seconds. */
export function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}

/** Families with a sample at least. The classic format knows no info metrics, no units and no end. */
function textOf(families: readonly Family[], isOpen: boolean): string {
  const lines = families.flatMap(({ name, type, help, samples }) => {
    const isInfo = type === "info";
    const sampled = isInfo ? `${name}_info` : name;
    const written = samples.flatMap(([labels, value]) =>
      value === undefined || !Number.isFinite(value) ? [] : [`${sampled}${labelsOf(labels)} ${value}`],
    );
    if (written.length === 0) return [];
    const declared = isOpen ? name : sampled;
    const unit = isOpen && name.endsWith("_seconds") ? [`# UNIT ${name} seconds`] : [];
    return [
      `# HELP ${declared} ${help}`,
      `# TYPE ${declared} ${isOpen ? type : "gauge"}`,
      ...unit,
      ...written,
    ];
  });
  return `${[...lines, ...(isOpen ? ["# EOF"] : [])].join("\n")}\n`;
}

function labelsOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
