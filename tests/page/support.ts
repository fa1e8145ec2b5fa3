import { type VirtualClock, virtualClock } from "../../emulator/clocks.ts";
import { createEmulator, type Emulator, type Project, type ProjectOptions } from "../../emulator/emulator.ts";
import { createApp } from "../../handlers/app.ts";
import type { AppRuntime } from "../../handlers/requestContext.ts";
import { createInFlightReads } from "../../services/backupService.ts";
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { createReads } from "../../utils/reads.ts";

export const TOKEN = "token-of-the-pages";
export const SECRET = "the-secret-of-the-plugin";
export const READ_SECRET = "a-secret-for-reading-alone";
export const ADMIN_SECRET = "an-admin-secret-of-more-than-32-characters";
/** All three; a test may take some away by `undefined`. */
export const SECRETS = {
  DATOCMS_BACKUPS_SHARED_SECRET: SECRET,
  BACKUP_READ_SECRET: READ_SECRET,
  BACKUP_ADMIN_SECRET: ADMIN_SECRET,
};
export const START = Date.parse("2026-03-02T12:00:00.000Z");

/** An answer, its text read. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Asking {
  readonly method?: "GET" | "HEAD" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form does it. */
  readonly form?: Readonly<Record<string, string>>;
}

/** A service in this process, and a browser that keeps its cookies and says which page sends a form. */
export interface Site {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly project: Project;
  /** What the browser sends as Cookie; a test may read and write it. */
  cookies: Map<string, string>;
  ask(path: string, asking?: Asking): Promise<Seen>;
  signIn(secret: string): Promise<Seen>;
  /** The same process with other settings: a variable of `undefined` is not set. */
  set(variables: Readonly<Record<string, string | undefined>>): void;
}

/** What a browser says of itself when somebody opens an address. */
export const BROWSER = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

interface Options {
  readonly variables?: Readonly<Record<string, string | undefined>>;
  readonly project?: Partial<ProjectOptions>;
  readonly runtime?: Partial<AppRuntime>;
  /** Where the service is. */
  readonly origin?: string;
}

export function openSite({
  variables,
  project,
  runtime,
  origin = "http://localhost:8787",
}: Options = {}): Site {
  const clock = virtualClock(START);
  const emulator = createEmulator({ clock });
  const app = createApp();
  const reads = createReads(createInFlightReads());
  let current: Record<string, string | undefined> = {
    DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
    ...SECRETS,
    ...variables,
  };
  const site: Site = {
    clock,
    emulator,
    project: emulator.addProject({ token: TOKEN, rateLimit: null, latencyMs: 5, ...project }),
    cookies: new Map(),
    set(more) {
      current = { ...current, ...more };
    },
    signIn: (secret) => site.ask("/session", { method: "POST", form: { secret } }),
    async ask(path, { method = "GET", headers = {}, form } = {}) {
      const cookie = [...site.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const request = new Request(`${origin}${path}`, {
        method,
        headers: {
          ...BROWSER,
          ...(cookie !== "" && { cookie }),
          ...(form !== undefined && { "sec-fetch-site": "same-origin", origin }),
          ...headers,
        },
        ...(form !== undefined && { body: new URLSearchParams(form) }),
      });
      const shared = { variables: current, logger: silentLogger, clock, fetch: emulator.fetch, reads };
      const response = await clock.run(async () =>
        app.fetch(request, { ...nodeRuntime(shared, "http"), ...runtime }),
      );
      keepCookies(site.cookies, response.headers);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
  return site;
}

function keepCookies(cookies: Map<string, string>, headers: Headers): void {
  for (const line of headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === "") cookies.delete(name);
    else cookies.set(name, value);
  }
}
