import { describe, expect, test } from "vitest";
import { Block } from "../../emulator/content/records/item.ts";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { TOKEN } from "../emulator/support.ts";
import { damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { requestsOf } from "./judge.ts";
import { editItem } from "./requests.ts";
import { nastySite, type Site } from "./support.ts";
import { everyPair, positions } from "./switches.ts";

/** What a change past the API makes different. */
function differencesAfter(change: (site: Site) => void): { path: string; before: string; after: string }[] {
  const site = nastySite();
  const before = site.state();
  change(site);
  return differencesOf(before, site.state());
}

/** Replaces the current values of a record, and the published ones where they are the same. */
function rewrite({ project }: Site, id: string, values: (old: object) => object) {
  project.user.change("main", ({ content, mint }) => {
    const item = content.items.get(id);
    if (item === undefined) throw new Error("no such record");
    const current = {
      id: mint.version(),
      updatedAt: item.createdAt,
      values: { ...values(item.current.values) },
    };
    content.items.set({
      ...item,
      current,
      published: item.published === item.current ? current : item.published,
    });
  });
}

describe("the judge finds nothing", () => {
  test("between a project and its fork, whatever numbers the fork's versions have", () => {
    for (const forkVersionIds of ["kept", "new"] as const) {
      const { project, state } = nastySite({ contentUnknowns: { forkVersionIds } });
      project.user.fork(null, "copy", { ready: true });
      expect(differencesOf(state(), state("copy"))).toEqual([]);
    }
  });

  test("in what DatoCMS works out, nor in other forms of the same", () => {
    const found = differencesAfter((site) => {
      // A number that is the same, members in another order, and those left out that are null.
      rewrite(site, nastyIds.values, (old) => ({
        ...old,
        ratio: 1e21,
        starts_at: "2024-10-27T02:30:00+01:00",
      }));
      rewrite(site, furnitureIds.products.published, (old) => ({
        ...old,
        cover: {
          custom_data: { a: 1 },
          upload_id: furnitureIds.cover,
          alt: "Cover",
          focal_point: { y: 0.2, x: 0.1 },
        },
      }));
    });
    expect(found).toEqual([]);
  });

  test("in positions with gaps, as long as the order is the same", () => {
    const found = differencesAfter(({ project }) =>
      project.user.change("main", ({ content }) => {
        for (const item of content.items.rowsOf(nastyIds.models.row))
          content.items.set({ ...item, position: (item.position ?? 0) * 10 });
      }),
    );
    expect(found).toEqual([]);
  });
});

describe("the judge finds", () => {
  test("the last digit of a long number, and an empty text where there was null", () => {
    const found = differencesAfter((site) =>
      rewrite(site, nastyIds.values, (old) => ({ ...old, count: 9007199254740992 })),
    );
    expect(found.map(({ path }) => path)).toEqual([`records/${nastyIds.values}/current/count`]);
    const emptied = differencesAfter((site) =>
      rewrite(site, nastyIds.nulls, (old) => ({ ...old, kicker: "" })),
    );
    expect(emptied).toMatchObject([{ before: "null", after: '""' }]);
  });

  test("another word in a block", () => {
    const [here] = differencesAfter((site) =>
      rewrite(site, furnitureIds.products.published, (old) => ({
        ...old,
        hero: new Block(furnitureIds.blocks.hero, furnitureIds.models.card, { heading: "Other" }),
      })),
    );
    expect(here).toMatchObject({
      path: `records/${furnitureIds.products.published}/current/hero/values/heading`,
      before: '"A hero"',
      after: '"Other"',
    });
  });

  test("a member called __proto__", () => {
    const data = JSON.parse('{"__proto__": {"polluted": true}}');
    const found = differencesAfter((site) =>
      rewrite(site, nastyIds.urls, (old) => ({ ...old, files: [{ upload_id: "x", custom_data: data }] })),
    );
    expect(found.map(({ path }) => path)).toContain(
      `records/${nastyIds.urls}/current/files/0/custom_data/__proto__`,
    );
  });

  test("two equal bodies of which one is not published", async () => {
    const { state, editor } = nastySite();
    const before = state();
    await damages.editedAndBack.inflict(editor());
    expect(differencesOf(before, state())).toMatchObject([{ before: '"published"', after: '"updated"' }]);
  });

  test("siblings that changed places, and says which", async () => {
    const { state, editor } = nastySite();
    const before = state();
    await editItem(editor(), furnitureIds.products.draft, { position: 1 });
    expect(differencesOf(before, state())).toMatchObject([
      { path: `orders/records of ${furnitureIds.models.product}`, of: "order" },
    ]);
  });
});

test("requests that change an environment are told from those that read it or change another one", async () => {
  const { emulator, project, editor } = nastySite();
  project.user.fork(null, "copy", { ready: true });
  await editor().call("GET", "/site");
  await editItem(editor("copy"), nastyIds.updated, { kicker: "Edited" });
  expect(requestsOf(emulator, TOKEN, "main")).toEqual([]);
  expect(requestsOf(emulator, TOKEN, "copy")).toMatchObject([{ method: "PUT", status: 200 }]);
  await editor().call("POST", "/environments/main/fork?immediate_return=true", {
    data: { type: "environment", id: "other" },
  });
  expect(requestsOf(emulator, TOKEN, "main")).toMatchObject([{ operation: "environments.fork" }]);
});

test("few settings of the switches hold every pair of positions", () => {
  const rows = everyPair();
  expect(rows.length).toBeLessThan(20);
  const names = Object.keys(positions);
  for (const [one, values] of Object.entries(positions)) {
    for (const other of names.filter((name) => name > one)) {
      const seen = new Set(
        rows.map((row) =>
          JSON.stringify([new Map(Object.entries(row)).get(one), new Map(Object.entries(row)).get(other)]),
        ),
      );
      const count = new Map(Object.entries(positions)).get(other)?.length ?? 0;
      expect(seen.size).toBe(values.length * count);
    }
  }
});
