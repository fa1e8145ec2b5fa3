import { type Resource, textOf } from "../../../sources/datocms/resource.ts";
import type { Documents, Mode, Refused } from "../words.ts";
import { relatedTo } from "./form.ts";
import { byId, entityOf, type Kind, listOf, type Thing } from "./kinds.ts";
import type { Scope } from "./wishes.ts";

/** A thing that has the name of one that is to come back, and gets another name for the time. */
export interface Aside extends Thing {
  /** Attributes and their new values. */
  readonly names: Readonly<Record<string, string>>;
}

export interface TakenNames {
  readonly asides: readonly Aside[];
  readonly refused: readonly Refused[];
}

/** Names that only one thing may have: of all of its kind, the fields of their model. */
const NAMES: readonly (readonly [Kind, readonly string[]])[] = [
  ["workflow", ["api_key"]],
  ["model", ["api_key", "name"]],
  ["field", ["api_key", "label"]],
];

/**
 * Finds names that something else has by now. It gives way where it is to get another name or to be deleted; elsewhere
 * the archived thing cannot come back.
 *
 * @param isWritten whether a thing of the archive is to be created or may be changed
 */
export function takenNames(
  desired: Documents,
  observed: Documents,
  scope: Scope,
  mode: Mode,
  isWritten: (kind: Kind, id: string) => boolean,
): TakenNames {
  const asides = new Map<string, Aside>();
  const refused: Refused[] = [];
  for (const [kind, members] of NAMES) {
    const [ours, theirs] = [byId(desired, kind), listOf(observed, kind) ?? []];
    const givesWay = (holder: Resource, member: string) => {
      if (mode === "add" || !scope.includes(kind, holder)) return false;
      const own = ours.get(holder.id);
      if (own === undefined) return mode === "mirror";
      return isWritten(kind, holder.id) && own.attributes[member] !== holder.attributes[member];
    };
    for (const wanted of ours.values()) {
      if (!scope.includes(kind, wanted) || !isWritten(kind, wanted.id)) continue;
      for (const member of members) {
        const holder = theirs.find((each) => isHolder(kind, member, wanted, each));
        if (holder === undefined) continue;
        if (!givesWay(holder, member)) {
          refused.push(nameTaken(kind, wanted, member, holder));
          break;
        }
        const names = { ...asides.get(holder.id)?.names, [member]: freeName(kind, member, holder, theirs) };
        asides.set(holder.id, { kind, resource: holder, names });
      }
    }
  }
  return { asides: [...asides.values()], refused };
}

function isHolder(kind: Kind, member: string, wanted: Resource, other: Resource): boolean {
  if (other.id === wanted.id || other.attributes[member] !== wanted.attributes[member]) return false;
  return kind !== "field" || relatedTo(other, "item_type") === relatedTo(wanted, "item_type");
}

/** `article` becomes `article_replaced`, a label `Article (replaced)`; with a number where that is taken too. */
function freeName(kind: Kind, member: string, holder: Resource, all: readonly Resource[]): string {
  const name = textOf(holder, member) ?? kind;
  const isTaken = (candidate: string) => all.some((each) => each.attributes[member] === candidate);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? "replaced" : `replaced_${number}`;
    const candidate = member === "api_key" ? `${name}_${suffix}` : `${name} (${suffix.replaceAll("_", " ")})`;
    if (!isTaken(candidate)) return candidate;
  }
}

function nameTaken(kind: Kind, wanted: Resource, member: string, holder: Resource): Refused {
  const { name } = entityOf(kind, wanted);
  const sentence = `The ${kind} ${name} cannot come back: a newer one (${holder.id}) has its ${member.replace("_", " ")}. Rename or delete that one, or restore with --mode mirror into a sandbox.`;
  return { what: kind, id: wanted.id, code: "NAME_TAKEN", sentence };
}
