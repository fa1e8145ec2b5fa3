import type { Manifest } from "./manifest.ts";

/** What an archive's parts have to do with each other, for people. */
export const CONSISTENCY: Readonly<Record<Manifest["consistency"], string>> = {
  "frozen-fork": "one moment",
  fork: "of a finished backup",
  "live-stable": "nobody edited meanwhile",
  "live-fuzzy": "somebody edited meanwhile",
};
