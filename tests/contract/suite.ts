import { afterAll, beforeAll, describe } from "vitest";
import { alerts } from "./checks/alerts.ts";
import { authentication, secrets } from "./checks/authentication.ts";
import { backupNow } from "./checks/backupNow.ts";
import { deploymentCheck } from "./checks/check.ts";
import { crossSite } from "./checks/crossSite.ts";
import { deadline } from "./checks/deadline.ts";
import { disconnecting } from "./checks/disconnect.ts";
import { failures } from "./checks/failures.ts";
import { guessing } from "./checks/guessing.ts";
import { hostileBodies } from "./checks/hostile.ts";
import { hostNames } from "./checks/hostNames.ts";
import { everyAnswer, http } from "./checks/http.ts";
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
import { settings } from "./checks/settings.ts";
import { status } from "./checks/status.ts";
import { bodySizes, health, validation } from "./checks/validation.ts";
import type { Host } from "./host.ts";
import { lanesOf } from "./lanes.ts";

/** Groups at a time. More would make servers wait for the processor, and what they measure with them. */
const LANES = 5;

type Group = (host: Host) => void;

/** The documented contract, which every runtime answers for. The longest come first: groups run side by side. */
const DOCUMENTED: readonly Group[] = [
  failures,
  deadline,
  health,
  validation,
  bodySizes,
  http,
  authentication,
  secrets,
  openContract,
  settings,
  status,
  backupNow,
  disconnecting,
  jobs,
  initialize,
  scheduledBackups,
  aliases,
];

/** What came beside it: the plugin as it is installed, and routes of our own. */
const BESIDE: readonly Group[] = [
  restoreGuide,
  inventory,
  pluginUse,
  savedSchedule,
  statusOfSchedule,
  scheduledJobs,
  schedulers,
  hostileBodies,
  alerts,
  deploymentCheck,
  openapi,
  guessing,
  reading,
  crossSite,
  hostNames,
];

/** Runtimes that start a process for each call are asked for the documented contract only. */
export type Part = "documented" | "whole";

/**
 * The contract, for one host: what the service answers to whom, and what it does to DatoCMS. Asks nothing of
 * the host but that requests reach the service and that the service reaches an emulator; where a host's ways
 * differ, its traits say so.
 */
export function contractSuite(host: Host, part: Part): void {
  describe(host.name, () => {
    let running: Promise<void> | undefined;
    beforeAll(() => {
      running = lanesOf(host).run(LANES);
    });
    afterAll(async () => {
      await running;
      await host.close();
    }, 60_000);
    for (const group of part === "whole" ? [...BESIDE, ...DOCUMENTED] : DOCUMENTED) group(host);
    everyAnswer(host);
  });
}
