import { ApiError, buildClient, type Client } from "@datocms/cma-client-node";
import { type VirtualClock, virtualClock } from "../../emulator/clocks.ts";
import { createEmulator, type Emulator, type Project, type ProjectOptions } from "../../emulator/emulator.ts";

export const START = "2026-03-01T02:00:00.000Z";
export const TOKEN = "token-of-project-one";

export type World = {
  clock: VirtualClock;
  emulator: Emulator;
  project: Project;
  client: Client;
  /** The same client for the inside of one environment. */
  inside(environment: string): Client;
  /** A call without the client, which hides statuses, headers and job ids. */
  raw(method: string, path: string, options?: RawOptions): Promise<Response>;
};

type RawOptions = {
  headers?: Record<string, string>;
  body?: unknown;
  /** Instead of `body`: as it stands. */
  text?: string;
  signal?: AbortSignal;
};

/** One project on virtual time, and the real client that talks to it. */
export function world(options: Partial<ProjectOptions> = {}): World {
  const clock = virtualClock(START);
  const emulator = createEmulator({ clock });
  const project = emulator.addProject({ token: TOKEN, ...options });
  return { clock, emulator, project, ...callers(emulator.fetch, "https://site-api.datocms.com", clock) };
}

/** The real client and a raw caller for an API at `baseUrl`. */
export function callers(fetchFn: typeof fetch, baseUrl: string, clock: VirtualClock) {
  const inside = (environment?: string): Client => {
    const client = buildClient({
      apiToken: TOKEN,
      baseUrl,
      fetchFn,
      autoRetry: false,
      ...(environment === undefined ? {} : { environment }),
    });
    // The client's own polling waits in real time.
    client.jobResultsFetcher = async (id) => {
      for (;;) {
        const result = await client.jobResults.find(id).catch(unlessNotFound);
        if (result) return result;
        await clock.sleep(1000);
      }
    };
    return client;
  };
  return {
    client: inside(),
    inside,
    raw(method: string, path: string, { headers, body, text, signal }: RawOptions = {}) {
      return fetchFn(`${baseUrl}${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, accept: "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(text === undefined ? {} : { body: text }),
        ...(signal ? { signal } : {}),
      });
    },
  };
}

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.response.status !== 404) throw error;
}

/** The code and status a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<{ code: unknown; status: number }> {
  const error = await call.then(
    () => new Error("The call was not refused."),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw error;
  return { code: error.errors[0]?.attributes.code, status: error.response.status };
}

/** The body a fork or a rename sends. */
export function newId(id: string) {
  return { data: { type: "environment", id } };
}

/** Ids and statuses of the list. */
export async function listed(client: Client): Promise<string[]> {
  const environments = await client.environments.list();
  return environments.map(({ id, meta }) => `${id} ${meta.status}${meta.primary ? " primary" : ""}`);
}
