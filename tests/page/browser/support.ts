import type { Page } from "playwright-core";
import { afterEach } from "vitest";
import { type ShiftedClock, shiftedClock } from "../../../emulator/clocks.ts";
import {
  createEmulator,
  type Emulator,
  type Project,
  type ProjectOptions,
} from "../../../emulator/emulator.ts";
import { startService } from "../../../node/service.ts";
import { silentLogger } from "../../../utils/logger.ts";
import { SECRETS, START, TOKEN } from "../support.ts";

/** The self-hosted server in this process, with a DatoCMS of its own behind it. */
export interface ServedSite {
  /** The service's address, without a slash at its end. */
  readonly address: string;
  readonly clock: ShiftedClock;
  readonly emulator: Emulator;
  readonly project: Project;
  /** The settings that each request finds; a test may change them. */
  readonly variables: Record<string, string | undefined>;
}

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Starts a server on a port of its own, at noon of a Monday; it ends with the test. */
export async function serveSite(
  more: Readonly<Record<string, string | undefined>> = {},
  project: Partial<ProjectOptions> = {},
): Promise<ServedSite> {
  const clock = shiftedClock();
  clock.set(START);
  const emulator = createEmulator({ clock });
  const createdAt = START - 30 * 24 * 60 * 60 * 1_000;
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, ...SECRETS, ...more };
  const added = emulator.addProject({ token: TOKEN, rateLimit: null, forkMs: 0, createdAt, ...project });
  const service = await startService({
    ...{ port: 0, hostname: "127.0.0.1", cron: false, logger: silentLogger },
    ...{ clock, fetch: emulator.fetch, variables },
  });
  ends.push(() => service.close());
  return { address: `http://127.0.0.1:${service.port}`, clock, emulator, project: added, variables };
}

/** Types a secret in, as somebody at the keyboard does. */
export async function signIn(page: Page, secret: string): Promise<void> {
  await page.getByLabel("Secret").fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/**
 * Types into the field that a page puts the focus on, and presses Enter. The browser does so when it draws the page,
 * which may be after it has loaded: somebody at the keyboard sees the page first, and a test must wait for it.
 */
export async function typeIntoFocused(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label).and(page.locator(":focus")).waitFor();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}
