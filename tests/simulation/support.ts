import { type VirtualClock, virtualClock } from "../../emulator/clocks.ts";
import { createEmulator, type Emulator, type Project, type ProjectOptions } from "../../emulator/emulator.ts";
import { createApp } from "../../handlers/app.ts";
import { runTick } from "../../handlers/cron.ts";
import type { ScheduledRun } from "../../services/backupService.ts";
import { slotsFor } from "../../services/schedule/slots.ts";
import type { Job } from "../../utils/cron.ts";
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime, type Runtime } from "../../utils/platformAdapters.ts";
import { hashAtOnce } from "../support/hashAtOnce.ts";

hashAtOnce();

export const TOKEN = "token-of-project-one";
/** The deployment's shared secret: its holder may ask for what nobody else may. */
export const SECRET = "a secret of project one";
/** A Monday. */
export const DAY_ONE = "2026-03-02";

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface World {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly project: Project;
  /** The slots of the project's token. */
  readonly slots: Awaited<ReturnType<typeof slotsFor>>;
  /** Calls the service as a process of its own would answer: nothing is shared with other calls. */
  call(method: "GET" | "POST" | "DELETE", path: string, options?: CallOptions): Promise<Answer>;
  /** A tick of the built-in cron. */
  tick(job: Job, options?: CallOptions): Promise<ScheduledRun | undefined>;
  /** Moves time to an hour of a day counted from day one, at the daily cron's minute. */
  goTo(day: number, hour: number): Promise<void>;
  /** Ids of all sandboxes that are ready. */
  ready(): string[];
  ids(): string[];
}

export interface CallOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly runtime?: Partial<Runtime>;
}

/** One project on virtual time and the service as separate, memoryless processes. */
export async function openWorld(
  options: Partial<ProjectOptions> = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<World> {
  const start = Date.parse(`${DAY_ONE}T00:00:00.000Z`);
  const clock = virtualClock(start);
  const emulator = createEmulator({ clock });
  const project = emulator.addProject({
    token: TOKEN,
    latencyMs: 50,
    rateLimit: null,
    createdAt: start - 365 * DAY_MS,
    ...options,
  });
  const slots = await slotsFor(TOKEN);
  const runtimeFor = (caller: "http" | "cron", { variables: more, runtime }: CallOptions): Runtime => ({
    ...nodeRuntime(
      {
        variables: {
          DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
          DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
          ...variables,
          ...more,
        },
        logger: silentLogger,
        clock,
        fetch: emulator.fetch,
      },
      caller,
    ),
    ...runtime,
  });

  return {
    clock,
    emulator,
    project,
    slots,
    call(method, path, callOptions = {}) {
      return clock.run(async () => {
        const request = new Request(`http://localhost${path}`, {
          method,
          headers: {
            "Content-Type": "application/json",
            "X-Datocms-Backups-Auth": SECRET,
            ...callOptions.headers,
          },
          ...(callOptions.body !== undefined && { body: JSON.stringify(callOptions.body) }),
        });
        const response = await createApp().fetch(request, runtimeFor("http", callOptions));
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      });
    },
    tick: (job, callOptions = {}) => clock.run(() => runTick(job, runtimeFor("cron", callOptions))),
    async goTo(day, hour) {
      const target = start + day * DAY_MS + hour * HOUR_MS + 5 * 60_000;
      await clock.advance(target - clock.now());
    },
    ready: () =>
      project
        .environments()
        .filter((each) => each.status === "ready" && !each.primary)
        .map((each) => each.id),
    ids: () => project.environments().map((each) => each.id),
  };
}

/** Name of the copy of a day counted from day one. */
export function copyOf(cadence: string, day: number): string {
  const date = new Date(Date.parse(`${DAY_ONE}T00:00:00.000Z`) + day * DAY_MS).toISOString().slice(0, 10);
  return `backup-plugin-${cadence}-${date}`;
}

/** An instant of a day counted from day one, ms since the epoch. */
export function at(day: number, hour: number): number {
  return Date.parse(`${DAY_ONE}T00:00:00.000Z`) + day * DAY_MS + hour * HOUR_MS;
}
