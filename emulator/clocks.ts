import { setImmediate as turn } from "node:timers";
import { setTimeout as delay } from "node:timers/promises";
import { type Clock, systemClock } from "../utils/clock.ts";
import { outsideWork, watchOutsideWork } from "./outsideWork.ts";

/** A clock whose wall time can be moved, for the demo and the control interface. */
export type ShiftedClock = Clock & {
  /** Moves the wall clock on by `ms` milliseconds (back, when negative). `monotonic()` and sleepers stay. */
  advance(ms: number): void;
  /** Makes `now()` return `now` (milliseconds since 1970) at this moment; it runs on from there. */
  set(now: number): void;
};

/** Time that only passes when everybody sleeps. */
export interface VirtualClock extends Clock {
  /**
   * Runs `work` to its end, moving time to the next sleeper whenever nothing else can run. Calls may overlap
   * and nest. Rejects with what `work` rejects with, or with an Error when nothing sleeps and `work` is not
   * done (deadlock).
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Moves time on by `ms` milliseconds, waking sleepers on the way; resolves when all have had their turn. */
  advance(ms: number): Promise<void>;
  /** Moves only the wall clock by `ms` (a clock that jumps); sleepers and `monotonic()` are untouched. */
  jump(ms: number): void;
}

/**
 * Real time plus an offset that can be moved.
 *
 * @param base the clock underneath; it does all sleeping
 */
export function shiftedClock(base: Clock = systemClock): ShiftedClock {
  let offset = 0;
  return {
    now: () => base.now() + offset,
    monotonic: () => base.monotonic(),
    sleep: (ms, signal) => base.sleep(ms, signal),
    advance(ms) {
      offset += ms;
    },
    set(now) {
      offset = now - base.now();
    },
  };
}

type Sleeper = { due: number; wake: () => void };

/**
 * Turns of the event loop before time moves. All microtasks run within one turn; the second lets a stream
 * hand over what it has ready.
 */
const TURNS_BETWEEN_STEPS = 2;

/** Real milliseconds that work which waits for a real timer, file or socket gets before it counts as stuck. */
const DEADLOCK_GRACE_MS = 2_000;

/** A wait of so many milliseconds may be somebody's patience with a file: it is not over while files are busy. */
const PATIENT_MS = 1_000;

/** Real milliseconds between looks at whether the work waits for a file. */
const LOOK_MS = 100;

/**
 * Makes a clock for tests: a wait of hours takes no time. Only what is in the same process and sleeps on this
 * clock is seen, and calls of `crypto.subtle`, for which time stands still; files are given two seconds before a second
 * passes, and real timers, files and sockets as long before `run` speaks of a deadlock.
 *
 * @param start where the wall clock starts: milliseconds since 1970 or an ISO date; default 2026-01-01T00:00Z
 * @param options.patienceMs real milliseconds to wait, before time moves, for work the clock cannot see: a
 *   socket, or a file, which is waited for to its end. Without it such work may come back after a sleeper that was due
 *   much later. Default 0
 */
