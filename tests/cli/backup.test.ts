import { beforeEach, describe, expect, test } from "vitest";
import { copyOf } from "../simulation/support.ts";
import { openTerminal, type Terminal, tooWide, unwrapped, writesTo } from "./support.ts";

const DAILY = copyOf("daily", 0);
const WEEKLY = copyOf("weekly", 0);
/** Takes the line of a terminal away. */
const ERASED = "\r\x1b[2K";
const MINUTE_MS = 60_000;

let terminal: Terminal;
const open = async (forkMs: number, options: Parameters<typeof openTerminal>[0] = {}) => {
  terminal = await openTerminal(options);
  terminal.world.project.settings.forkMs = forkMs;
  await terminal.world.goTo(0, 9);
};
beforeEach(() => open(5_000));

const forks = () => writesTo(terminal.world).filter((write) => write.endsWith("/fork"));

describe("backup", () => {
  test("makes a daily one where no kind is named", async () => {
    const { exit, out, err } = await terminal.run("backup");
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`^✔ ${DAILY} is ready \\(\\d+ s\\)\\n$`));
    expect(err).toMatch(/^daily: \d+ %, \d+ s\n/);
    expect(terminal.world.ready()).toEqual([DAILY]);
  });

  test("makes each kind once, whatever the case and the order", async () => {
    const { exit, document } = await terminal.json("backup Weekly daily weekly");
    expect(exit).toBe(0);
    expect(document).toMatchObject({
      ok: true,
      results: [
        { scope: "weekly", state: "ready", createdEnvironmentId: WEEKLY },
        { scope: "daily", state: "ready", createdEnvironmentId: DAILY },
      ],
    });
    expect(forks()).toHaveLength(2);
  });

  test("takes the place of today's, and says so", async () => {
    await terminal.run("backup");
    const { exit, out } = await terminal.run("backup daily");
    expect(exit).toBe(0);
    expect(out).toMatch(/ is ready \(\d+ s\); removed: the one of before\n$/);
    expect(terminal.world.ready()).toEqual([DAILY]);
  });

  test("removes what the new one replaces, and names it", async () => {
    await terminal.run("backup");
    await terminal.world.goTo(1, 9);
    const { out } = await terminal.run("backup");
    expect(unwrapped(out)).toMatch(new RegExp(`; removed: ${DAILY}$`));
    expect(terminal.world.ready()).toEqual([copyOf("daily", 1)]);
  });

  test("shows how far its own kind is, whatever else DatoCMS is making", async () => {
    terminal.world.project.settings.forkMs = 60 * MINUTE_MS;
    terminal.world.project.user.fork(null, copyOf("biweekly", 0));
    terminal.world.project.settings.forkMs = 20_000;
    const { exit, err } = await terminal.run("backup weekly");
    expect(exit).toBe(0);
    expect(err).toMatch(/^weekly: \d %, 0 s\nweekly: [5-9]\d %, 10 s\n/);
  });

  test("says nothing but the result with --quiet", async () => {
    const { err } = await terminal.run("backup --quiet");
    expect(err).toBe("");
  });

  test("shows a bar that goes away on a terminal, and no colours with NO_COLOR or --no-color", async () => {
    const shown = await terminal.run("backup", { isTerminal: true });
    expect(shown.err.replaceAll(ERASED, "\n")).toMatch(/^\ndaily {2}█+░+ {3}\d+ % {2}\d s\ndaily {2}█/);
    expect(shown.err.endsWith(ERASED)).toBe(true);
    expect(shown.out).toContain("\x1b[32m✔\x1b[39m");
    const plain = await terminal.run("backup --no-color", { isTerminal: true });
    const asked = await terminal.run("backup", { isTerminal: true, environment: { NO_COLOR: "1" } });
    for (const { out } of [plain, asked]) expect(out).not.toContain("\x1b");
  });
});

