import { describe, expect, test } from "vitest";
import { nastyProject } from "../../emulator/content/seeds/nasty.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { planSchema } from "../../services/archive/restore/schema/plan.ts";
import { PLUGIN_NAME } from "../../utils/healthContract.ts";
import { blog, contentWorld, field } from "../emulator/content/support.ts";
import { world } from "../emulator/support.ts";
import { documentsOf, idOf, short, wishes } from "./schemaSupport.ts";

describe("a plan of a schema", () => {
  test("is empty where nothing has changed, in every mode, for the nasty project too", async () => {
    const nasty = world({ ...nastyProject({ sortableRows: 3 }), rateLimit: null });
    for (const here of [await blog(), nasty]) {
      const documents = await documentsOf(here);
      for (const mode of ["add", "overwrite", "mirror"] as const) {
        const plan = planSchema(documents, await documentsOf(here), wishes(mode));
        expect({ ...plan, warnings: [] }).toEqual({
          create: [],
          change: [],
          delete: [],
          warnings: [],
          refused: [],
          touches: [],
        });
      }
    }
  });

  test("tells by mode what comes back, what changes and what goes", async () => {
    const here = await blog();
    const desired = await documentsOf(here);
    await here.client.fields.destroy(idOf(desired, "field", "views"));
    await here.client.fields.update(idOf(desired, "field", "heading"), { label: "Headline" });
    const added = await field(here.raw, here.ids.author, "age", "integer");
    const observed = await documentsOf(here);
    const planned = (mode: Parameters<typeof wishes>[0]) =>
      short(planSchema(desired, observed, wishes(mode)));
    expect(planned("add")).toEqual(["create field views"]);
    expect(planned("overwrite")).toEqual(["create field views", "change field heading: label"]);
    expect(planned("mirror")).toEqual([...planned("overwrite"), "delete field age"]);
    const { touches } = planSchema(desired, observed, wishes("mirror"));
    // Only what loses values: the field that comes back had none here.
    expect(touches).toEqual([here.ids.author]);
    expect(added).toBeTruthy();
  });

  test("compares orders, not numbers", async () => {
    const here = await blog();
    const desired = await documentsOf(here);
    await here.client.fields.update(idOf(desired, "field", "views"), { position: 1 });
    const plan = planSchema(desired, await documentsOf(here), wishes("overwrite"));
    expect(short(plan)).toEqual(["change field views: position"]);
    const gaps = new Map(desired);
    gaps.set(
      "schema/fields.json",
      (desired.get("schema/fields.json") ?? []).map((each) => ({
        ...each,
        attributes: { ...each.attributes, position: Number(each.attributes.position) * 7 },
      })),
    );
    expect(short(planSchema(gaps, desired, wishes("mirror")))).toEqual([]);
  });

  test("compares no secret that an archive hides, and never our own plugin", async () => {
    const here = contentWorld({
      plugins: [
        { package_name: PLUGIN_NAME, parameters: { secret: "ours" } },
        { id: "other", package_name: "datocms-plugin-other" },
      ],
    });
    const desired = await documentsOf(here);
    const hidden = new Map(desired);
    hidden.set(
      "schema/plugins.json",
      (desired.get("schema/plugins.json") ?? []).map((each) => ({
        ...each,
        attributes: { ...each.attributes, parameters: { $redacted: true } },
      })),
    );
    const all = wishes("mirror", { kinds: ["plugin"] });
    expect(short(planSchema(hidden, desired, all))).toEqual([]);
    await here.client.plugins.destroy("other");
    expect(short(planSchema(hidden, await documentsOf(here), all))).toEqual(["create plugin Plugin 2"]);
    expect(short(planSchema(new Map([...hidden, ["schema/plugins.json", []]]), desired, all))).toEqual([
      "delete plugin Plugin 2",
    ]);
  });

  test("asks before a plugin comes back that no package holds", async () => {
    const seed = {
      id: "hosted",
      name: "Hosted",
      package_name: null,
      url: "https://plugins.example/x?key=plugin-secret",
    };
    const here = contentWorld({ plugins: [seed] });
    const desired = await documentsOf(here);
    await here.client.plugins.destroy("hosted");
    const observed = await documentsOf(here);
    const only = wishes("add", { kinds: ["plugin"] });
    const plan = planSchema(desired, observed, only);
    expect(short(plan)).toEqual(["refuse plugin: PLUGIN_HOST_NOT_ALLOWED"]);
    expect(plan.refused[0]?.sentence).toContain("plugins.example,");
    expect(short(planSchema(desired, observed, { ...only, allowPluginHost: true }))).toEqual([
      "create plugin Hosted",
    ]);
  });

  test("does not take a list that could not be read for an empty one", async () => {
    const here = await blog();
    const documents = await documentsOf(here);
    const shorter = new Map([...documents].filter(([path]) => path !== "schema/menu_items.json"));
    const plan = planSchema(shorter, documents, wishes("mirror"));
    expect(short(plan)).toEqual([]);
    expect(plan.warnings).toContainEqual(expect.objectContaining({ code: "NOT_READABLE" }));
  });

  test("keeps to the models that are asked for, and to their blocks", async () => {
    const here = await blog();
    const desired = await documentsOf(here);
    const { author, article, section, quote } = here.ids;
    for (const id of [article, section, quote, author]) await here.client.itemTypes.destroy(id);
    const plan = planSchema(desired, await documentsOf(here), wishes("add", { models: [section] }));
    expect(short(plan).filter((line) => line.startsWith("create model"))).toEqual([
      "create model quote",
      "create model section",
    ]);
    expect(plan.touches).toEqual([]);
  });
});

