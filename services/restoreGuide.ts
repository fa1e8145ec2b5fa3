import {
  type Failure,
  failed,
  PRIMARY_NOT_FOUND,
  type Result,
  succeeded,
  valueIn,
} from "../utils/failures.ts";
import {
  environmentIsPrimary,
  environmentNotFound,
  environmentNotReady,
  type Refusal,
} from "../utils/refusals.ts";
import { Catalog } from "./catalog/catalog.ts";
import { type BackupContext, connect } from "./context.ts";
import { withoutRetries } from "./datocms/budget.ts";
import { type ClientOptions, createClient } from "./datocms/client.ts";
import { contentsOf, type Totals } from "./datocms/contents.ts";
import type { Environment } from "./datocms/environments.ts";
import { pluginSettingsOf } from "./datocms/pluginSettings.ts";
import { sitesOf } from "./datocms/site.ts";
import { type Guide, guideOf, type Step } from "./restore/guide.ts";

export type { Guide, Step };

/**
 * Tells how the project gets back to one of its environments, with the ids of today. Eight reads, in two
 * rounds side by side; writes nothing. What it can do without (names, totals, plugin) is tried once.
 */
export async function readRestoreGuide(
  context: BackupContext,
  environmentId: string,
): Promise<Result<Guide, Failure | Refusal>> {
  const dato = connect(context);
  const list = await dato.environments.list();
  if (!list.ok) return list;
  const catalog = new Catalog(list.value, context.project.policy);
  const { primary } = catalog;
  if (primary === undefined) return failed(PRIMARY_NOT_FOUND);
  // A list may leave out what is being made.
  const known = catalog.find(environmentId);
  const found = known === undefined ? await dato.environments.find(environmentId) : succeeded(known);
  if (!found.ok) return found;
  const restorable = restorableOf(found.value, environmentId, catalog);
  if (!restorable.ok) return restorable;
  const source = restorable.value;

  const options = { ...dato.options, budget: withoutRetries(dato.budget) };
  const contents = contentsOf(options);
  const [site, primaryPlugin, sourcePlugin, sourceTotals, primaryTotals] = await Promise.all([
    sitesOf(createClient(options), options.budget).find(),
    dato.plugin.findIfOffered(),
    pluginIn(options, source.id),
    contents.totals(source.id),
    contents.totals(primary.id),
  ]);
  return succeeded(
    guideOf({
      now: context.clock.now(),
      listed: catalog.environments,
      source,
      primary,
      site: valueIn(site),
      sourcePlugin,
      primaryPlugin,
      sourceTotals: totalsIn(sourceTotals),
      primaryTotals: totalsIn(primaryTotals),
    }),
  );
}

function restorableOf(
  found: Environment | undefined,
  environmentId: string,
  { backups }: Catalog,
): Result<Environment, Refusal> {
  if (found === undefined)
    return failed(
      environmentNotFound(
        environmentId,
        backups.map(({ id }) => id),
      ),
    );
  if (found.primary) return failed(environmentIsPrimary(environmentId));
  if (found.status !== "ready") return failed(environmentNotReady(environmentId, found.status));
  return succeeded(found);
}

function pluginIn(options: ClientOptions, environment: string) {
  return pluginSettingsOf(createClient({ ...options, environment }), options.budget).findIfOffered();
}

function totalsIn(read: Result<Totals | "withheld" | undefined>): Totals | undefined {
  const totals = valueIn(read);
  return totals === "withheld" ? undefined : totals;
}
