import type { Environment } from "../datocms/environments.ts";
import { identityOf } from "./names.ts";

/** A picture older than this shows nothing that a deletion or a renaming may rest on. */
const STALE_AFTER_MS = 2_000;

/**
 * The environments as last listed, with what DatoCMS has accepted since. So one step can follow another
 * without a list between them; after any wait, and after any answer but a plain yes, the list is read again.
 */
export class World {
  environments: readonly Environment[];
  /** A renaming may have moved the creation by which copies are ordered: nothing goes before the next list. */
  isReordered = false;
  private seenAt: number;

  /** @param now on the clock's monotonic scale, as everywhere here */
  constructor(listed: readonly Environment[], now: number) {
    this.environments = listed;
    this.seenAt = now;
  }

  see(listed: readonly Environment[], now: number): void {
    this.isReordered = false;
    this.environments = listed;
    this.seenAt = now;
  }

  isStale(now: number): boolean {
    return now - this.seenAt > STALE_AFTER_MS;
  }

  find(id: string): Environment | undefined {
    return this.environments.find((each) => each.id === id);
  }

  /** As it is now; undefined when it is gone, whatever has its name. */
  findSame(environment: Environment): Environment | undefined {
    const present = this.find(environment.id);
    return present && identityOf(present) === identityOf(environment) ? present : undefined;
  }

  add(environment: Environment): void {
    this.environments = [...this.environments, environment];
  }

  renamed(id: string, newId: string): void {
    this.change(id, { id: newId });
    this.isReordered = true;
  }

  destroying(id: string): void {
    this.change(id, { status: "destroying" });
  }

  private change(id: string, change: Partial<Environment>): void {
    this.environments = this.environments.map((each) => (each.id === id ? { ...each, ...change } : each));
  }
}
