import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { createBackupService, projectFrom } from "../../services/backupService.ts";
import { jobsOf } from "../../services/jobs/jobs.ts";
import { openOffsiteStore } from "../../services/offsiteStore.ts";
import { createOthersWork } from "../../services/othersWork.ts";
import { slotsFor } from "../../services/schedule/slots.ts";
import { systemClock } from "../../utils/clock.ts";
import { silentLogger } from "../../utils/logger.ts";
import { TOKEN } from "../emulator/support.ts";
import { damages } from "./damages.ts";
import { frozen } from "./frozen.ts";
import { type Restores, restoresOf, restoresOnDisk, valueFrom } from "./service.ts";
import { nastySite, type Site } from "./support.ts";

/** What a restore reads or writes is left alone by the server that uses the same store. */

const HOUR_MS = 60 * 60_000;
const OLD = "backup-plugin-daily-2026-02-28";
const record = { kind: "record", id: nastyIds.deletable } as const;

async function damaged() {
  const site = nastySite();
  const restores = await restoresOnDisk(site);
  await site.clock.run(async () => {
    await restores.archive("main");
    await site.client.environments.fork("main", { id: OLD }, { immediate_return: true });
    await site.clock.sleep(60_000);
    await damages.referredDeleted.inflict(site.editor());
  });
  return { site, restores };
}

/** Somebody's command that stands still in the middle of its writing. */
async function restoring({ site, restores }: Awaited<ReturnType<typeof damaged>>) {
  const still = frozen(site);
  const more = { clock: still.clock };
  const { service } = await restoresOf(site, still.fetch, restores.folder, more);
  return { still, service };
}

/** The service of a server that has the same store. */
async function server({ clock, emulator }: Site, { folder }: Restores) {
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, BACKUP_STORE: `file://${folder}/store` };
  const { fetch } = emulator;
  const store = valueFrom(await openOffsiteStore({ variables, directory: folder, fetch, clock }));
  const open = async () => ({ ok: true, value: { jobs: jobsOf(store, clock) } }) as const;
  // Files are read in real time.
  const looking = { ...clock, now: () => clock.now(), sleep: systemClock.sleep };
  const invocation = {
    ...{ clock, fetch, isCron: true, logger: silentLogger, maxCalls: 100 },
    ...({ cronFrequency: "hourly", deadline: clock.monotonic() + HOUR_MS } as const),
    othersWork: createOthersWork({ clock: looking }, { open }, () => []),
  };
  return createBackupService(invocation, valueFrom(projectFrom(variables)));
}

describe("what a restore reads", () => {
  it("stays while it is open, where it is a backup that a newer one replaces", async () => {
    const begun = await damaged();
    const { site, restores } = begun;
    const { still, service } = await restoring(begun);
    const request = restores.request({
      source: { kind: "environment", id: OLD },
      into: { kind: "existing", id: "main" },
      wishes: { mode: "add", only: [record] },
    });
    const backup = async () =>
      valueFrom(
        await (await server(site, restores)).backup({
          ...{ cadence: "daily", forced: false, by: "holder", trigger: "hand" },
        }),
      );
    await site.clock.run(async () => {
      const applying = service.apply(request);
      await still.reached;
      await backup();
      await site.clock.sleep(60_000);
      expect(site.project.environment(OLD)).toMatchObject({ status: "ready" });
      still.go();
      expect(valueFrom(await applying).refused).toEqual([]);
      await backup();
      await site.clock.sleep(60_000);
    });
    expect(site.project.environment(OLD)).toBeUndefined();
  });

  it("stays while it is open, where it is an archive that no rule keeps", async () => {
    const begun = await damaged();
    const { site, restores } = begun;
    const variables = {
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      BACKUP_STORE: `file://${restores.folder}/store`,
      BACKUP_ARCHIVE_KEEP: "daily:1",
    };
    const { archives } = await restoresOf(site, site.emulator.fetch, restores.folder, { variables });
    const { still, service } = await restoring(begun);
    const request = restores.request({
      into: { kind: "existing", id: "main" },
      wishes: { mode: "add", only: [record] },
    });
    const prune = async () =>
      valueFrom(await (await archives()).prune({ isDryRun: false, isForced: false })).deleted;
    await site.clock.run(async () => {
      const [first] = valueFrom(await (await archives()).list());
      const applying = service.apply(request);
      await still.reached;
      await restores.archive("main");
      expect(await prune()).toEqual([]);
      still.go();
      valueFrom(await applying);
      expect(await prune()).toEqual([first?.id]);
    });
  });
});

describe("a scheduled backup", () => {
  it("waits for a restore that writes to the primary, two hours at most", async () => {
    const begun = await damaged();
    const { site, restores } = begun;
    const { still, service } = await restoring(begun);
    const request = restores.request({
      into: { kind: "existing", id: "main" },
      wishes: { mode: "add", only: [record] },
    });
    const { hour } = (await slotsFor(TOKEN)).daily;
    const tick = async () => valueFrom(await (await server(site, restores)).tick("daily", "cron"));
    const made = () => site.project.environments().filter(({ id }) => /daily-2026-03-02/.test(id));
    await site.clock.run(async () => {
      const next = Date.UTC(2026, 2, 2, hour, 5);
      await site.clock.sleep(next - site.clock.now());
      const applying = service.apply(request);
      await still.reached;
      expect(await tick()).toMatchObject({ kind: "skipped", because: "restore_under_way" });
      expect(made()).toEqual([]);
      await site.clock.sleep(2 * HOUR_MS);
      expect(await tick()).toMatchObject({ kind: "ran" });
      expect(made()).toHaveLength(1);
      still.go();
      await applying;
    });
  });
});
