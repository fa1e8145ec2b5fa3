import type { EnvironmentStatus } from "./history.ts";
import type { Unknowns } from "./unknowns.ts";

/** What a plan may limit besides sandboxes, as its refusals name it. */
export const quotas = ["items", "item_types", "locales", "plugins", "uploadable_bytes"] as const;
export type Quota = (typeof quotas)[number];

export type Plan = {
  /** How much of each an environment with content may hold; what is not named has no limit. Default: none. */
  quotas?: Partial<Record<Quota, number>>;
  /** Sandboxes the plan allows; null: no limit. Default null. */
  sandboxLimit: number | null;
  /** `/subscription-limits` with the sandbox limit, without its code, or not there at all. Default "listed". */
  limitsEndpoint: "listed" | "absent-code" | "404";
  /** Sandboxes included "before additional charges may apply" (`/public-info`); null: not told. Default null. */
  overageThreshold: number | null;
  /** Whether `/public-info` is there. Default "200". */
  publicInfo: "200" | "404";
};

export const defaultPlan: Plan = {
  sandboxLimit: null,
  limitsEndpoint: "listed",
  overageThreshold: null,
  publicInfo: "200",
};

/** @returns how many of the environments count for the plan */
export function countSandboxes(
  environments: readonly { primary: boolean; status: EnvironmentStatus }[],
  unknowns: Unknowns,
): number {
  return environments.filter(({ primary, status }) => {
    if (primary) return false;
    if (status === "creating") return unknowns.creatingCountsForPlan;
    return status === "ready" || unknowns.destroyingCountsForPlan;
  }).length;
}

/**
 * @param usage sandboxes that count for the plan
 * @param usageOf how much of a quota is taken
 * @returns the document of `/subscription-limits`
 */
export function limitsDocument(plan: Plan, usage: number, usageOf: (quota: Quota) => number): object {
  const counted = quotas.flatMap((code) => {
    const limit = plan.quotas?.[code];
    return limit === undefined ? [] : [{ code, usage: usageOf(code), limit }];
  });
  const limits = [
    ...(plan.quotas?.locales === undefined ? [{ code: "locales", usage: 1, limit: 10 }] : []),
    { code: "users", usage: 1, limit: 10 },
    ...counted,
    ...(plan.limitsEndpoint === "listed"
      ? [{ code: "sandbox_environments", usage, limit: plan.sandboxLimit }]
      : []),
  ];
  return {
    data: limits.map((attributes) => ({ id: attributes.code, type: "subscription_limit", attributes })),
  };
}

/** @returns the document of `/public-info` */
export function publicInfoDocument(plan: Plan, siteId: string, name: string): object {
  const { overageThreshold } = plan;
  return {
    data: {
      id: siteId,
      type: "public_info",
      attributes: {
        name,
        sso_saml_init_url: null,
        logo_url: null,
        white_label: false,
        custom_i18n_messages_template_url: null,
        theme: { type: "monochromatic", hue: null },
        extras: {
          blocks_depth: 5,
          blocks_per_item: 500,
          maximum_single_upload_bytes: 1_073_741_824,
          overage_thresholds: overageThreshold === null ? {} : { environments: overageThreshold },
        },
      },
    },
  };
}
