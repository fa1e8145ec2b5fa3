import type { Config } from "../../utils/config.ts";
import { mapped, type Result, succeeded, valueIn } from "../../utils/failures.ts";
import { guardedIn, shrinkGuardFor } from "../backup/shrinkGuard.ts";
import { Catalog } from "../catalog/catalog.ts";
import { type Budget, withoutRetries } from "../datocms/budget.ts";
import { type ClientOptions, createClient } from "../datocms/client.ts";
import { type Contents, contentsOf, type Totals } from "../datocms/contents.ts";
import { environmentsOf } from "../datocms/environments.ts";
import { pluginSettingsOf } from "../datocms/pluginSettings.ts";
import { callerOf } from "../datocms/role.ts";
import { sitesOf } from "../datocms/site.ts";
import type { ProjectFacts } from "./facts.ts";

/** Project, role, environments, two about the plan, plugin: all side by side; then counts of what copies hold. */
export const READS = 15;

/**
 * Asks DatoCMS all that a check wants to know: six reads in one round trip, then four to count what the primary
 * and the newest copy hold, and four for each copy beyond the count, of which there are mostly none. Each is tried once, and
 * nothing is written. What cannot be read is told, not thrown.
 *
 * @param config undefined where the settings are wrong: then no copies are compared
 * @param budget room for `READS` calls
 */
export async function readProject(
  connection: Omit<ClientOptions, "budget">,
  config: Config | undefined,
  budget: Budget,
): Promise<ProjectFacts> {
  const oneTry = withoutRetries(budget);
  const options = { ...connection, budget };
  const client = createClient(options);
  const environments = environmentsOf(client, oneTry);
  const [site, rights, listed, room, plugin] = await Promise.all([
    sitesOf(client, oneTry).find(),
    callerOf(client, oneTry).rights(),
    environments.list().then((list) => mapped(list, (listed) => new Catalog(listed, config ?? HOLDS_NONE))),
    environments.planRoom(),
    pluginSettingsOf(client, oneTry).find(),
  ]);
  const content = await readContent(contentsOf(options, oneTry), listed, config, budget);
  return { site, rights, environments: listed, room, plugin, ...content };
}

/** Where the settings are wrong nothing is said of what is held. */
const HOLDS_NONE = { holdDays: 0 };

async function readContent(
  contents: Contents,
  listed: Result<Catalog>,
  config: Config | undefined,
  budget: Budget,
): Promise<Pick<ProjectFacts, "totals" | "shrunk">> {
  const primary = valueIn(listed)?.primary;
  if (!listed.ok || primary === undefined || config?.shrinkLimit === undefined)
    return { totals: succeeded("withheld"), shrunk: [] };
  const [newest] = listed.value.restorePoints;
  // A role's rights to records go by environment: to see the primary's is not to see the backups'.
  const samples = [primary, ...(newest === undefined ? [] : [newest.environment])];
  const counts = await Promise.all(samples.map(({ id }) => contents.totals(id)));
  const guard = shrinkGuardFor(contents, config.shrinkLimit, budget);
  return { totals: visibleTotals(counts), shrunk: await guardedIn(listed.value, config, guard) };
}

/** The first one's; withheld where one of them is. */
function visibleTotals(
  counts: readonly Result<Totals | "withheld" | undefined>[],
): Result<Totals | "withheld"> {
  const all: (Totals | "withheld" | undefined)[] = [];
  for (const each of counts) {
    if (!each.ok) return each;
    all.push(each.value);
  }
  return succeeded(all.includes("withheld") ? "withheld" : (all[0] ?? "withheld"));
}
