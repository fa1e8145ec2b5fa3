import type { Refused, Wishes } from "../../services/restoreService.ts";
import { type Difference, differencesOf } from "./differences.ts";
import type { EnvironmentState } from "./judge.ts";

/** What a restore began with, and what it left. */
export interface Restoration {
  readonly wishes: Pick<Wishes, "mode" | "only" | "relinks">;
  /** What was in the source. */
  readonly source: EnvironmentState;
  /** The target. */
  readonly before: EnvironmentState;
  readonly after: EnvironmentState;
  /** What it says of itself. */
  readonly refused: readonly Refused[];
}

/**
 * What a restore has not kept of what its mode and scope promise, as lines for people.
 *
 * Mirror: what is in the scope is as in the source, and nothing else is there. Overwrite: the same, and what only the
 * target has stays. Add: what is missing comes back, and nothing that is there changes. Whatever the mode: what is not
 * in the scope stays as it was, and what did not come to be is told by its id.
 */
export function brokenPromises(restoration: Restoration): string[] {
  const { source, before, after, refused, wishes } = restoration;
  const told = new Set(refused.map(({ what, id }) => (what === "site" ? what : id)));
  const isIn = scopeOf(restoration);
  const owed = differencesOf(source, after).filter(
    (each) => isIn(thingOf(each)) && isOwed(each, restoration) && !told.has(idOf(each)) && !isTolerated(each),
  );
  const touched = differencesOf(before, after).filter(
    (each) => !mayChange(each, isIn(thingOf(each)), restoration) && !isTolerated(each),
  );
  return [
    ...owed.map((each) => `owed (${wishes.mode}): ${shown(each)}`),
    ...touched.map((each) => `touched: ${shown(each)}`),
  ];
}

/** `records/<id>` of `records/<id>/current/title`; `site` of the site's. */
function thingOf({ path }: Difference): string {
  const [kind = "", id = ""] = path.split("/");
  return kind === "site" ? kind : `${kind}/${id}`;
}

function idOf({ path }: Difference): string {
  const [kind = "", id = ""] = path.split("/");
  return kind === "site" ? kind : id;
}

function isNarrow({ only }: Restoration["wishes"]): boolean {
  return only.some(({ kind }) => kind === "record");
}

function isWhole({ path }: Difference): boolean {
  return path.split("/").length === 2;
}

function shown({ path, of, before, after }: Difference): string {
  return `${path} (${of}): ${before} → ${after}`;
}

function has(state: EnvironmentState, thing: string): boolean {
  const [kind = "", id = ""] = thing.split("/");
  if (kind === "site") return true;
  const { site: _site, orders: _orders, ...kinds } = state;
  return new Map(Object.entries(kinds)).get(kind)?.[id] !== undefined;
}

/** Whether a restore owes that source and target do not differ in this. */
function isOwed(difference: Difference, { wishes, source, before }: Restoration): boolean {
  const { path } = difference;
  const thing = thingOf(difference);
  if (path.startsWith("orders/")) return wishes.mode === "mirror" && wishes.only.length === 0;
  if (wishes.mode === "mirror" && !isNarrow(wishes)) return true;
  if (!has(source, thing)) return false;
  if (wishes.mode === "add") return !has(before, thing) && isWhole(difference);
  // A single record comes back with the fields that the target's model has.
  if (isNarrow(wishes) && difference.after === "nothing" && path.split("/").length === 4) return false;
  // What only the target's model has, and locales that only the target has, stay.
  return difference.before !== "nothing";
}

/** Whether a restore may leave in the target what it did not find there. */
function mayChange(difference: Difference, isInScope: boolean, restoration: Restoration): boolean {
  const { wishes, source, before } = restoration;
  const thing = thingOf(difference);
  const isNew = !has(before, thing);
  if (difference.path.startsWith("orders/")) return isInScope || wishes.only.length > 0;
  if (isInScope && (wishes.mode === "mirror" || isNew)) return true;
  if (isInScope && wishes.mode === "overwrite" && has(source, thing)) return true;
  if (isNew && thing.startsWith("uploads/")) return has(source, thing);
  if (isWhole(difference)) return false;
  return isByTheWay(difference, restoration);
}

