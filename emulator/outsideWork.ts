/**
 * Work of `crypto.subtle` that is under way. It is done on threads, where neither the event loop nor a virtual clock
 * can see it: on a busy machine a hash may take longer than all that happens on such a clock meanwhile.
 */
let underWay = 0;
let isWatched = false;

/** How many calls of `crypto.subtle` have begun in this process and not ended, since it is watched. */
export function outsideWork(): number {
  return underWay;
}

/** Begins to count the calls of `crypto.subtle`; once for a process, and nothing else about them changes. */
export function watchOutsideWork(): void {
  if (isWatched) return;
  isWatched = true;
  const { subtle } = crypto;
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(subtle))) {
    const method: unknown = Reflect.get(subtle, name);
    if (name === "constructor" || typeof method !== "function") continue;
    const counted = async (...parameters: unknown[]): Promise<unknown> => {
      underWay += 1;
      try {
        return await Reflect.apply(method, subtle, parameters);
      } finally {
        underWay -= 1;
      }
    };
    Object.defineProperty(subtle, name, { value: counted, configurable: true, writable: true });
  }
}
