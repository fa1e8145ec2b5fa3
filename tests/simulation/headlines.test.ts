import { describe, expect, it } from "vitest";
import { atNoon, BOTH, report, type Variables } from "./checkSupport.ts";
import { at, copyOf, openWorld, TOKEN, type World } from "./support.ts";

const ROOMY = { plan: { sandboxLimit: 8 } } as const;

const check = (world: World, variables: Variables = {}) =>
  report(world, { variables: { ...BOTH, ...variables } });

/** The day after the weekly copy's, whatever the slots are: nothing of weekly is due. */
async function withBackups(options: Parameters<typeof openWorld>[0] = ROOMY): Promise<World> {
  return atNoon(options);
}

function hung(world: World, cadence: string, day: number): string {
  const id = copyOf(cadence, day);
  world.project.user.fork(null, id, { createdAt: at(day, 1), ready: false });
  return id;
}

interface State {
  readonly state: string;
  readonly world: () => Promise<World>;
  readonly variables?: Variables;
  readonly verdict: "ok" | "warn" | "fail";
  readonly summary: RegExp;
}

const MINUTE = String.raw`2026-03-\d\d \d\d:\d\d UTC`;
const AGAIN = `the next will be made at ${MINUTE}`;

const STATES: readonly State[] = [
  {
    state: "all is well",
    world: withBackups,
    verdict: "ok",
    summary: /^Backups will be made\.$/,
  },
  {
    state: "nobody is told",
    world: withBackups,
    variables: { ALERT_SLACK_WEBHOOK_URL: "" },
    verdict: "warn",
    summary: /^Backups will be made\. One thing to look at below\.$/,
  },
  {
    state: "failures are not told",
    world: withBackups,
    variables: { ALERT_ON_FAILURE: "off" },
    verdict: "warn",
    summary: /^Backups will be made\. One thing to look at below\.$/,
  },
  {
    state: "nothing has been made yet",
    world: () => openWorld(ROOMY),
    verdict: "ok",
    summary: /^Backups will be made\.$/,
  },
  {
    state: "daily is days late",
    world: async () => {
      const world = await withBackups();
      await world.goTo(9, 22);
      return world;
    },
    variables: { BACKUP_CADENCES: "daily" },
    verdict: "warn",
    summary: new RegExp(
      `^The daily backup is [89] days late: the last is of 2026-03-02 01:00 UTC, and one has been missing since ${MINUTE}; ${AGAIN}\\.$`,
    ),
  },
  {
    state: "daily is late, and only something else could call",
    world: async () => {
      const world = await withBackups();
      await world.goTo(9, 22);
      return world;
    },
    variables: { BACKUP_CADENCES: "daily", BACKUP_CRON: "off" },
    verdict: "warn",
    summary:
      /^The daily backup is [89] days late: .*; none will be made by the host's cron\. One more thing /,
  },
  {
    state: "a fork hangs beside a good backup",
    world: async () => {
      const world = await withBackups({ ...ROOMY, forkMs: 1e12 });
      hung(world, "monthly", 0);
      return world;
    },
    verdict: "warn",
    summary:
      /^DatoCMS does not finish the fork of backup-plugin-monthly-2026-03-02 \(begun 2026-03-02 01:00 UTC\)/,
  },
  {
    state: "forks hang and nothing is left",
    world: async () => {
      const world = await openWorld({ ...ROOMY, forkMs: 1e12 });
      for (const day of [0, 1, 2]) hung(world, "daily", day);
      await world.goTo(2, 22);
      return world;
    },
    variables: { BACKUP_CADENCES: "daily" },
    verdict: "fail",
    summary: new RegExp(
      `^There is no daily backup to return to, and one has been due since ${MINUTE}; ${AGAIN}\\. DatoCMS does not finish the fork of ${copyOf("daily", 2)} .* and ${copyOf("daily", 0)} .*\\. One more thing `,
    ),
  },
  {
    state: "forks hang and take the last places",
    world: async () => {
      const world = await openWorld({ plan: { sandboxLimit: 2 }, forkMs: 1e12 });
      world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
      hung(world, "daily", 1);
      await world.goTo(1, 23);
      return world;
    },
    variables: { BACKUP_CADENCES: "daily" },
    verdict: "fail",
    summary:
      /^Backups will NOT be made: The plan allows 2 sandbox environments and 2 are taken: there is no room for a new backup\. DatoCMS does not finish the fork of /,
  },
  {
    state: "every daily backup is gone",
    world: async () => {
      const world = await openWorld(ROOMY);
      world.project.user.fork(null, copyOf("weekly", 0), { createdAt: at(0, 1), ready: true });
      await world.goTo(3, 23);
      return world;
    },
    variables: { BACKUP_CADENCES: "daily" },
    verdict: "fail",
    summary: new RegExp(
      `^There is no daily backup to return to, and one has been due since ${MINUTE}; ${AGAIN}\\.$`,
    ),
  },
  {
    state: "nothing was made of a saved schedule",
    world: async () => {
      const backupSchedule = {
        version: 1,
        enabledCadences: ["daily"],
        timezone: "UTC",
        anchorLocalDate: "2026-03-02",
        updatedAt: "2026-03-02T00:00:00.000Z",
      };
      const world = await openWorld({ ...ROOMY, plugin: { parameters: { backupSchedule } } });
      await world.goTo(4, 12);
      return world;
    },
    verdict: "fail",
    summary: new RegExp(
      `^There is no daily backup to return to, and one has been due since ${MINUTE}; ${AGAIN}\\.$`,
    ),
  },
  {
    state: "the plan has one place, and daily has it",
    world: async () => {
      const world = await openWorld({ plan: { sandboxLimit: 1 } });
      world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
      return world;
    },
    verdict: "fail",
    summary:
      /^The plan allows one sandbox environment and one is taken: daily backups will be made, and weekly ones have no room\.$/,
  },
  {
    state: "the plan has one place, and nothing is made yet",
    world: () => openWorld({ plan: { sandboxLimit: 1 } }),
    verdict: "fail",
    summary: /: daily backups will be made, and weekly ones have no room\.$/,
  },
  {
    state: "somebody else has the only place",
    world: async () => {
      const world = await openWorld({ plan: { sandboxLimit: 1 } });
      world.project.user.fork(null, "staging", { ready: true });
      return world;
    },
    verdict: "fail",
    summary:
      /^Backups will NOT be made: The plan allows one sandbox environment and one is taken: there is no room /,
  },
  {
    state: "somebody worked in the only backup",
    world: async () => {
      const world = await openWorld(ROOMY);
      world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
      await world.goTo(0, 12);
      world.project.user.edit(copyOf("daily", 0), { items: 7 });
      return world;
    },
    variables: { BACKUP_CADENCES: "daily" },
    verdict: "warn",
    summary:
      /^One backup exists, but somebody worked in it \(on 2026-03-02\)\. 2 more things to look at below\.$/,
  },
  {
    state: "the host's cron is off",
    world: withBackups,
    variables: { BACKUP_CRON: "off" },
    verdict: "warn",
    summary:
      /^Backups will be made only if something calls \/api\/jobs\/scheduled-backups, because BACKUP_CRON is off\. 2 more things /,
  },
  {
    state: "the scheduler is disconnected",
    world: () =>
      withBackups({
        ...ROOMY,
        plugin: { parameters: { schedulerDisconnect: { disconnectedAt: "2026-03-01T10:00:00.000Z" } } },
      }),
    verdict: "fail",
    summary:
      /^Backups will NOT be made: Scheduled runs have been disconnected since 2026-03-01T10:00:00.000Z\.$/,
  },
  {
    state: "the scheduler is paused",
    world: withBackups,
    variables: { BACKUP_SCHEDULER: "off" },
    verdict: "fail",
    summary: /^Backups will NOT be made: BACKUP_SCHEDULER=off pauses every scheduled run\.$/,
  },
  {
    state: "there is no token",
    world: withBackups,
    variables: { DATOCMS_FULLACCESS_API_TOKEN: "" },
    verdict: "fail",
    summary: /^Backups will NOT be made: There is no API token\.$/,
  },
  {
    state: "DatoCMS does not tell what the plan allows",
    world: () => withBackups({ plan: { limitsEndpoint: "404" } }),
    verdict: "warn",
    summary: /^Backups will be made, as far as DatoCMS tells\. One thing to look at below\.$/,
  },
];