/** What changes by itself when something else is put right. */
function isByTheWay(
  { path, after: value }: Difference,
  { before, after, wishes, source }: Restoration,
): boolean {
  const [kind = "", id = ""] = path.split("/");
  // A model is told of its fields' coming and going, a record of all that its model and its blocks' models are told.
  if (kind === "models") return !isSame(before.fields, after.fields);
  // What DatoCMS took out of something together with what comes back, comes back with it.
  if (kind !== "records") return cameBack(before, after).some((each) => value.includes(each));
  const isOtherSchema =
    !isSame(before.fields, after.fields) ||
    !isSame(before.models, after.models) ||
    !isSame(before.site, after.site);
  if (isOtherSchema) return true;
  const gone = Object.keys(before.records).filter((each) => after.records[each] === undefined);
  const text = JSON.stringify(before.records[id]);
  if (gone.some((each) => text.includes(each))) return true;
  const back = Object.keys(after.records).filter((each) => before.records[each] === undefined);
  const was = JSON.stringify(source.records[id] ?? null);
  return wishes.relinks && back.some((each) => was.includes(each));
}

/** Ids of what was not there before. */
function cameBack(before: EnvironmentState, after: EnvironmentState): string[] {
  const idsIn = ({ site: _site, orders: _orders, ...kinds }: EnvironmentState) =>
    Object.values(kinds).flatMap((things) => Object.keys(things));
  const known = new Set(idsIn(before));
  return idsIn(after).filter((id) => !known.has(id));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const SCHEMA = ["models", "fields", "fieldsets", "workflows", "schemaMenuItems"];
const PARTS = {
  schema: SCHEMA,
  menus: ["menuItems", "schemaMenuItems"],
  filters: ["itemTypeFilters", "uploadFilters"],
  workflows: ["workflows"],
  settings: ["site"],
  plugins: ["plugins"],
} as const;

/** Whether a thing is in the scope. Plugins come back only by name. */
function scopeOf({ wishes, source, before }: Restoration): (thing: string) => boolean {
  const { only } = wishes;
  const scopes = only.map((scope): ((thing: string) => boolean) => {
    switch (scope.kind) {
      case "record":
        return (thing) => thing === `records/${scope.id}`;
      case "upload":
        return (thing) => thing === `uploads/${scope.id}`;
      case "model":
        return inModel(scope.apiKey, source, before);
      default:
        return (thing) => PARTS[scope.kind].some((kind) => kind === thing.split("/")[0]);
    }
  });
  if (only.length === 0) return (thing) => !thing.startsWith("plugins/");
  return (thing) => scopes.some((isIn) => isIn(thing));
}

/** A model's records, and what of the schema the model, or one that it leads to, is made of. */
function inModel(apiKey: string, ...states: readonly EnvironmentState[]): (thing: string) => boolean {
  const [model = ""] = states.flatMap(({ models }) =>
    Object.entries(models).flatMap(([id, { api_key }]) => (api_key === apiKey ? id : [])),
  );
  return (thing) => {
    const [kind = "", id = ""] = thing.split("/");
    if (kind === "records") return states.some(({ records }) => records[id]?.model === model);
    if (kind === "models") return id === model;
    if (kind === "fields" || kind === "fieldsets")
      return states.some((state) => state[kind][id]?.model === model);
    return false;
  };
}

/** What no restore can bring back, or what is known to fall short. */
function isTolerated({ path, before, after }: Difference): boolean {
  // A model that demands all locales takes no record without them: what was not there is empty.
  const isEmptyLocale = /\/(?:it|fr|de)$/.test(path) && before === "nothing" && after === "null";
  return isEmptyLocale || TOLERATED.some((pattern) => pattern.test(path));
}

const TOLERATED = [
  // DatoCMS keeps who made a record.
  /^records\/[^/]+\/creator$/,
];
