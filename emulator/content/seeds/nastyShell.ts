import { idFrom } from "../ids.ts";
import type { SeedContext } from "../seed.ts";
import { nastyIds } from "./nastyIds.ts";

/** Adds what the project has once, with a secret wherever one can be. */
export function addNastyShell({ shell }: SeedContext): void {
  shell.role.set({
    id: "128829",
    attributes: {
      name: "Editor",
      can_edit_schema: false,
      environments_access: "primary_only",
      positive_item_type_permissions: [
        { action: "update", environment: "main", item_type: nastyIds.models.legacy },
      ],
      negative_item_type_permissions: [],
    },
    links: { inherits_permissions_from: [] },
  });
  shell.access_token.set({
    id: "128830",
    attributes: { name: "CI", token: "token-secret", can_access_cma: true, hardcoded_type: null },
    links: { role: "128829" },
  });
  shell.webhook.set({
    id: "128831",
    attributes: {
      name: "Hook",
      enabled: true,
      url: "https://hooks.example/nasty",
      custom_payload: null,
      http_basic_user: "user",
      http_basic_password: "password-secret",
      headers: { "X-Anything": "header-secret" },
      events: [
        {
          entity_type: "item",
          event_types: ["publish"],
          filters: [{ entity_type: "item_type", entity_ids: [nastyIds.models.legacy] }],
        },
      ],
      payload_api_version: "3",
      nested_items_in_payload: false,
      auto_retry: true,
    },
    links: {},
  });
  shell.build_trigger.set({
    id: "128832",
    attributes: {
      name: "Site",
      enabled: true,
      adapter: "custom",
      adapter_settings: { trigger_url: "https://builds.example/adapter-secret", headers: {}, payload: {} },
      webhook_token: "build-secret",
      webhook_url: "https://webhooks.datocms.com/build-secret/deploy-results",
      build_status: "success",
      indexing_enabled: false,
      frontend_url: null,
      autotrigger_on_scheduled_publications: false,
    },
    links: {},
  });
  shell.search_index.set({
    id: idFrom("nasty search index"),
    attributes: {
      name: "Index",
      enabled: true,
      frontend_url: "https://www.example",
      user_agent_suffix: null,
    },
    links: { build_triggers: ["128832"] },
  });
}
