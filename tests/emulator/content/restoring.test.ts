import { describe, expect, test } from "vitest";
import { emptyContent } from "../../../emulator/content/seed.ts";
import { nastyProject } from "../../../emulator/content/seeds/nasty.ts";
import { nastyIds } from "../../../emulator/content/seeds/nastyIds.ts";
import { refusal } from "../support.ts";
import { blog, contentWorld, newId, ofType } from "./support.ts";

describe("a record that somebody has open (facts 5.4)", () => {
  test("cannot be written, published or deleted, nor in bulk, until it is closed; forks are free", async () => {
    const { client, ids, inside, project } = await blog();
    const { id } = await client.items.create({ item_type: ofType(ids.article), title: { en: "One" } });
    project.user.open("main", [id]);
    const locked = { code: "ITEM_LOCKED", status: 422 };
    expect(await refusal(client.items.update(id, { views: 1 }))).toEqual(locked);
    expect(await refusal(client.items.publish(id))).toEqual(locked);
    expect(await refusal(client.items.destroy(id))).toEqual(locked);
    await client.items.bulkPublish({ items: [{ type: "item", id }] });
    expect((await client.items.find(id, { version: "current" })).meta.status).toBe("draft");
    project.user.fork(null, "copy", { ready: true });
    expect(await inside("copy").items.update(id, { views: 1 })).toMatchObject({ views: 1 });
    project.user.open("main", []);
    expect(await client.items.update(id, { views: 1 })).toMatchObject({ views: 1 });
  });
});

describe("a job of content", () => {
  test("is asked for in vain as often as is set", async () => {
    const { ids, raw, project } = await blog();
    project.settings.jobPolls = 2;
    const body = { data: { type: "item_type", id: ids.author, attributes: { name: "Writer" } } };
    const { data } = await (await raw("PUT", `/item-types/${ids.author}`, { body })).json();
    const polled = async () => (await raw("GET", `/job-results/${data.id}`)).status;
    expect([await polled(), await polled(), await polled(), await polled()]).toEqual([404, 404, 200, 200]);
  });

  test("keeps other changes of its model away while it is under way (facts 5.2, row 8)", async () => {
    const { clock, ids, raw, project } = await blog();
    project.settings.jobPolls = 1;
    const rename = async (name: string, id = ids.author) => {
      const body = { data: { type: "item_type", id, attributes: { name } } };
      return (await raw("PUT", `/item-types/${id}`, { body })).json();
    };
    const { data } = await rename("Writer");
    expect(await rename("Poet")).toMatchObject({
      data: [{ attributes: { code: "CONCURRENT_ITEM_TYPE_UPDATE", transient: true } }],
    });
    expect(await rename("Text", ids.article)).toMatchObject({ data: { type: "job" } });
    await raw("GET", `/job-results/${data.id}`);
    expect(await rename("Poet")).toMatchObject({ data: { type: "job" } });
    // Nobody asks for this one, as when its answer is lost.
    await clock.advance(10_000);
    expect(await rename("Bard")).toMatchObject({ data: { type: "job" } });
  });

  test("that fails changes nothing, and one that never ends changes all", async () => {
    const { client, ids, raw, project } = await blog();
    project.faults.add({ operation: "itemTypes.update", effect: { kind: "job-fails", code: "EXCEPTION" } });
    const rename = client.itemTypes.update(ids.author, { name: "Writer" });
    expect(await refusal(rename)).toEqual({ code: "EXCEPTION", status: 500 });
    expect((await client.itemTypes.find(ids.author)).name).toBe("Author");
    project.faults.add({ operation: "itemTypes.update", effect: { kind: "never-ends" } });
    const body = { data: { type: "item_type", id: ids.author, attributes: { name: "Writer" } } };
    const { data } = await (await raw("PUT", `/item-types/${ids.author}`, { body })).json();
    expect((await raw("GET", `/job-results/${data.id}`)).status).toBe(404);
    expect((await client.itemTypes.find(ids.author)).name).toBe("Writer");
  });

  test("may be where the call is refused (switch jobRefusals)", async () => {
    const { client, ids, raw } = await blog({ contentUnknowns: { jobRefusals: "in-job" } });
    const body = { data: { type: "item_type", id: ids.author, attributes: { api_key: "article" } } };
    expect((await raw("PUT", `/item-types/${ids.author}`, { body })).status).toBe(202);
    const rename = client.itemTypes.update(ids.author, { api_key: "article" });
    expect(await refusal(rename)).toEqual({ code: "INVALID_FIELD", status: 422 });
    const create = client.items.create({ item_type: ofType(ids.article), nothing: 1 });
    expect((await refusal(create)).status).toBe(422);
  });
});

