import type { Documents, Entity, Refused, Warning } from "../words.ts";
import { differing } from "./form.ts";
import { byId, entityOf, KIND_FACTS, KINDS, type Kind, listOf, siteOf } from "./kinds.ts";
import { CREATABLE, missingShell, shellByHand, shellEntity } from "./shell.ts";
import { missing, movesIn, surplus, type Target, targetFor } from "./target.ts";
import { touchedModels } from "./touched.ts";
import type { SchemaWishes } from "./wishes.ts";

/** A thing that changes, and in what. */
export interface SchemaChange extends Entity {
  /** Names of attributes and relationships; `position` for its place among others. */
  readonly members: readonly string[];
}

/** What would be done to a schema, and what is to be known of it. JSON: a run's file holds it. */
export interface SchemaPlan {
  readonly create: readonly Entity[];
  /**
   * In mode `add` only what is there and gets something more, and loses nothing: an environment its missing locales, a
   * model or field the references that went with what is created again.
   */
  readonly change: readonly SchemaChange[];
  readonly delete: readonly Entity[];
  readonly warnings: readonly Warning[];
  readonly refused: readonly Refused[];
  /** Ids of models whose records are rewritten with it, or lose values: see `touchedModels`. */
  readonly touches: readonly string[];
}

/**
 * Plans how an environment's schema becomes that of an archive. Things are the same where their ids are.
 *
 * Codes of warnings: `REFERENCE_LEFT_OUT`, `NOT_READABLE` (one of both sides does not tell of something that was asked
 * for), `SHELL_BY_HAND`. Codes of refusals: `NAME_TAKEN`, `PLUGIN_HOST_NOT_ALLOWED`.
 *
 * @param desired the schema as it is to be: an archive's documents, or an environment's as `readDocuments` reads them
 * @param observed the environment's as it is
 */
export function planSchema(desired: Documents, observed: Documents, wishes: SchemaWishes): SchemaPlan {
  const isMissing = (kind: Kind, id: string) => !byId(observed, kind).has(id);
  const target = targetFor(desired, observed, wishes, isMissing);
  const change = changesOf(target, observed, (kind, id) => wishes.mode !== "add" || isMissing(kind, id));
  const created = missing(target, observed);
  const deleted = wishes.mode === "mirror" ? surplus(desired, target, observed) : [];
  const shell = missingShell(desired, observed);
  const byUs = wishes.shell ? shell.filter(({ kind }) => CREATABLE.includes(kind)) : [];
  const byHand = shellByHand(shell.filter((each) => !byUs.includes(each)));
  return {
    create: [...created.map(({ kind, resource }) => entityOf(kind, resource)), ...byUs.map(shellEntity)],
    change,
    delete: deleted.map(({ kind, resource }) => entityOf(kind, resource)),
    warnings: [...target.warnings, ...notTold(desired, observed, wishes), ...(byHand ? [byHand] : [])],
    refused: target.refused,
    touches: touchedModels(target.documents, observed, deleted, change),
  };
}

/** Things that are there and are not as they are to be. */
export function changesOf(
  target: Target,
  observed: Documents,
  isMovable: (kind: Kind, id: string) => boolean,
): SchemaChange[] {
  const moved = movesIn(target, observed, isMovable);
  return KINDS.flatMap((kind) => {
    const found = kind === "site" ? undefined : byId(observed, kind);
    return (listOf(target.documents, kind) ?? []).flatMap((wanted) => {
      const there = found === undefined ? siteOf(observed) : found.get(wanted.id);
      if (there === undefined) return [];
      const members = differing(kind, wanted, there);
      if (moved.some((move) => move.kind === kind && move.resource.id === wanted.id))
        members.push("position");
      return members.length === 0 ? [] : [{ ...entityOf(kind, there), members }];
    });
  });
}

/** One warning for each kind that was asked for and that one of both sides does not tell of. */
function notTold(desired: Documents, observed: Documents, { kinds }: SchemaWishes): Warning[] {
  return kinds
    .filter((kind) => listOf(desired, kind) === undefined || listOf(observed, kind) === undefined)
    .map((kind) => ({
      code: "NOT_READABLE",
      sentence: `${listOf(desired, kind) === undefined ? "The source" : "The API token"} does not tell of ${KIND_FACTS[kind].path.slice(1)}, so they are left as they are.`,
    }));
}
