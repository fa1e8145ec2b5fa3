import type { Logger } from "../utils/logger.ts";
import type { Runtime } from "../utils/platformAdapters.ts";
import { ServiceError } from "./serviceError.ts";

/** Fifty a second. */
const GAP_MS = 20;
const MOST_WAITING = 100;
/** Of all addresses together: a call that waits holds memory, and costs money on most hosts. */
const MOST_WAITING_IN_ALL = 1_000;
const MOST_ADDRESSES = 1_000;

/** Log lines of a window: at its first call, its tenth, its hundredth and so on. */
const WINDOW_MS = 60_000;
const MOST_NAMED = 10;

/** Refused calls of one address, or of all that have none. */
interface Queue {
  /** When the next may be answered, on the clock's monotonic scale. */
  next: number;
  waiting: number;
}

/** Holds one refused call back until it may be answered. */
export type Refuse = (runtime: Pick<Runtime, "address" | "clock" | "logger">) => Promise<void>;

/**
 * Slows callers that try secrets: refused calls are answered fifty a second, for each address where the host
 * tells it and in sum where it does not; the others wait. Holders of the secret never come here. The memory
 * is one process's and bounded.
 *
 * @returns resolves when the call may be answered; throws ServiceError 429 `RATE_LIMITED` where a hundred
 *   calls of its address wait already, or a thousand of all
 */
export function createRefusals(): Refuse {
  const queues = new Map<string, Queue>();
  const unknown: Queue = { next: 0, waiting: 0 };
  const note = createNotes();
  let waiting = 0;

  const queueOf = (address: string | undefined, now: number): Queue => {
    if (address === undefined) return unknown;
    const network = networkOf(address);
    const present = queues.get(network);
    if (present !== undefined) return present;
    if (queues.size >= MOST_ADDRESSES)
      for (const [key, queue] of queues) if (queue.next <= now) queues.delete(key);
    if (queues.size >= MOST_ADDRESSES) return unknown;
    const queue = { next: 0, waiting: 0 };
    queues.set(network, queue);
    return queue;
  };

  return async ({ address, clock, logger }) => {
    const now = clock.monotonic();
    note(address, now, logger);
    const queue = queueOf(address, now);
    const isFull = queue !== unknown && queue.waiting >= MOST_WAITING;
    if (isFull || waiting >= MOST_WAITING_IN_ALL) throw tooMany(queue.next - now);
    const at = Math.max(now, queue.next);
    queue.next = at + GAP_MS;
    if (at === now) return;
    queue.waiting += 1;
    waiting += 1;
    await clock.sleep(at - now);
    queue.waiting -= 1;
    waiting -= 1;
  };
}

/** Sums refused calls up for the log, which a flood must not fill. */
function createNotes(): (address: string | undefined, now: number, logger: Logger) => void {
  let since = Number.NEGATIVE_INFINITY;
  let calls = 0;
  let told = 0;
  let addresses = new Set<string>();

  const tell = (now: number, logger: Logger) => {
    told = calls;
    const seconds = Math.round((now - since) / 1_000);
    logger.warn("calls_refused", { calls, seconds, addresses: [...addresses] });
  };

  return (address, now, logger) => {
    if (now - since >= WINDOW_MS) {
      if (calls > told) tell(now, logger);
      since = now;
      calls = 0;
      addresses = new Set();
    }
    calls += 1;
    if (address !== undefined && addresses.size < MOST_NAMED) addresses.add(address);
    if (/^10*$/.test(String(calls))) tell(now, logger);
  };
}

/** An IPv6 subscriber has a whole network of 64 bits; an IPv4 address stands for itself. */
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? 0 : tail.split(":").length;
  while (tail !== undefined && groups.length + after < 8) groups.push("0");
  return groups.slice(0, 4).join(":");
}

function tooMany(waitMs: number): ServiceError {
  return new ServiceError("RATE_LIMITED", 429, "Too many calls with a wrong secret. Correct it and wait.", {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
}