describe("a fork that takes half an hour", () => {
  beforeEach(() => open(30 * MINUTE_MS));

  test("is left to DatoCMS after half a minute", async () => {
    const { exit, out } = await terminal.run("backup");
    expect(exit).toBe(0);
    expect(unwrapped(out)).toBe(
      `${DAILY} is being made (1 %). DatoCMS goes on with it; the same command with --wait waits until it is complete.`,
    );
    expect(tooWide(out)).toEqual([]);
    expect(terminal.world.ready()).toEqual([]);
  });

  test("is waited for with --wait, with a line every ten seconds", async () => {
    const began = terminal.world.clock.now();
    const { exit, out, err } = await terminal.run("backup --wait");
    expect(exit).toBe(0);
    expect(out).toMatch(/^✔ .* is ready \(18\d\d s\)\n$/);
    expect(terminal.world.clock.now() - began).toBeGreaterThan(30 * MINUTE_MS);
    expect(terminal.world.ready()).toEqual([DAILY]);
    expect(err.split("\n").length).toBeGreaterThan(50);
    expect(err.split("\n").length).toBeLessThan(200);
  });

  test("is left by Ctrl-C, and the same command goes on without another fork", async () => {
    const stopped = await terminal.run("backup daily weekly --wait", { interruptAfterMs: 5 * MINUTE_MS });
    expect(stopped.exit).toBe(130);
    expect(stopped.out).toContain(`${DAILY} is being made (16 %)`);
    expect(stopped.out).toContain("✘ weekly: not begun\nInterrupted. The same command goes on.\n");
    const { exit, out } = await terminal.run("backup daily --wait");
    expect(exit).toBe(0);
    expect(out).toContain(`✔ ${DAILY} is ready`);
    expect(forks()).toHaveLength(1);
  });

  test("tells JSON readers what was interrupted", async () => {
    const { exit, document } = await terminal.json("backup daily weekly", { interruptAfterMs: 2_000 });
    expect(exit).toBe(130);
    expect(document).toMatchObject({
      ok: false,
      interrupted: true,
      results: [
        { scope: "daily", state: "creating" },
        { scope: "weekly", state: "not begun" },
      ],
    });
  });
});

describe("what is refused", () => {
  test("has exit status 1, its sentence and its code", async () => {
    await open(5_000, { plan: { sandboxLimit: 1 } });
    terminal.world.project.user.fork(null, "somebody-elses", { ready: true });
    const { exit, out } = await terminal.run("backup");
    expect(exit).toBe(1);
    expect(out).toMatch(/^✘ daily: The DatoCMS plan has no room for another environment;/);
    expect(tooWide(out)).toEqual([]);
    const { document } = await terminal.json("backup");
    expect(document).toMatchObject({
      ok: false,
      results: [{ scope: "daily", state: "failed", error: { code: "ENVIRONMENT_LIMIT_REACHED" } }],
    });
    expect(forks()).toEqual([]);
  });

  test("on a full plan a backup of before stays, which is not what was asked for, unless forced", async () => {
    await open(5_000, { plan: { sandboxLimit: 1 } });
    expect((await terminal.run("backup")).exit).toBe(0);
    const { exit, out } = await terminal.run("backup");
    expect(exit).toBe(1);
    expect(out).toContain(`✘ ${DAILY} is the one that was there; no new one was made.`);
    expect((await terminal.run("backup --force")).exit).toBe(0);
    expect(terminal.world.ready()).toEqual([DAILY]);
  });

  test("one kind in part: the other one is made", async () => {
    await open(5_000, { plan: { sandboxLimit: 1 } });
    const { exit, document } = await terminal.json("backup daily weekly");
    expect(exit).toBe(1);
    expect(document).toMatchObject({ ok: false, results: [{ state: "ready" }, { state: "failed" }] });
    expect(terminal.world.ready()).toEqual([DAILY]);
  });

  test.each([
    ["no token", { DATOCMS_FULLACCESS_API_TOKEN: "" }, 2, "MISSING_API_TOKEN"],
    ["a wrong setting", { BACKUP_KEEP_DAILY: "0" }, 2, "INVALID_CONFIGURATION"],
    [
      "a token that DatoCMS refuses",
      { DATOCMS_FULLACCESS_API_TOKEN: "another-token" },
      1,
      "INVALID_API_TOKEN",
    ],
  ])("%s", async (_, environment, status, code) => {
    const { exit, document } = await terminal.json("backup", { environment });
    expect(exit).toBe(status);
    expect(JSON.stringify(document)).toContain(`"code":"${code}"`);
    expect(JSON.stringify(document)).not.toContain("redeploy");
    expect(writesTo(terminal.world)).toEqual([]);
  });
});
