import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { putArchive } from "../archive/support.ts";
import { ALWAYS, Report } from "../simulation/checkSupport.ts";
import { at, copyOf } from "../simulation/support.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { openTerminal, type Terminal, tooWide, unwrapped, writesTo } from "./support.ts";

const SLACK = { ALERT_SLACK_WEBHOOK_URL: "https://slack.test/services/T0/B0/x" };
const WELL = { ...SLACK, DATOCMS_BACKUPS_SHARED_SECRET: "a-shared-secret-of-the-tests" };

let terminal: Terminal;
/** The evening of day one, with the backups of its first hour. */
beforeEach(async () => {
  terminal = await openTerminal({ plan: { sandboxLimit: 5 } });
  for (const cadence of ["daily", "weekly"])
    terminal.world.project.user.fork(null, copyOf(cadence, 0), { createdAt: at(0, 1), ready: true });
  await terminal.world.goTo(0, 23);
  terminal.world.emulator.clearRequests();
});

describe("check", () => {
  test("finds nothing wrong, and writes nothing", async () => {
    const folder = await scratchFolder("kept-");
    await putArchive(folder, new Date(at(0, 1)).toISOString());
    const environment = { ...WELL, BACKUP_STORE: `file://${folder}` };
    const { exit, out, err } = await terminal.run("check --strict", { environment });
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toMatch(/^ok {4}OFFSITE_READY {6}The last complete archive is of 2026-03-02 01:00 UTC:/m);
    // A store's own room for what is being written is empty.
    expect(await readdir(folder)).toEqual([".incoming", "archives"]);
    expect(await readdir(join(folder, ".incoming"))).toEqual([]);
    await rm(folder, { recursive: true });
    expect(out).toMatch(/^Backups will be made\.\n\nok {4}TOKEN_ACCEPTED {2}/);
    expect(tooWide(out)).toEqual([]);
    expect(writesTo(terminal.world)).toEqual([]);
  });

  test("answers as GET /api/check does", async () => {
    const { document } = await terminal.json("check", { environment: WELL });
    const { lines, ...rest } = Report.parse(document);
    expect(rest).toMatchObject({ ok: true, verdict: "warn" });
    expect(lines.filter(({ level }) => level !== "ok").map(({ code }) => code)).toEqual(["NO_OFFSITE"]);
  });

  test("warnings are an exit status with --strict alone, and are followed by what to do", async () => {
    const environment = { ...WELL, BACKUP_KEEP_DAYLY: "3" };
    const { exit, out } = await terminal.run("check", { environment });
    expect(exit).toBe(0);
    expect(out).toMatch(/^warn {2}UNKNOWN_SETTING {4}BACKUP_KEEP_DAYLY is not a setting\. Did you mean$/m);
    expect(out).toMatch(/^ +→ Rename or remove it\.$/m);
    const strict = await terminal.json("check --strict", { environment });
    expect(strict).toMatchObject({ exit: 1, document: { ok: false, verdict: "warn" } });
  });

  test.each([
    ["no token", { DATOCMS_FULLACCESS_API_TOKEN: "" }],
    ["a wrong setting", { BACKUP_CADENCES: "hourly" }],
  ])("%s is a finding", async (_, environment) => {
    const { exit, document } = await terminal.json("check", { environment: { ...WELL, ...environment } });
    expect({ exit, document }).toMatchObject({ exit: 1, document: { ok: false, verdict: "fail" } });
  });
});

