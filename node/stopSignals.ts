/** npm passes on the Ctrl-C that the terminal has sent to npm and to this process alike: some ms later. */
const ECHO_MS = 500;

/**
 * Lets the process end cleanly when it is told to (SIGTERM, or SIGINT, which is Ctrl-C), and at once when it is
 * told again.
 *
 * @param stop ends the process when all is done; is called once, with the signal or what stands for one
 * @param exit the exit status of an end at once
 * @returns tells it by other means than a signal; without effect once it stops
 */
export function onStopSignal(stop: (why: string) => Promise<void>, exit = 1): (why: string) => void {
  const echoMs = process.env.npm_lifecycle_event === undefined ? 0 : ECHO_MS;
  let stoppingSince: number | undefined;
  const hear = (why: string) => {
    if (stoppingSince === undefined) {
      stoppingSince = performance.now();
      void stop(why);
    } else if (performance.now() - stoppingSince >= echoMs) process.exit(exit);
  };
  process.on("SIGTERM", hear);
  process.on("SIGINT", hear);
  return (why) => {
    if (stoppingSince === undefined) hear(why);
  };
}
