import type { Job, Running } from "./platform.ts";
import type { Scene } from "./scene.ts";

/** One tick, and what it took. */
export interface Observed {
  /** What the platform heard. */
  readonly said: string;
  /** DatoCMS calls. */
  readonly calls: number;
  /** Undefined where it cannot be known. */
  readonly cpuMs: number | undefined;
  readonly wallMs: number;
}

/**
 * Lets a cron come round and looks at it.
 *
 * @throws Error when it failed, or logged that something did
 */
export async function observedTick(
  { scene, running }: { scene: Scene; running: Running },
  job: Job,
): Promise<Observed> {
  const calls = scene.requests().length;
  const logged = running.log().length;
  const cpuBefore = await running.cpuMs(job);
  const began = performance.now();
  const said = await running.tick(job);
  const wallMs = performance.now() - began;
  const cpuAfter = await running.cpuMs(job);
  refuseErrors(running.log().slice(logged));
  return {
    said,
    wallMs,
    calls: scene.requests().length - calls,
    cpuMs: cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore,
  };
}

/** A cron that fails still counts as done to most hosts; the log tells. */
export function refuseErrors(log: string): void {
  const errors = log.split("\n").filter((line) => line.includes('"level":"error"'));
  if (errors.length > 0) throw new Error(`It logged:\n${errors.join("\n")}`);
}
