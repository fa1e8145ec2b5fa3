import type { Clock } from "../utils/clock.ts";
import {
  type AssetOutcome,
  type AssetRequest,
  getAsset,
  putBytes,
  spoilAsset,
} from "./content/uploads/assetHost.ts";
import type { FaultEffect } from "./faults.ts";
import type { Hosted } from "./project.ts";
import { settle } from "./state.ts";

/** A request to the asset host: the token of nobody is asked for. */
export type AssetLogEntry = {
  /** When it was received, milliseconds since 1970. */
  at: number;
  method: string;
  path: string;
  query: Record<string, string>;
  range: string | null;
  /** "hung" until it is answered. */
  status: number | "dropped" | "hung";
  fault?: FaultEffect["kind"];
};

/**
 * Takes a request of the asset host or of the storage that uploads go to, from the door to its outcome: fault,
 * latency, bytes.
 *
 * @param hosted finds a project by the number that paths begin with
 */
export async function performAsset(
  request: AssetRequest,
  hosted: (siteId: string) => Hosted | undefined,
  clock: Clock,
  log: AssetLogEntry[],
): Promise<AssetOutcome> {
  const { method, path, query, headers } = request;
  const entry: AssetLogEntry = {
    at: clock.now(),
    method,
    path,
    query: Object.fromEntries(query),
    range: headers.get("range") ?? null,
    status: "hung",
  };
  log.push(entry);
  const end = (outcome: AssetOutcome): AssetOutcome => {
    if (outcome.kind !== "hung") entry.status = outcome.kind === "answer" ? outcome.status : "dropped";
    return outcome;
  };
  const project = hosted(path.split("/")[1] ?? "");
  if (project === undefined) {
    return end({ kind: "answer", status: 404, headers: {}, body: new Uint8Array(), cutAfter: null });
  }
  const { state, faults } = project;
  const fault = faults.take(method === "PUT" ? "assets.put" : "assets.get", [
    path,
    path.replace(/^.*\/\d+-/, ""),
  ]);
  if (fault) entry.fault = fault.kind;
  if (state.settings.latencyMs > 0) await clock.sleep(state.settings.latencyMs);
  settle(state);
  const isLost = fault !== undefined && "when" in fault && fault.when === "before";
  const answer = method === "PUT" && !isLost ? putBytes(state, request) : getAsset(state, request);
  if (fault?.kind === "slow" || fault?.kind === "slow-body") await clock.sleep(fault.ms);
  return end(fault ? spoilAsset(answer, fault) : answer);
}