export function virtualClock(
  start: number | string = "2026-01-01T00:00:00.000Z",
  { patienceMs = 0 }: { patienceMs?: number } = {},
): VirtualClock {
  const epoch = typeof start === "number" ? start : Date.parse(start);
  if (!Number.isFinite(epoch)) throw new Error(`"${start}" is not a date.`);
  watchOutsideWork();

  /** Sorted by the time they are due; who came first wakes first. */
  const sleepers: Sleeper[] = [];
  const unfinished = new Set<(reason: Error) => void>();
  let elapsed = 0;
  let jumped = 0;
  let driving = false;
  let advancing = 0;
  /** When files were first seen busy before a long wait, in real time; undefined where they are not. */
  let busySince: number | undefined;
  /** Called as soon as work ends, or somebody falls asleep or moves time on. */
  let moved = () => {};

  function enqueue(sleeper: Sleeper): void {
    let index = sleepers.length;
    while (index > 0 && (sleepers[index - 1]?.due ?? 0) > sleeper.due) index--;
    sleepers.splice(index, 0, sleeper);
    moved();
  }

  /** Moves time to the next sleeper due by `limit` and wakes it. False: there is none. */
  function step(limit: number): boolean {
    const next = sleepers[0];
    if (next === undefined || next.due > limit) return false;
    sleepers.shift();
    elapsed = Math.max(elapsed, next.due);
    next.wake();
    return true;
  }

  async function settle(): Promise<void> {
    if (patienceMs > 0) {
      do await delay(patienceMs);
      while (filesAreBusy());
    }
    let turns = 0;
    while (turns < TURNS_BETWEEN_STEPS) {
      await new Promise<void>((done) => turn(done));
      // What waits for a hash goes on only after it, so the turns are counted from there.
      turns = outsideWork() > 0 ? 0 : turns + 1;
    }
  }

  /** True when something happened within the grace period: work ended, or somebody fell asleep. */
  async function somethingMoves(): Promise<boolean> {
    const isStill = () => unfinished.size > 0 && sleepers.length === 0 && advancing === 0;
    let until = performance.now() + DEADLOCK_GRACE_MS;
    while (isStill() && performance.now() < until) {
      await movedWithin(LOOK_MS);
      if (filesAreBusy()) until = performance.now() + DEADLOCK_GRACE_MS;
    }
    return !isStill();
  }

  /** Waits without a look in between, which would take the processor from what is waited for. */
  function movedWithin(ms: number): Promise<void> {
    return new Promise((done) => {
      moved = () => {
        clearTimeout(timer);
        moved = () => {};
        turn(done);
      };
      const timer = setTimeout(() => moved(), ms);
    });
  }

  /** Waits for files before a second passes, but not for ever. False: nothing is to be waited for. */
  async function filesGoFirst(): Promise<boolean> {
    const isPatient = advancing === 0 && (sleepers[0]?.due ?? elapsed) - elapsed >= PATIENT_MS;
    if (!isPatient || !filesAreBusy()) {
      busySince = undefined;
      return false;
    }
    busySince ??= performance.now();
    if (performance.now() - busySince > DEADLOCK_GRACE_MS) return false;
    await delay(1);
    return true;
  }

  async function drive(): Promise<void> {
    driving = true;
    while (unfinished.size > 0) {
      await settle();
      if (unfinished.size === 0) break;
      if (await filesGoFirst()) continue;
      if (advancing > 0 || step(Number.MAX_VALUE) || (await somethingMoves())) continue;
      for (const stop of [...unfinished]) {
        stop(new Error("Deadlock: nothing sleeps on the virtual clock and the work is not done."));
      }
    }
    driving = false;
  }

  return {
    now: () => epoch + Math.floor(elapsed) + jumped,
    monotonic: () => elapsed,
    sleep(ms, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        };
        const sleeper = { due: elapsed + Math.max(0, ms), wake };
        const abort = () => {
          const index = sleepers.indexOf(sleeper);
          if (index >= 0) sleepers.splice(index, 1);
          resolve();
        };
        signal?.addEventListener("abort", abort, { once: true });
        enqueue(sleeper);
      });
    },
    run(work) {
      return new Promise((resolve, reject) => {
        unfinished.add(stop);
        function stop(reason: Error): void {
          ended();
          reject(reason);
        }
        function ended(): void {
          unfinished.delete(stop);
          moved();
        }
        // A work that throws at once, before it returns a promise, must end the run as well.
        Promise.resolve().then(work).then(resolve, reject).finally(ended);
        if (!driving) void drive();
      });
    },
    async advance(ms) {
      advancing++;
      moved();
      const target = elapsed + ms;
      await settle();
      while (step(target)) await settle();
      elapsed = Math.max(elapsed, target);
      advancing--;
    },
    jump(ms) {
      jumped += ms;
    },
  };
}

/** Whether files are read, written or closed: a busy disk may take longer for it than the grace period. */
function filesAreBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.startsWith("FSReq") || name === "CloseReq");
}
