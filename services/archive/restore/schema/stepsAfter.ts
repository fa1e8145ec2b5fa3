import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Entity } from "../words.ts";
import { missingInOrder, missingModels } from "./creates.ts";
import { differing } from "./form.ts";
import { KIND_FACTS, type Kind, siteOf, type Thing } from "./kinds.ts";
import { localesOf } from "./locales.ts";
import { change, deletion, picked, type Stages, type Step } from "./requests.ts";
import { changed, missingPlugins } from "./stepsBefore.ts";
import { movesIn, surplus, type Target } from "./target.ts";
import { modelOf } from "./wishes.ts";

/**
 * What is left when content is as it is to be: rules as strict as they were, what shows things to editors, and in a
 * mirror what goes. Orders come last, once everything is where it belongs.
 *
 * @param deletes what the plan said would be deleted: nothing else is
 * @param isMovable whether a thing's place among others may change
 */
export function stepsAfter(
  target: Target,
  desired: Documents,
  observed: Documents,
  deletes: readonly Entity[],
  isMovable: (kind: Kind, id: string) => boolean,
): Stages {
  const all = (kind: Kind) =>
    changed(target, observed, kind, (wanted, _found, members) => whole(kind, wanted, members));
  const created = (kind: Kind) => missingInOrder(target, observed, kind);
  const stages = [
    target.asides.map(({ kind, resource, names }) => change(kind, resource, names)),
    [
      ...settings(target, observed),
      ...created("workflow"),
      ...all("workflow"),
      ...missingPlugins(target, observed),
    ],
    [...all("plugin"), ...created("upload_collection"), ...all("upload_collection")],
    ...missingModels(target, desired, observed),
    [...all("fieldset"), ...changed(target, observed, "field", finalField)],
    changed(target, observed, "model", finalModel),
    ...(["item_type_filter", "upload_filter", "menu_item", "schema_menu_item"] as const).map((kind) => [
      ...created(kind),
      ...all(kind),
    ]),
    ...removals(surplus(desired, target, observed), deletes),
    finalLocales(target, observed),
  ];
  if (stages.some((steps) => steps.length > 0)) return stages;
  const moves = movesIn(target, observed, isMovable);
  return [moves.map(({ kind, resource, position }) => change(kind, resource, { position }))];
}

function whole(kind: Kind, wanted: Resource, members: readonly string[]): Step {
  // DatoCMS wants both of a filter of uploads, always (`@datocms/cma-client` 5.8.1).
  const sent = kind === "upload_filter" ? KIND_FACTS[kind].attributes : members;
  return change(
    kind,
    wanted,
    picked(wanted, sent),
    members.filter((each) => isRelationship(kind, each)),
  );
}

function isRelationship(kind: Kind, member: string): boolean {
  return KIND_FACTS[kind].relationships.includes(member);
}

function finalField(wanted: Resource, _found: Resource, members: readonly string[]): Step {
  return whole("field", wanted, members.includes("field_type") ? ["field_type"] : members);
}

/** How records are ordered is one thing in three members. */
const ORDERING = ["ordering_field", "ordering_direction", "ordering_meta"];

function finalModel(wanted: Resource, _found: Resource, members: readonly string[]): Step {
  const isOrdering = members.some((member) => ORDERING.includes(member));
  return whole("model", wanted, isOrdering ? [...new Set([...members, ...ORDERING])] : members);
}

function settings({ documents }: Target, observed: Documents): Step[] {
  const [wanted, found] = [siteOf(documents), siteOf(observed)];
  if (wanted === undefined || found === undefined) return [];
  // With one locale DatoCMS has the SEO settings plain, with more by locale: they wait for the number to be right.
  const isPlain = ({ length }: readonly string[]) => length === 1;
  const waits =
    isPlain(localesOf(wanted)) === isPlain(localesOf(found)) ? ["locales"] : ["locales", "global_seo"];
  const members = differing("site", wanted, found).filter((member) => !waits.includes(member));
  return members.length === 0 ? [] : [change("site", found, picked(wanted, members))];
}

/** The last thing: values of locales that go are gone. */
function finalLocales({ documents }: Target, observed: Documents): Step[] {
  const [wanted, found] = [siteOf(documents), siteOf(observed)];
  if (wanted === undefined || found === undefined) return [];
  const isOther = differing("site", wanted, found).includes("locales");
  return isOther ? [change("site", found, picked(wanted, ["locales"]))] : [];
}

const DELETED_IN_ORDER: readonly Kind[] = [
  "menu_item",
  "schema_menu_item",
  "item_type_filter",
  "upload_filter",
  "field",
  "fieldset",
  "model",
  "plugin",
  "workflow",
  "upload_collection",
];

/** What belongs to a model goes with it. */
function removals(all: readonly Thing[], planned: readonly Entity[]): Step[][] {
  const things = all.filter(({ kind, resource }) =>
    planned.some((each) => each.kind === kind && each.id === resource.id),
  );
  const models = new Set(things.flatMap(({ kind, resource }) => (kind === "model" ? [resource.id] : [])));
  return DELETED_IN_ORDER.map((kind) =>
    things
      .filter((thing) => thing.kind === kind)
      .filter(({ resource }) => kind === "model" || !models.has(modelOf(kind, resource) ?? ""))
      .map(({ resource }) => deletion(kind, resource)),
  );
}
