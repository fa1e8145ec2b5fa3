import { setTimeout as sleep } from "node:timers/promises";
import { createEmulator, type Project, type RequestLogEntry } from "../../emulator/emulator.ts";
import { slotsFor } from "../../services/schedule/slots.ts";
import type { Platform } from "./platform.ts";

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** The first copy is made in its slot's own hour only: the steps must not reach the hour's end. */
const STEPS_MS = 45_000;
/** Older than any copy. */
const PROJECT_AGE_MS = 90 * DAY_MS;
const FORK_MS = 1_000;
const DESTROY_MS = 200;

export const SECRET = "secret-of-the-deploy-rehearsal";

/** A DatoCMS project of the emulator, and the variables of a deployment to it. */
export interface Scene {
  readonly token: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly project: Project;
  requests(): readonly RequestLogEntry[];
  forks(): number;
  close(): Promise<void>;
}

/** Ms that have to pass until the present hour is long enough for the steps. */
export function hourTurnsIn(now = Date.now()): number {
  const left = HOUR_MS - (now % HOUR_MS);
  return left < STEPS_MS ? left + 1_000 : 0;
}

/** Sets a scene in which daily's slot is the present hour, and weekly's three days and six hours or more away. */
export async function setScene({ secretVariable }: Platform): Promise<Scene> {
  await sleep(hourTurnsIn());
  const now = new Date();
  const token = await tokenFor(now.getUTCHours(), now.getUTCDay());
  const emulator = createEmulator();
  const project = emulator.addProject({
    token,
    name: "Rehearsal",
    createdAt: now.getTime() - PROJECT_AGE_MS,
    forkMs: FORK_MS,
    destroyMs: DESTROY_MS,
  });
  const { url, close } = await emulator.listen();
  return {
    token,
    variables: {
      DATOCMS_FULLACCESS_API_TOKEN: token,
      [secretVariable]: SECRET,
      // The local stand-in; a real deployment does not set it.
      DATOCMS_CMA_BASE_URL: url,
    },
    project,
    requests: () => [...emulator.requests],
    forks: () => emulator.requests.filter(({ operation }) => operation === "environments.fork").length,
    close,
  };
}

/** Slots follow from the token. Of three hundred one fits, so weekly's may be any of many. */
async function tokenFor(hour: number, weekday: number): Promise<string> {
  for (let tried = 0; ; tried += 1) {
    const token = `token-of-the-rehearsal-${tried}`;
    const { daily, weekly } = await slotsFor(token);
    const isAway = weekly.weekday === (weekday + 3) % 7 && hoursBetween(weekly.hour, hour) >= 6;
    if (isAway && daily.hour === hour) return token;
  }
}

function hoursBetween(one: number, other: number): number {
  const hours = Math.abs(one - other);
  return Math.min(hours, 24 - hours);
}
