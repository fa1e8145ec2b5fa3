import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type ShiftedClock, shiftedClock } from "../../emulator/clocks.ts";
import { generatedContent } from "../../emulator/content/seeds/generated.ts";
import { createEmulator, type Project } from "../../emulator/emulator.ts";
import { systemClock } from "../../utils/clock.ts";
import type { Job } from "../../utils/cron.ts";
import { createLogger } from "../../utils/logger.ts";
import type { Variables } from "../../utils/variables.ts";
import { type Service, type ServiceOptions, startService } from "../service.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { createTicket } from "./ticket.ts";

/** Decides the project's slots, and so the story: daily at 04:05 UTC, weekly on Friday at 11:35 UTC. */
const TOKEN = "demo-api-token";
/** The same project with content, of which the story needs no more than totals until it is archived. */
const CONTENT_TOKEN = "demo-content-token";
const NAME = "Demo project";
const SIZE = { records: 120, uploads: 15 };
/** A Monday, so that the weekly slot comes after the three days. */
const START = Date.parse("2026-03-02T09:00:00Z");
/**
 * What the project's plugin has saved. The anchor is a Friday, so that the weekly slot comes on a due day, and
 * the 30th, which February lacks: the month's date was missed two days before the start.
 */
export const SCHEDULE = {
  version: 1,
  enabledCadences: ["daily", "weekly", "monthly"],
  timezone: "Europe/Rome",
  anchorLocalDate: "2026-01-30",
  updatedAt: "2026-01-30T15:20:00.000Z",
} as const;
/** Only this machine: the demo is for the person in front of it. */
const HOST = "127.0.0.1";

const Answer = z.record(z.string(), z.unknown());

/** What came back from the service, and what it cost. */
export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly ms: number;
  /** Calls that the service made to DatoCMS for it. */
  readonly datoCalls: number;
}

/** The emulator and the service side by side, on one clock that can be moved. */
export interface Stage {
  readonly url: string;
  readonly emulatorUrl: string;
  /** Made up for this run. */
  readonly secret: string;
  /** Opens what keeps and removes backups; made up, too. */
  readonly adminSecret: string;
  readonly token: string;
  readonly clock: ShiftedClock;
  readonly project: Project;
  /** Settings by which the project's content is archived; a store is not among them. */
  readonly content: Variables;
  /** Gets what the service notifies its owner of. */
  readonly receiver: Receiver;
  /** Calls the service over HTTP as its callers do. */
  call(method: "GET" | "POST", path: string, body?: object): Promise<Reply>;
  /** Runs a job as the built-in cron does. */
  tick(job: Job): ReturnType<Service["tick"]>;
  /** Calls that DatoCMS has received up to now. */
  datoCalls(): number;
  /** The page's address, which signs the person at this terminal in: once, within ten minutes of this call. */
  pageUrl(): string;
  /** From now on the service's log is shown. */
  showLog(): void;
  close(): Promise<void>;
}

/** The first port that is tried where nobody asks for one, and how many. */
const PORT = 8787;
const PORTS = 10;

/**
 * Starts emulator and service.
 *
 * @param port the service's; 0: a free one; undefined: 8787 or the next free one
 * @throws Error with `code: "EADDRINUSE"` when that port is taken
 */
export async function setStage(port: number | undefined): Promise<Stage> {
  const clock = shiftedClock();
  clock.set(START);
  const emulator = createEmulator({ clock });
  const project = emulator.addProject({
    token: TOKEN,
    name: NAME,
    items: SIZE.records,
    uploads: SIZE.uploads,
    // Days pass here in a second: DatoCMS's limit, which counts real time, would stop them.
    rateLimit: null,
    timezone: SCHEDULE.timezone,
    plugin: { package_version: "0.7.2", parameters: { backupSchedule: SCHEDULE } },
    createdAt: START - 90 * 24 * 60 * 60 * 1_000,
  });
  emulator.addProject({ token: CONTENT_TOKEN, name: NAME, content: generatedContent(SIZE), rateLimit: null });
  const datocms = await emulator.listen({ control: true });
  const assets = await emulator.listenAssets();

  const receiver = await startReceiver(HOST);

  const secret = randomBytes(12).toString("hex");
  const adminSecret = randomBytes(16).toString("hex");
  const webhookSecret = randomBytes(12).toString("hex");
  const ticket = createTicket(systemClock);
  let isLogShown = false;
  const logger = createLogger({
    write: (line) => void (isLogShown && process.stdout.write(`${line}\n`)),
    now: () => clock.now(),
    readable: true,
    secrets: [TOKEN, secret, adminSecret, webhookSecret, receiver.url],
  });
  const service = await listeningAt(port, {
    hostname: HOST,
    // The story calls the ticks itself: the crons of the machine's clock know nothing of the simulated one.
    cron: false,
    ticket,
    clock,
    logger,
    variables: {
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      DATOCMS_CMA_BASE_URL: datocms.url,
      DATOCMS_BACKUPS_SHARED_SECRET: secret,
      BACKUP_ADMIN_SECRET: adminSecret,
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: webhookSecret,
    },
  });
  const url = `http://${HOST}:${service.port}`;
  const datoCalls = () => emulator.requests.length;

  return {
    url,
    emulatorUrl: datocms.url,
    secret,
    adminSecret,
    token: TOKEN,
    clock,
    project,
    content: {
      DATOCMS_FULLACCESS_API_TOKEN: CONTENT_TOKEN,
      DATOCMS_CMA_BASE_URL: datocms.url,
      DATOCMS_ASSETS_BASE_URL: assets.url,
    },
    receiver,
    async call(method, path, body) {
      const began = systemClock.monotonic();
      const callsBefore = datoCalls();
      const response = await fetch(url + path, {
        method,
        headers: { "Content-Type": "application/json", "X-Datocms-Backups-Auth": secret },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer = Answer.parse(await response.json());
      const ms = systemClock.monotonic() - began;
      return { status: response.status, body: answer, ms, datoCalls: datoCalls() - callsBefore };
    },
    tick: (job) => service.tick(job),
    datoCalls,
    pageUrl() {
      ticket.begin();
      return `${url}/sign-in/${ticket.key}`;
    },
    showLog() {
      isLogShown = true;
    },
    async close() {
      await service.close();
      await Promise.all([datocms.close(), assets.close()]);
      receiver.close();
    },
  };
}

async function listeningAt(
  port: number | undefined,
  options: Omit<ServiceOptions, "port">,
): Promise<Service> {
  if (port !== undefined) return startService({ ...options, port });
  for (let next = PORT; next < PORT + PORTS; next += 1) {
    try {
      return await startService({ ...options, port: next });
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return startService({ ...options, port: 0 });
}

/** Whether something else listens on that port. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
