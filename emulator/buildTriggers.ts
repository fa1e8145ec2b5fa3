export type BuildTriggerSeed = { id?: string; name?: string; enabled?: boolean };

export type BuildTrigger = {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** When it was triggered, milliseconds since 1970, oldest first. */
  readonly triggeredAt: number[];
};

/** @param number the how-manieth of its project this is, for its id and name */
export function buildTrigger(seed: BuildTriggerSeed, number: number): BuildTrigger {
  return { id: String(1_821 + number), name: `Build ${number}`, enabled: true, ...seed, triggeredAt: [] };
}

/** @returns the JSON:API resource of a build trigger; builds of a custom one end when they begin */
export function buildTriggerDocument({ id, name, enabled, triggeredAt }: BuildTrigger): object {
  const last = triggeredAt.at(-1);
  return {
    id,
    type: "build_trigger",
    attributes: {
      name,
      enabled,
      adapter: "custom",
      adapter_settings: { trigger_url: "https://builds.example/trigger", headers: {}, payload: {} },
      last_build_completed_at: last === undefined ? null : new Date(last).toISOString(),
      build_status: last === undefined ? "unstarted" : "success",
      webhook_url: "https://webhooks.example/deploy-results",
      indexing_status: "unstarted",
      indexing_enabled: false,
      frontend_url: null,
      autotrigger_on_scheduled_publications: false,
    },
  };
}
