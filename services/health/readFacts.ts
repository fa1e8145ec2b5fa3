import type { Config } from "../../utils/config.ts";
import { failureIn } from "../../utils/errors.ts";
import { type Allowance, withoutPatience } from "../datocms/allowance.ts";
import { type ClientOptions, createClient } from "../datocms/client.ts";
import { type Contents, contentsOf, type Totals } from "../datocms/contents.ts";
import { type Environment, environmentsOf } from "../datocms/environments.ts";
import { pluginSettingsOf } from "../datocms/pluginSettings.ts";
import { callerOf } from "../datocms/role.ts";
import { sitesOf } from "../datocms/site.ts";
import { brakeFor, shrunkIn } from "../rotation/brake.ts";
import { backupsIn } from "../rotation/held.ts";
import type { ProjectFacts, Reading } from "./facts.ts";

/** Project, role, environments, two about the plan, plugin: all side by side; then counts of what copies hold. */
export const READS = 15;

/**
 * Asks DatoCMS all that a check wants to know: six reads in one round trip, then four to count what the primary
 * and the newest copy hold, and four for each copy beyond the count, of which there are mostly none. Each is tried once, and
 * nothing is written. What cannot be read is told, not thrown.
 *
 * @param config undefined where the settings are wrong: then no copies are compared
 * @param allowance room for `READS` calls
 */
export async function readProject(
  connection: Omit<ClientOptions, "allowance">,
  config: Config | undefined,
  allowance: Allowance,
): Promise<ProjectFacts> {
  const oneTry = withoutPatience(allowance);
  const options = { ...connection, allowance };
  const client = createClient(options);
  const environments = environmentsOf(client, oneTry);
  const [site, rights, listed, room, plugin] = await Promise.all([
    reading(sitesOf(client, oneTry).find()),
    reading(callerOf(client, oneTry).rights()),
    reading(environments.list()),
    environments.planRoom(),
    reading(pluginSettingsOf(client, oneTry).find()),
  ]);
  const content = await readContent(contentsOf(options, oneTry), listed, config);
  return { site, rights, environments: listed, room, plugin, ...content };
}

async function readContent(
  contents: Contents,
  listed: Reading<readonly Environment[]>,
  config: Config | undefined,
): Promise<Pick<ProjectFacts, "totals" | "shrunk">> {
  const primary = listed.kind === "read" ? listed.value.find((each) => each.primary) : undefined;
  if (listed.kind === "unread" || primary === undefined || config?.shrinkLimit === undefined)
    return { totals: { kind: "read", value: "withheld" }, shrunk: [] };
  const [newest] = backupsIn(listed.value, config.holdDays).filter(
    ({ environment }) => environment.status === "ready",
  );
  // A role's rights to records go by environment: to see the primary's is not to see the copies'.
  const samples = [primary, ...(newest === undefined ? [] : [newest.environment])];
  const totals = await reading(
    Promise.all(samples.map(({ id }) => contents.totals(id))).then(
      (all) => all.find(isHidden) ?? all[0] ?? "withheld",
    ),
  );
  const brake = brakeFor(contents, config.shrinkLimit);
  return { totals, shrunk: await shrunkIn(listed.value, config, brake) };
}

function isHidden(totals: Totals | "withheld" | undefined): totals is "withheld" {
  return totals === "withheld";
}

async function reading<T>(request: Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: "read", value: await request };
  } catch (error) {
    const failure = failureIn(error);
    if (failure === undefined) throw error;
    return { kind: "unread", failure };
  }
}
