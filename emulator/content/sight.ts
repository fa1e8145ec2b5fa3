import type { ContentCall } from "./edit.ts";

/** What a role does not see: lists leave it out without a word (facts 3). */
export type Hidden = {
  /** Models whose records are hidden, by id. */
  readonly models: readonly string[];
  readonly uploads: boolean;
};

export const nothingHidden: Hidden = { models: [], uploads: false };

/** @returns whether the calling role sees records of a model; the admin token sees all */
export function mayReadModel({ state }: ContentCall, modelId: string): boolean {
  const { role, hidden } = state.settings;
  return role === "admin" || !hidden.models.includes(modelId);
}

export function mayReadUploads({ state }: ContentCall): boolean {
  const { role, hidden } = state.settings;
  return role === "admin" || !hidden.uploads;
}
