import { CADENCES, type Config } from "../../utils/config.ts";
import { valueIn } from "../../utils/failures.ts";
import type { Site } from "../datocms/site.ts";
import type { Finding } from "../findings/finding.ts";
import { figuresOf } from "../recovery/figures.ts";
import { type Inventory, inventoryOf } from "../recovery/inventory.ts";
import { type Check, checkOf, type Deployment, readFacts } from "./check.ts";
import type { Facts } from "./facts.ts";
import { type Headline, headlineOf, type LastRun } from "./headline.ts";
import { readIn } from "./reading.ts";

/** A deployment and its project at a glance. */
export interface Overview {
  readonly headline: Headline;
  readonly check: Check;
  readonly site: Site | undefined;
  /** Undefined where the settings are wrong, or DatoCMS does not tell. */
  readonly inventory: Inventory | undefined;
  /** How many backups of each kind are kept; undefined where the settings are wrong. */
  readonly keep: Config["keep"] | undefined;
  /**
   * Until when, by schedule, the newest backup is there, ms since the epoch: the end of a UTC day. Undefined where nobody
   * can say.
   */
  readonly recoverableUntil: number | undefined;
}

/** Reads what a deployment and its project are like, in one look. Writes nothing, and does not fail. */
export async function readOverview(deployment: Deployment, runs: readonly LastRun[]): Promise<Overview> {
  return overviewOf(await readFacts(deployment), runs);
}

/** The same from facts. Pure. */
export function overviewOf(facts: Facts, runs: readonly LastRun[]): Overview {
  const check = checkOf(facts);
  const { findings } = check;
  const { config, project } = facts;
  const read = readIn(facts);
  const inventory =
    read && config.ok && project
      ? inventoryOf(read, figuresOf(read, config.value.catchUp, facts.cronFrequency), project.room)
      : undefined;
  const keep = valueIn(config)?.keep;
  return {
    headline: headlineOf({ findings, inventory, runs }),
    check,
    site: project && valueIn(project.site),
    inventory,
    keep,
    recoverableUntil: inventory && keep && recoverableUntil(inventory, keep, findings),
  };
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Below which a backup may be removed before newer ones of its own kind displace it. */
const ENOUGH_ROOM = ["ROOM_SUFFICIENT", "OVERAGE"];

/**
 * A backup goes when as many newer ones of its kind are there as are kept. What is deleted now is in the newest one of
 * each kind; the last of these to go counts, less the day on which it goes.
 */
function recoverableUntil(
  { cadences, scheduler }: Inventory,
  keep: Config["keep"],
  findings: readonly Finding[],
): number | undefined {
  const hasRoom = findings.some(({ code }) => ENOUGH_ROOM.includes(code));
  if (!scheduler.enabled || !hasRoom) return undefined;
  const ends = CADENCES.flatMap((cadence) => {
    const { enabled, newest, nextAt, expectedInterval } = cadences[cadence];
    if (!enabled || newest === undefined || nextAt === undefined) return [];
    return nextAt + (keep[cadence] - 1) * expectedInterval;
  });
  return ends.length === 0 ? undefined : Math.floor(Math.max(...ends) / DAY_MS) * DAY_MS - 1;
}