describe("the id of what was deleted", () => {
  test("may be taken for ever, but not that of what never came to be (switch otherDeletedIds)", async () => {
    const { client, ids } = await blog({ contentUnknowns: { otherDeletedIds: "taken" } });
    const create = (id: string, api_key: string) => client.itemTypes.create({ id, name: api_key, api_key });
    const id = newId();
    // Refused for its key, so that the id was never anything's.
    await expect(create(id, "author")).rejects.toThrow(/VALIDATION_UNIQUENESS/);
    expect((await create(id, "page")).id).toBe(id);
    await client.itemTypes.destroy(ids.author);
    await expect(create(ids.author, "author")).rejects.toThrow(/VALIDATION_UNIQUENESS/);
  });
});

describe("a plan", () => {
  test("names the quota that is used up (facts 5.2, row 0)", async () => {
    const { client, ids, project } = await blog();
    const usage = { items: 0, item_types: 4, locales: 2, plugins: 1, uploadable_bytes: 0 };
    project.settings.plan.quotas = usage;
    const limits = await client.subscriptionLimits.list();
    expect(limits).toContainEqual(expect.objectContaining({ code: "item_types", usage: 4, limit: 4 }));
    const refused = { code: "PLAN_UPGRADE_REQUIRED", status: 422 };
    expect(await refusal(client.items.create({ item_type: ofType(ids.author), name: "Ann" }))).toEqual(
      refused,
    );
    expect(await refusal(client.itemTypes.create({ name: "Page", api_key: "page" }))).toEqual(refused);
    expect(await refusal(client.site.update({ locales: ["en", "it", "de"] }))).toEqual(refused);
    expect(await refusal(client.plugins.create({ package_name: "datocms-plugin-x" }))).toEqual(refused);
    await client.site.update({ locales: ["it", "en"] });
  });
});

describe("a dry run", () => {
  test("says what a create or an update would be refused for, and writes nothing", async () => {
    const { client, emulator, project } = contentWorld(nastyProject({ sortableRows: 5 }));
    const before = project.environment("main");
    const type = ofType(nastyIds.models.article);
    const title = { en: "A", it: "B", fr: "C" };
    expect(await refusal(client.items.validateNew({ item_type: type, title }))).toMatchObject({
      code: "INVALID_FIELD",
    });
    await client.items.validateNew({ item_type: type, title, lead: "Lead" });
    const taken = client.items.validateExisting(nastyIds.swap[0], { slug: "two" });
    await expect(taken).rejects.toThrow(/VALIDATION_UNIQUE/);
    await client.items.validateExisting(nastyIds.swap[0], { slug: "free" });
    expect(project.environment("main")).toEqual(before);
    expect(emulator.requests.map(({ status }) => status)).toEqual([422, 204, 422, 204]);
  });
});

describe("a duplicate", () => {
  test("is a draft with blocks of its own, without what must be unique", async () => {
    const { client, ids } = await blog();
    const sections = [
      { type: "item" as const, attributes: { words: "Said" }, relationships: quoteOf(ids.quote) },
    ];
    const source = { item_type: ofType(ids.article), title: { en: "One" }, slug: "one", sections };
    const { id } = await client.items.create(source);
    const copy = await client.items.duplicate(id);
    expect(copy).toMatchObject({ title: { en: "One" }, slug: null, meta: { status: "draft" } });
    const [one, other] = [await client.items.find(id, { version: "current" }), copy];
    expect(one.sections).not.toEqual(other.sections);
  });
});

describe("a stage", () => {
  test("must be one of the model's workflow", async () => {
    const { client, ids } = await blog();
    const { id: workflow } = await client.workflows.create({
      name: "Review",
      api_key: "review",
      stages: [
        { id: "new", name: "New", initial: true },
        { id: "done", name: "Done" },
      ],
    });
    await client.itemTypes.update(ids.article, { workflow: { type: "workflow", id: workflow } });
    const { id, meta } = await client.items.create({ item_type: ofType(ids.article), title: { en: "One" } });
    expect(meta.stage).toBe("new");
    expect((await client.items.update(id, { meta: { stage: "done" } })).meta.stage).toBe("done");
    expect(await refusal(client.items.update(id, { meta: { stage: "gone" } }))).toMatchObject({
      status: 422,
    });
  });
});

describe("a plugin", () => {
  test("takes an id of the client's that has today's form, where there is content", async () => {
    const { client } = contentWorld({ content: emptyContent });
    const id = newId();
    expect((await client.plugins.create({ id, package_name: "datocms-plugin-x" })).id).toBe(id);
    const again = client.plugins.create({ id, package_name: "datocms-plugin-y" });
    expect((await refusal(again)).status).toBe(422);
    expect((await refusal(client.plugins.create({ id: "short", package_name: "z" }))).status).toBe(422);
  });
});

function quoteOf(id: string) {
  return { item_type: { data: ofType(id) } };
}
