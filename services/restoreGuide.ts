import { failureError, failureIn, ServiceError } from "../utils/errors.ts";
import { type BackupContext, connect } from "./context.ts";
import { withoutPatience } from "./datocms/allowance.ts";
import { type ClientOptions, createClient } from "./datocms/client.ts";
import { contentsOf, type Totals } from "./datocms/contents.ts";
import type { Environment } from "./datocms/environments.ts";
import { pluginSettingsOf } from "./datocms/pluginSettings.ts";
import { sitesOf } from "./datocms/site.ts";
import { type Guide, guideOf, type Step } from "./restore/guide.ts";
import { copiesIn } from "./rotation/names.ts";
import { NO_PRIMARY } from "./rotation/sentences.ts";

export type { Guide, Step };

/**
 * Tells how the project gets back to one of its environments, with the ids of today. Eight reads, in two
 * rounds side by side; writes nothing. What it can do without (names, totals, plugin) is tried once.
 *
 * @throws ServiceError 404 `ENVIRONMENT_NOT_FOUND`, 409 `ENVIRONMENT_NOT_READY` or `ENVIRONMENT_IS_PRIMARY`,
 * 500 when DatoCMS cannot be read
 */
export async function readRestoreGuide(context: BackupContext, environmentId: string): Promise<Guide> {
  const dato = connect(context);
  const listed = await dato.environments.list();
  const primary = listed.find((environment) => environment.primary);
  if (primary === undefined) throw failureError(NO_PRIMARY);
  // A list may leave out what is being made.
  const found =
    listed.find(({ id }) => id === environmentId) ?? (await dato.environments.find(environmentId));
  const source = restorable(found, environmentId, listed);

  const options = { ...dato.options, allowance: withoutPatience(dato.allowance) };
  const contents = contentsOf(options);
  const [site, primaryPlugin, sourcePlugin, sourceTotals, primaryTotals] = await Promise.all([
    ifRead(sitesOf(createClient(options), options.allowance).find()),
    dato.plugin.findIfOffered(),
    pluginIn(options, source.id),
    ifRead(contents.totals(source.id)),
    ifRead(contents.totals(primary.id)),
  ]);
  return guideOf({
    now: context.clock.now(),
    listed,
    source,
    primary,
    site,
    sourcePlugin,
    primaryPlugin,
    sourceTotals: known(sourceTotals),
    primaryTotals: known(primaryTotals),
  });
}

function restorable(
  found: Environment | undefined,
  environmentId: string,
  listed: readonly Environment[],
): Environment {
  if (found === undefined) {
    const copies = copiesIn(listed).map(({ environment }) => environment.id);
    const some =
      copies.length === 0 ? "There is no copy of this service's." : `Copies are: ${copies.join(", ")}.`;
    const sentence = `There is no environment ${environmentId}. ${some}`;
    throw new ServiceError("ENVIRONMENT_NOT_FOUND", 404, sentence, { environmentId, copies });
  }
  const { primary, status } = found;
  if (primary)
    throw new ServiceError(
      "ENVIRONMENT_IS_PRIMARY",
      409,
      `${environmentId} is the primary environment already. Name the one that is to take its place.`,
      { environmentId },
    );
  if (status !== "ready")
    throw new ServiceError(
      "ENVIRONMENT_NOT_READY",
      409,
      `${environmentId} is ${status}: only an environment that is ready can be promoted.`,
      { environmentId, status },
    );
  return found;
}

function pluginIn(options: ClientOptions, environment: string) {
  return pluginSettingsOf(createClient({ ...options, environment }), options.allowance).findIfOffered();
}

async function ifRead<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (failureIn(error) === undefined) throw error;
    return undefined;
  }
}

function known(totals: Totals | "withheld" | undefined): Totals | undefined {
  return totals === "withheld" ? undefined : totals;
}
