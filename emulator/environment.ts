import { remembering } from "../utils/remembering.ts";
import type { Content } from "./content/content.ts";
import type { EnvironmentStatus } from "./history.ts";
import type { Job, JobResult } from "./jobs.ts";
import type { Plugin } from "./plugins.ts";
import type { StoredRecord } from "./records.ts";
import type { Unknowns } from "./unknowns.ts";

type Actor = "api" | "user";

/** Where an environment stands. Times are milliseconds since 1970; Infinity: never. */
export type Phase =
  | { kind: "ready" }
  | {
      kind: "creating";
      beganAt: number;
      /** How long it should take: the percentage follows this, also when it never ends. */
      plannedMs: number;
      endsAt: number;
      /** What the job holds in the end when the fork comes to nothing. */
      failure: JobResult | null;
      fast: boolean;
      /** Began at a time of its own, not when it was asked for: its events go to their place in time. */
      seeded: boolean;
      job: Job | null;
      by: Actor;
    }
  | { kind: "destroying"; goneAt: number; job: Job | null; by: Actor };

export type Environment = {
  /** Who it is, whatever it is called. */
  readonly uid: number;
  id: string;
  primary: boolean;
  createdAt: number;
  lastDataChangeAt: number;
  forkedFrom: string | null;
  /** The `uid` of the source. */
  sourceUid: number | null;
  phase: Phase;
  timezone: string;
  /** Records without content. */
  items: number;
  /** Further records, with content; replaced as a whole. */
  records: readonly StoredRecord[];
  uploads: number;
  /** Models, records and assets; null: the three members above are all there is. */
  content: Content | null;
  plugins: Plugin[];
};

/** What a test or the control interface sees of an environment. */
export type EnvironmentView = {
  id: string;
  status: EnvironmentStatus;
  /** Whole percent, 0 to 99, while creating. */
  completion: number | null;
  createdAt: number;
  primary: boolean;
  forkedFrom: string | null;
  lastDataChangeAt: number;
  readOnly: boolean;
  timezone: string;
  items: number;
  records: readonly StoredRecord[];
  uploads: number;
  plugins: { id: string; name: string; package_name: string | null; parameters: Record<string, unknown> }[];
};

/** @returns whole percent, 0 to 99, of a fork under way; null for any other environment */
export function completionOf(environment: Environment, now: number): number | null {
  const { phase } = environment;
  if (phase.kind !== "creating") return null;
  const share = phase.plannedMs > 0 ? (now - phase.beganAt) / phase.plannedMs : 1;
  return Math.max(0, Math.min(99, Math.floor(share * 100)));
}

/** @returns a copy that shares nothing with the environment */
export function viewOf(environment: Environment, now: number, readOnly: boolean): EnvironmentView {
  const { phase, uid: _uid, sourceUid: _source, plugins, content, ...rest } = environment;
  return {
    ...rest,
    ...(content === null ? {} : { items: content.items.size, uploads: content.uploads.size }),
    status: phase.kind,
    completion: completionOf(environment, now),
    readOnly,
    plugins: plugins.map(({ id, name, package_name, parameters }) => ({
      id,
      name,
      package_name,
      parameters: structuredClone(parameters),
    })),
  };
}

/** Each listing has the same dates as the one before. */
const isoDate = remembering(2_000, (at: number) => new Date(at).toISOString());

/** @returns the JSON:API resource: an id and `meta`, neither attributes nor relationships */
export function environmentResource(
  environment: Environment,
  now: number,
  readOnly: boolean,
  unknowns: Unknowns,
): { id: string; type: "environment"; meta: object } {
  const completion = unknowns.percentage === "present" ? completionOf(environment, now) : null;
  return {
    id: environment.id,
    type: "environment",
    meta: {
      status: environment.phase.kind,
      ...(completion === null ? {} : { fork_completion_percentage: completion }),
      read_only_mode: readOnly,
      created_at: isoDate(environment.createdAt),
      last_data_change_at: isoDate(environment.lastDataChangeAt),
      primary: environment.primary,
      forked_from: environment.forkedFrom,
    },
  };
}