describe("status", () => {
  test("says in a few lines that all is well", async () => {
    const { exit, out } = await terminal.run("status", {
      environment: { ...WELL, ALERT_PROJECT_NAME: "Acme shop", BACKUP_KEEP_DAILY: "7" },
    });
    expect(exit).toBe(0);
    const [headline, last, daily, ...others] = out.trimEnd().split("\n");
    expect(headline).toBe("✔ Acme shop: everything is backed up");
    expect(last).toMatch(
      /^ {2}last backup {2}22 hours ago \(today 01:00 UTC\) {6}next {2}tomorrow \d\d:05 UTC$/,
    );
    expect(daily).toMatch(/^ {2}daily {12}✔ today 01:00 {7}keeps 7 {3}next tomorrow \d\d:05$/);
    expect(others.join("\n")).toContain("alerts: slack");
    expect(tooWide(out)).toEqual([]);
    expect(writesTo(terminal.world)).toEqual([]);
  });

  test("gives scripts the same in one document", async () => {
    const { exit, document } = await terminal.json("status", { environment: WELL });
    expect(exit).toBe(0);
    expect(document).toMatchObject({
      ok: true,
      state: "ok",
      headline: "Everything is backed up",
      cadences: {
        daily: {
          enabled: true,
          state: "ready",
          keep: 1,
          backups: 1,
          lastBackupAt: "2026-03-02T01:00:00.000Z",
        },
        monthly: { enabled: false, lastBackupAt: null },
      },
      coverage: { points: 1 },
      alerts: ["slack"],
    });
  });

  test("a late backup is exit status 1", async () => {
    await terminal.world.goTo(4, 0);
    const { exit, out } = await terminal.run("status", { environment: WELL });
    expect(exit).toBe(1);
    expect(out).toMatch(/^✘ The daily backup is \d+ (?:hours|days) late\n/);
    expect((await terminal.json("status")).document).toMatchObject({ ok: false, state: "late" });
  });

  test("so is a pause", async () => {
    const { exit, out } = await terminal.run("status", { environment: { BACKUP_SCHEDULER: "off" } });
    expect(exit).toBe(1);
    expect(out).toMatch(/^✘ Paused by BACKUP_SCHEDULER: nothing is backed up by schedule\n/);
  });

  test("so is a fork that hangs", async () => {
    const { project } = terminal.world;
    project.settings.forkMs = 100 * 60 * 60 * 1_000;
    project.user.fork(null, copyOf("daily", 1));
    await terminal.world.goTo(1, 12);
    const { exit, out } = await terminal.run("status", { environment: WELL });
    expect(exit).toBe(1);
    expect(out).toContain(`✘ DatoCMS does not finish ${copyOf("daily", 1)}\n`);
  });

  test.each([
    ["running", "Backing up now: daily"],
    ["empty", "No backup yet"],
  ])("%s is none", async (state, headline) => {
    terminal = await openTerminal();
    if (state === "running") {
      terminal.world.project.settings.forkMs = 3_600_000;
      terminal.world.project.user.fork(null, copyOf("daily", 0));
    }
    const { exit, document } = await terminal.json("status");
    expect({ exit, document }).toMatchObject({ exit: 0, document: { ok: true, state, headline } });
  });

  test("DatoCMS that does not answer is exit status 1, in one sentence", async () => {
    terminal.world.project.faults.add({ ...ALWAYS, effect: { kind: "status", status: 503 } });
    const { exit, out, err } = await terminal.run("status");
    expect({ exit, out }).toEqual({ exit: 1, out: "" });
    expect(err).toMatch(/^DatoCMS gives no usable answer at the moment\. .*\n$/);
  });
});

test("Ctrl-C ends what only looks at once, in one document where JSON is asked for", async () => {
  terminal.world.project.settings.latencyMs = 60_000;
  const { exit, document } = await terminal.json("list", { interruptAfterMs: 1_000 });
  expect({ exit, document }).toMatchObject({
    exit: 130,
    document: { ok: false, error: { code: "INTERRUPTED" } },
  });
});

describe("list", () => {
  beforeEach(async () => {
    const { user } = terminal.world.project;
    user.fork(null, copyOf("daily", 1), { createdAt: at(1, 1), ready: true });
    user.fork(null, copyOf("monthly", 1), { createdAt: at(1, 2), ready: true });
    user.fork(null, "not-a-backup", { ready: true });
    await terminal.world.goTo(1, 12);
  });
  const ids = async (line: string) => {
    const { document } = await terminal.json(line);
    const { backups, ...rest } = document as { backups: { environmentId: string }[] };
    return { ids: backups.map(({ environmentId }) => environmentId), rest };
  };

  test("shows the newest first, in 80 columns", async () => {
    const { exit, out, err } = await terminal.run("list");
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    const [titles, newest] = out.split("\n");
    expect(titles).toMatch(/^BACKUP +MADE \(UTC\) +STATE +RECORDS +FILES$/);
    expect(newest).toMatch(new RegExp(`^${copyOf("monthly", 1)} +2026-03-03 02:00 +ready +\\d+ +\\d+$`));
    expect(unwrapped(out)).toMatch(/ 4 backups\. You can return to 3 points in time;/);
    expect(tooWide(out)).toEqual([]);
    expect(writesTo(terminal.world)).toEqual([]);
  });

  test.each([
    ["list", ["monthly 1", "daily 1", "weekly 0", "daily 0"]],
    ["list --cadence daily", ["daily 1", "daily 0"]],
    ["list --since 2026-03-03", ["monthly 1", "daily 1"]],
    ["list --cadence MONTHLY --since 2026-03-03", ["monthly 1"]],
    ["list --cadence biweekly", []],
  ])("%s", async (line, wanted) => {
    const found = await ids(line);
    expect(found.ids).toEqual(
      wanted.map((each) => copyOf(each.split(" ")[0] ?? "", Number(each.split(" ")[1]))),
    );
    expect(found.rest).toMatchObject({ ok: true, total: 4, filtered: wanted.length });
  });

  test("leaves out columns where names are long, and says what else there is of a backup", async () => {
    const { user, settings } = terminal.world.project;
    user.fork(null, `${copyOf("biweekly", 0)}-superseded-010000000`, { createdAt: at(0, 1), ready: true });
    settings.forkMs = 3_600_000;
    user.fork(null, copyOf("biweekly", 1));
    const { out } = await terminal.run("list");
    expect(out).toMatch(/^BACKUP +STATE$/m);
    expect(out).toMatch(new RegExp(`^${copyOf("biweekly", 1)} .* being made, \\d+ %$`, "m"));
    expect(tooWide(out)).toEqual([]);
  });
});
