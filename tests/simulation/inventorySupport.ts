import parsePrometheusTextFormat from "parse-prometheus-text-format";
import { expect } from "vitest";
import * as z from "zod";

const instant = z.iso.datetime();
const count = z.int().nonnegative();
const cadence = z.enum(["daily", "weekly", "biweekly", "monthly"]);
const totals = z.strictObject({ records: count, uploads: count }).nullable();
const named = {
  environmentId: z.string(),
  cadence,
  date: z.iso.date(),
  takenAt: instant,
  ageSeconds: count,
  totals,
};

const Cadence = z
  .strictObject({
    enabled: z.boolean(),
    timeliness: z.enum(["on time", "late", "missing"]).nullable(),
    lateSince: instant.nullable(),
    nextBackupAt: instant.nullable(),
    expectedIntervalSeconds: z.int().positive(),
  })
  .refine(({ enabled, timeliness }) => enabled === (timeliness !== null))
  .refine(({ timeliness, lateSince }) => (timeliness === "late") === (lateSince !== null));

export const Coverage = z.strictObject({
  points: count,
  newestAt: instant.nullable(),
  oldestAt: instant.nullable(),
  largestGapSeconds: count.nullable(),
  sentence: z.string().min(1),
});

/** What `GET /api/backups` answers as JSON, all of it. */
export const Inventory = z.strictObject({
  ok: z.literal(true),
  coverage: Coverage,
  cadences: z.strictObject({ daily: Cadence, weekly: Cadence, biweekly: Cadence, monthly: Cadence }),
  copies: z.array(
    z.discriminatedUnion("state", [
      z.strictObject({ ...named, state: z.enum(["ready", "superseded"]) }),
      z.strictObject({ ...named, state: z.literal("destroying") }),
      z.strictObject({
        ...named,
        state: z.literal("creating"),
        percentage: z.number().nullable(),
        hangs: z.boolean(),
      }),
      z.strictObject({
        ...named,
        state: z.literal("held"),
        because: z.enum(["changed", "forked"]),
        until: instant,
      }),
    ]),
  ),
  others: count,
  otherNames: z.array(z.string()).optional(),
  room: z.strictObject({
    sandboxes: count,
    limit: z.union([count, z.literal("unlimited")]).nullable(),
    overageThreshold: count.nullable(),
  }),
  checkedAt: instant,
});

const Parsed = z.array(
  z.object({
    name: z.string(),
    help: z.string(),
    type: z.string(),
    metrics: z.array(z.object({ value: z.string(), labels: z.record(z.string(), z.string()).optional() })),
  }),
);

export const CLASSIC = "text/plain; version=0.0.4; charset=utf-8";
export const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** What Prometheus 2 asks for with each scrape. */
export const PROMETHEUS =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

/**
 * Reads metrics with a parser of the Prometheus text format, after what OpenMetrics adds to it was looked at
 * here: the end mark, units, and an info metric's suffix.
 *
 * @param type Content-Type that they came with
 * @returns values by the sample's name and its labels, as `name{cadence}`
 */
export function metricsIn(text: string, type: string | null): Record<string, number> {
  expect([CLASSIC, OPEN_METRICS]).toContain(type);
  const isOpen = type === OPEN_METRICS;
  expect(text.endsWith("\n# EOF\n")).toBe(isOpen);
  expect(text).not.toMatch(/NaN|undefined|\n\s*\n/);
  const families = Parsed.parse(parsePrometheusTextFormat(text));
  const declared = [...text.matchAll(isOpen ? /^# TYPE (\S+) (gauge|info)$/gm : /^# TYPE (\S+) (gauge)$/gm)];
  const names = declared.map(([, name = ""]) => name);
  expect(names).toEqual([...new Set(names)].toSorted());
  // The older format knows no info metrics: to its parser the sample is a family of its own.
  const sampled = declared.map(([, name, type]) => (type === "info" ? `${name}_info` : name));
  expect(families.filter(({ metrics }) => metrics.length > 0).map(({ name }) => name)).toEqual(sampled);
  for (const name of names) {
    expect(text).toContain(`# HELP ${name} `);
    expect(text.includes(`# UNIT ${name} seconds\n`)).toBe(isOpen && name.endsWith("_seconds"));
  }
  const samples = families.flatMap(({ name, metrics }) =>
    metrics.map(({ labels, value }) => {
      const inBraces = Object.values(labels ?? {}).join();
      return [inBraces === "" ? name : `${name}{${inBraces}}`, Number(value)] as const;
    }),
  );
  expect(new Set(samples.map(([name]) => name)).size).toBe(samples.length);
  return Object.fromEntries(samples);
}
