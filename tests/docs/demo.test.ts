import { beforeAll, describe, expect, it } from "vitest";
import { demo } from "./support.ts";

describe("the demo's story", () => {
  let code: number | null;
  let output: string;
  beforeAll(async () => {
    ({ code, output } = await demo("--once"));
  }, 90_000);

  it("ends without an error, and without serving on", () => {
    expect(code).toBe(0);
    expect(output).not.toContain("export URL=");
  });

  it("has every step", () => {
    const steps = [...output.matchAll(/^(\d)\. /gm)].map(([, number]) => number);
    expect(steps).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
    expect(output).toContain("Initialization completed successfully!");
    expect(output).toContain(
      "made backup-plugin-weekly-2026-03-06, then removed backup-plugin-weekly-2026-03-02",
    );
    expect(output).toContain('"reason": "NOT_DUE_IN_DISTRIBUTED_SLOT"');
  });

  it("shows the plugin's overview: before, with a missed month, and with its copy", () => {
    const overviews = output.split("The plugin's overview:").slice(1);
    const row = (overview: string | undefined, cadence: string) =>
      new RegExp(`^ +${cadence} +.*$`, "m")
        .exec(overview ?? "")?.[0]
        .trim()
        .split(/ {2,}/)
        .slice(1);
    expect(row(overviews[0], "daily")).toEqual([
      "-",
      "not yet created",
      "missing",
      "2026-03-02 09:05",
      "yes",
    ]);
    const missed = ["-", "not yet created", "missing", "2026-03-02 11:35", "yes"];
    expect(row(overviews[1], "monthly")).toEqual(missed);
    expect(output).toMatch(/^ +Mon 11:35 +monthly +made backup-plugin-monthly-2026-03-02 late$/m);
    const monthly = ["2026-03-02 11:35", "backup-plugin-monthly-2026-03-02", "yes", "2026-03-30 11:35", "no"];
    expect(row(overviews[2], "monthly")).toEqual(monthly);
    expect(row(overviews.at(-1), "biweekly")).toEqual(["-", "not yet created", "missing", "-", "no"]);
    const daily = ["2026-03-07 05:05", "backup-plugin-daily-2026-03-07", "yes", "2026-03-08 04:05", "no"];
    expect(row(overviews.at(-1), "daily")).toEqual(daily);
  });

  it("shows the old copy after the failed fork, and the new one in its place an hour later", () => {
    const afterFailure = output.split("failed: FORK_FAILED")[1] ?? "";
    const [tableThen = "", tableLater = ""] = afterFailure.split("an hour later");
    expect(tableThen).toMatch(/^ +backup-plugin-daily-2026-03-06 +ready/m);
    expect(tableThen).not.toContain("backup-plugin-daily-2026-03-07");
    expect(tableLater).toMatch(/^ +backup-plugin-daily-2026-03-07 +ready/m);
    expect(tableLater).not.toMatch(/^ +backup-plugin-daily-2026-03-06 /m);
  });

  it("tells the owner of the failure and of the recovery, and what can be returned to", () => {
    const [, told = "", later = ""] = output.split("The owner's webhook receives:");
    expect(told).toMatch(
      /^\s+backup\.failed: The daily backup failed\n\s+No daily backup could be made on 2026-03-07\./,
    );
    expect(later).toMatch(
      /^\s+backup\.recovered: The daily backup has recovered\n\s+The backup backup-plugin-daily-2026-03-07 /,
    );
    expect(output.match(/backup\.(?:failed|late|recovered)/g)).toHaveLength(2);
    expect(output).toMatch(/^\s+GET \/api\/backups: You can return to 3 points in time; the newest is /m);
  });

  it("uses no colours and rewrites no line where no terminal is", () => {
    expect(output).toContain("copying: ");
    for (const control of ["\u001b", "\r"]) expect(output).not.toContain(control);
  });
});

describe("the demo's flags", () => {
  it("explains itself with --help", async () => {
    const { code, output } = await demo("--help");
    expect(code).toBe(0);
    expect(output).toContain("--once");
    expect(output).not.toContain("1. ");
  });

  it.each(["--bogus", "extra"])("refuses %s and says what it takes", async (flag) => {
    const { code, output } = await demo(flag);
    expect(code).toBe(1);
    expect(output).toContain(`'${flag}'`);
    expect(output).toContain("--once");
  });
});
