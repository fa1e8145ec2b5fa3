import * as z from "zod";
import type { Entity } from "../entity.ts";
import { Table } from "../table.ts";
import type { Resource } from "./resource.ts";

/** What a project has once for all of its environments (facts 1.9). */
export type ShellType = "role" | "webhook" | "access_token" | "build_trigger" | "search_index";
export type Shell = Readonly<Record<ShellType, Table<Entity>>>;

export function emptyShell(): Shell {
  return {
    role: new Table(),
    webhook: new Table(),
    access_token: new Table(),
    build_trigger: new Table(),
    search_index: new Table(),
  };
}

const name = z.string().min(1);
const anything = z.record(z.string(), z.unknown());
const permissions = z.array(anything);
const flag = z.boolean();

/** Roles and tokens have no id of the client's, and neither has anything else here (facts 5.1). */
export const shellResources: Readonly<Record<ShellType, Resource>> = {
  role: {
    type: "role",
    attributes: z
      .object({
        name,
        environments_access: z.enum(["all", "primary_only", "sandbox_only", "none"]),
        positive_item_type_permissions: permissions,
        negative_item_type_permissions: permissions,
        positive_upload_permissions: permissions,
        negative_upload_permissions: permissions,
        positive_build_trigger_permissions: permissions,
        negative_build_trigger_permissions: permissions,
        positive_search_index_permissions: permissions,
        negative_search_index_permissions: permissions,
      })
      .partial()
      .catchall(z.unknown()),
    defaults: {
      environments_access: "all",
      positive_item_type_permissions: [],
      negative_item_type_permissions: [],
      positive_upload_permissions: [],
      negative_upload_permissions: [],
      positive_build_trigger_permissions: [],
      negative_build_trigger_permissions: [],
      positive_search_index_permissions: [],
      negative_search_index_permissions: [],
    },
    required: ["name"],
    links: { inherits_permissions_from: ["role"] },
  },
  webhook: {
    type: "webhook",
    attributes: z
      .object({
        name,
        enabled: flag,
        url: z.string(),
        custom_payload: z.string().nullable(),
        http_basic_user: z.string().nullable(),
        http_basic_password: z.string().nullable(),
        headers: anything,
        events: z.array(anything),
        payload_api_version: z.string(),
        nested_items_in_payload: flag,
        auto_retry: flag,
      })
      .partial(),
    defaults: {
      enabled: true,
      custom_payload: null,
      http_basic_user: null,
      http_basic_password: null,
      headers: {},
      payload_api_version: "3",
      nested_items_in_payload: false,
      auto_retry: true,
    },
    required: ["name", "url", "events"],
    links: {},
    readFlag: "can_manage_webhooks",
  },
  access_token: {
    type: "access_token",
    attributes: z
      .object({ name, can_access_cda: flag, can_access_cda_preview: flag, can_access_cma: flag })
      .partial(),
    defaults: { hardcoded_type: null, last_cma_access: "never", last_cda_access: "never" },
    required: ["name"],
    links: { role: "role" },
    made: ({ mint }) => ({ token: `secret-${mint.id()}` }),
    secrets: { members: ["token"], flag: "can_manage_access_tokens" },
  },
  build_trigger: {
    type: "build_trigger",
    attributes: z
      .object({
        name,
        enabled: flag,
        adapter: z.enum(["custom", "netlify", "vercel", "gitlab"]),
        adapter_settings: anything,
        webhook_token: z.string(),
        indexing_enabled: flag,
        frontend_url: z.string().nullable(),
        autotrigger_on_scheduled_publications: flag,
      })
      .partial(),
    defaults: {
      enabled: true,
      build_status: "unstarted",
      last_build_completed_at: null,
      indexing_status: "unstarted",
      indexing_enabled: false,
      frontend_url: null,
      autotrigger_on_scheduled_publications: false,
    },
    required: ["name", "adapter", "adapter_settings"],
    links: {},
    made: ({ mint }) => {
      const token = `secret-${mint.id()}`;
      return { webhook_token: token, webhook_url: `https://webhooks.datocms.com/${token}/deploy-results` };
    },
    readFlag: "can_manage_build_triggers",
  },
  search_index: {
    type: "search_index",
    attributes: z
      .object({ name, enabled: flag, frontend_url: z.string(), user_agent_suffix: z.string().nullable() })
      .partial(),
    defaults: { enabled: true, user_agent_suffix: null },
    required: ["name", "frontend_url"],
    links: { build_triggers: ["build_trigger"] },
    readFlag: "can_manage_search_indexes",
  },
};
