import { failureIn } from "../../utils/errors.ts";
import type { Allowance } from "../datocms/allowance.ts";
import { type ClientOptions, createClient } from "../datocms/client.ts";
import { environmentsOf } from "../datocms/environments.ts";
import { pluginSettingsOf } from "../datocms/pluginSettings.ts";
import { callerOf } from "../datocms/role.ts";
import type { ProjectFacts, Reading } from "./facts.ts";

/** Project, role, environments, two about the plan, plugin: all side by side. */
export const READS = 6;

/**
 * Asks DatoCMS all that a check wants to know: six reads in one round trip, each tried once, nothing written.
 * What cannot be read is told, not thrown.
 *
 * @param allowance room for `READS` calls
 */
export async function readProject(
  connection: Omit<ClientOptions, "allowance">,
  allowance: Allowance,
): Promise<ProjectFacts> {
  const client = createClient({ ...connection, allowance });
  const oneTry = withoutRetries(allowance);
  const environments = environmentsOf(client, oneTry);
  const caller = callerOf(client, oneTry);
  const [name, rights, listed, room, plugin] = await Promise.all([
    reading(caller.projectName()),
    reading(caller.rights()),
    reading(environments.list()),
    environments.planRoom(),
    reading(pluginSettingsOf(client, oneTry).find()),
  ]);
  return { name, rights, environments: listed, room, plugin };
}

/** Whoever asks sees at once what failed and can ask again; so nothing is waited for. */
function withoutRetries(allowance: Allowance): Allowance {
  return { ...allowance, timeLeft: () => 0, patienceLeft: () => 0 };
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
