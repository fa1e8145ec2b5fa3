/** A reference as JSON:API writes it. */
export type Ref = { readonly id: string; readonly type: string };

/** A resource without rules of its own: its attributes, and what it points to. */
export type Entity = {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Ids by relationship; a list where there can be many. */
  readonly links: Readonly<Record<string, string | readonly string[] | null>>;
};

/** @returns the relationship to one resource, or to none */
export function toOne(type: string, id: string | null): { data: Ref | null } {
  return { data: id === null ? null : { id, type } };
}

/** @returns the relationship to many resources */
export function toMany(type: string, ids: readonly string[]): { data: Ref[] } {
  return { data: ids.map((id) => ({ id, type })) };
}
