import fc from "fast-check";
import type {
  Plan,
  ProjectOptions,
  RateLimit,
  RoleFlags,
  RoleOption,
  Unknowns,
} from "../../../emulator/emulator.ts";
import { CADENCES, type Cadence, DAY_MS } from "./ours.ts";

/** A Monday; every history begins here. */
export const START = Date.parse("2026-03-02T00:00:00.000Z");

/** Every value that an option of the emulator is tried with; the first is its default. */
export const UNKNOWNS: { readonly [Key in keyof Unknowns]: readonly Unknowns[Key][] } = {
  immediateReturnStatus: [201, 200],
  statuses: [
    {},
    { INVALID_FIELD: 409, PLAN_UPGRADE_REQUIRED: 402, CONCURRENT_ENVIRONMENT_UPDATE: 409 },
    { PLAN_UPGRADE_REQUIRED: 500, CANNOT_DESTROY_FORKING_ORIGIN: 409, INSUFFICIENT_PERMISSIONS: 401 },
  ],
  planRefusal: ["sync", "in-job"],
  planRefusalCode: ["PLAN_UPGRADE_REQUIRED", "LIMIT_REACHED", "TECHNICAL_LIMIT_REACHED"],
  destroying: ["listed-until-gone", "hidden-at-once"],
  creating: ["listed", "unlisted"],
  creatingCountsForPlan: [true, false],
  destroyingCountsForPlan: [true, false],
  concurrentOperations: ["allowed", "refuse-forks", "refuse-all"],
  concurrentIsTransient: [true, false],
  destroyForkingOrigin: ["refuse", "allow"],
  destroyCreating: ["allow", "refuse"],
  destroyDestroying: ["refuse", "accept"],
  renameWhileForking: ["allow", "refuse"],
  forceSandboxBlocksPlugins: [false, true],
  nestedPages: ["cap", "refuse", "unlimited"],
  percentage: ["present", "absent"],
  renameKeepsCreatedAt: [true, false],
  renameKeepsForkedFrom: [true, false],
  forkedFromAfterRename: ["dead-name", "follows"],
  forbiddenEnvironments: ["hide", "refuse"],
  maintenanceBlocksPlugins: [false, true],
  maintenanceBlocksRename: [false, true],
  promoteEndsMaintenance: [true, false],
  renameNeeds: ["can_manage_environments", "can_promote_environments", "can_edit_environment"],
  idMaxLength: [null, 50],
  listOrder: ["oldest-first", "newest-first"],
  parametersMoveLastDataChange: [false, true],
  noCmaAccess: ["INSUFFICIENT_PERMISSIONS", "INVALID_AUTHORIZATION_HEADER"],
};

/** A copy that exists when a history begins. */
export interface Seed {
  readonly cadence: Cadence;
  readonly daysAgo: number;
  readonly hour: number;
  readonly superseded: boolean;
}

/** A schedule that the plugin's user has saved. */
export interface Saved {
  readonly enabledCadences: readonly Cadence[];
  readonly timezone: string;
  readonly anchorLocalDate: string;
}

/** The project and the deployment of a history. */
export interface Setting {
  readonly project: Omit<ProjectOptions, "token" | "plan"> & {
    readonly plan: Plan;
    readonly unknowns: Unknowns;
    readonly forkMs: number;
    readonly items: number;
    readonly uploads: number;
    readonly primary: string;
  };
  /** Which of some tokens, and so which slots. */
  readonly token: number;
  readonly seeds: readonly Seed[];
  readonly foreign: readonly string[];
  readonly keep: Readonly<Record<Cadence, number>>;
  readonly rotation: "auto" | "fork-first" | "delete-first";
  readonly forkMode: "normal" | "fast";
  readonly holdDays: number;
  /** Undefined: no guard. */
  readonly shrinkLimit: number | undefined;
  readonly catchUp: boolean;
  readonly paused: boolean;
  readonly secured: boolean;
  /** Cadences that run where no schedule is saved. */
  readonly cadences: readonly Cadence[];
  readonly cron: "hourly" | "daily";
  readonly maxCalls: number;
  /** Time of an invocation by HTTP, and of one by cron. */
  readonly budgetMs: number;
  readonly cronBudgetMs: number;
  readonly saved: Saved | undefined;
  readonly disconnected: boolean;
  /** How the end comes: with the plan's limit lifted, and with the scheduler connected. */
  readonly endsUnlimited: boolean;
  readonly endsConnected: boolean;
  /** For whatever the service leaves to chance. */
  readonly chance: number;
}

/** Names that only look like ours. */
export const TRAPS = [
  "backup-plugin-daily-keep-before-launch",
  "backup-plugin-daily-2026-02-31",
  "backup-plugin-daily-2026-03-01-kept",
  "backup-plugin-weekly-2026-02-23-superseded-12",
  "backup-plugin-yearly-2026-01-01",
  "main",
] as const;

/** Mostly the first; each of the others now and then. */
export function mostly<T>(weight: number, first: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...Array.from({ length: weight }, () => first), ...others);
}

