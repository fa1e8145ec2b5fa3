import * as z from "zod";
import type { Json } from "../../../utils/json.ts";

/** Whether a token sees all of an environment. A list is filtered by the token's role without any error. */
export type Sight =
  | { readonly kind: "everything" }
  /** `hidden`: what the role may not see, in words of DatoCMS's. */
  | { readonly kind: "restricted"; readonly hidden: readonly string[] }
  | { readonly kind: "unknown" };

const Permission = z.object({
  action: z.string(),
  environment: z.string(),
  item_type: z.string().nullish(),
  workflow: z.string().nullish(),
  on_creator: z.string().nullish(),
  on_stage: z.string().nullish(),
  localization_scope: z.string().nullish(),
  upload_collection: z.string().nullish(),
});
type Permission = z.infer<typeof Permission>;

const permissions = z.array(Permission).catch([]);

const Me = z.object({
  data: z.object({
    type: z.string(),
    attributes: z.object({ hardcoded_type: z.string().nullish() }).catch({}),
  }),
  included: z.array(z.unknown()).catch([]),
});

const Role = z.object({
  type: z.literal("role"),
  meta: z.object({
    final_permissions: z.object({
      can_manage_upload_collections: z.boolean().catch(false),
      positive_item_type_permissions: permissions,
      negative_item_type_permissions: permissions,
      positive_upload_permissions: permissions,
      negative_upload_permissions: permissions,
    }),
  }),
});

const READS = ["all", "read"];
const EVERYTHING: Sight = { kind: "everything" };

/**
 * @param me the document of `/users/me?include=role`
 * @param environmentId each permission is for one environment
 */
export function sightOf(me: Json, environmentId: string): Sight {
  const caller = Me.safeParse(me).data;
  if (caller === undefined) return { kind: "unknown" };
  const { type, attributes } = caller.data;
  if (["account", "organization"].includes(type) || attributes.hardcoded_type === "admin") return EVERYTHING;
  if (attributes.hardcoded_type === "readonly") return restricted(["upload collections"]);
  const role = caller.included.flatMap((each) => Role.safeParse(each).data ?? [])[0];
  if (role === undefined) return { kind: "unknown" };
  const may = role.meta.final_permissions;
  const here = (list: readonly Permission[]) =>
    list.filter(({ environment }) => environment === environmentId);
  const hidden = [
    ...(seesAll(here(may.positive_item_type_permissions), here(may.negative_item_type_permissions))
      ? []
      : ["records"]),
    ...(seesAll(here(may.positive_upload_permissions), here(may.negative_upload_permissions))
      ? []
      : ["uploads"]),
    ...(may.can_manage_upload_collections ? [] : ["upload collections"]),
  ];
  return hidden.length === 0 ? EVERYTHING : restricted(hidden);
}

function restricted(hidden: readonly string[]): Sight {
  return { kind: "restricted", hidden };
}

function seesAll(positive: readonly Permission[], negative: readonly Permission[]): boolean {
  return positive.some(isUnlimited) && !negative.some(({ action }) => READS.includes(action));
}

function isUnlimited({ action, ...limits }: Permission): boolean {
  const { item_type, workflow, on_stage, on_creator, localization_scope, upload_collection } = limits;
  return (
    READS.includes(action) &&
    [item_type, workflow, on_stage, upload_collection].every((limit) => limit == null) &&
    (on_creator ?? "anyone") === "anyone" &&
    (localization_scope ?? "all") === "all"
  );
}
