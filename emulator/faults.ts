import { type ContentOperation, contentOperations } from "./content/operations.ts";

const general = [
  "environments.list",
  "environments.find",
  "environments.fork",
  "environments.rename",
  "environments.promote",
  "environments.destroy",
  "jobResults.find",
  "site.find",
  "plugins.list",
  "plugins.find",
  "plugins.update",
  "plugins.create",
  "subscriptionLimits.list",
  "publicInfo.find",
  "users.me",
  "roles.list",
  "items.list",
  "items.find",
  "items.create",
  "uploads.list",
  "maintenanceMode.find",
  "maintenanceMode.activate",
  "maintenanceMode.deactivate",
  "buildTriggers.list",
  "buildTriggers.trigger",
] as const;

export type Operation = (typeof general)[number] | ContentOperation;

/** The calls the emulator knows, named as the client names them. */
export const operations: readonly Operation[] = [...general, ...contentOperations];

/** Whether the call still has its effect: `before` hits before it, `after` once it is done. */
export type When = "before" | "after";

export type FaultEffect =
  /** An error document; default `before`: the call has no effect. */
  | {
      kind: "status";
      status: number;
      code?: string;
      details?: object;
      transient?: boolean;
      headers?: Record<string, string>;
      when?: When;
    }
  /** A page of HTML, as a proxy answers. */
  | { kind: "html"; status: number; when?: When }
  /** Status 200 and half a document. */
  | { kind: "broken-json"; when?: When }
  /** The connection is cut. */
  | { kind: "drop"; when: When }
  /** No answer ever comes. */
  | { kind: "hang"; when: When }
  /** The call has its effect at once, the headers come `ms` late. */
  | { kind: "slow"; ms: number }
  /** Headers at once, the body `ms` late. */
  | { kind: "slow-body"; ms: number }
  /** Of an asset: the connection is cut after so many bytes of the body. */
  | { kind: "cut-body"; after: number }
  /** Of an asset: other bytes than those that are stored. */
  | { kind: "wrong-bytes" }
  /**
   * A fork whose environment vanishes when its time is up, a destroy that leaves it, another job that changes nothing;
   * the job holds the error.
   */
  | { kind: "job-fails"; code?: string; status?: number }
  /** A fork that stays `creating`, a destroy that stays `destroying`, a job of a change that is made, for ever. */
  | { kind: "never-ends" };

export type Fault = {
  /** Default: any. */
  operation?: Operation | Operation[];
  /** Only when the id in the path or the new id is this; of an asset, its path or file name. */
  environment?: string;
  /** Matching calls that pass first; default 0. */
  skip?: number;
  /** Calls that are hit after that; default 1, Infinity allowed. */
  times?: number;
  effect: FaultEffect;
};

export type FaultHandle = {
  readonly fault: Fault;
  /** Calls hit so far. */
  readonly hits: number;
  remove(): void;
};

export type Faults = {
  /** Adds a fault behind those already there; the first that matches a call hits it. */
  add(fault: Fault): FaultHandle;
  clear(): void;
  /** Faults that are set, used up ones included. */
  list(): FaultHandle[];
};

export type FaultBook = Faults & {
  /** Finds the fault that hits this call and counts the hit. Faults whose turn has not come count the call. */
  take(operation: Operation, environments: readonly string[]): FaultEffect | undefined;
};

/** @returns the faults of one project, none at first */
export function faultBook(): FaultBook {
  type Entry = { fault: Fault; seen: number; hits: number; handle: FaultHandle };
  let entries: Entry[] = [];
  return {
    add(fault) {
      const entry: Omit<Entry, "handle"> = { fault, seen: 0, hits: 0 };
      const handle: FaultHandle = {
        fault,
        get hits() {
          return entry.hits;
        },
        remove() {
          entries = entries.filter((other) => other.handle !== handle);
        },
      };
      entries.push(Object.assign(entry, { handle }));
      return handle;
    },
    clear() {
      entries = [];
    },
    list: () => entries.map((entry) => entry.handle),
    take(operation, environments) {
      for (const entry of entries) {
        if (!matches(entry.fault, operation, environments)) continue;
        entry.seen++;
        if (entry.seen <= (entry.fault.skip ?? 0) || entry.hits >= (entry.fault.times ?? 1)) continue;
        entry.hits++;
        return entry.fault.effect;
      }
      return undefined;
    },
  };
}

/** @returns whether a call has an outcome that comes later */
function endsLater(operation: Operation): boolean {
  return (
    operation === "environments.fork" || operation === "environments.destroy" || isJobOfContent(operation)
  );
}

/** @returns whether a call about content is answered by a job (facts 5.1) */
export function isJobOfContent(operation: Operation): boolean {
  return JOBS.includes(operation) || operation.includes(".bulk") || operation.endsWith(".reorder");
}

const JOBS: readonly Operation[] = [
  "items.duplicate",
  "items.destroy",
  "itemTypes.update",
  "itemTypes.destroy",
  "fields.create",
  "fields.update",
  "fields.destroy",
  "uploads.create",
  "uploads.update",
  "uploadTracks.create",
  "uploadTracks.destroy",
  "site.update",
];

function matches(fault: Fault, operation: Operation, environments: readonly string[]): boolean {
  const { kind } = fault.effect;
  if ((kind === "job-fails" || kind === "never-ends") && !endsLater(operation)) return false;
  const ofAssets = operation === "assets.get" || operation === "assets.put";
  if ((kind === "cut-body" || kind === "wrong-bytes") && !ofAssets) return false;
  // A fault of whatever call is one of the API: its asset host is another one.
  if (ofAssets && fault.operation === undefined) return false;
  if (fault.operation !== undefined && ![fault.operation].flat().includes(operation)) return false;
  return fault.environment === undefined || environments.includes(fault.environment);
}