const unknowns: fc.Arbitrary<Unknowns> = fc
  .record(
    Object.fromEntries(
      Object.entries(UNKNOWNS).map(([key, values]) => {
        const [first, ...others] = values as readonly unknown[];
        return [key, mostly(others.length * 3, first, ...others)];
      }),
    ),
  )
  .map((values) => values as unknown as Unknowns);

const weak: readonly Partial<RoleFlags>[] = [
  { can_promote_environments: false, can_edit_environment: false },
  { environments_access: "primary_only" },
  { environments_access: "sandbox_only" },
  { can_manage_environments: false },
  { can_access_cma: false },
];

const seed: fc.Arbitrary<Seed> = fc.record({
  cadence: mostly<Cadence>(4, "daily", "weekly", "weekly", "biweekly", "monthly"),
  daysAgo: mostly(3, 1, 0, 2, 3, 7, 14, 35, -2),
  hour: fc.constantFrom(0, 5, 23),
  superseded: mostly(6, false, true),
});

const saved: fc.Arbitrary<Saved> = fc.record({
  enabledCadences: fc.oneof(
    fc.constant(CADENCES),
    fc.subarray([...CADENCES], { minLength: 1 }),
    fc.constant(["daily", "weekly"] as const),
  ),
  timezone: mostly(2, "UTC", "Pacific/Auckland", "America/New_York"),
  anchorLocalDate: fc.constantFrom("2026-01-31", "2026-03-01", "2026-03-02", "2026-02-28"),
});

const keeps = mostly(6, 1, 2, 3);

/** Settings as they come; some of it is set by what a history is about. */
export const setting: fc.Arbitrary<Setting> = fc
  .record({
    unknowns,
    role: fc.oneof(
      { weight: 12, arbitrary: fc.constant<RoleOption>("admin") },
      { weight: 1, arbitrary: fc.constantFrom<RoleOption>(...weak) },
    ),
    rateLimit: mostly<RateLimit | null>(
      6,
      null,
      { limit: 60, windowMs: 3_000 },
      { limit: 20, windowMs: 3_000 },
    ),
    latencyMs: fc.constantFrom(10, 40, 300),
    forkMs: fc.constantFrom(0, 600, 2_000, 7_000, 40_000, 20 * 60_000),
    destroyMs: fc.constantFrom(0, 1_000, 12_000),
    sandboxLimit: mostly<number | null>(8, null, 0, 1, 2, 3, 4, 5),
    limitsEndpoint: mostly<Plan["limitsEndpoint"]>(3, "listed", "absent-code", "404"),
    overageThreshold: mostly<number | null>(4, null, 1, 2),
    publicInfo: mostly<Plan["publicInfo"]>(4, "200", "404"),
    items: fc.constantFrom(0, 100, 400),
    uploads: fc.constantFrom(0, 60),
    primary: mostly(2, "main", "live"),
    activeEditors: fc.boolean(),
    forceUseOfSandboxEnvironments: mostly(3, false, true),
    maintenanceMode: mostly(5, false, true),
  })
  .chain((project) => {
    const { sandboxLimit, limitsEndpoint, overageThreshold, publicInfo, ...rest } = project;
    const plan = { sandboxLimit, limitsEndpoint, overageThreshold, publicInfo };
    return fc.record({
      project: fc.constant({ ...rest, plan, createdAt: START - 365 * DAY_MS }),
      token: fc.nat({ max: 3 }),
      seeds: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        {
          weight: 4,
          arbitrary: fc.uniqueArray(seed, {
            maxLength: 4,
            selector: ({ cadence, daysAgo, superseded }) => `${cadence} ${daysAgo} ${superseded}`,
          }),
        },
      ),
      foreign: fc.subarray([...TRAPS]).filter((ids) => !ids.includes(rest.primary as never)),
      keep: fc.record({ daily: keeps, weekly: keeps, biweekly: keeps, monthly: keeps }),
      rotation: mostly<Setting["rotation"]>(5, "auto", "fork-first", "delete-first"),
      forkMode: mostly<Setting["forkMode"]>(4, "normal", "fast"),
      holdDays: mostly(3, 30, 0),
      shrinkLimit: mostly<number | undefined>(3, 50, undefined),
      catchUp: mostly(5, true, false),
      paused: mostly(20, false, true),
      secured: mostly(4, true, false),
      cadences: mostly<readonly Cadence[]>(3, ["daily", "weekly"], CADENCES, ["daily"]),
      cron: mostly<Setting["cron"]>(2, "hourly", "daily"),
      maxCalls: mostly(1, 40, 15),
      budgetMs: fc.constantFrom(30_000, 30_000, 50_000, 12_000),
      cronBudgetMs: fc.constantFrom(25_000, 280_000, 15 * 60_000),
      saved: fc.option(saved, { nil: undefined, freq: 1 }),
      disconnected: mostly(14, false, true),
      endsUnlimited: fc.boolean(),
      endsConnected: mostly(9, true, false),
      chance: fc.nat(),
    });
  });

/** The same two times, where one of several is drawn. */
export function twice<const T>(value: T): [T, T] {
  return [value, value];
}
