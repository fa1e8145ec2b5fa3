import type { Edit } from "../edit.ts";
import { newIdFor, takenIn } from "../edit.ts";
import type { Entity } from "../entity.ts";
import { lastPlace } from "../positions.ts";
import type { Model } from "../schema/model.ts";
import type { Table } from "../table.ts";

/** Adds what leads to a model: a menu item, not for blocks, and a schema menu item (facts 9, item 9). */
export function addMenuItems(
  edit: Edit,
  { id, attributes }: Model,
  options: { skipMenuItem: boolean; menuItemId: string | undefined; schemaMenuItemId: string | undefined },
): void {
  const { menu_item, schema_menu_item } = edit.content.entities;
  const { name, modular_block } = attributes;
  if (!modular_block && !options.skipMenuItem) {
    menu_item.set({
      id: newIdFor(edit, options.menuItemId, takenIn(edit, menu_item)),
      attributes: { label: name, position: placeIn(menu_item), external_url: null, open_in_new_tab: false },
      links: { item_type: id, item_type_filter: null, parent: null },
    });
  }
  schema_menu_item.set({
    id: newIdFor(edit, options.schemaMenuItemId, takenIn(edit, schema_menu_item)),
    attributes: {
      label: null,
      position: placeIn(schema_menu_item),
      kind: modular_block ? "modular_block" : "item_type",
    },
    links: { item_type: id, parent: null },
  });
}

/** Removes what leads to a model. */
export function removeMenuItems({ content }: Edit, modelId: string): void {
  for (const table of [content.entities.menu_item, content.entities.schema_menu_item]) {
    for (const entry of [...table.rows()]) {
      if (entry.links.item_type === modelId) table.delete(entry.id);
    }
  }
}

function placeIn(table: Table<Entity>): number {
  const roots = [...table.rows()].filter(({ links }) => links.parent === null);
  return lastPlace(roots.map(({ id, attributes }) => ({ id, position: Number(attributes.position) })));
}
