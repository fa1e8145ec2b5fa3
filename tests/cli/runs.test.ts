import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { emptyContent } from "../../emulator/content/seed.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { openTerminal, tooWide } from "./support.ts";

const Runs = z.object({ runs: z.array(z.object({ id: z.string(), kind: z.string() })) });

let folder: string;
beforeEach(async () => {
  folder = await scratchFolder("runs-");
});
afterEach(() => rm(folder, { recursive: true }));

/** Somebody who has made an archive and verified it. */
async function terminalWithRuns() {
  const terminal = await openTerminal({ content: emptyContent, rateLimit: null });
  const environment = { BACKUP_STORE: `file://${folder}` };
  const json = (line: string) => terminal.json(line, { environment });
  await json("archive create");
  await terminal.world.clock.run(() => terminal.world.clock.sleep(1_000));
  await json("archive verify latest");
  return { json, run: (line: string) => terminal.run(line, { environment }) };
}

describe("runs", () => {
  test("lists what ran, the newest first, and shows each", async () => {
    const { json, run } = await terminalWithRuns();
    const { exit, document } = await json("runs");
    expect(exit).toBe(0);
    const { runs } = Runs.parse(document);
    expect(runs.map(({ kind }) => kind)).toEqual(["verify", "archive"]);
    const shown = runs.map(({ id }) => json(`runs show ${id}`));
    expect(await Promise.all(shown)).toMatchObject([
      { exit: 0, document: { run: { kind: "verify", verify: { level: "full", problems: 0 } } } },
      { exit: 0, document: { run: { kind: "archive", archive: { environmentId: "main", gone: false } } } },
    ]);
    for (const line of ["runs", `runs show ${runs[0]?.id}`, `runs show ${runs[1]?.id}`]) {
      const { out } = await run(line);
      expect(out).toContain("archive");
      expect(tooWide(out)).toEqual([]);
    }
  });

  test("chooses by kind, status, day and count", async () => {
    const { json } = await terminalWithRuns();
    const kinds = async (flags: string) =>
      Runs.parse((await json(`runs ${flags}`)).document).runs.map(({ kind }) => kind);
    expect(await kinds("--kind archive")).toEqual(["archive"]);
    expect(await kinds("--status failed")).toEqual([]);
    expect(await kinds("--limit 1")).toEqual(["verify"]);
    expect(await kinds("--since 2099-01-01")).toEqual([]);
  });

  test.each([
    ["--kind archiv", "Did you mean 'archive'?"],
    ["--status broken", "It is one of done,"],
    ["--since yesterday", "2026-03-02"],
    ["--limit 0", "from 1 to 500"],
    ["--limit 501", "from 1 to 500"],
  ])("refuses %s", async (flags, sentence) => {
    const { json } = await openTerminal();
    expect(await json(`runs ${flags}`)).toMatchObject({
      exit: 2,
      document: { error: { message: expect.stringContaining(sentence) } },
    });
  });

  test("without a store, and with an id that none has, says so", async () => {
    const { json } = await terminalWithRuns();
    expect(await json("runs show run_1")).toMatchObject({
      exit: 1,
      document: { error: { code: "RUN_NOT_FOUND" } },
    });
    const { json: without } = await openTerminal();
    expect(await without("runs")).toMatchObject({ exit: 2, document: { error: { code: "NO_STORE" } } });
  });
});
