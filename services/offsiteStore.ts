import { failed, type Result } from "../utils/failures.ts";
import type { Variables } from "../utils/variables.ts";
import { type ArchiveFailure, NO_STORE } from "./archive/failures.ts";
import { openStore, type StoreHost } from "./stores/open.ts";
import { readStoreSettings } from "./stores/settings.ts";
import type { Store } from "./stores/store.ts";

/** Where a deployment's settings are read, and what they are relative to. */
export interface OffsiteStoreHost extends StoreHost {
  readonly variables: Variables;
  /** The folder that a relative address of a store starts from. */
  readonly directory: string;
}

/** Whether a store is set, if only wrongly. Nothing is opened. */
export function isStoreSet({ variables, directory }: Pick<OffsiteStoreHost, "variables" | "directory">) {
  const settings = readStoreSettings(variables, directory);
  return !settings.ok || settings.value !== undefined;
}

/**
 * Opens the store of a deployment: the one place where that is done.
 *
 * @returns `NO_STORE` where none is set, or why it cannot be used
 */
export async function openOffsiteStore(host: OffsiteStoreHost): Promise<Result<Store, ArchiveFailure>> {
  const settings = readStoreSettings(host.variables, host.directory);
  if (!settings.ok) return settings;
  return settings.value === undefined ? failed(NO_STORE) : openStore(settings.value, host);
}
