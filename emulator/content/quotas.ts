import { Refusal } from "../errors.ts";
import type { Quota } from "../plan.ts";
import type { ContentCall } from "./edit.ts";

type Counted = Pick<ContentCall, "content" | "environment">;

/** @returns how much of a quota an environment takes */
export function usageOf({ content, environment }: Counted, quota: Quota): number {
  switch (quota) {
    case "items":
      return content.items.size;
    case "item_types":
      return content.models.size;
    case "locales":
      return content.site.locales.length;
    case "plugins":
      return environment.plugins.length;
    case "uploadable_bytes":
      return [...content.uploads.rows()].reduce((sum, { file }) => sum + file.size, 0);
  }
}

/**
 * @param added what comes in, in the unit of the quota
 * @throws Refusal PLAN_UPGRADE_REQUIRED, which names the quota (facts 5.2, row 0)
 */
export function assertRoom(call: ContentCall, quota: Quota, added = 1): void {
  const limit = call.state.settings.plan.quotas?.[quota];
  if (limit === undefined || usageOf(call, quota) + added <= limit) return;
  throw new Refusal("PLAN_UPGRADE_REQUIRED", { limit: quota });
}
