import * as z from "zod";
import { Refusal } from "../../errors.ts";
import type { EntityType } from "../content.ts";
import type { Resource } from "./resource.ts";

const label = z.string().min(1);
const position = z.int();
const filter = z.record(z.string(), z.unknown()).nullable();

/** What an environment has besides models, records and assets (facts 1.7, 1.8). */
export const environmentResources: Readonly<Record<EntityType, Resource>> = {
  menu_item: {
    type: "menu_item",
    attributes: z
      .object({ label, position, external_url: z.string().nullable(), open_in_new_tab: z.boolean() })
      .partial(),
    defaults: { external_url: null, open_in_new_tab: false },
    required: ["label"],
    links: { item_type: "item_type", item_type_filter: "item_type_filter", parent: "menu_item" },
    isOrdered: true,
  },
  schema_menu_item: {
    type: "schema_menu_item",
    attributes: z
      .object({ label: label.nullable(), position, kind: z.enum(["item_type", "modular_block"]) })
      .partial(),
    defaults: { label: null },
    required: ["kind"],
    links: { item_type: "item_type", parent: "schema_menu_item" },
    isOrdered: true,
    check: (_content, { links }, before) => {
      if (before === null ? links.item_type !== null : links.item_type !== before.links.item_type)
        throw boundToModel();
    },
    removed: (_edit, { links }) => {
      if (links.item_type !== null) throw boundToModel();
    },
  },
  workflow: {
    type: "workflow",
    attributes: z
      .object({
        name: z.string().min(1),
        api_key: z.string().regex(/^[a-z][a-z0-9_]*$/),
        stages: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            description: z.string().nullable().optional(),
            initial: z.boolean().optional(),
          }),
        ),
      })
      .partial(),
    defaults: {},
    required: ["name", "api_key", "stages"],
    links: {},
    check: ({ entities }, { id, attributes }) => {
      const { stages, api_key } = attributes;
      const initial = Array.isArray(stages) ? stages.filter((stage) => stage.initial === true) : [];
      if (initial.length !== 1)
        throw new Refusal("INVALID_FIELD", { field: "stages", code: "VALIDATION_INVALID" });
      const clashes = [...entities.workflow.rows()].some(
        (other) => other.id !== id && other.attributes.api_key === api_key,
      );
      if (clashes) throw new Refusal("INVALID_FIELD", { field: "api_key", code: "VALIDATION_UNIQUENESS" });
    },
    removed: ({ content }, { id }) => {
      for (const model of [...content.models.rows()]) {
        if (model.links.workflow === id)
          content.models.set({ ...model, links: { ...model.links, workflow: null } });
      }
    },
  },
  item_type_filter: {
    type: "item_type_filter",
    attributes: z
      .object({
        name: z.string().min(1),
        filter,
        columns: z.array(z.record(z.string(), z.unknown())).nullable(),
        order_by: z.string().nullable(),
        shared: z.boolean(),
      })
      .partial(),
    defaults: { filter: {}, columns: null, order_by: null, shared: false },
    required: ["name"],
    links: { item_type: "item_type" },
    removed: ({ content }, { id }) => {
      const { menu_item } = content.entities;
      for (const entry of [...menu_item.rows()]) {
        if (entry.links.item_type_filter !== id) continue;
        menu_item.set({ ...entry, links: { ...entry.links, item_type_filter: null } });
      }
    },
  },
  upload_filter: {
    type: "upload_filter",
    attributes: z.object({ name: z.string().min(1), filter, shared: z.boolean() }).partial(),
    defaults: { filter: {}, shared: false },
    required: ["name"],
    links: {},
  },
  upload_collection: {
    type: "upload_collection",
    attributes: z.object({ label, position }).partial(),
    defaults: {},
    required: ["label"],
    links: { parent: "upload_collection" },
    isOrdered: true,
    readFlag: "can_manage_upload_collections",
    removed: ({ content }, { id }) => {
      for (const upload of [...content.uploads.rows()]) {
        if (upload.collectionId === id) content.uploads.set({ ...upload, collectionId: null });
      }
    },
  },
};

function boundToModel(): Refusal {
  return new Refusal("CANNOT_CREATE_OR_DESTROY_SCHEMA_MENU_ITEM_LINKED_TO_ITEM_TYPE");
}
