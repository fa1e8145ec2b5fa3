/** The exit status of a command that came to nothing: 1 refused; 2 wrong usage or settings; 130 interrupted. */
export type RefusedExit = 1 | 2 | 130;

/** A command came to nothing; its message is a sentence for people. */
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
