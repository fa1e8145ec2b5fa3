import { type Result, succeeded } from "../../../../utils/failures.ts";
import type { Documents, Entity, JournalEntry, Refused, RestoreFailure, Warning } from "../words.ts";
import { type Converged, converge, type SchemaEffects } from "./converge.ts";
import { byId, isKind, type Kind } from "./kinds.ts";
import { changesOf, type SchemaPlan } from "./plan.ts";
import { keyOf } from "./requests.ts";
import { createShell } from "./shellWrites.ts";
import { stepsAfter } from "./stepsAfter.ts";
import { stepsBefore } from "./stepsBefore.ts";
import { missing, surplus, type Target, targetFor } from "./target.ts";
import { modelOf, type SchemaWishes } from "./wishes.ts";

/** What a schema is restored with. */
export interface SchemaRestore extends SchemaEffects {
  readonly desired: Documents;
  readonly wishes: SchemaWishes;
  /** It tells what the run creates, which in mode `add` is all that it may change later, and what it may delete. */
  readonly plan: Pick<SchemaPlan, "create" | "delete">;
  /**
   * What a run that is gone on with had noted until its process died. What it created then is its own, though a plan
   * that is made anew finds it there.
   */
  readonly earlier?: readonly JournalEntry[] | undefined;
  /** Ids of models that have records which nobody planned to delete: they stay, with all that is theirs. */
  readonly inUse?: ReadonlySet<string> | undefined;
}

type Phase = Omit<SchemaRestore, "desired">;

/** What came of a phase. */
export interface RestoredSchema {
  /** Things that this call wrote. Called again after its end, it writes nothing. */
  readonly written: readonly string[];
  /** What is not as it is to be: seen in a last reading. */
  readonly refused: readonly Refused[];
  /** What was left out because something that it names is not there. */
  readonly warnings: readonly Warning[];
}

/**
 * The first phase: creates what is missing, and lets in what content needs. Called again, it goes on from what is there.
 *
 * @returns what could not be created or widened; the second phase tells of it again, unless it has come right.
 *   Fails where DatoCMS takes nothing more, or where the journal cannot be written
 */
export function restoreSchemaBefore(restore: SchemaRestore): Promise<Result<RestoredSchema, RestoreFailure>> {
  return phaseBefore(restore, () => restore.desired);
}

/** @param desiredIn the schema as it is to be, from what is there; pure */
export async function phaseBefore(
  restore: Phase,
  desiredIn: (observed: Documents) => Documents,
): Promise<Result<RestoredSchema, RestoreFailure>> {
  const done = await converge(restore, (observed, impossible) => {
    const desired = desiredIn(observed);
    return stepsBefore(targetIn(restore, desired, observed, impossible), desired, observed);
  });
  if (!done.ok) return done;
  const { observed, impossible, left, refusals } = done.value;
  const target = targetIn(restore, desiredIn(observed), observed, impossible);
  const open = new Map(left.map((step) => [keyOf(step), step]));
  const refused = [...open].map(([key, step]) => refusals.get(key) ?? notEqual(step, [step.does]));
  return succeeded(outcome(done.value, target, refused));
}

/**
 * The second phase, once content is as it is to be: rules, appearance, relationships, menus, orders, and in a mirror
 * what goes. Ends with a reading: whatever is not equal then is refused, with DatoCMS's code or `NOT_EQUAL`.
 *
 * @returns fails where DatoCMS takes nothing more, or where the journal cannot be written
 */
export async function restoreSchemaAfter(
  restore: SchemaRestore,
): Promise<Result<RestoredSchema, RestoreFailure>> {
  const schema = await phaseAfter(restore, () => restore.desired);
  if (!schema.ok || !restore.wishes.shell) return schema;
  const shell = await createShell(restore, restore.plan.create);
  if (!shell.ok) return shell;
  return succeeded({
    ...schema.value,
    written: [...schema.value.written, ...shell.value.written],
    refused: [...schema.value.refused, ...shell.value.refused],
  });
}

/** @param desiredIn the schema as it is to be, from what is there; pure */
export async function phaseAfter(
  restore: Phase,
  desiredIn: (observed: Documents) => Documents,
): Promise<Result<RestoredSchema, RestoreFailure>> {
  const isMovable = movableIn(restore);
  const done = await converge(restore, (observed, impossible) => {
    const desired = desiredIn(observed);
    const target = targetIn(restore, desired, observed, impossible);
    return stepsAfter(target, desired, observed, deletable(restore, observed), isMovable);
  });
  if (!done.ok) return done;
  const { observed, impossible, refusals } = done.value;
  const desired = desiredIn(observed);
  const target = targetIn(restore, desired, observed, impossible);
  const deletes = new Set(deletable(restore, observed).map(keyOf));
  const open: (Entity & { readonly members: readonly string[] })[] = [
    ...missing(target, observed).map(({ kind, resource }) => entity(kind, resource.id, "missing")),
    ...changesOf(target, observed, isMovable),
    ...surplus(desired, target, observed)
      .map(({ kind, resource }) => entity(kind, resource.id, "surplus"))
      .filter((each) => deletes.has(keyOf(each))),
  ];
  const refused = open.map((each) => refusals.get(keyOf(each)) ?? notEqual(each, each.members));
  return succeeded(outcome(done.value, target, refused));
}

function deletable({ plan, inUse }: Phase, observed: Documents): readonly Entity[] {
  if (inUse === undefined || inUse.size === 0) return plan.delete;
  return plan.delete.filter(({ kind, id }) => {
    const thing = isKind(kind) ? byId(observed, kind).get(id) : undefined;
    const model = isKind(kind) && thing !== undefined ? modelOf(kind, thing) : undefined;
    return model === undefined || !inUse.has(model);
  });
}

function targetIn(
  phase: Phase,
  desired: Documents,
  observed: Documents,
  impossible: ReadonlySet<string>,
): Target {
  const { wishes } = phase;
  const created = createdBy(phase);
  return targetFor(desired, observed, wishes, (kind, id) => created.has(keyOf({ kind, id })), impossible);
}

/** What the run creates, and what it created before its process died. */
function createdBy({ plan, earlier = [] }: Phase): ReadonlySet<string> {
  const noted = earlier.filter(({ before }) => before === null).map(({ what, id }) => ({ kind: what, id }));
  return new Set([...plan.create, ...noted].map(keyOf));
}

/** In mode `add` only what the run creates gets a place. */
function movableIn(phase: Phase): (kind: Kind, id: string) => boolean {
  const { wishes } = phase;
  const created = createdBy(phase);
  return (kind, id) => wishes.mode !== "add" || created.has(keyOf({ kind, id }));
}

function outcome(
  { impossible, refusals, written }: Converged,
  target: Target,
  refused: readonly Refused[],
): RestoredSchema {
  const cannot = [...impossible].flatMap((key) => refusals.get(key) ?? []);
  return {
    written: [...written],
    refused: [...new Set([...target.refused, ...cannot, ...refused])],
    warnings: target.warnings,
  };
}

function entity(kind: Kind, id: string, name: string) {
  return { kind, id, name, members: [name] };
}

function notEqual({ kind, id, name }: Entity, members: readonly string[]): Refused {
  const sentence = `The ${kind.replaceAll("_", " ")} ${name} is not as it was: ${members.join(", ")}.`;
  return { what: kind, id, code: "NOT_EQUAL", sentence };
}
