import { failed, type Result } from "../utils/failures.ts";
import type { Variables } from "../utils/variables.ts";
import { type ArchiveFailure, NO_STORE } from "./archive/failures.ts";
import { createBudget } from "./datocms/budget.ts";
import { createClient } from "./datocms/client.ts";
import { projectIdOf } from "./datocms/projectId.ts";
import type { Project } from "./project.ts";
import { openStore, type StoreHost } from "./stores/open.ts";
import { claimRoot, type Root } from "./stores/root.ts";
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

/** DatoCMS is given so long to tell which project it is. */
const IDENTIFY_MS = 15_000;
const IDENTIFY_CALLS = 5;

/** Makes sure that a store is a project's, which only DatoCMS can tell; nothing else is to be written before. */
export async function claimStore(
  store: Store,
  { token, source }: Project,
  { fetch, clock }: StoreHost,
): Promise<Result<Root, ArchiveFailure>> {
  const budget = createBudget(clock, {
    deadline: clock.monotonic() + IDENTIFY_MS,
    maxCalls: IDENTIFY_CALLS,
  });
  const id = await projectIdOf(createClient({ token, baseUrl: source.baseUrl, fetch, budget }), budget);
  return id.ok ? claimRoot(store, id.value, clock.now()) : id;
}
