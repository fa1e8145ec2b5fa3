import type { Catalog } from "../catalog/catalog.ts";
import type { Environment } from "../datocms/environments.ts";

/** A picture older than this shows nothing that a deletion or a renaming may rest on. */
const STALE_AFTER_MS = 2_000;

/**
 * The catalog as last listed, with what DatoCMS has accepted since. So one step can follow another
 * without a list between them; after any wait, and after any answer but a plain yes, the list is read again.
 */
export class World {
  catalog: Catalog;
  /** A renaming may have moved the creation by which backups are ordered: nothing goes before the next list. */
  isReordered = false;
  private seenAt: number;

  /** @param now on the clock's monotonic scale, as everywhere here */
  constructor(catalog: Catalog, now: number) {
    this.catalog = catalog;
    this.seenAt = now;
  }

  see(catalog: Catalog, now: number): void {
    this.isReordered = false;
    this.catalog = catalog;
    this.seenAt = now;
  }

  isStale(now: number): boolean {
    return now - this.seenAt > STALE_AFTER_MS;
  }

  add(environment: Environment): void {
    this.catalog = this.catalog.with(environment);
  }

  renamed(id: string, newId: string): void {
    this.catalog = this.catalog.withChange(id, { id: newId });
    this.isReordered = true;
  }

  destroying(id: string): void {
    this.catalog = this.catalog.withChange(id, { status: "destroying" });
  }
}
