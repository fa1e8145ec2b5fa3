import * as z from "zod";
import type { BuildTriggerSeed } from "./buildTriggers.ts";
import { contentUnknowns } from "./content/unknownsSchema.ts";
import { type Fault, operations } from "./faults.ts";
import { quotas } from "./plan.ts";
import type { PluginSeed } from "./plugins.ts";
import { recordSchema } from "./records.ts";

const ms = z.number().nonnegative();
const count = z.int().nonnegative();
const when = z.enum(["before", "after"]);
const status = z.int().min(200).max(599);
const parameters = z.record(z.string(), z.unknown());

const effect = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status,
    code: z.string().exactOptional(),
    details: z.record(z.string(), z.unknown()).exactOptional(),
    transient: z.boolean().exactOptional(),
    headers: z.record(z.string(), z.string()).exactOptional(),
    when: when.exactOptional(),
  }),
  z.strictObject({ kind: z.literal("html"), status, when: when.exactOptional() }),
  z.strictObject({ kind: z.literal("broken-json"), when: when.exactOptional() }),
  z.strictObject({ kind: z.literal("drop"), when }),
  z.strictObject({ kind: z.literal("hang"), when }),
  z.strictObject({ kind: z.literal("slow"), ms }),
  z.strictObject({ kind: z.literal("slow-body"), ms }),
  z.strictObject({ kind: z.literal("cut-body"), after: count }),
  z.strictObject({ kind: z.literal("wrong-bytes") }),
  z.strictObject({
    kind: z.literal("job-fails"),
    code: z.string().exactOptional(),
    status: status.exactOptional(),
  }),
  z.strictObject({ kind: z.literal("never-ends") }),
]);

const operation = z.enum(operations);

/** A fault; JSON has no Infinity, so `times` may be "always". */
export const faultSchema: z.ZodType<Fault> = z.strictObject({
  operation: z.union([operation, z.array(operation)]).exactOptional(),
  environment: z.string().exactOptional(),
  skip: count.exactOptional(),
  times: z.union([count, z.literal("always").transform(() => Number.POSITIVE_INFINITY)]).exactOptional(),
  effect,
});

const plan = z.strictObject({
  quotas: z.partialRecord(z.enum(quotas), count).exactOptional(),
  sandboxLimit: count.nullable().exactOptional(),
  limitsEndpoint: z.enum(["listed", "absent-code", "404"]).exactOptional(),
  overageThreshold: count.nullable().exactOptional(),
  publicInfo: z.enum(["200", "404"]).exactOptional(),
});

const flag = z.boolean().exactOptional();

const role = z.union([
  z.literal("admin"),
  z.strictObject({
    can_access_cma: flag,
    can_access_cda: flag,
    can_access_cda_preview: flag,
    can_edit_favicon: flag,
    can_edit_site: flag,
    can_edit_schema: flag,
    can_manage_menu: flag,
    can_edit_environment: flag,
    can_promote_environments: flag,
    environments_access: z.enum(["all", "primary_only", "sandbox_only", "none"]).exactOptional(),
    can_manage_users: flag,
    can_manage_shared_filters: flag,
    can_manage_upload_collections: flag,
    can_manage_build_triggers: flag,
    can_manage_search_indexes: flag,
    can_manage_webhooks: flag,
    can_manage_environments: flag,
    can_manage_sso: flag,
    can_access_audit_log: flag,
    can_manage_workflows: flag,
    can_manage_access_tokens: flag,
    can_perform_site_search: flag,
    can_access_build_events_log: flag,
    can_access_search_index_events_log: flag,
  }),
]);

