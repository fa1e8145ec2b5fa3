import type { Host } from "./host.ts";

/** What became of a piece of work; kept until somebody asks. */
export type Settled = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/**
 * Runs groups of checks side by side. Nearly all their time is waiting (a fork, a rate limit, a DatoCMS that
 * does not answer), and each group has a deployment and a project of its own.
 */
export class Lanes {
  private readonly waiting: (() => Promise<void>)[] = [];
  private readonly last: (() => Promise<void>)[] = [];

  /** @param work must not reject: its checks keep their own failures */
  add(work: () => Promise<void>, when: "any time" | "last"): void {
    (when === "last" ? this.last : this.waiting).push(work);
  }

  /** Begins everything that was added; resolves at its end. */
  async run(lanes: number): Promise<void> {
    const lane = async () => {
      for (let work = this.waiting.shift(); work !== undefined; work = this.waiting.shift()) await work();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    for (const work of this.last) await work();
  }
}

const lanesByHost = new WeakMap<Host, Lanes>();

/** The lanes of a host's suite. */
export function lanesOf(host: Host): Lanes {
  const lanes = lanesByHost.get(host) ?? new Lanes();
  lanesByHost.set(host, lanes);
  return lanes;
}

/** Runs some work to its end or for `ms` milliseconds; never rejects. */
export async function settledWithin(ms: number, work: () => Promise<void>): Promise<Settled> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not done within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work(), late]);
    return { ok: true };
  } catch (error) {
    return { ok: false, error };
  } finally {
    clearTimeout(timer);
  }
}
