import { afterAll, beforeAll, describe } from "vitest";
import { alerts } from "./checks/alerts.ts";
import { authentication, authenticationElsewhere } from "./checks/authentication.ts";
import { backupNow } from "./checks/backupNow.ts";
import { deploymentCheck } from "./checks/check.ts";
import { crossSite } from "./checks/crossSite.ts";
import { deadline } from "./checks/deadline.ts";
import { disconnecting } from "./checks/disconnect.ts";
import { failures, unknownToken } from "./checks/failures.ts";
import { guessing } from "./checks/guessing.ts";
import { hostileBodies } from "./checks/hostile.ts";
import { hostNames } from "./checks/hostNames.ts";
import { everyAnswer, http, methodsElsewhere } from "./checks/http.ts";
import { inventory } from "./checks/inventory.ts";
import { jobs } from "./checks/jobs.ts";
import { openContract } from "./checks/open.ts";
import { openapi } from "./checks/openapi.ts";
import { pluginUse } from "./checks/pluginUse.ts";
import { reading } from "./checks/reading.ts";
import { restoreGuide } from "./checks/restoreGuide.ts";
import { aliases, initialize, scheduledBackups } from "./checks/runs.ts";
import { savedSchedule } from "./checks/schedule.ts";
import { scheduledJobs } from "./checks/scheduleJobs.ts";
import { schedulers } from "./checks/scheduler.ts";
import { statusOfSchedule } from "./checks/scheduleStatus.ts";
import { moreSecrets, secrets } from "./checks/secrets.ts";
import { moreSettings, settings } from "./checks/settings.ts";
import { status } from "./checks/status.ts";
import { bodySizes, health, validation } from "./checks/validation.ts";
import { deploymentsOf } from "./deployments.ts";
import type { Host } from "./host.ts";
import { lanesOf } from "./lanes.ts";
import { TWO_ADDRESSES } from "./wire.ts";

/** Groups at a time. More would make servers wait for the processor, and what they measure with them. */
const LANES = 5;

type Group = (host: Host) => void;

/**
 * What a runtime could change on the way to the service and back, and whether backups need anything that it does not
 * keep from one call to the next. The longest come first: groups run side by side.
 */
const CALLS: readonly Group[] = [backupNow, http, authentication, health, bodySizes, aliases];

/**
 * The same, asked of runtimes that start a worker for each call, or a process for each function: at one address of each
 * kind, for the others have the same code behind them and `aliases` shows that they lead there.
 */
const FEWER_CALLS: readonly Group[] = [
  backupNow,
  (host) => http(host, TWO_ADDRESSES),
  (host) => authentication(host, TWO_ADDRESSES),
  health,
  bodySizes,
  aliases,
];

/** What the service makes of a project's state, of the time and of DatoCMS's answers. */
const RUNS: readonly Group[] = [
  failures,
  deadline,
  status,
  disconnecting,
  jobs,
  initialize,
  scheduledBackups,
  unknownToken,
];

/** More of the same kinds: every other address, and what the same code says to other bodies. */
const MORE_CALLS: readonly Group[] = [validation, authenticationElsewhere, methodsElsewhere];

/** Settings, which the service reads before anything else; each check is a deployment of its own. */
const SETTINGS: readonly Group[] = [secrets, openContract, settings];

/** The documented contract, which every host answers for. */
const DOCUMENTED: readonly Group[] = [...RUNS, ...CALLS, ...MORE_CALLS, ...SETTINGS];

/**
 * Beyond the documents, and different from host to host: how a call, its body and the caller's address reach the
 * service, who calls the jobs, what is deployed beside the code, and how requests leave.
 */
const OF_THE_HOST: readonly Group[] = [
  hostileBodies,
  crossSite,
  hostNames,
  guessing,
  scheduledJobs,
  schedulers,
  openapi,
  alerts,
];

/** Beyond the documents, and decided by code that every host has alike: asked once, in process. */
const OF_THE_SERVICE: readonly Group[] = [
  restoreGuide,
  inventory,
  pluginUse,
  savedSchedule,
  statusOfSchedule,
  deploymentCheck,
  reading,
  moreSecrets,
  moreSettings,
];

/**
 * Which groups are asked: all, in process; those of a host, where backups run; and of runtimes for development, which
 * start a process for each call or deployment, what they could change.
 */
const PARTS = {
  whole: [...OF_THE_SERVICE, ...OF_THE_HOST, ...DOCUMENTED],
  host: [...OF_THE_HOST, ...DOCUMENTED],
  development: FEWER_CALLS,
} as const satisfies Record<string, readonly Group[]>;

export type Part = keyof typeof PARTS;

/** Answers of each kind that a part brings at least: half of them, about. */
export function fewestAnswers(part: Part): number {
  return part === "development" ? 20 : 100;
}

/**
 * The contract, for one host: what the service answers to whom, and what it does to DatoCMS. Asks nothing of
 * the host but that requests reach the service and that the service reaches an emulator; where a host's ways
 * differ, its traits say so.
 */
export function contractSuite(host: Host, part: Part): void {
  describe(host.name, () => {
    let running: Promise<void> | undefined;
    beforeAll(() => {
      running = runLanes(host);
    });
    afterAll(async () => {
      await running;
      await deploymentsOf(host).close();
      await host.close();
    }, 60_000);
    defineGroups(host, part);
  });
}

/** What cannot be prepared, each deployment tells when it opens. */
async function runLanes(host: Host): Promise<void> {
  await host.prepare?.().catch(() => {});
  await lanesOf(host).run(host.lanes ?? LANES);
}

/** Every check of the part goes into the ledger, as this host would have it; none is run. */
export function listContract(host: Host, part: Part): void {
  defineGroups({ ...host, isOnlyListed: true }, part);
}

function defineGroups(host: Host, part: Part): void {
  for (const group of PARTS[part]) group(host);
  everyAnswer(host, fewestAnswers(part));
}
