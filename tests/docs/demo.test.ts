import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { beforeAll, describe, expect, it } from "vitest";
import { demo, startDemo, textOf } from "./support.ts";
import { oldWordsIn } from "./words.ts";

describe("the demo", () => {
  let code: number | null;
  let output: string;
  let lines: string[];
  beforeAll(async () => {
    ({ code, output } = await demo("--once", "--port", "0"));
    lines = output.trimEnd().split("\n");
  }, 90_000);

  it("ends without an error, and without serving on", () => {
    expect(code).toBe(0);
    expect(output).not.toContain("export URL=");
  });

  it("fits a terminal of 80 columns and 48 lines", () => {
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(48);
  });

  it("answers an owner's questions in their order", () => {
    const steps = lines.filter((line) => /^\d\. /.test(line));
    expect(steps).toEqual([
      "1. You turn the service on: it makes the first backups",
      "2. Three nights pass: an old backup is removed when the new one is complete",
      "3. Somebody deletes most of the records: the guard keeps the old backup",
      "4. A night fails: DatoCMS drops the backup halfway",
      "5. What can I get back?",
      "6. And if the project is deleted? An archive lies outside of DatoCMS",
    ]);
  });

  it("tells of each backup in one line", () => {
    expect(
      lines.filter((line) => /^ {3}\w{3} \d\d:\d\d {2}[✔✘]/.test(line)).map((line) => line.trim()),
    ).toEqual([
      "Mon 09:00  ✔ made daily 2 March and weekly 2 March",
      "Mon 11:35  ✔ made monthly 2 March",
      "Tue 04:05  ✔ made daily 3 March; removed daily 2 March",
      "Wed 04:05  ✔ made daily 4 March; removed daily 3 March",
      "Thu 04:05  ✔ made daily 5 March; removed daily 4 March",
      "Fri 04:05  ✔ made daily 6 March",
      "Fri 11:35  ✔ made weekly 6 March; removed weekly 2 March",
      "Sat 04:05  ✘ no daily backup; these are safe:",
      "Sat 05:05  ✔ made daily 7 March; removed daily 5 March and daily 6 March",
      "Sat 05:05  ✔ archived 120 records, 15 uploads and their files",
    ]);
    expect(output).toContain("daily 5 March has 120 records\n");
    expect(output).toContain("daily 6 March has 45 records\n");
  });

  it("shows both alerts, and what can be got back", () => {
    const [, failed = "", recovered = ""] = output.split("The alert in your channel:");
    expect(failed).toMatch(/^\n {3}\| The daily backup failed\n {3}\| /);
    expect(recovered).toMatch(/^\n {3}\| The daily backup has recovered\n {3}\| /);
    expect(output.split("5. What can I get back?")[1]?.replace(/\s+/g, " ")).toMatch(
      /^ You can return to 3 points in time; .* Mon 11:35 monthly 2 March 120 records backup-plugin-monthly-2026-03-02 Fri 11:35 weekly 6 March .* Sat 05:05 daily 7 March /,
    );
  });

  it("makes an archive, and shows the command that reads it", () => {
    const [, command = ""] = /^ {3}(tar xOf (\S+) README\.txt)$/m.exec(output) ?? [];
    const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", command], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Demo project \(DatoCMS project \d+\)\n/);
    expect(stdout).toContain("holds        120 records, 15 uploads");
  });

  it("has no old words but those of the alerts", () => {
    const ours = lines.filter((line) => !line.startsWith("   | ")).join("\n");
    // A sentence may go over two lines.
    expect(oldWordsIn(ours.replace(/(?<=\S)\n(?=\S)/g, " "))).toEqual([]);
  });

  it("has no JSON, no colours and no line that is rewritten where no terminal is", () => {
    for (const text of ["{", "\u001b", "\r", "█"]) expect(output).not.toContain(text);
  });

  it("prints what the README shows of it", () => {
    const excerpts = [...textOf("README.md").matchAll(/```text\n(.*?)```/gs)].map(([, text = ""]) => text);
    expect(excerpts).not.toHaveLength(0);
    for (const excerpt of excerpts) expect(output).toContain(excerpt);
  });
});

describe("the demo with --verbose", () => {
  let code: number | null;
  let output: string;
  beforeAll(async () => {
    ({ code, output } = await demo("--once", "--verbose", "--port", "0"));
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
  it.each([
    ["--bogus", "Unknown option '--bogus'"],
    ["extra", "Unexpected argument 'extra'"],
    ["--port", "Option '--port <value>' argument missing"],
    ["--port=http", "--port must be a whole number from 0 to 65535, not 'http'"],
  ])("refuses %s in one line", async (flag, sentence) => {
    expect(await demo(flag)).toEqual({ code: 2, output: `${sentence}. See: npm run demo -- --help\n` });
  });

  it("says in one line that the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : undefined;
    expect(await demo("--port", String(port))).toEqual({
      code: 1,
      output: `Port ${port} is in use. Give another one with --port.\n`,
    });
    other.close();
  });

  it("serves at the port that was asked for, and ends with how to go on in 80 columns", async () => {
    const running = await startDemo();
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const [, farewell = ""] = running.output().split("The demo goes on");
    for (const line of farewell.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const link = /^http:\/\/127\.0\.0\.1:\d+\/sign-in\/\S+$/m.exec(farewell)?.[0] ?? "";
    const first = await fetch(link, { redirect: "manual" });
    expect([first.status, first.headers.get("location")]).toEqual([303, "/"]);
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const page = await fetch(`${running.url}/`, { headers: { accept: "text/html", cookie } });
    expect(await page.text()).toMatch(/<h1>.*backed up/i);
    expect((await fetch(link, { redirect: "manual" })).status).toBe(404);
    expect(await running.interrupt()).toEqual({ code: 0 });
  }, 90_000);
});
