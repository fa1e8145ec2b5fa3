import type { Environment } from "./environment.ts";
import type { FaultEffect } from "./faults.ts";
import type { State } from "./state.ts";

/** A request that passed the door: its endpoint exists, its token is good, it is within its rate. */
export type Call = {
  readonly state: State;
  /** The environment the call goes to: that of `X-Environment`, else the primary. */
  readonly environment: Environment;
  /** The id in the path; empty when the path has none. */
  readonly id: string;
  /** The second id in the path; empty when there is none. */
  readonly subId: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** The fault that hits this call. */
  readonly fault: FaultEffect | undefined;
};

export type Reply = { status: number; document: unknown };

/** @returns a document with status 200 */
export function ok(document: unknown): Reply {
  return { status: 200, document };
}