describe("the first sentence is the worst there is, and true, where", () => {
  it.each(STATES)("$state", async ({ world, variables, verdict, summary }) => {
    const found = await check(await world(), variables);
    expect(found.summary).toMatch(summary);
    expect(found.verdict).toBe(verdict);
  });
});

describe("what is said of one moment", () => {
  const sentenceOf = (lines: readonly { code: string; sentence: string }[], code: string) =>
    lines.find((each) => each.code === code)?.sentence;

  it("two backups within an hour are one point in time", async () => {
    const world = await openWorld(ROOMY);
    world.project.user.fork(null, copyOf("daily", 0), { createdAt: at(0, 1), ready: true });
    world.project.user.fork(null, copyOf("weekly", 0), { createdAt: at(0, 1) + 30 * 60_000, ready: true });
    await world.goTo(0, 5);
    const { lines } = await check(world);
    expect(sentenceOf(lines, "COVERAGE")).toMatch(/^You can return to 1 point in time; it is 4 hours old\.$/);
  });

  it("that nobody is told is a warning that says what it means", async () => {
    const { lines } = await check(await withBackups(), { ALERT_SLACK_WEBHOOK_URL: "" });
    expect(lines).toContainEqual({
      level: "warn",
      code: "ALERTS_OFF",
      sentence: "No alerts are set up: nobody will learn of a failure.",
      advice: expect.stringContaining("ALERT_"),
    });
  });

  it("a token is never part of it", async () => {
    const { lines, summary } = await check(await withBackups());
    expect(JSON.stringify([lines, summary])).not.toContain(TOKEN);
  });
});
