const LOOK_MS = 500;

/**
 * Calls back when the process that has started this one is gone. A package manager passes a signal on to the
 * shell in which it runs a script; most shells end by it and tell their child nothing.
 */
export function whenOrphaned(callback: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, LOOK_MS);
  timer.unref();
}
