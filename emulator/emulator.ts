import { type Clock, systemClock } from "../utils/clock.ts";
import { type ApiRequest, perform, type RequestLogEntry } from "./api.ts";
import { type AssetLogEntry, performAsset } from "./assets.ts";
import type { AssetRequest } from "./content/uploads/assetHost.ts";
import { inProcessFetch } from "./inProcess.ts";
import { inProcessAssetFetch, isOfAssets, STORAGE_HOST } from "./inProcessAssets.ts";
import { type Hosted, hostProject, type Project, type ProjectOptions } from "./project.ts";
import type { Listening } from "./server.ts";

export type { RequestLogEntry } from "./api.ts";
export type { AssetLogEntry } from "./assets.ts";
export type { BuildTrigger, BuildTriggerSeed } from "./buildTriggers.ts";
export type { EnvironmentView } from "./environment.ts";
export type { Fault, FaultEffect, FaultHandle, Faults, Operation } from "./faults.ts";
export type { EnvironmentStatus, Existed, HistoryEvent } from "./history.ts";
export type { Plan } from "./plan.ts";
export type { PluginSeed } from "./plugins.ts";
export type { Project, ProjectOptions } from "./project.ts";
export type { RateLimit } from "./rateLimit.ts";
export type { RoleFlags, RoleOption } from "./roles.ts";
export type { Listening } from "./server.ts";
export type { Settings } from "./state.ts";
export type { Unknowns } from "./unknowns.ts";
export type { User } from "./user.ts";

/** A DatoCMS Content Management API of its own, with projects, faults and a log. */
export interface Emulator {
  readonly clock: Clock;
  /**
   * Speaks the API in process: pass it to the client as `fetchFn`. The host in the address does not matter.
   * Honours `init.signal`; a cut connection rejects with `TypeError: fetch failed`.
   */
  readonly fetch: typeof fetch;
  /**
   * Serves the same over HTTP on 127.0.0.1.
   *
   * @param options.port default 0: a free one
   * @param options.control also serve the control interface under /__emulator; default false
   */
  listen(options?: { port?: number; control?: boolean }): Promise<Listening>;
  /**
   * Serves the asset host, and the storage that uploads go to, over HTTP on 127.0.0.1. In process `fetch` knows
   * both by their host names.
   *
   * @param options.port default 0: a free one
   */
  listenAssets(options?: { port?: number }): Promise<Listening>;
  /** @throws Error when the token is taken */
  addProject(options: ProjectOptions): Project;
  project(token: string): Project | undefined;
  projects(): Project[];
  /** Every request received, with an unknown token too. */
  readonly requests: RequestLogEntry[];
  /** Every request to the asset host and to the storage. */
  readonly assetRequests: AssetLogEntry[];
  clearRequests(): void;
}

/**
 * Makes an emulator without projects.
 *
 * @param options.clock time of the whole API; default the system's
 * @example
 * const emulator = createEmulator({ clock: virtualClock() });
 * emulator.addProject({ token: "token-of-project-one" });
 * const client = buildClient({ apiToken: "token-of-project-one", fetchFn: emulator.fetch });
 */
export function createEmulator(options: { clock?: Clock } = {}): Emulator {
  const clock = options.clock ?? systemClock;
  const hosted = new Map<string, Hosted>();
  const requests: RequestLogEntry[] = [];
  const assetRequests: AssetLogEntry[] = [];
  const addresses = { storage: `https://${STORAGE_HOST}` };
  let received = 0;
  const answer = (request: ApiRequest) =>
    perform(request, (token) => hosted.get(token), clock, requests, ++received);
  const bySite = (siteId: string) => [...hosted.values()].find(({ state }) => state.siteId === siteId);
  const answerAsset = (request: AssetRequest) => performAsset(request, bySite, clock, assetRequests);
  const apiFetch = inProcessFetch(answer, clock);
  const assetFetch = inProcessAssetFetch(answerAsset);

  const emulator: Emulator = {
    clock,
    fetch: (input, init) => (isOfAssets(input) ? assetFetch : apiFetch)(input, init),
    async listen({ port = 0, control = false } = {}) {
      // Loaded when asked for: in-process tests need neither the server nor the control's schemas.
      const { listen } = await import("./server.ts");
      const { controlRoutes } = await import("./control.ts");
      return listen(answer, clock, { port, control: control ? controlRoutes(emulator) : undefined });
    },
    async listenAssets({ port = 0 } = {}) {
      const { listenForAssets } = await import("./assetServer.ts");
      const server = await listenForAssets(answerAsset, { port });
      addresses.storage = server.url;
      return server;
    },
    addProject(project) {
      if (project.token === "") throw new Error("A project needs a token.");
      if (hosted.has(project.token)) throw new Error("A project with this token is there already.");
      const added = hostProject(project, clock, hosted.size + 1, addresses);
      hosted.set(project.token, added);
      return added.project;
    },
    project: (token) => hosted.get(token)?.project,
    projects: () => [...hosted.values()].map(({ project }) => project),
    requests,
    assetRequests,
    clearRequests() {
      requests.length = 0;
      assetRequests.length = 0;
    },
  };
  return emulator;
}