describe("names that something newer has (facts 10, case 19)", () => {
  async function taken() {
    const here = world({ ...nastyProject({ sortableRows: 1 }), rateLimit: null });
    const desired = await documentsOf(here);
    await here.client.itemTypes.destroy(nastyIds.models.row);
    const { id } = await here.client.itemTypes.create({ name: "row", api_key: "row" });
    return { desired, observed: await documentsOf(here), newer: id };
  }

  test("keep a model from coming back, unless a mirror removes the newer one", async () => {
    const { desired, observed, newer } = await taken();
    for (const mode of ["add", "overwrite"] as const) {
      const plan = planSchema(desired, observed, wishes(mode));
      expect(plan.create.filter(({ kind }) => kind === "model" || kind === "field")).toEqual([]);
      expect(plan.refused).toEqual([
        expect.objectContaining({ what: "model", id: nastyIds.models.row, code: "NAME_TAKEN" }),
      ]);
      expect(plan.refused[0]?.sentence).toContain(newer);
    }
    const plan = planSchema(desired, observed, wishes("mirror"));
    expect(plan.refused).toEqual([]);
    expect(plan.create).toContainEqual({ kind: "model", id: nastyIds.models.row, name: "row" });
    expect(plan.delete).toContainEqual({ kind: "model", id: newer, name: "row" });
  });

  test("are exchanged where both belong to the archive", async () => {
    const here = await blog();
    const desired = await documentsOf(here);
    const [quotes, heading] = [idOf(desired, "field", "quotes"), idOf(desired, "field", "heading")];
    await here.client.fields.update(quotes, { api_key: "between", label: "between" });
    await here.client.fields.update(heading, { api_key: "quotes", label: "quotes" });
    await here.client.fields.update(quotes, { api_key: "heading", label: "heading" });
    const plan = planSchema(desired, await documentsOf(here), wishes("overwrite"));
    expect(short(plan)).toEqual([
      "change field quotes: label, api_key",
      "change field heading: label, api_key",
    ]);
  });
});

describe("what belongs to the project", () => {
  test("is a list of what to do by hand; webhooks are created only where that is asked for", async () => {
    const here = world({ ...nastyProject({ sortableRows: 1 }), rateLimit: null });
    const desired = await documentsOf(here, true);
    const empty = new Map(
      [...desired].map(([path, list]) => [path, path.startsWith("project/") ? [] : list]),
    );
    const plan = planSchema(desired, empty, wishes("overwrite"));
    expect(plan.create).toEqual([]);
    expect(plan.warnings).toContainEqual(
      expect.objectContaining({ code: "SHELL_BY_HAND", sentence: expect.stringContaining("webhook Hook") }),
    );
    const shell = planSchema(desired, empty, wishes("overwrite", { shell: true }));
    expect(shell.create.map(({ kind }) => kind)).toEqual(["webhook", "build_trigger"]);
  });
});