const unknowns = z.strictObject({
  immediateReturnStatus: z.union([z.literal(200), z.literal(201)]).exactOptional(),
  statuses: z.record(z.string(), status).exactOptional(),
  planRefusal: z.enum(["sync", "in-job"]).exactOptional(),
  planRefusalCode: z
    .enum(["PLAN_UPGRADE_REQUIRED", "LIMIT_REACHED", "TECHNICAL_LIMIT_REACHED"])
    .exactOptional(),
  destroying: z.enum(["listed-until-gone", "hidden-at-once"]).exactOptional(),
  creating: z.enum(["listed", "unlisted"]).exactOptional(),
  creatingCountsForPlan: flag,
  destroyingCountsForPlan: flag,
  concurrentOperations: z.enum(["allowed", "refuse-forks", "refuse-all"]).exactOptional(),
  concurrentIsTransient: flag,
  destroyForkingOrigin: z.enum(["refuse", "allow"]).exactOptional(),
  destroyCreating: z.enum(["allow", "refuse"]).exactOptional(),
  destroyDestroying: z.enum(["refuse", "accept"]).exactOptional(),
  renameWhileForking: z.enum(["allow", "refuse"]).exactOptional(),
  forceSandboxBlocksPlugins: flag,
  nestedPages: z.enum(["cap", "refuse", "unlimited"]).exactOptional(),
  percentage: z.enum(["present", "absent"]).exactOptional(),
  renameKeepsCreatedAt: flag,
  renameKeepsForkedFrom: flag,
  forkedFromAfterRename: z.enum(["dead-name", "follows"]).exactOptional(),
  forbiddenEnvironments: z.enum(["hide", "refuse"]).exactOptional(),
  maintenanceBlocksPlugins: flag,
  maintenanceBlocksRename: flag,
  promoteEndsMaintenance: flag,
  renameNeeds: z
    .enum(["can_manage_environments", "can_promote_environments", "can_edit_environment"])
    .exactOptional(),
  idMaxLength: count.nullable().exactOptional(),
  listOrder: z.enum(["oldest-first", "newest-first"]).exactOptional(),
  parametersMoveLastDataChange: flag,
  noCmaAccess: z.enum(["INSUFFICIENT_PERMISSIONS", "INVALID_AUTHORIZATION_HEADER"]).exactOptional(),
});

const settings = {
  name: z.string().exactOptional(),
  timezone: z.string().exactOptional(),
  latencyMs: ms.exactOptional(),
  forkMs: ms.exactOptional(),
  destroyMs: ms.exactOptional(),
  jobPolls: count.exactOptional(),
  antivirusMs: ms.exactOptional(),
  assetDelivery: z.enum(["optimised", "as-stored", "custom-host"]).exactOptional(),
  plan: plan.exactOptional(),
  role: role.exactOptional(),
  hidden: z.strictObject({ models: z.array(z.string()), uploads: z.boolean() }).exactOptional(),
  rateLimit: z
    .strictObject({ limit: z.int().positive(), windowMs: z.number().positive() })
    .nullable()
    .exactOptional(),
  unknowns: unknowns.exactOptional(),
  contentUnknowns: contentUnknowns.exactOptional(),
  activeEditors: flag,
  maintenanceMode: flag,
  forceUseOfSandboxEnvironments: flag,
};

/** Settings to change; `plan` and `unknowns` are merged, the rest is replaced. */
export const settingsSchema = z.strictObject(settings);

const plugin: z.ZodType<PluginSeed> = z.strictObject({
  id: z.string().exactOptional(),
  name: z.string().exactOptional(),
  package_name: z.string().nullable().exactOptional(),
  package_version: z.string().nullable().exactOptional(),
  url: z.string().exactOptional(),
  parameters: parameters.exactOptional(),
});

const buildTrigger: z.ZodType<BuildTriggerSeed> = z.strictObject({
  id: z.string().exactOptional(),
  name: z.string().exactOptional(),
  enabled: flag,
});

export const projectSchema = z.strictObject({
  ...settings,
  token: z.string().min(1),
  primary: z.string().exactOptional(),
  createdAt: z.number().exactOptional(),
  plugin: plugin.nullable().exactOptional(),
  plugins: z.array(plugin).exactOptional(),
  items: count.exactOptional(),
  records: z.array(recordSchema).exactOptional(),
  uploads: count.exactOptional(),
  buildTriggers: z.array(buildTrigger).exactOptional(),
});

export const userActionSchema = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("fork"),
    source: z.string().nullable().default(null),
    id: z.string(),
    createdAt: z.number().exactOptional(),
    ready: flag,
  }),
  z.strictObject({ action: z.literal("rename"), id: z.string(), newId: z.string() }),
  z.strictObject({ action: z.literal("promote"), id: z.string() }),
  z.strictObject({ action: z.literal("destroy"), id: z.string() }),
  z.strictObject({
    action: z.literal("edit"),
    id: z.string(),
    items: count.exactOptional(),
    uploads: count.exactOptional(),
  }),
  z.strictObject({ action: z.literal("open"), id: z.string(), records: z.array(z.string()) }),
  z.strictObject({
    action: z.literal("setParameters"),
    id: z.string(),
    parameters,
    pluginId: z.string().exactOptional(),
  }),
]);

/** Wall time: moved on by milliseconds, or set to milliseconds since 1970 or an ISO date. */
export const clockSchema = z.union([
  z.strictObject({ advanceMs: z.number() }),
  z.strictObject({ now: z.union([z.number(), z.iso.datetime().transform((date) => Date.parse(date))]) }),
]);
