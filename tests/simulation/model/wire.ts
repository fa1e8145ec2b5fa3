import type { VirtualClock } from "../../../emulator/clocks.ts";
import type { Project } from "../../../emulator/emulator.ts";
import { findRoute } from "../../../emulator/routes/table.ts";
import type { Call, Invocation } from "./invocation.ts";
import { NEVER, type Process } from "./process.ts";
import { count, type Reach } from "./reach.ts";

/** What lies behind a wire. */
interface Reached {
  readonly send: typeof fetch;
  readonly clock: VirtualClock;
  readonly project: Project;
  readonly reach: Reach;
}

/** The emulator as one invocation reaches it. */
export function wireOf(invocation: Invocation, process: Process, world: Reached): typeof fetch {
  const { send, clock, project, reach } = world;
  const { kill } = invocation;
  const seen = new Map<string, number>();
  let number = 0;
  return async (input, init) => {
    if (!process.isAlive) return NEVER;
    const call = callOf(String(input), init, clock.now());
    const { operation } = call;
    number += 1;
    const nth = (seen.get(operation) ?? 0) + 1;
    seen.set(operation, nth);
    const isLast = kill?.at === "call" && kill.operation === operation && kill.nth === nth;
    if (isLast) {
      count(reach, "kill", `${kill.after ? "after" : "before"} ${operation}`);
      if (!kill.after) {
        process.kill();
        return NEVER;
      }
    }
    invocation.calls.push(call);
    if (isLast) {
      const { signal: _, ...rest } = init ?? {};
      await send(input, rest).catch(() => {});
      process.kill();
      return NEVER;
    }
    const isCut = kill?.at === "outage" && number >= kill.from;
    if (isCut && number === kill.from) count(reach, "kill", "no answer any more");
    process.inFlight += 1;
    try {
      if (isCut && !(kill.lands && number === kill.from)) throw new TypeError("fetch failed");
      const response = await whole(await send(input, init), project);
      if (isCut) throw new TypeError("fetch failed");
      if (operation === "environments.list" && response.status === 200)
        call.list = await response.clone().text();
      if (operation === "subscriptionLimits.list" && response.status === 200)
        call.isBroken = !(await isJson(response.clone()));
      if (operation === "environments.fork" && response.status >= 400)
        call.isTaken = (await response.clone().text()).includes("VALIDATION_UNIQUENESS");
      call.outcome = response.status;
      call.endedAt = clock.now();
      return process.isAlive ? response : await NEVER;
    } catch (error) {
      call.outcome = "failed";
      call.endedAt = clock.now();
      if (!process.isAlive) return NEVER;
      throw error;
    } finally {
      process.inFlight -= 1;
    }
  };
}

/** An answer is there when its body is; only some faults make a difference between the two. */
async function whole(response: Response, project: Project): Promise<Response> {
  const isSlow = project.faults.list().some(({ fault }) => fault.effect.kind === "slow-body");
  if (!isSlow) return response;
  const { status, headers } = response;
  return new Response(await response.text(), { status, headers });
}

async function isJson(response: Response): Promise<boolean> {
  try {
    await response.json();
    return true;
  } catch {
    return false;
  }
}

function callOf(address: string, init: RequestInit | undefined, sentAt: number): Call {
  const path = address.replace(/^https?:\/\/[^/]+/, "").replace(/\?.*$/, "");
  const found = findRoute(init?.method ?? "GET", path);
  const body = typeof init?.body === "string" ? init.body : "";
  const newId = /"id"\s*:\s*"([^"]*)"/.exec(body)?.[1];
  const from = found?.id ?? "";
  const environment = new Map(Object.entries((init?.headers ?? {}) as Record<string, string>)).get(
    "x-environment",
  );
  return {
    operation: found?.route.operation ?? path,
    id: newId ?? from,
    from,
    environment,
    sentAt,
    endedAt: undefined,
    outcome: "unanswered",
    isTaken: false,
    isBroken: false,
    list: undefined,
  };
}
