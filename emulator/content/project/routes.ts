import type { Reply } from "../../call.ts";
import type { EntityType } from "../content.ts";
import type { ContentCall } from "../edit.ts";
import type { ContentOperation } from "../operations.ts";
import { entityHandlers } from "./entities.ts";
import { environmentResources } from "./navigation.ts";
import { type ShellType, shellResources } from "./shell.ts";

type Handler = (call: ContentCall) => Reply;
type Row = { operation: ContentOperation; handle: Handler; inside?: boolean };

const places = [
  ["menu_item", "menu-items", "menuItems"],
  ["schema_menu_item", "schema-menu-items", "schemaMenuItems"],
  ["workflow", "workflows", "workflows"],
  ["item_type_filter", "item-type-filters", "itemTypeFilters"],
  ["upload_filter", "upload-filters", "uploadFilters"],
  ["upload_collection", "upload-collections", "uploadCollections"],
] as const satisfies readonly (readonly [EntityType, string, string])[];

const orderedPlaces = [
  ["menu_item", "menu-items", "menuItems"],
  ["schema_menu_item", "schema-menu-items", "schemaMenuItems"],
  ["upload_collection", "upload-collections", "uploadCollections"],
] as const satisfies readonly (readonly [EntityType, string, string])[];

const environmentHandlers = (type: EntityType) =>
  entityHandlers(environmentResources[type], ({ content }) => content.entities[type]);

/** @param writing makes a handler of a change out of one that changes */
export function environmentRoutes(writing: (handle: Handler) => Handler): Record<string, Row> {
  const rows: Record<string, Row> = {};
  for (const [type, path, name] of places) {
    const handlers = environmentHandlers(type);
    rows[`GET /${path}`] = { operation: `${name}.list`, handle: handlers.list };
    rows[`GET /${path}/:id`] = { operation: `${name}.find`, handle: handlers.find };
    rows[`POST /${path}`] = { operation: `${name}.create`, handle: writing(handlers.create) };
    rows[`PUT /${path}/:id`] = { operation: `${name}.update`, handle: writing(handlers.update) };
    rows[`DELETE /${path}/:id`] = { operation: `${name}.destroy`, handle: writing(handlers.destroy) };
  }
  for (const [type, path, name] of orderedPlaces) {
    const handle = writing(environmentHandlers(type).reorder);
    rows[`POST /${path}/reorder`] = { operation: `${name}.reorder`, handle };
  }
  return rows;
}

const shellPlaces = [
  ["webhook", "webhooks", "webhooks"],
  ["access_token", "access_tokens", "accessTokens"],
  ["search_index", "search-indexes", "searchIndexes"],
  ["role", "roles", "roles"],
  ["build_trigger", "build-triggers", "buildTriggers"],
] as const satisfies readonly (readonly [ShellType, string, string])[];

const shellHandlers = (type: ShellType) =>
  entityHandlers(shellResources[type], ({ state }) => state.shell[type]);

/** Calls about what a project has once; lists of roles and build triggers are in the emulator's own table. */
export function shellRoutes(): Record<string, Row> {
  const rows: Record<string, Row> = {};
  for (const [type, path, name] of shellPlaces) {
    const handlers = shellHandlers(type);
    const inside = false;
    if (name !== "roles" && name !== "buildTriggers") {
      rows[`GET /${path}`] = { operation: `${name}.list`, handle: handlers.list, inside };
    }
    if (name !== "roles")
      rows[`GET /${path}/:id`] = { operation: `${name}.find`, handle: handlers.find, inside };
    rows[`POST /${path}`] = { operation: `${name}.create`, handle: handlers.create, inside };
    rows[`PUT /${path}/:id`] = { operation: `${name}.update`, handle: handlers.update, inside };
    rows[`DELETE /${path}/:id`] = { operation: `${name}.destroy`, handle: handlers.destroy, inside };
  }
  return rows;
}

/** `GET /build-triggers` */
export const listBuildTriggers: Handler = shellHandlers("build_trigger").list;
