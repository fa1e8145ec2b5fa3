import { byCadence, CADENCES, type Config } from "../../utils/config.ts";
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

/**
 * Reads what a deployment and its project are like, in one look. Writes nothing, and does not fail.
 *
 * @param runs the last run of each kind of backup, as far as runs are kept
 */
export async function readOverview(
  deployment: Deployment,
  runs: Promise<readonly LastRun[]>,
): Promise<Overview> {
  const [facts, last] = await Promise.all([readFacts(deployment), runs]);
  return overviewOf(facts, last);
}

/** The same from facts. Pure. */
function overviewOf(facts: Facts, runs: readonly LastRun[]): Overview {
  const check = checkOf(facts);
  const { findings } = check;
  const { config, project } = facts;
  const read = readIn(facts);
  const figures = read && config.ok ? figuresOf(read, config.value.catchUp, facts.cronFrequency) : undefined;
  // Nothing comes by itself where nothing calls.
  const cadences =
    figures && facts.cron.kind !== "ready"
      ? byCadence((cadence) => ({ ...figures[cadence], nextAt: undefined }))
      : figures;
  const inventory = read && cadences && project && inventoryOf(read, cadences, project.room);
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
/** February has so many, and the next month's backup displaces this one's. */
const LEAST_MONTH_MS = 28 * DAY_MS;
/** Below which a backup may be removed before newer ones of its own kind displace it. */
const ENOUGH_ROOM = ["ROOM_SUFFICIENT", "OVERAGE"];

/**
 * What is deleted today is in the newest backup of each kind that was taken before today (UTC). It goes when as many
 * newer ones of its kind are there as are kept. The last of these to go counts, less the day on which it goes.
 */
function recoverableUntil(
  { cadences, scheduler, now }: Inventory,
  keep: Config["keep"],
  findings: readonly Finding[],
): number | undefined {
  const hasRoom = findings.some(({ code }) => ENOUGH_ROOM.includes(code));
  if (!scheduler.enabled || !hasRoom) return undefined;
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const ends = CADENCES.flatMap((cadence) => {
    const { nextAt, restorePoints, timeliness, expectedInterval } = cadences[cadence];
    const newer = restorePoints.findIndex(({ takenAt }) => takenAt < today);
    const more = keep[cadence] - 1 - newer;
    if (timeliness?.kind !== "on time" || nextAt === undefined || newer < 0 || more < 0) return [];
    return nextAt + more * Math.min(expectedInterval, LEAST_MONTH_MS);
  });
  const until = Math.floor(Math.max(0, ...ends) / DAY_MS) * DAY_MS - 1;
  return until < now ? undefined : until;
}
