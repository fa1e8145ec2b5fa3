import { idFrom } from "../../emulator/content/ids.ts";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { Damage } from "./damage.ts";
import type { Editor } from "./editor.ts";
import { editSite, newId, resource } from "./requests.ts";

const { menu, models, schemaFolder, itemTypeFilter, uploadFilter, workflow, plugin } = furnitureIds;
const menuItemOf = (modelId: string) => idFrom(`menu item of ${modelId}`);
const schemaMenuItemOf = (modelId: string) => idFrom(`schema menu item of ${modelId}`);

/** What is neither content nor schema. */
export const projectDamages = {
  menuFolderDeleted: removal(
    "/menu-items",
    menu.folder,
    "deletes a folder of the menu, whose items become roots",
  ),
  menuItemsDeleted: {
    cases: [],
    does: "deletes the menu item of a model and one with an address",
    inflict: async (editor) => {
      await editor.call("DELETE", `/menu-items/${menuItemOf(models.product)}`);
      await editor.call("DELETE", `/menu-items/${menu.link}`);
    },
  },
  menuItemsEdited: {
    cases: [17],
    does: "renames menu items, moves one to the front and one into a folder",
    inflict: async (editor) => {
      const path = "/menu-items";
      await edit(editor, path, "menu_item", menu.link, {
        label: "Elsewhere",
        external_url: "https://b.example",
      });
      await edit(editor, path, "menu_item", menu.folder, { position: 1 });
      const below = { parent: ["menu_item", menu.folder] } as const;
      await edit(editor, path, "menu_item", menuItemOf(models.category), {}, below);
    },
  },
  schemaMenuEdited: {
    cases: [17],
    does: "moves models into a folder of the schema menu, and deletes it again",
    inflict: async (editor) => {
      const below = { parent: ["schema_menu_item", schemaFolder] } as const;
      const moved = schemaMenuItemOf(models.product);
      await edit(editor, "/schema-menu-items", "schema_menu_item", moved, {}, below);
      const first = schemaMenuItemOf(models.category);
      await edit(editor, "/schema-menu-items", "schema_menu_item", first, { position: 1 });
      await editor.call("DELETE", `/schema-menu-items/${schemaFolder}`);
    },
  },
  filterDeleted: removal("/item-type-filters", itemTypeFilter, "deletes a filter that the menu leads to"),
  filterEdited: {
    cases: [],
    does: "edits filters of records and uploads",
    inflict: async (editor) => {
      const columns = [{ name: "name", width: 1 }];
      const change = { name: "Renamed", filter: { query: "a" }, columns, order_by: null };
      await edit(editor, "/item-type-filters", "item_type_filter", itemTypeFilter, change);
      await edit(editor, "/upload-filters", "upload_filter", uploadFilter, { name: "Small", filter: {} });
    },
  },
  uploadFilterDeleted: removal("/upload-filters", uploadFilter, "deletes a filter of uploads"),
  pluginDeleted: removal("/plugins", plugin, "deletes a plugin that a field is edited with"),
  pluginEdited: {
    cases: [16],
    does: "replaces the parameters of plugins",
    inflict: async (editor) => {
      await edit(editor, "/plugins", "plugin", plugin, { parameters: {} });
      await edit(editor, "/plugins", "plugin", nastyIds.plugin, {
        name: "Renamed",
        parameters: { logo: null },
      });
    },
  },
  workflowDeleted: removal("/workflows", workflow, "deletes a workflow that a model has"),
  workflowEdited: {
    cases: [],
    does: "renames a workflow and its stages, and adds one",
    inflict: (editor) =>
      edit(editor, "/workflows", "workflow", workflow, {
        name: "Renamed",
        stages: [
          { id: "draft", name: "New", description: null, initial: true },
          { id: "legal", name: "Legal", description: "Read by lawyers", initial: false },
          { id: "approved", name: "Approved", description: null, initial: false },
        ],
      }),
  },
  localeAdded: {
    cases: [10],
    does: "adds a locale",
    inflict: (editor) => editSite(editor, { locales: ["en", "it", "fr", "de"] }),
  },
  localeRemoved: {
    cases: [10],
    does: "removes a locale with all that was said in it",
    inflict: (editor) => editSite(editor, { locales: ["en", "fr"] }),
  },
  localesReordered: {
    cases: [10],
    does: "makes another locale the first",
    inflict: (editor) => editSite(editor, { locales: ["it", "en", "fr"] }),
  },
  settingsEdited: {
    cases: [],
    does: "edits settings of the site: favicon, theme, search engines, time zone",
    inflict: (editor) =>
      editSite(editor, {
        favicon: furnitureIds.cover,
        no_index: true,
        timezone: "America/New_York",
        theme: { type: "custom", hue: 120, logo: null },
        global_seo: { en: { site_name: "Renamed" }, it: { site_name: "Rinominato" }, fr: null },
      }),
  },
  everythingElseCreated: {
    cases: [],
    does: "creates menu items, filters, a plugin and a workflow",
    inflict: async (editor) => {
      const add = (path: string, type: string, attributes: object, links = {}) =>
        editor.call("POST", path, resource(type, newId(type), { ...attributes }, links));
      const ofProduct = { item_type: ["item_type", models.product] };
      await add("/menu-items", "menu_item", { label: "New", position: 1 });
      await add("/schema-menu-items", "schema_menu_item", { label: "New", kind: "item_type" });
      await add(
        "/item-type-filters",
        "item_type_filter",
        { name: "New", filter: {}, shared: true },
        ofProduct,
      );
      await add("/upload-filters", "upload_filter", { name: "New", filter: {}, shared: true });
      await add("/plugins", "plugin", { package_name: "datocms-plugin-new" });
      const stages = [{ id: "one", name: "One", description: null, initial: true }];
      await add("/workflows", "workflow", { name: "New", api_key: "new", stages });
    },
  },
} as const satisfies Readonly<Record<string, Damage>>;

function removal(path: string, id: string, does: string): Damage {
  return { cases: [], does, inflict: (editor) => editor.call("DELETE", `${path}/${id}`) };
}

function edit(
  editor: Editor,
  path: string,
  type: string,
  id: string,
  attributes: Readonly<Record<string, unknown>>,
  links: Parameters<typeof resource>[3] = {},
) {
  return editor.call("PUT", `${path}/${id}`, resource(type, id, attributes, links));
}
