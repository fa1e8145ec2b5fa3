import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents, Refused, Warning } from "../words.ts";
import { adapted, type Surroundings } from "./adapt.ts";
import { extension } from "./extension.ts";
import { byId, entityOf, KIND_FACTS, KINDS, type Kind, listOf, siteOf, type Thing } from "./kinds.ts";
import { localesIn, localesOf, siteFor } from "./locales.ts";
import { type Move, movesOf } from "./order.ts";
import { keyOf } from "./requests.ts";
import { type Aside, takenNames } from "./taken.ts";
import { modelOf, type SchemaWishes, type Scope, scopeOf } from "./wishes.ts";

/** What an environment's schema is to be, as far as a restore may touch it. */
export interface Target {
  /** The things that are to be there, as they can be there, with the members that a restore may write. */
  readonly documents: Documents;
  /** The same with all members, and what is not restored but there: things stand in one order with others. */
  readonly whole: Documents;
  readonly asides: readonly Aside[];
  readonly scope: Scope;
  /** What cannot be as it was, because something that it names is not there. */
  readonly warnings: readonly Warning[];
  readonly refused: readonly Refused[];
}

/**
 * What a schema is to become.
 *
 * @param isNew whether a thing is created by this restore: in mode `add` only these become what they were
 * @param impossible things that DatoCMS refuses to create, by `keyOf`
 */
export function targetFor(
  desired: Documents,
  observed: Documents,
  wishes: SchemaWishes,
  isNew: (kind: Kind, id: string) => boolean,
  impossible: ReadonlySet<string> = new Set(),
): Target {
  const { mode } = wishes;
  const scope = scopeOf(desired, observed, wishes);
  const isWritten = (kind: Kind, id: string) => mode !== "add" || isNew(kind, id);
  const names = takenNames(desired, observed, scope, mode, isWritten);
  const hosts = wishes.allowPluginHost ? [] : pluginsByAddress(desired, observed, scope);
  const refused = [...names.refused, ...hosts];
  const absent = new Set([...impossible, ...refused.map(({ what, id }) => keyOf({ kind: what, id }))]);
  const things = possible(desired, observed, scope, absent);
  const site = siteOf(desired);
  const locales = localesIn(desired, observed, mode, scope.holds("site"));
  const around: Surroundings = {
    isThere: (kind, id) => things.get(kind)?.has(id) === true || byId(observed, kind).has(id),
    locales,
    archivedLocales: site === undefined ? [] : localesOf(site),
    tellsPlugins: listOf(observed, "plugin") !== undefined,
    observed,
  };
  const warnings: Warning[] = [];
  const documents = new Map<string, readonly Resource[]>();
  const whole = new Map<string, readonly Resource[]>();
  for (const kind of KINDS) {
    const found = byId(observed, kind);
    const written: Resource[] = [];
    const others = [...byId(desired, kind).values()].filter(
      ({ id }) => !things.get(kind)?.has(id) && found.has(id),
    );
    for (const thing of things.get(kind)?.values() ?? []) {
      const there = found.get(thing.id);
      const isOurs = isWritten(kind, thing.id);
      if (there === undefined && !isOurs) continue;
      const { fitting, left } = adapted(kind, thing, around);
      if (isOurs) warnings.push(...left.map((what) => leftOut(kind, thing, what)));
      if (fitting === undefined) continue;
      others.push(fitting);
      written.push(there === undefined || isOurs ? fitting : extension(kind, fitting, there, isNew));
    }
    documents.set(KIND_FACTS[kind].document, written);
    whole.set(KIND_FACTS[kind].document, others);
  }
  if (site !== undefined && scope.holds("site"))
    documents.set(KIND_FACTS.site.document, [siteFor(site, siteOf(observed), locales, mode)]);
  return { documents, whole, asides: names.asides, scope, warnings, refused };
}

/** The things of the archive that can be there at all, by kind and id: none of a model that cannot come back. */
function possible(
  desired: Documents,
  observed: Documents,
  scope: Scope,
  absent: ReadonlySet<string>,
): ReadonlyMap<Kind, ReadonlyMap<string, Resource>> {
  const isRefused = (kind: Kind, id: string) => absent.has(keyOf({ kind, id }));
  const models = new Map(
    [...byId(desired, "model")].filter(
      ([id, model]) => scope.includes("model", model) && !isRefused("model", id),
    ),
  );
  const observedModels = byId(observed, "model");
  const things = new Map<Kind, ReadonlyMap<string, Resource>>();
  for (const kind of KINDS) {
    const list = [...byId(desired, kind)].filter(([id, resource]) => {
      if (!scope.includes(kind, resource) || isRefused(kind, id)) return false;
      const model = kind === "model" ? undefined : modelOf(kind, resource);
      return model === undefined || models.has(model) || observedModels.has(model);
    });
    things.set(kind, new Map(list));
  }
  return things;
}

function pluginsByAddress(desired: Documents, observed: Documents, scope: Scope): Refused[] {
  const installed = byId(observed, "plugin");
  const plugins = [...byId(desired, "plugin").values()].filter(
    (plugin) =>
      scope.includes("plugin", plugin) &&
      typeof plugin.attributes.package_name !== "string" &&
      installed.get(plugin.id)?.attributes.url !== plugin.attributes.url,
  );
  return plugins.map((plugin) => ({
    what: "plugin",
    id: plugin.id,
    code: "PLUGIN_HOST_NOT_ALLOWED",
    sentence: `The plugin ${entityOf("plugin", plugin).name} is loaded from ${hostOf(plugin)}, not from a package, so it does not come back by itself: install it by hand where you trust that host.`,
  }));
}

/** Without path and query: they may hold what is nobody's business. */
function hostOf({ attributes: { url } }: Resource): string {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).host : "somewhere";
}

function leftOut(kind: Kind, resource: Resource, what: string): Warning {
  const { id, name } = entityOf(kind, resource);
  const sentence = `The ${kind.replaceAll("_", " ")} ${name} names ${what} that is not there and does not come back: it is left out.`;
  return { code: "REFERENCE_LEFT_OUT", sentence, id };
}

/** What has to be moved, of what a restore writes and may move. */
export function movesIn(
  target: Target,
  observed: Documents,
  isMovable: (kind: Kind, id: string) => boolean,
): Move[] {
  const written = new Set(
    KINDS.flatMap((kind) => (listOf(target.documents, kind) ?? []).map(({ id }) => keyOf({ kind, id }))),
  );
  return movesOf(
    target.whole,
    observed,
    (kind, id) => written.has(keyOf({ kind, id })) && isMovable(kind, id),
  );
}

/** Things that are to be there and are not, in the order of the kinds. */
export function missing({ documents }: Target, observed: Documents): Thing[] {
  return KINDS.flatMap((kind) => {
    const found = byId(observed, kind);
    return (listOf(documents, kind) ?? [])
      .filter(({ id }) => kind !== "site" && !found.has(id))
      .map((resource) => ({ kind, resource }));
  });
}

/** Things that are there and are not to be: a mirror deletes them. */
export function surplus(desired: Documents, { scope }: Target, observed: Documents): Thing[] {
  return KINDS.flatMap((kind) => {
    const wanted = byId(desired, kind);
    return (listOf(observed, kind) ?? [])
      .filter((resource) => kind !== "site" && !wanted.has(resource.id) && scope.includes(kind, resource))
      .filter((resource) => kind !== "schema_menu_item" || modelOf(kind, resource) === undefined)
      .map((resource) => ({ kind, resource }));
  });
}
