export type EnvironmentStatus = "creating" | "ready" | "destroying";

export type HistoryEvent = {
  /** Milliseconds since 1970. */
  at: number;
  type:
    | "created"
    | "fork-began"
    | "ready"
    | "fork-failed"
    | "renamed"
    | "promoted"
    | "destroy-began"
    | "destroyed"
    | "parameters-changed"
    | "data-changed";
  /** The environment; after a rename, the new id. */
  id: string;
  /** The source of a fork, the old id of a rename, the old primary of a promote. */
  from?: string;
  by: "api" | "user";
};

export type Existed = { id: string; status: EnvironmentStatus; primary: boolean };

/**
 * @param history events in the order they happened
 * @param at milliseconds since 1970; what happened in that very millisecond counts
 * @returns what existed then, oldest first
 */
export function existedAt(history: readonly HistoryEvent[], at: number): Existed[] {
  const existing = new Map<string, Existed>();
  for (const event of history) {
    if (event.at <= at) replay(existing, event);
  }
  return [...existing.values()];
}

function replay(existing: Map<string, Existed>, event: HistoryEvent): void {
  const { id } = event;
  const present = existing.get(id);
  switch (event.type) {
    case "created":
      existing.set(id, { id, status: "ready", primary: true });
      break;
    case "fork-began":
      existing.set(id, { id, status: "creating", primary: false });
      break;
    case "ready":
      if (present) present.status = "ready";
      break;
    case "destroy-began":
      if (present) present.status = "destroying";
      break;
    case "fork-failed":
    case "destroyed":
      existing.delete(id);
      break;
    case "renamed": {
      const renamed = event.from === undefined ? undefined : existing.get(event.from);
      if (renamed === undefined) break;
      existing.delete(renamed.id);
      existing.set(id, { ...renamed, id });
      break;
    }
    case "promoted":
      for (const other of existing.values()) other.primary = other.id === id;
      break;
    case "parameters-changed":
    case "data-changed":
      break;
  }
}
