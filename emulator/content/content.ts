import type { Entity } from "./entity.ts";
import type { Item } from "./records/item.ts";
import type { Field, Fieldset } from "./schema/field.ts";
import type { Model } from "./schema/model.ts";
import { defaultSite, type SiteContent } from "./site.ts";
import { Table } from "./table.ts";
import type { Upload, UploadTrack } from "./uploads/upload.ts";

const modelOf = ({ modelId }: { modelId: string }) => modelId;

/** All that an environment holds but its plugins. A fork shares every row with its source. */
export class Content {
  readonly models: Table<Model>;
  /** By model. */
  readonly fields: Table<Field>;
  /** By model. */
  readonly fieldsets: Table<Fieldset>;
  /** By model. */
  readonly items: Table<Item>;
  readonly uploads: Table<Upload>;
  /** By upload. */
  readonly tracks: Table<UploadTrack>;
  readonly entities: EntityTables;
  site: SiteContent;
  /** Ids of records that somebody has open; nobody has those of a fork. */
  openItems: ReadonlySet<string> = new Set();
  /** Ids of plugins that were deleted; those that are there belong to the environment. */
  readonly gonePlugins: Set<string>;
  /** Ids of records with a schedule. */
  readonly scheduled: Table<{ readonly id: string }>;
  /** What is added to the numbers of versions: forks may give new ones (switch `forkVersionIds`). */
  readonly versionShift: number;
  /** Another object after each change of the schema: caches of what the schema decides are kept by it. */
  schemaStamp: object = {};
  #fieldsByModel = new Map<string, readonly Field[]>();

  constructor(source?: Content, { versionShift = 0 }: { versionShift?: number } = {}) {
    const schemaChanged = () => this.#schemaChanged();
    this.models = source?.models.fork(schemaChanged) ?? new Table(undefined, schemaChanged);
    this.fields = source?.fields.fork(schemaChanged) ?? new Table<Field>(modelOf, schemaChanged);
    this.fieldsets = source?.fieldsets.fork() ?? new Table<Fieldset>(modelOf);
    this.items = source?.items.fork() ?? new Table<Item>(modelOf);
    this.uploads = source?.uploads.fork() ?? new Table();
    this.tracks = source?.tracks.fork() ?? new Table(({ uploadId }) => uploadId);
    this.gonePlugins = new Set(source?.gonePlugins);
    this.scheduled = source?.scheduled.fork() ?? new Table();
    this.entities = entityTables((name) => source?.entities[name].fork() ?? new Table());
    this.site = source?.site ?? defaultSite;
    this.versionShift = (source?.versionShift ?? 0) + versionShift;
  }

  /** The fields of a model in their order. */
  fieldsOf(modelId: string): readonly Field[] {
    const kept = this.#fieldsByModel.get(modelId);
    if (kept !== undefined) return kept;
    const fields = this.fields.rowsOf(modelId).sort((a, b) => a.attributes.position - b.attributes.position);
    this.#fieldsByModel.set(modelId, fields);
    return fields;
  }

  /**
   * Does all of a change or nothing of it.
   *
   * @throws whatever `change` throws, with everything as it was
   */
  atomically<T>(change: () => T): T {
    const { site } = this;
    for (const table of this.#tables()) table.begin();
    try {
      const result = change();
      for (const table of this.#tables()) table.commit();
      return result;
    } catch (error) {
      for (const table of this.#tables()) table.rollback();
      this.site = site;
      throw error;
    }
  }

  #tables(): { begin(): void; commit(): void; rollback(): void }[] {
    const { models, fields, fieldsets, items, uploads, tracks, scheduled, entities } = this;
    return [models, fields, fieldsets, items, uploads, tracks, scheduled, ...Object.values(entities)];
  }

  #schemaChanged(): void {
    this.schemaStamp = {};
    this.#fieldsByModel.clear();
    this.items.dropIndexes();
  }
}

/** Tables of what has no rules of its own, by the type of the resource. */
export type EntityTables = Readonly<Record<EntityType, Table<Entity>>>;

export type EntityType =
  | "menu_item"
  | "schema_menu_item"
  | "workflow"
  | "item_type_filter"
  | "upload_filter"
  | "upload_collection";

function entityTables(table: (name: EntityType) => Table<Entity>): EntityTables {
  return {
    menu_item: table("menu_item"),
    schema_menu_item: table("schema_menu_item"),
    workflow: table("workflow"),
    item_type_filter: table("item_type_filter"),
    upload_filter: table("upload_filter"),
    upload_collection: table("upload_collection"),
  };
}
