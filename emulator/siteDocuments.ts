import { toMany } from "./content/entity.ts";
import { defaultSite } from "./content/site.ts";
import type { Environment } from "./environment.ts";
import { flagsOf, type RoleOption } from "./roles.ts";
import type { State } from "./state.ts";

/** Id of the role that the token has. */
export const ROLE_ID = "34";

/** @returns the JSON:API resource of a project, as one environment sees it: its timezone is its own */
export function siteDocument({ siteId, createdAt, settings }: State, environment: Environment): object {
  const { content } = environment;
  const { flags, isLegacy: _age, ...site } = content?.site ?? defaultSite;
  return {
    id: siteId,
    type: "site",
    attributes: {
      name: settings.name,
      domain: null,
      imgix_host: "www.datocms-assets.com",
      internal_domain: `project-${siteId}.admin.datocms.com`,
      ...site,
      timezone: environment.timezone,
      last_data_change_at: new Date(environment.lastDataChangeAt).toISOString(),
      require_2fa: false,
      ip_tracking_enabled: false,
      force_use_of_sandbox_environments: settings.forceUseOfSandboxEnvironments,
    },
    relationships: {
      account: { data: { id: "312", type: "account" } },
      owner: { data: { id: "312", type: "account" } },
      item_types: toMany("item_type", content === null ? [] : content.models.ids("")),
    },
    meta: { created_at: new Date(createdAt).toISOString(), ...flags },
  };
}

/**
 * @param contentPermissions for records and assets; without content there are none
 * @param includeRole adds the role with its `final_permissions`; the admin token has none to add
 * @returns the document of `/users/me` for an API token
 */
export function meDocument(
  role: RoleOption,
  includeRole: boolean,
  contentPermissions: Readonly<Record<string, object[]>> = {},
): object {
  const { can_access_cma, can_access_cda, can_access_cda_preview } = flagsOf(role);
  const admin = role === "admin";
  const me = {
    id: "312",
    type: "access_token",
    attributes: {
      name: admin ? "Full-access API token" : "Backups",
      token: null,
      can_access_cda,
      can_access_cda_preview,
      can_access_cma,
      hardcoded_type: admin ? "admin" : null,
      last_cma_access: "today",
      last_cda_access: "never",
    },
    relationships: { role: { data: admin ? null : { id: ROLE_ID, type: "role" } } },
  };
  if (admin || !includeRole) return { data: me };
  return { data: me, included: [roleDocument(role, contentPermissions)] };
}

/** @returns the JSON:API resource of a role, or of the one that may do everything */
export function roleDocument(
  role: RoleOption,
  contentPermissions: Readonly<Record<string, object[]>> = {},
): object {
  const {
    can_access_cma: _cma,
    can_access_cda: _cda,
    can_access_cda_preview: _preview,
    ...permissions
  } = flagsOf(role);
  const final_permissions = {
    ...permissions,
    positive_item_type_permissions: [],
    negative_item_type_permissions: [],
    positive_upload_permissions: [],
    negative_upload_permissions: [],
    positive_build_trigger_permissions: [],
    negative_build_trigger_permissions: [],
    positive_search_index_permissions: [],
    negative_search_index_permissions: [],
    ...contentPermissions,
  };
  return {
    id: ROLE_ID,
    type: "role",
    attributes: { name: role === "admin" ? "Admin" : "Backups", ...final_permissions },
    relationships: { inherits_permissions_from: { data: [] } },
    meta: { final_permissions },
  };
}
