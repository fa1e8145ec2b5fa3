/** An answer that was read to its end. */
export interface ReadAnswer {
  readonly text: string | null;
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

/** A request under way, and how many wait for its answer. */
export interface ReadUnderWay {
  readonly answer: Promise<KeptRead>;
  waiting: number;
  /** Ends it when nobody waits any more. */
  readonly giveUp: () => void;
}

/** What this process knows of DatoCMS's answers: to be shared by its requests and ticks. */
export interface Reads {
  readonly kept: Map<string, KeptRead>;
  /** Absent on hosts where one request may not wait for another's input and output (Workers). */
  readonly underWay: Map<string, ReadUnderWay> | undefined;
  /** Requests begun so far. */
  begun: number;
  /** Rises whenever all that is kept is forgotten: what was asked for before is not kept after. */
  generation: number;
  /** The latest moment seen, ms since the epoch. */
  latest: number;
  /** Bytes of answers that are being read at present. */
  receiving: number;
}

/** @param sharesUnderWay whether a request may wait for what another one has begun */
export function createReads(sharesUnderWay = true): Reads {
  return {
    kept: new Map(),
    underWay: sharesUnderWay ? new Map() : undefined,
    begun: 0,
    generation: 0,
    latest: Number.NEGATIVE_INFINITY,
    receiving: 0,
  };
}
