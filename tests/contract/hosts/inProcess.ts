import { virtualClock } from "../../../emulator/clocks.ts";
import { createEmulator } from "../../../emulator/emulator.ts";
import { createApp } from "../../../handlers/app.ts";
import { isKnownHost } from "../../../node/hostNames.ts";
import { createInFlightReads } from "../../../services/datocms/inFlightReads.ts";
import { type Clock, systemClock } from "../../../utils/clock.ts";
import { createLogger } from "../../../utils/logger.ts";
import { nodeRuntime } from "../../../utils/platformAdapters.ts";
import { createReads } from "../../../utils/reads.ts";
import { type Evidence, evidence } from "../evidence.ts";
import type { Deployment, Host, OpenOptions } from "../host.ts";
import { backingOf } from "./project.ts";

const NAME = "in process";

/** Nobody listens there: requests reach the emulator by its own `fetch`. */
const NOWHERE = "https://emulator.test";

/** Where virtual time starts: noon on a Wednesday, so that no check reaches midnight. */
const START = "2026-03-04T12:00:00.000Z";

/**
 * A logger that keeps what it is given. Unlike the server's it takes no values out: what the service's code
 * hands to a logger must hold no secret in the first place.
 */
export function keepingLogger(kept: Evidence, now: () => number) {
  const written = kept.writer(NAME, "logger");
  const write = (line: string) => {
    written.text += `${line}\n`;
  };
  return { logger: createLogger({ write, now }), written };
}

/** The HTTP app called as a function, and the emulator behind it too. */
export function inProcess(): Host {
  const emulator = createEmulator();

  async function open(
    options: OpenOptions,
    behind = emulator,
    run: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
    clock: Clock = systemClock,
  ): Promise<Deployment> {
    const { variables, ...backing } = await backingOf(behind, NOWHERE, options);
    const { logger, written } = keepingLogger(evidence, () => clock.now());
    const app = createApp();
    const shared = {
      variables,
      logger,
      clock,
      fetch: behind.fetch,
      inFlight: new Map(),
      reads: createReads(createInFlightReads(clock)),
      isKnownHost,
    };
    const runtime = nodeRuntime(shared, "http");
    return {
      ...backing,
      clock,
      call: (request) =>
        run(async () => evidence.keepAnswer(NAME, request, await app.fetch(request, runtime))),
      log: () => written.text,
      close: async () => {},
    };
  }

  return {
    name: NAME,
    provider: "unknown",
    cadence: "hourly",
    traits: new Set(["scheduled-get", "cron-addresses", "one-process", "any-name", "virtual-time"]),
    // With five groups at a time, half of the time all wait; this process delays nobody else.
    lanes: 12,
    open: (options) => open(options),
    async openOnVirtualTime(options) {
      const clock = virtualClock(START);
      const deployment = await open(options, createEmulator({ clock }), (work) => clock.run(work), clock);
      return { ...deployment, advance: (ms) => clock.advance(ms) };
    },
    close: async () => {},
  };
}
