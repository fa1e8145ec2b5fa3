import { describe, expect, test } from "vitest";
import type { ContentUnknowns } from "../../emulator/content/unknowns.ts";
import type { Damage } from "./damage.ts";
import { damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import type { Editor } from "./editor.ts";
import { avoidable, irreparable } from "./irreparable.ts";
import { nastySite, type Site } from "./support.ts";
import { everyPosition } from "./switches.ts";

const all: readonly [string, Damage][] = Object.entries(damages);

/** @returns the state before and after */
async function damagedBy({ inflict }: Damage, contentUnknowns: Partial<ContentUnknowns> = {}) {
  const { state, editor } = nastySite({ contentUnknowns });
  const before = state();
  await inflict(editor());
  return { before, after: state() };
}

describe("whatever is unknown, the damage is done:", () => {
  test.each(all)("%s", async (_name, damage) => {
    for (const unknowns of everyPosition()) {
      const { before, after } = await damagedBy(damage, unknowns);
      expect(differencesOf(before, after), JSON.stringify(unknowns)).not.toEqual([]);
    }
  });
});

test("the same damage leaves the same state", async () => {
  for (const [name, damage] of all) {
    const [one, other] = [await damagedBy(damage), await damagedBy(damage)];
    expect(differencesOf(one.after, other.after), name).toEqual([]);
  }
});

describe("an answer that is lost keeps no write from having its effect (facts 9, item 15):", () => {
  test.each(all)("%s", async (_name, damage) => {
    const site = nastySite();
    await damage.inflict(editorWithoutAnswers(site));
    expect(differencesOf((await damagedBy(damage)).after, site.state())).toEqual([]);
  });
});

/** Somebody who gets no answer to what changes something, and goes on. */
function editorWithoutAnswers({ editor, project }: Site): Editor {
  const { call, ...rest } = editor();
  return {
    ...rest,
    async call(method, path, body) {
      if (method === "GET" || path === "/upload-requests") return call(method, path, body);
      const fault = project.faults.add({ effect: { kind: "drop", when: "after" } });
      await expect(call(method, path, body)).rejects.toThrow("fetch failed");
      fault.remove();
      return null;
    },
  };
}

test("what no restore can put back is what the damage did", async () => {
  for (const [name, damage] of all) {
    const { before, after } = await damagedBy(damage);
    const found = differencesOf(before, after);
    const paths = new Map(Object.entries(irreparable)).get(name)?.paths ?? [];
    for (const beginning of paths.filter((path) => path !== "orders/"))
      expect(
        found.some(({ path }) => path.startsWith(beginning)),
        `${name}: ${beginning}`,
      ).toBe(true);
    expect(avoidable(name, found).length < found.length).toBe(paths.length > 0);
  }
});

test("every case of facts 10 that concerns restore has a damage", () => {
  const covered = new Set(all.flatMap(([, { cases }]) => cases));
  // Cases 1 and 3 are about reading, 20 about answers that get lost.
  const ofRestore = [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
  expect(ofRestore.filter((number) => !covered.has(number))).toEqual([]);
});
