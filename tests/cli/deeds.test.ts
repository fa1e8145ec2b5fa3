import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { at, copyOf } from "../simulation/support.ts";
import { openTerminal, type Terminal, tooWide, unwrapped, writesTo } from "./support.ts";

const [OLD, NEW] = [copyOf("daily", 0), copyOf("daily", 1)];

let terminal: Terminal;

beforeEach(async () => {
  terminal = await openTerminal({ plan: { sandboxLimit: 2 } });
  terminal.world.project.user.fork(null, OLD, { createdAt: at(0, 1), ready: true });
  terminal.world.project.user.fork(null, NEW, { createdAt: at(1, 1), ready: true });
  await terminal.world.goTo(1, 12);
});

describe("keep", () => {
  test("renames a backup, and says what that takes", async () => {
    const { exit, out } = await terminal.run(`keep ${OLD} --name before-launch`);
    expect(exit).toBe(0);
    expect(unwrapped(out)).toBe(
      `✔ ${OLD} is kept as before-launch. No run removes it: its place in the plan stays taken until you delete it in DatoCMS. Of 2 places none is free now.`,
    );
    expect(tooWide(out)).toEqual([]);
    expect(terminal.world.ready()).toEqual(["before-launch", NEW]);
  });

  test.each([
    ["keep", 2, "Missing required argument"],
    [`keep ${OLD}`, 2, "Say what it is to be called"],
    [`keep ${OLD} --name Before`, 2, "is no name for a sandbox"],
    [`keep ${OLD} --name main`, 1, "There is an environment main already"],
    ["keep main --name other", 1, "main is not a backup of this service"],
    ["keep nothing --name other", 1, `Backups are: ${NEW}, ${OLD}.`],
  ])("%s is refused", async (line, exit, words) => {
    const ran = await terminal.run(line);
    expect(ran).toMatchObject({ exit, out: "" });
    expect(ran.err).toContain(words);
    expect(writesTo(terminal.world)).toEqual([]);
  });
});

describe("remove", () => {
  test("asks for the id, and removes the backup where it is typed", async () => {
    const { exit, out, err } = await terminal.run(`remove ${OLD}`, { types: ` ${OLD}\n` });
    expect({ exit, out }).toEqual({ exit: 0, out: `✔ ${OLD} is removed.\n` });
    expect(err).toBe(`This cannot be undone. Type ${OLD} to remove it: `);
    expect(terminal.world.ready()).toEqual([NEW]);
  });

  test("asks nobody where the line says it twice", async () => {
    const { exit, document } = await terminal.json(`remove ${OLD} --confirm ${OLD}`);
    expect({ exit, document }).toMatchObject({
      exit: 0,
      document: { ok: true, removed: { environmentId: OLD } },
    });
  });

  test.each([
    ["", 2, "Missing required argument", undefined],
    [OLD, 2, `Say it twice: remove ${OLD} --confirm ${OLD}`, undefined],
    [OLD, 1, "Nothing was removed", ""],
    [OLD, 1, "Nothing was removed", "y"],
    [`${OLD} --confirm ${NEW}`, 1, "Nothing was removed", OLD],
    [`${NEW} --confirm ${NEW}`, 1, "is the last backup that is sure to stay", undefined],
  ])("%s is refused with %i: %s", async (words, exit, sentence, types) => {
    const ran = await terminal.run(`remove ${words}`, types === undefined ? {} : { types });
    expect(ran).toMatchObject({ exit, out: "" });
    expect(ran.err).toContain(sentence);
    expect(writesTo(terminal.world)).toEqual([]);
  });
});

test("both end as a run of the history, where there is a store", async () => {
  const folder = await mkdtemp(join(tmpdir(), "deeds-"));
  const environment = { BACKUP_STORE: `file:${folder}` };
  await terminal.run(`remove ${OLD} --confirm ${OLD}`, { environment });
  await terminal.run(`keep ${NEW} --name q1`, { environment });
  const { document } = await terminal.json("runs", { environment });
  await rm(folder, { recursive: true });
  expect(document).toMatchObject({
    runs: [
      { kind: "keep", status: "done", trigger: "hand", cadences: ["daily"] },
      { kind: "remove", status: "done", trigger: "hand", cadences: ["daily"] },
    ],
  });
});
