import type { EnvironmentState } from "./judge.ts";
import { firstSwap } from "./orders.ts";

/** One thing that two states do not have in common. */
export interface Difference {
  /** From the kind of thing over its id down to the value: `records/<id>/current/title/en`. */
  readonly path: string;
  /** What people call it: the key of its model, its label, its file name. */
  readonly of: string;
  /** JSON, cut where it is long; "nothing" where there is nothing. */
  readonly before: string;
  readonly after: string;
}

/** What is different between two states, in the order of the first; an empty list where nothing is. */
export function differencesOf(one: EnvironmentState, other: EnvironmentState): Difference[] {
  const { orders: _one, ...things } = one;
  const { orders: _other, ...others } = other;
  const nameOf = namesIn(one, other);
  const found = changesIn(things, others).map(({ path, before, after }) => ({
    path: path.join("/"),
    of: nameOf(path),
    before: shown(before),
    after: shown(after),
  }));
  return [...found, ...swapsIn(one, other)];
}

interface Change {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

/** Almost everything is equal in most comparisons, and costs a look at each value. */
function changesIn(one: unknown, other: unknown): Change[] {
  const changes: Change[] = [];
  const path: string[] = [];
  function compare(before: unknown, after: unknown): void {
    if (Object.is(before, after)) return;
    if (!hasMembers(before) || !hasMembers(after) || Array.isArray(before) !== Array.isArray(after)) {
      changes.push({ path: [...path], before, after });
      return;
    }
    for (const name of Object.keys(before)) compareMember(name, before, after);
    for (const name of Object.keys(after))
      if (!Object.hasOwn(before, name)) compareMember(name, before, after);
  }
  function compareMember(name: string, before: Members, after: Members): void {
    path.push(name);
    compare(memberOf(before, name), memberOf(after, name));
    path.pop();
  }
  compare(one, other);
  return changes;
}

type Members = Readonly<Record<string, unknown>>;

function hasMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null;
}

/** Only its own: a member may be called `__proto__`. */
function memberOf(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function swapsIn(one: EnvironmentState, other: EnvironmentState): Difference[] {
  return Object.entries(one.orders).flatMap(([among, ranks]) => {
    const [first, second] = firstSwap(ranks, other.orders[among] ?? []) ?? [];
    if (first === undefined || second === undefined) return [];
    const order = (before: string, behind: string) => `${before} before ${behind}`;
    return [
      {
        path: `orders/${among}`,
        of: "order",
        before: order(first, second),
        after: order(second, first),
      },
    ];
  });
}

/** Records go by the key of their model, fields by that and their own, all else by what is written on it. */
function namesIn(...states: readonly EnvironmentState[]): (path: readonly string[]) => string {
  const tables = states.map(({ site: _site, orders: _orders, ...kinds }) => new Map(Object.entries(kinds)));
  const find = (kind: string, id: unknown) =>
    tables.map((table) => table.get(kind)?.[String(id)]).find((each) => each !== undefined) ?? {};
  const called = ({ api_key, label, title, name, basename }: Readonly<Record<string, unknown>>) =>
    api_key ?? label ?? title ?? name ?? basename;
  return ([kind = "", id]) => {
    const known = find(kind, id);
    const model = called(find("models", known.model ?? known.item_type));
    const own = kind === "records" ? undefined : called(known);
    return [model, own].filter((name) => name !== undefined && name !== null).join(".");
  };
}

const LONGEST = 160;

function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
