/** The exit statuses of a command that was refused: by what it found, or for its usage or settings. */
export type RefusedExit = 1 | 2;

/** A command cannot do what it was asked for; its message is a sentence for people. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exit: RefusedExit;
  /** Stable, for machines. */
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    exit: RefusedExit,
    code: string,
    sentence: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(sentence);
    this.exit = exit;
    this.code = code;
    this.details = details;
  }
}

/** The command line is wrong. */
export function usageError(sentence: string, details?: CommandError["details"]): CommandError {
  return new CommandError(2, "INVALID_USAGE", sentence, details);
}
