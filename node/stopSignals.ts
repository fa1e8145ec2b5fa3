/** npm passes on the Ctrl-C that the terminal has sent to npm and to this process alike: some ms later. */
const ECHO_MS = 500;

/**
 * Lets the process end cleanly when it is told to (SIGTERM, or SIGINT, which is Ctrl-C), and at once when it is
 * told again.
 *
 * @param stop ends the process when all is done; is called once
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let stoppingSince: number | undefined;
  const hear = (signal: NodeJS.Signals) => {
    if (stoppingSince === undefined) {
      stoppingSince = performance.now();
      void stop(signal);
    } else if (performance.now() - stoppingSince > ECHO_MS) process.exit(1);
  };
  process.on("SIGTERM", hear);
  process.on("SIGINT", hear);
}
