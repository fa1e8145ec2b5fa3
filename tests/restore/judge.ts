import type { Content, EntityType } from "../../emulator/content/content.ts";
import type { Entity } from "../../emulator/content/entity.ts";
import type { Item, Version } from "../../emulator/content/records/item.ts";
import { statusOf } from "../../emulator/content/records/item.ts";
import type { Model } from "../../emulator/content/schema/model.ts";
import { storedBasename } from "../../emulator/content/uploads/names.ts";
import type { Upload } from "../../emulator/content/uploads/upload.ts";
import type { Emulator, RequestLogEntry } from "../../emulator/emulator.ts";
import type { Plugin } from "../../emulator/plugins.ts";
import { bodyOf, validatorsOf } from "./canonical.ts";
import { ordersOf, type Rank } from "./orders.ts";

type ById = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * All that an environment holds, each thing by its id, without what DatoCMS works out by itself (facts 8): dates of
 * changes, numbers of versions, validity, addresses. Schedules are left out: a restore brings them back on demand only.
 */
export interface EnvironmentState {
  readonly site: Readonly<Record<string, unknown>>;
  readonly models: ById;
  readonly fields: ById;
  readonly fieldsets: ById;
  readonly records: ById;
  readonly uploads: ById;
  readonly collections: ById;
  readonly menuItems: ById;
  readonly schemaMenuItems: ById;
  readonly workflows: ById;
  readonly itemTypeFilters: ById;
  readonly uploadFilters: ById;
  readonly plugins: ById;
  /** Siblings by what they are and what they stand below; those with the same position share a rank. */
  readonly orders: Readonly<Record<string, readonly Rank[]>>;
}

/**
 * The state of an environment, read from the emulator's own objects: no call is made, none of our code is asked.
 *
 * @throws Error when there is no such environment, or no content in it
 */
export function stateOf(emulator: Emulator, token: string, environmentId: string): EnvironmentState {
  const project = emulator.project(token);
  const inside = project?.inside(environmentId);
  if (project === undefined || inside === undefined) throw new Error(`Nothing lies in "${environmentId}"`);
  const { content, plugins, timezone } = inside;
  const { site, models, fields, fieldsets, items, uploads } = content;
  return {
    site: { ...site, name: project.name, timezone },
    models: byId(models.rows(), modelOf),
    fields: byId(fields.rows(), ({ modelId, fieldsetId, attributes }) => {
      const { position: _place, validators, ...rest } = attributes;
      return { ...rest, model: modelId, fieldset: fieldsetId, validators: validatorsOf(validators) };
    }),
    fieldsets: byId(fieldsets.rows(), ({ modelId, attributes: { position: _place, ...rest } }) => ({
      ...rest,
      model: modelId,
    })),
    records: byId(items.rows(), (item) => recordOf(content, item)),
    uploads: byId(uploads.rows(), uploadOf),
    collections: entitiesOf(content, "upload_collection"),
    menuItems: entitiesOf(content, "menu_item"),
    schemaMenuItems: entitiesOf(content, "schema_menu_item"),
    workflows: entitiesOf(content, "workflow"),
    itemTypeFilters: entitiesOf(content, "item_type_filter"),
    uploadFilters: entitiesOf(content, "upload_filter"),
    plugins: byId(plugins, pluginOf),
    orders: ordersOf(content),
  };
}

/** The calls to an environment that change something, or are about to; those that fork it or throw it away too. */
export function requestsOf(emulator: Emulator, token: string, environmentId: string): RequestLogEntry[] {
  const project = emulator.project(token);
  const isPrimary = project?.environment(environmentId)?.primary === true;
  return emulator.requests.filter(({ method, path, environment, project: name }) => {
    if (name !== project?.name || method === "GET" || path.endsWith("/validate")) return false;
    const isAbout = path.startsWith("/environments/");
    if (isAbout) return path.split("/")[2] === environmentId;
    return environment === environmentId || (environment === null && isPrimary);
  });
}

function byId<Row extends { readonly id: string }>(
  rows: Iterable<Row>,
  described: (row: Row) => Readonly<Record<string, unknown>>,
): ById {
  return Object.fromEntries([...rows].map((row) => [row.id, described(row)]));
}

function modelOf({ attributes, links }: Model) {
  return { ...attributes, ...links };
}

/** A body that is published as it stands is the current one: that is what its status says. */
function recordOf(content: Content, item: Item) {
  const body = (version: Version | null) =>
    version === null ? null : bodyOf(content, item.modelId, version.values);
  const { modelId, stage, parentId, creator, published } = item;
  return {
    model: modelId,
    status: statusOf(item),
    stage,
    parent: parentId,
    creator: creator === null ? null : `${creator.type} ${creator.id}`,
    createdAt: instantOf(item.createdAt),
    firstPublishedAt: published === null ? null : instantOf(item.firstPublishedAt),
    current: body(item.current),
    published: body(published),
  };
}

function instantOf(date: string | null): string | null {
  return date === null ? null : new Date(date).toISOString();
}

/** An upload's name may come back in the form that DatoCMS gives to names. */
function uploadOf({ basename, file, ...upload }: Upload) {
  const { format, author, notes, copyright, tags, metadata, collectionId } = upload;
  return {
    basename: storedBasename(basename),
    format,
    md5: file.md5,
    size: file.size,
    author,
    notes,
    copyright,
    tags,
    metadata: withoutNothing(metadata),
    collection: collectionId,
  };
}

/** Metadata names every locale of the site, with nothing for most: what is not there says the same. */
function withoutNothing(metadata: unknown): unknown {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return metadata;
  const told = Object.entries(metadata)
    .map(([name, member]): [string, unknown] => [name, withoutNothing(member)])
    .filter(([, member]) => member !== null && JSON.stringify(member) !== "{}");
  return Object.fromEntries(told);
}

/** A filter that is somebody's own is not seen by a token (facts 1.8). */
function entitiesOf({ entities }: Content, type: EntityType): ById {
  const seen = [...entities[type].rows()].filter(({ links }) => (links.owner ?? null) === null);
  return byId(seen, ({ attributes: { position: _place, ...rest }, links }: Entity) => ({
    ...rest,
    ...links,
  }));
}

/** A package has its own name and address, and its version cannot be chosen (facts 5.2, row 5). */
function pluginOf({ name, package_name, url, parameters }: Plugin) {
  return { package_name, parameters, ...(package_name === null ? { name, url } : {}) };
}
