import type { Config } from "../../utils/config.ts";

/** What a project's owner has decided about its backups: one value, handed on whole. */
export type Policy = Pick<Config, "keep" | "holdDays" | "shrinkLimit" | "rotation" | "forkMode"> & {
  /** Ids of environments that archives and restores read at the moment. */
  readonly inUse?: readonly string[] | undefined;
};
