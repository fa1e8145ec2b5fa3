import type { Call, Reply } from "../call.ts";
import type { ContentCall } from "../content/edit.ts";
import { contentRoutes, sharedHandlers } from "../content/routes.ts";
import { Refusal } from "../errors.ts";
import type { Operation } from "../faults.ts";
import { listBuildTriggers, triggerBuild } from "./buildTriggers.ts";
import {
  destroyEnvironment,
  findEnvironment,
  forkEnvironment,
  listEnvironments,
  promoteEnvironment,
  renameEnvironment,
} from "./environments.ts";
import { activateMaintenanceMode, deactivateMaintenanceMode, findMaintenanceMode } from "./maintenance.ts";
import { listItems, listUploads } from "./pages.ts";
import { createPlugin, findPlugin, listPlugins, updatePlugin } from "./plugins.ts";
import {
  findJobResult,
  findMe,
  findPublicInfo,
  findSite,
  listRoles,
  listSubscriptionLimits,
} from "./project.ts";
import { createRecord, findRecord } from "./records.ts";

export type Route = {
  readonly operation: Operation;
  /** Whether the call is about what is inside an environment: that one must be ready and open to the role. */
  readonly inside: boolean;
  readonly handle: (call: Call) => Reply;
  /** What it does instead in an environment with content. */
  readonly content?: (call: ContentCall) => Reply;
};

/** Every endpoint, by method and path; `:id` stands for one segment. */
const routes: Readonly<Record<string, Route>> = {
  "GET /environments": { operation: "environments.list", inside: false, handle: listEnvironments },
  "GET /environments/:id": { operation: "environments.find", inside: false, handle: findEnvironment },
  "POST /environments/:id/fork": { operation: "environments.fork", inside: false, handle: forkEnvironment },
  "PUT /environments/:id/rename": {
    operation: "environments.rename",
    inside: false,
    handle: renameEnvironment,
  },
  "PUT /environments/:id/promote": {
    operation: "environments.promote",
    inside: false,
    handle: promoteEnvironment,
  },
  "DELETE /environments/:id": {
    operation: "environments.destroy",
    inside: false,
    handle: destroyEnvironment,
  },
  "GET /job-results/:id": { operation: "jobResults.find", inside: false, handle: findJobResult },
  "GET /site": { operation: "site.find", inside: true, handle: findSite },
  "GET /plugins": { operation: "plugins.list", inside: true, handle: listPlugins },
  "GET /plugins/:id": { operation: "plugins.find", inside: true, handle: findPlugin },
  "PUT /plugins/:id": { operation: "plugins.update", inside: true, handle: updatePlugin },
  "GET /subscription-limits": {
    operation: "subscriptionLimits.list",
    inside: false,
    handle: listSubscriptionLimits,
  },
  "GET /public-info": { operation: "publicInfo.find", inside: false, handle: findPublicInfo },
  "GET /users/me": {
    operation: "users.me",
    inside: false,
    handle: findMe,
    content: sharedHandlers["users.me"],
  },
  "GET /roles": {
    operation: "roles.list",
    inside: false,
    handle: listRoles,
    content: sharedHandlers["roles.list"],
  },
  "GET /items": {
    operation: "items.list",
    inside: true,
    handle: listItems,
    content: sharedHandlers["items.list"],
  },
  "GET /items/:id": {
    operation: "items.find",
    inside: true,
    handle: findRecord,
    content: sharedHandlers["items.find"],
  },
  "POST /items": {
    operation: "items.create",
    inside: true,
    handle: createRecord,
    content: sharedHandlers["items.create"],
  },
  "GET /uploads": {
    operation: "uploads.list",
    inside: true,
    handle: listUploads,
    content: sharedHandlers["uploads.list"],
  },
  "POST /plugins": { operation: "plugins.create", inside: true, handle: createPlugin },
  "GET /maintenance-mode": { operation: "maintenanceMode.find", inside: false, handle: findMaintenanceMode },
  "PUT /maintenance-mode/activate": {
    operation: "maintenanceMode.activate",
    inside: false,
    handle: activateMaintenanceMode,
  },
  "PUT /maintenance-mode/deactivate": {
    operation: "maintenanceMode.deactivate",
    inside: false,
    handle: deactivateMaintenanceMode,
  },
  "GET /build-triggers": {
    operation: "buildTriggers.list",
    inside: false,
    handle: listBuildTriggers,
    content: sharedHandlers["buildTriggers.list"],
  },
  "POST /build-triggers/:id/trigger": {
    operation: "buildTriggers.trigger",
    inside: false,
    handle: triggerBuild,
  },
};

/** The table, and what only environments with content know. */
const allRoutes: Readonly<Record<string, Route>> = {
  ...Object.fromEntries(
    Object.entries(contentRoutes).map(([pattern, { operation, handle, inside = true }]) => [
      pattern,
      { operation, inside, handle: unknownHere, content: handle },
    ]),
  ),
  ...routes,
};

function unknownHere(): never {
  throw new Refusal("INVALID_ENDPOINT");
}

/**
 * @returns the route of a request and the ids in its path (empty where there is none); undefined: no endpoint
 */
export function findRoute(
  method: string,
  path: string,
): { route: Route; id: string; subId: string } | undefined {
  const exact = allRoutes[`${method} ${path}`];
  if (exact) return { route: exact, id: "", subId: "" };
  const [empty, collection, id, action, subId, ...rest] = path.split("/");
  if (empty !== "" || !id || rest.length > 0 || subId === "") return undefined;
  const parts = [collection, ":id", ...(action === undefined ? [] : [action]), ...(subId ? [":id"] : [])];
  const route = allRoutes[`${method} /${parts.join("/")}`];
  return route && { route, id: decoded(id), subId: decoded(subId ?? "") };
}

/** A segment that is no valid percent-encoding is taken as it stands: nothing has such an id. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
