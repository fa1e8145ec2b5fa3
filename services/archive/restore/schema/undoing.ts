import { isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import { isResource, type Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Entity, JournalEntry, Refused } from "../words.ts";
import { extension } from "./extension.ts";
import { differing } from "./form.ts";
import { isAsMade, isFromUs, isLoose } from "./fromUs.ts";
import { byId, entityOf, isKind, KIND_FACTS, KINDS, KINDS_OF_MODELS, type Kind, listOf } from "./kinds.ts";
import { keyOf } from "./requests.ts";
import type { Target } from "./target.ts";
import { modelOf } from "./wishes.ts";

/** What a schema is to become when a restore is undone. */
export interface Undoing {
  readonly desired: Documents;
  /** Things that the restore created. */
  readonly delete: readonly Entity[];
  /** What somebody has changed since: it stays as it is. */
  readonly refused: readonly Refused[];
}

/** A thing of the journal. */
interface Noted {
  readonly kind: Kind;
  readonly id: string;
  readonly before: Resource | undefined;
}

/** What becomes of a thing of the journal. */
type Fate =
  | { readonly kind: "stays" }
  | { readonly kind: "becomes"; readonly resource: Resource }
  | { readonly kind: "goes" }
  | { readonly kind: "changed-since" };

/** What is known when a restore is undone. */
export interface UndoFacts {
  readonly entries: readonly JournalEntry[];
  /** What the restore made, or was about to make, of the schema. */
  readonly made: Target;
  /** Things that the restore was to delete. */
  readonly deleted: readonly Entity[];
  /** Ids of models that have records which are not the restore's own. */
  readonly inUse: ReadonlySet<string>;
}

/** Puts before-values in the place of what a restore wrote, and leaves all else as it is. Pure. */
export function undoing(facts: UndoFacts, observed: Documents): Undoing {
  const noted = notedIn(facts.entries);
  const refused: Refused[] = [];
  const removed: Entity[] = [];
  const desired = new Map(observed);
  for (const kind of KINDS) {
    const list = new Map(byId(observed, kind));
    for (const thing of noted.get(kind)?.values() ?? []) {
      const found = list.get(thing.id);
      const known = found ?? thing.before;
      if (known === undefined) continue;
      const fate = fateOf(thing, found, facts, noted, observed);
      if (fate.kind === "becomes") list.set(thing.id, fate.resource);
      if (fate.kind === "changed-since") refused.push(changedSince(kind, known));
      if (fate.kind !== "goes") continue;
      list.delete(thing.id);
      removed.push(entityOf(kind, known));
    }
    if (observed.has(KIND_FACTS[kind].document)) desired.set(KIND_FACTS[kind].document, [...list.values()]);
  }
  return { desired, delete: removed, refused };
}

type AllNoted = ReadonlyMap<Kind, ReadonlyMap<string, Noted>>;

function fateOf(
  { kind, id, before }: Noted,
  found: Resource | undefined,
  { made: target, deleted, inUse }: UndoFacts,
  noted: AllNoted,
  observed: Documents,
): Fate {
  const made = byId(target.documents, kind).get(id);
  if (before === undefined) {
    if (found === undefined) return { kind: "stays" };
    const isFree = isAsMade(kind, found, made) && !isUsed(kind, found, observed, noted, inUse);
    return { kind: isFree ? "goes" : "changed-since" };
  }
  const wasGone = wasDeleted(kind, before, new Set(deleted.map(keyOf)));
  if (found === undefined) {
    if (wasGone) return { kind: "becomes", resource: before };
    return { kind: isChanged(kind, before, made) ? "changed-since" : "stays" };
  }
  const isBack = (of: Kind, named: string) => noted.get(of)?.get(named)?.before !== undefined;
  // What was deleted and is there again is on its way back.
  const back = withBefore(kind, before, found, wasGone ? before : made, isBack);
  return back === undefined ? { kind: "changed-since" } : { kind: "becomes", resource: back };
}

/** The schema as it was before a restore, as far as its journal tells; the rest is as it is. */
export function asBefore(entries: readonly JournalEntry[], observed: Documents): Documents {
  const documents = new Map(observed);
  for (const [kind, things] of notedIn(entries)) {
    const list = new Map(byId(observed, kind));
    for (const { id, before } of things.values())
      if (before === undefined) list.delete(id);
      else list.set(id, before);
    if (observed.has(KIND_FACTS[kind].document)) documents.set(KIND_FACTS[kind].document, [...list.values()]);
  }
  return documents;
}

function notedIn(entries: readonly JournalEntry[]): AllNoted {
  const noted = new Map<Kind, Map<string, Noted>>(KINDS.map((kind) => [kind, new Map()]));
  for (const { what, id, before } of entries)
    if (isKind(what))
      noted.get(what)?.set(id, { kind: what, id, before: isResource(before) ? before : undefined });
  return noted;
}

/** Whether the restore changed more of a thing than its place. */
function isChanged(kind: Kind, before: Resource, made: Resource | undefined): boolean {
  return made !== undefined && differing(kind, made, before).length > 0;
}

/** With a model goes what belongs to it. */
function wasDeleted(kind: Kind, before: Resource, gone: ReadonlySet<string>): boolean {
  if (gone.has(keyOf({ kind, id: before.id }))) return true;
  const model = KINDS_OF_MODELS.includes(kind) ? modelOf(kind, before) : undefined;
  return model !== undefined && gone.has(keyOf({ kind: "model", id: model }));
}

/** Whether a model has got fields or records that are not the restore's: they would go with it. */
function isUsed(
  kind: Kind,
  { id }: Resource,
  observed: Documents,
  noted: AllNoted,
  inUse: ReadonlySet<string>,
): boolean {
  if (kind !== "model") return false;
  const fields = (listOf(observed, "field") ?? []).filter((field) => modelOf("field", field) === id);
  return inUse.has(id) || fields.some((field) => !noted.get("field")?.has(field.id));
}

/**
 * A thing that is there with the members back that the restore changed; undefined where somebody changed one since.
 *
 * @param made what the restore made of it
 */
function withBefore(
  kind: Kind,
  before: Resource,
  found: Resource,
  made: Resource | undefined,
  isBack: (kind: Kind, id: string) => boolean,
): Resource | undefined {
  const lost = extension(kind, before, found, isBack);
  const attributes: Record<string, Json> = { ...found.attributes, ...lost.attributes, ...placeOf(before) };
  const relationships: Record<string, Json> = { ...relationsOf(found), ...relationsOf(lost) };
  for (const member of differing(kind, before, found)) {
    if (member !== "validators" || !isLoose(found, before)) {
      if (made === undefined) continue;
      if (made !== before && !differing(kind, made, before).includes(member)) continue;
      if (!isFromUs(kind, member, found, before, made)) return undefined;
    }
    const own = before.attributes[member];
    if (own === undefined) relationships[member] = relationsOf(before)[member] ?? null;
    else attributes[member] = own;
  }
  return { ...found, attributes, relationships };
}

function placeOf({ attributes: { position } }: Resource): JsonObject {
  return position === undefined ? {} : { position };
}

function relationsOf({ relationships }: Resource): JsonObject {
  return isJsonObject(relationships) ? relationships : {};
}

function changedSince(kind: Kind, resource: Resource): Refused {
  const { id, name } = entityOf(kind, resource);
  const sentence = `The ${kind.replaceAll("_", " ")} ${name} was changed since the restore, so it stays as it is.`;
  return { what: kind, id, code: "CHANGED_SINCE", sentence };
}
