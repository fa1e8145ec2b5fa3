/** Why a record that a restore has written stays as somebody else has made it. */
export const CHANGED_SINCE = {
  code: "CHANGED_SINCE",
  sentence: "Somebody has changed the record since it was restored, so it was left alone.",
} as const;
