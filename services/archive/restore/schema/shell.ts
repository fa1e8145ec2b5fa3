import { type Resource, textOf } from "../../../sources/datocms/resource.ts";
import type { Documents, Entity, Warning } from "../words.ts";

/** What a project has once for all of its environments. */
export const SHELL = {
  role: "project/roles.json",
  webhook: "project/webhooks.json",
  build_trigger: "project/build_triggers.json",
  access_token: "project/access_tokens.json",
  search_index: "project/search_indexes.json",
} as const;
type ShellKind = keyof typeof SHELL;

/** Whether something of the project can be created by a restore, by its kind. */
export function isCreatable(kind: string): kind is ShellKind {
  return CREATABLE.some((each) => each === kind);
}

/** What can be created without a secret of somebody's, and without giving anybody rights. */
export const CREATABLE: readonly ShellKind[] = ["webhook", "build_trigger"];

export interface ShellThing {
  readonly kind: ShellKind;
  readonly resource: Resource;
}

/**
 * What the archive has of the project that the project does not have. DatoCMS gives these things ids of its own, so the
 * same name is the same thing.
 */
export function missingShell(desired: Documents, observed: Documents): ShellThing[] {
  return (Object.keys(SHELL) as ShellKind[]).flatMap((kind) => {
    const found = observed.get(SHELL[kind]);
    if (found === undefined) return [];
    return (desired.get(SHELL[kind]) ?? [])
      .filter(({ id, attributes }) =>
        found.every((each) => each.id !== id && each.attributes.name !== attributes.name),
      )
      .map((resource) => ({ kind, resource }));
  });
}

/** A list of what is to be done by hand; undefined where nothing is. */
export function shellByHand(missing: readonly ShellThing[]): Warning | undefined {
  if (missing.length === 0) return undefined;
  const names = missing.map(
    ({ kind, resource }) => `${kind.replaceAll("_", " ")} ${textOf(resource, "name") ?? resource.id}`,
  );
  const sentence = `The archive holds more of the project than its content, and the project lacks some of it. Make it again by hand, with its secrets: ${names.join(", ")}.`;
  return { code: "SHELL_BY_HAND", sentence, ids: missing.map(({ resource }) => resource.id) };
}

/** How people know a thing of the project. */
export function shellEntity({ kind, resource }: ShellThing): Entity {
  return { kind, id: resource.id, name: textOf(resource, "name") ?? resource.id };
}
