/** An answer that was read to its end. */
export interface ReadAnswer {
  readonly text: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

/** An answer that is kept for readers; see `services/datocms/sharedReads.ts`. */
export interface KeptRead {
  readonly answer: ReadAnswer;
  /** Which request this process began it as: a later one has the newer picture. */
  readonly order: number;
  /** When it came: ms since the epoch, and on the clock's monotonic scale. */
  readonly cameAt: number;
  readonly cameAtMonotonic: number;
}

/** Requests that are under way: a service for all who want the same answer. */
export interface InFlightReads {
  /**
   * Waits for the request of this name, or begins it.
   *
   * @param request makes it; ended by the signal when nobody waits any more
   * @param signal ends the caller's own wait
   */
  join(
    key: string,
    request: (signal: AbortSignal) => Promise<KeptRead>,
    signal: AbortSignal | null | undefined,
  ): Promise<KeptRead>;
  /** Whoever comes from now on begins anew. */
  forget(): void;
  /**
   * Counts one answer against what all of them may take while they are read.
   *
   * @returns `take` throws TooLarge where that is too much; `giveBack` when the answer is read
   */
  budget(): { take(bytes: number): void; giveBack(): void };
}

/** What this process knows of DatoCMS's answers: to be shared by its requests and ticks. */
export interface Reads {
  readonly kept: Map<string, KeptRead>;
  /** Absent on hosts where one request may not wait for another's input and output (Workers). */
  readonly inFlight: InFlightReads | undefined;
  /** Requests begun so far. */
  begun: number;
  /** Rises whenever all that is kept is forgotten: what was asked for before is not kept after. */
  generation: number;
  /** The latest moment seen, ms since the epoch. */
  latest: number;
}

/** @param inFlight absent where requests may not wait for each other */
export function createReads(inFlight?: InFlightReads): Reads {
  return { kept: new Map(), inFlight, begun: 0, generation: 0, latest: 0 };
}
