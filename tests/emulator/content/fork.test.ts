import { describe, expect, test } from "vitest";
import { blog, newId, ofType } from "./support.ts";

describe("a fork", () => {
  test("holds the same content under the same ids, and changes alone (facts 9, item 1)", async () => {
    const { client, ids, inside, project } = await blog();
    const { id } = await client.items.create({ item_type: ofType(ids.article), title: { en: "One" } });
    const before = await client.items.rawFind(id);
    project.user.fork(null, "copy", { ready: true });
    const copy = inside("copy");
    expect(await copy.items.rawFind(id)).toEqual(before);
    await copy.items.update(id, { title: { en: "Two" } });
    await copy.itemTypes.update(ids.author, { name: "Writer" });
    await copy.site.update({ locales: ["en"] });
    await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
    expect(await client.items.rawFind(id)).toEqual(before);
    expect((await client.itemTypes.find("author")).name).toBe("Author");
    expect((await client.site.find()).locales).toEqual(["en", "it"]);
    expect(project.environments().map((each) => [each.id, each.items])).toEqual([
      ["main", 2],
      ["copy", 1],
    ]);
  });

  test("may give versions other numbers (facts 11.5; switch forkVersionIds)", async () => {
    const { client, ids, inside, project } = await blog({ contentUnknowns: { forkVersionIds: "new" } });
    const { id, meta } = await client.items.create({ item_type: ofType(ids.author), name: "Ann" });
    project.user.fork(null, "copy", { ready: true });
    const copied = await inside("copy").items.find(id);
    expect(copied.meta.current_version).not.toBe(meta.current_version);
    const update = inside("copy").items.update(id, {
      name: "Bea",
      meta: { current_version: copied.meta.current_version },
    });
    expect((await update).name).toBe("Bea");
  });
});

describe("a call that is refused", () => {
  test("changes nothing, whatever came before the refusal", async () => {
    const { client, ids, project } = await blog();
    const page = await client.itemTypes.create({ name: "Page", api_key: "page", sortable: true });
    const first = await client.items.create({ item_type: ofType(page.id) });
    const changedAt = project.environment("main")?.lastDataChangeAt;
    const wrong = client.items.create({ id: newId(), item_type: ofType(page.id), position: 1, nothing: 1 });
    await expect(wrong).rejects.toThrow(/INVALID_ATTRIBUTES/);
    expect(await client.items.find(first.id)).toEqual(first);
    expect(project.environment("main")?.lastDataChangeAt).toBe(changedAt);
    project.settings.maintenanceMode = true;
    await expect(client.items.create({ item_type: ofType(ids.author), name: "Ann" })).rejects.toThrow(
      /MAINTENANCE/,
    );
  });

  test("is so after its effect when the answer is lost (facts 9, item 15; case 20)", async () => {
    const { client, ids, project } = await blog();
    const id = newId();
    project.faults.add({ operation: "items.create", effect: { kind: "drop", when: "after" } });
    const create = () => client.items.create({ id, item_type: ofType(ids.author), name: "Ann" });
    await expect(create()).rejects.toThrow(/fetch failed/);
    expect((await client.items.find(id)).name).toBe("Ann");
    await expect(create()).rejects.toThrow(/VALIDATION_UNIQUENESS/);
  });
});
