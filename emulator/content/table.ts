/** A row that is worked out when somebody reads it, so that 100,000 of them take next to no memory. */
export abstract class Deferred<Row> {
  readonly id: string;
  readonly group: string;

  constructor(id: string, group: string) {
    this.id = id;
    this.group = group;
  }

  /** @returns the same row each time */
  abstract make(): Row;
}

/** What is kept beside a table to find rows by something other than their id. */
export interface RowIndex<Row> {
  /** One row came, changed or went. */
  change(before: Row | undefined, after: Row | undefined): void;
}

type Stored<Row> = Row | Deferred<Row>;

/**
 * Rows by id, in the order in which they came. Rows are never changed, only replaced; so a fork shares all of
 * them, and the first write to either side copies no more than the references.
 */
export class Table<Row extends { readonly id: string }> {
  readonly #groupOf: (row: Row) => string;
  readonly #onChange: () => void;
  #rows = new Map<string, Stored<Row>>();
  #isShared = false;
  #idsByGroup: ReadonlyMap<string, readonly string[]> | null = null;
  readonly #indexes = new Map<string, RowIndex<Row>>();
  /** Ids of rows that were deleted, here or before the fork. */
  readonly #gone: Set<string>;
  /** Counts the changes. */
  revision = 0;
  /** What to take back, for each change that is under way: a change may be part of another one. */
  readonly #undo: { id: string; before: Stored<Row> | undefined; wasGone: boolean }[][] = [];

  /**
   * @param groupOf what rows are looked up by most: the model of a record, for example
   * @param onChange called after each change
   */
  constructor(
    groupOf: (row: Row) => string = () => "",
    onChange: () => void = () => {},
    gone: Iterable<string> = [],
  ) {
    this.#groupOf = groupOf;
    this.#onChange = onChange;
    this.#gone = new Set(gone);
  }

  get size(): number {
    return this.#rows.size;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** @returns whether a row had this id that was deleted */
  hadOnce(id: string): boolean {
    return this.#gone.has(id);
  }

  get(id: string): Row | undefined {
    const stored = this.#rows.get(id);
    return stored === undefined ? undefined : made(stored);
  }

  /** Every row, the oldest first. */
  *rows(): Generator<Row> {
    for (const stored of this.#rows.values()) yield made(stored);
  }

  /** The ids of a group, the oldest first; costs nothing per row. */
  ids(group: string): readonly string[] {
    this.#idsByGroup ??= this.#grouped();
    return this.#idsByGroup.get(group) ?? [];
  }

  rowsOf(group: string): Row[] {
    return this.ids(group).flatMap((id) => this.get(id) ?? []);
  }

  /** Adds a row, or replaces the one with its id. */
  set(row: Stored<Row>): void {
    const before = this.#rows.get(row.id);
    this.#write(row.id, row);
    if (before === undefined) this.#regroup(this.#group(row), (ids) => [...ids, row.id]);
    else if (this.#group(before) !== this.#group(row)) this.#idsByGroup = null;
    this.#changed(before, row);
  }

  delete(id: string): void {
    const before = this.#rows.get(id);
    if (before === undefined) return;
    this.#write(id, undefined);
    this.#gone.add(id);
    this.#regroup(this.#group(before), (ids) => ids.filter((other) => other !== id));
    this.#changed(before, undefined);
  }

  /** Adds many rows to a table that nobody has looked at yet. */
  fill(rows: Iterable<Stored<Row>>): void {
    for (const row of rows) this.#rows.set(row.id, row);
    this.#idsByGroup = null;
    this.revision++;
    this.#onChange();
  }

  /**
   * An index that is built when it is first asked for, and then kept.
   *
   * @param group the only rows that it is made of; undefined: all
   */
  index<Index extends RowIndex<Row>>(
    name: string,
    build: () => Index,
    isIt: (index: unknown) => index is Index,
    group?: string,
  ): Index {
    const kept: unknown = this.#indexes.get(name);
    if (isIt(kept)) return kept;
    const index = build();
    for (const id of group === undefined ? this.#rows.keys() : this.ids(group)) {
      index.change(undefined, this.get(id));
    }
    this.#indexes.set(name, index);
    return index;
  }

  /** Forgets the indexes: what they are made by has changed. */
  dropIndexes(): void {
    this.#indexes.clear();
  }

  /** A table with the same rows, whose changes are its own. */
  fork(onChange: () => void = () => {}): Table<Row> {
    const copy = new Table(this.#groupOf, onChange, this.#gone);
    copy.#rows = this.#rows;
    copy.#isShared = true;
    this.#isShared = true;
    copy.#idsByGroup = this.#idsByGroup;
    return copy;
  }

  /** From here on, changes can be taken back. */
  begin(): void {
    this.#undo.push([]);
  }

  commit(): void {
    const done = this.#undo.pop() ?? [];
    this.#undo.at(-1)?.push(...done);
  }

  /** Takes back what has changed since `begin`. */
  rollback(): void {
    const undo = this.#undo.pop() ?? [];
    for (const { id, before, wasGone } of undo.toReversed()) {
      if (before === undefined) this.delete(id);
      else this.set(before);
      if (!wasGone) this.#gone.delete(id);
    }
  }

  #write(id: string, row: Stored<Row> | undefined): void {
    if (this.#isShared) {
      this.#rows = new Map(this.#rows);
      this.#isShared = false;
    }
    this.revision++;
    this.#undo.at(-1)?.push({ id, before: this.#rows.get(id), wasGone: this.#gone.has(id) });
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
  }

  #changed(before: Stored<Row> | undefined, after: Stored<Row> | undefined): void {
    if (this.#indexes.size > 0) {
      const [old, now] = [before && made(before), after && made(after)];
      for (const index of this.#indexes.values()) index.change(old, now);
    }
    this.#onChange();
  }

  /** Lists of ids are replaced, never changed: forks share them, and who got one may keep it. */
  #regroup(group: string, change: (ids: readonly string[]) => readonly string[]): void {
    if (this.#idsByGroup === null) return;
    this.#idsByGroup = new Map(this.#idsByGroup).set(group, change(this.#idsByGroup.get(group) ?? []));
  }

  #group(stored: Stored<Row>): string {
    return stored instanceof Deferred ? stored.group : this.#groupOf(stored);
  }

  #grouped(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const stored of this.#rows.values()) {
      const group = this.#group(stored);
      const ids = groups.get(group);
      if (ids === undefined) groups.set(group, [stored.id]);
      else ids.push(stored.id);
    }
    return groups;
  }
}

function made<Row>(stored: Stored<Row>): Row {
  return stored instanceof Deferred ? stored.make() : stored;
}
