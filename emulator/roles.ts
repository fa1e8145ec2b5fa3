import type { Unknowns } from "./unknowns.ts";

/** What a token may do: the flags of its role, and of the token itself (`can_access_cma`). */
export type RoleFlags = {
  can_access_cma: boolean;
  can_access_cda: boolean;
  can_access_cda_preview: boolean;
  can_edit_favicon: boolean;
  can_edit_site: boolean;
  can_edit_schema: boolean;
  can_manage_menu: boolean;
  can_edit_environment: boolean;
  can_promote_environments: boolean;
  environments_access: "all" | "primary_only" | "sandbox_only" | "none";
  can_manage_users: boolean;
  can_manage_shared_filters: boolean;
  can_manage_upload_collections: boolean;
  can_manage_build_triggers: boolean;
  can_manage_search_indexes: boolean;
  can_manage_webhooks: boolean;
  can_manage_environments: boolean;
  can_manage_sso: boolean;
  can_access_audit_log: boolean;
  can_manage_workflows: boolean;
  can_manage_access_tokens: boolean;
  can_perform_site_search: boolean;
  can_access_build_events_log: boolean;
  can_access_search_index_events_log: boolean;
};

/** `admin`: the full-access token of a new project. Flags that are left out of a role are granted. */
export type RoleOption = "admin" | Partial<RoleFlags>;

const everything: RoleFlags = {
  can_access_cma: true,
  can_access_cda: true,
  can_access_cda_preview: true,
  can_edit_favicon: true,
  can_edit_site: true,
  can_edit_schema: true,
  can_manage_menu: true,
  can_edit_environment: true,
  can_promote_environments: true,
  environments_access: "all",
  can_manage_users: true,
  can_manage_shared_filters: true,
  can_manage_upload_collections: true,
  can_manage_build_triggers: true,
  can_manage_search_indexes: true,
  can_manage_webhooks: true,
  can_manage_environments: true,
  can_manage_sso: true,
  can_access_audit_log: true,
  can_manage_workflows: true,
  can_manage_access_tokens: true,
  can_perform_site_search: true,
  can_access_build_events_log: true,
  can_access_search_index_events_log: true,
};

/** @returns every flag of a role, the ones left out granted */
export function flagsOf(role: RoleOption): RoleFlags {
  return role === "admin" ? everything : { ...everything, ...role };
}

/** @returns whether a role may enter an environment */
export function mayEnter(role: RoleOption, environment: { primary: boolean }): boolean {
  const access = flagsOf(role).environments_access;
  if (access === "all") return true;
  if (access === "none") return false;
  return environment.primary === (access === "primary_only");
}

/** The flags that are either granted or not. */
type GrantedFlag = Exclude<keyof RoleFlags, "environments_access">;

/** What changes of content need, by resource. Records and assets have permissions of their own. */
const flagByResource: Readonly<Record<string, GrantedFlag>> = {
  itemTypes: "can_edit_schema",
  fields: "can_edit_schema",
  fieldsets: "can_edit_schema",
  schemaMenuItems: "can_edit_schema",
  plugins: "can_edit_schema",
  site: "can_edit_site",
  menuItems: "can_manage_menu",
  workflows: "can_manage_workflows",
  itemTypeFilters: "can_manage_shared_filters",
  uploadFilters: "can_manage_shared_filters",
  uploadCollections: "can_manage_upload_collections",
  webhooks: "can_manage_webhooks",
  accessTokens: "can_manage_access_tokens",
  searchIndexes: "can_manage_search_indexes",
  roles: "can_manage_users",
};
const READING = ["list", "find", "trigger"];

/** @returns the flag an operation needs, or null when any token may call it */
export function neededFlag(operation: string, unknowns: Unknowns): GrantedFlag | null {
  switch (operation) {
    case "environments.fork":
    case "environments.destroy":
      return "can_manage_environments";
    case "environments.promote":
    case "maintenanceMode.activate":
    case "maintenanceMode.deactivate":
      return "can_promote_environments";
    case "environments.rename":
      return unknowns.renameNeeds;
    default: {
      const [resource = "", verb = ""] = operation.split(".");
      return READING.includes(verb) ? null : (flagByResource[resource] ?? null);
    }
  }
}
