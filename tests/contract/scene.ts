import { expect } from "vitest";
import type { HistoryEvent, Operation, Project, RequestLogEntry } from "../../emulator/emulator.ts";
import { type Deployment, type Host, SECRET } from "./host.ts";
import { DESTROY_MS, FORK_MS } from "./hosts/project.ts";

/**
 * What a check says about DatoCMS, held against the emulator's log: no call at all, reads only, or exactly
 * so many writes of each kind (those that are refused or fail count too).
 */
export type Claim =
  | "no calls"
  | "reads"
  | {
      readonly forks?: number;
      readonly renames?: number;
      readonly destroys?: number;
      readonly updates?: number;
    };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
}

export interface SendOptions {
  /** Text and streams go as they are, everything else as JSON; undefined sends none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the secret that deployments have by default; null sends none. */
  readonly secret?: string | null;
}

/** A secret in the service's own header. */
export const own = (secret: string): SendOptions => ({
  headers: { "x-datocms-backups-auth": secret },
  secret: null,
});

/** A secret as most clients send one. */
export const bearer = (secret: string): SendOptions => ({
  headers: { authorization: `Bearer ${secret}` },
  secret: null,
});

/** No secret at all. */
export const NOBODY: SendOptions = { secret: null };

/** What a check holds in its hands. */
export interface Scene {
  readonly host: Host;
  readonly deployment: Deployment;
  readonly project: Project;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  /** DatoCMS calls of this check. */
  requests(): readonly RequestLogEntry[];
  /** What the service has done to environments in this check, oldest first. */
  events(): HistoryEvent[];
  /** Names of the environments that the service began to fork in this check. */
  forked(): string[];
  /** Ids of all environments that are ready, sorted. */
  ready(): string[];
  /** An environment that was there before. */
  seed(id: string, createdAt?: number): void;
}

/** A check's hold on a deployment; the log begins anew. */
export function sceneOf(host: Host, deployment: Deployment): Scene {
  const { project } = deployment;
  const byService = () => project.history.filter(({ by }) => by === "api");
  const before = byService().length;
  deployment.forgetRequests();
  const scene: Scene = {
    host,
    deployment,
    project,
    requests: () => deployment.requests(),
    async send(method, path, options = {}) {
      const response = await deployment.call(requestOf(method, path, options));
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: jsonIn(text) };
    },
    events: () => byService().slice(before),
    forked: () =>
      scene
        .events()
        .filter(({ type }) => type === "fork-began")
        .map(({ id }) => id),
    ready: () =>
      project
        .environments()
        .filter(({ status }) => status === "ready")
        .map(({ id }) => id)
        .sort(),
    seed: (id, createdAt = deployment.clock.now() - 1_000) =>
      project.user.fork(null, id, { createdAt, ready: true }),
  };
  return scene;
}

/** Where a server of one's own is called by a name that it knows; a deployment replaces it by its own. */
const ORIGIN = "http://localhost";

function requestOf(method: string, path: string, { body, headers, secret = SECRET }: SendOptions): Request {
  const isStream = body instanceof ReadableStream;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  // What a check has changed in the project by hand must show at once; reads that are kept have tests of their own.
  const all = new Headers({ accept: "*/*", "cache-control": "no-cache", ...headers });
  if (secret !== null && !all.has("authorization")) all.set("x-datocms-backups-auth", secret);
  if (body === undefined) return new Request(`${ORIGIN}${path}`, { method, headers: all });
  if (!all.has("content-type")) all.set("content-type", "application/json");
  if (!isStream) all.set("content-length", String(Buffer.byteLength(text)));
  // Not every declaration of `RequestInit` knows `duplex`, which a stream needs.
  const init = { method, headers: all, body: isStream ? body : text, duplex: "half" };
  return new Request(`${ORIGIN}${path}`, init);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const WRITES: Readonly<Record<string, Operation>> = {
  forks: "environments.fork",
  renames: "environments.rename",
  destroys: "environments.destroy",
  updates: "plugins.update",
};

/** Holds a check's claim against the log. */
export function holdTo(claim: Claim, requests: readonly RequestLogEntry[]): void {
  const made = requests.map(({ method, path }) => `${method} ${path}`);
  if (claim === "no calls") {
    expect(made).toEqual([]);
    return;
  }
  const counts = Object.fromEntries(
    Object.entries(WRITES).map(([kind, wanted]) => [
      kind,
      requests.filter(({ operation }) => operation === wanted).length,
    ]),
  );
  const none = { forks: 0, renames: 0, destroys: 0, updates: 0 };
  expect(counts, made.join("\n")).toEqual(claim === "reads" ? none : { ...none, ...claim });
  expect(made.length, "DatoCMS calls").toBeGreaterThan(0);
}

/** What the service is still destroying may go by itself at this very moment. */
function remove(project: Project, id: string): void {
  try {
    project.user.destroy(id);
  } catch (error) {
    if (project.environment(id) !== undefined) throw error;
  }
}

/** Everything as it was when the project was new. */
export function restore(project: Project): void {
  project.faults.clear();
  if (project.environment("main")?.primary === false) project.user.promote("main");
  for (const { id, primary } of project.environments()) if (!primary) remove(project, id);
  if ((project.environment("main")?.plugins.length ?? 0) > 0) project.user.setParameters("main", {});
  const { settings } = project;
  Object.assign(settings, {
    forkMs: FORK_MS,
    destroyMs: DESTROY_MS,
    latencyMs: 0,
    role: "admin",
    rateLimit: null,
  });
  Object.assign(settings.plan, { sandboxLimit: null, limitsEndpoint: "listed" });
}
