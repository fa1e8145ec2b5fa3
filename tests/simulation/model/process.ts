import { type App, createApp } from "../../../handlers/app.ts";
import type { Clock } from "../../../utils/clock.ts";

/** What a process that has ended still waits for. */
export const NEVER = new Promise<never>(() => {});

/** A process of the service: its memory, its clock, its end. */
export class Process {
  /** What it is at work on, by who asked: a caller over HTTP never waits for a cron's run. */
  readonly runs = {
    http: new Map<string, Promise<unknown>>(),
    cron: new Map<string, Promise<unknown>>(),
  };
  readonly clock: Clock;
  readonly ended: Promise<void>;
  isAlive = true;
  /** Calls whose answers it waits for. */
  inFlight = 0;
  private end: () => void = () => {};
  private ownApp: App | undefined;

  /** @param hostOffset how far its host's wall clock is off, ms */
  constructor(clock: Clock, hostOffset: () => number) {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.clock = {
      now: () => clock.now() + hostOffset(),
      monotonic: () => clock.monotonic(),
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        if (!this.isAlive) await NEVER;
      },
    };
  }

  /** It counts, so every process has its own; ticks need none. */
  get app(): App {
    this.ownApp ??= createApp();
    return this.ownApp;
  }

  kill(): void {
    this.isAlive = false;
    this.end();
  }
}
