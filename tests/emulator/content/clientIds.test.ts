import { describe, expect, test } from "vitest";
import { furnitureIds } from "../../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../../emulator/content/seeds/nastyIds.ts";
import type { Editor } from "../../restore/editor.ts";
import { newId, putBytes, resource } from "../../restore/requests.ts";
import { nastySite } from "../../restore/support.ts";

const { row, article } = nastyIds.models;
type Links = Parameters<typeof resource>[3];

interface Kind {
  /** Where it is created, and where it lies under its id. */
  readonly paths: readonly [string, string];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links?: Links;
}

/** Everything that takes an id of the client's (facts 5.1), but blocks, which are inside of records. */
const kinds: Readonly<Record<string, Kind>> = {
  item: {
    paths: ["/items", "/items"],
    attributes: { name: "Row" },
    links: { item_type: ["item_type", row] },
  },
  item_type: { paths: ["/item-types", "/item-types"], attributes: { name: "New", api_key: "new_model" } },
  field: {
    paths: [`/item-types/${article}/fields`, "/fields"],
    attributes: { label: "New", api_key: "new_field", field_type: "string" },
  },
  fieldset: { paths: [`/item-types/${article}/fieldsets`, "/fieldsets"], attributes: { title: "New" } },
  upload: { paths: ["/uploads", "/uploads"], attributes: {} },
  upload_collection: { paths: ["/upload-collections", "/upload-collections"], attributes: { label: "New" } },
  menu_item: { paths: ["/menu-items", "/menu-items"], attributes: { label: "New" } },
  schema_menu_item: {
    paths: ["/schema-menu-items", "/schema-menu-items"],
    attributes: { label: "New", kind: "item_type" },
  },
  plugin: { paths: ["/plugins", "/plugins"], attributes: { package_name: "datocms-plugin-new" } },
  workflow: {
    paths: ["/workflows", "/workflows"],
    attributes: { name: "New", api_key: "new", stages: [{ id: "one", name: "One", initial: true }] },
  },
  item_type_filter: {
    paths: ["/item-type-filters", "/item-type-filters"],
    attributes: { name: "New", filter: {}, shared: true },
    links: { item_type: ["item_type", furnitureIds.models.product] },
  },
  upload_filter: {
    paths: ["/upload-filters", "/upload-filters"],
    attributes: { name: "New", filter: {}, shared: true },
  },
};

async function create(editor: Editor, type: string, { paths, attributes, links }: Kind) {
  const path = type === "upload" ? { path: await putBytes(editor, "new.txt", "new") } : {};
  return editor.call("POST", paths[0], resource(type, newId(type), { ...attributes, ...path }, links));
}

describe.each(Object.entries(kinds))("%s", (type, kind) => {
  const [, where] = kind.paths;
  const id = newId(type);

  test("takes an id of the client's once, and again when what had it is gone", async () => {
    const editor = nastySite().editor();
    expect(await create(editor, type, kind)).toMatchObject({ data: { id, type } });
    await expect(create(editor, type, kind)).rejects.toThrow(/INVALID_FIELD .*VALIDATION_UNIQUENESS/);
    await editor.call("DELETE", `${where}/${id}`);
    expect(await create(editor, type, kind)).toMatchObject({ data: { id } });
    expect(await editor.call("GET", `${where}/${id}?version=current`)).toMatchObject({ data: { id } });
  });

  test("may take an id only once for ever, in forks too (switches deletedIds, otherDeletedIds)", async () => {
    const contentUnknowns = { deletedIds: "taken", otherDeletedIds: "taken" } as const;
    const { editor, project } = nastySite({ contentUnknowns });
    await create(editor(), type, kind);
    await editor().call("DELETE", `${where}/${id}`);
    project.user.fork(null, "copy", { ready: true });
    for (const environment of ["main", "copy"])
      await expect(create(editor(environment), type, kind)).rejects.toThrow(/VALIDATION_UNIQUENESS/);
  });
});
