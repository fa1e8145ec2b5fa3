import type { Clock } from "../utils/clock.ts";
import type { Variables } from "../utils/variables.ts";

/** One of the two streams that a command writes to. */
export interface Output {
  write(text: string): void;
  /** Somebody watches: a line may be written anew. */
  readonly isTerminal: boolean;
  /** Undefined where nobody says. */
  readonly columns: number | undefined;
  readonly hasColors: boolean;
}

/** The process as a command sees it; tests make their own. */
export interface Io {
  /** The process's environment variables. */
  readonly environment: Variables;
  /** The file of settings that is read where nobody names another one; it need not be there. */
  readonly settingsFile: string;
  /** For what was asked for. */
  readonly out: Output;
  /** For what is no text, on the same stream; resolves when it may be given more. */
  outBytes(bytes: Uint8Array): Promise<void>;
  /** For progress and refusals. */
  readonly err: Output;
  /**
   * Asks somebody for a line; resolves with what was typed, empty at the end of the input. Absent where nobody is at a
   * terminal.
   */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  readonly clock: Clock;
  /** Speaks HTTP with DatoCMS and with the channels of alerts. */
  readonly fetch: typeof fetch;
  /** Takes Ctrl-C from here on; the signal is aborted by the first one. */
  interruption(): AbortSignal;
}
