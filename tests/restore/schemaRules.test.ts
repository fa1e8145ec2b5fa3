import { describe, expect, test } from "vitest";
import { idFrom } from "../../emulator/content/ids.ts";
import { fieldIdOf } from "../../emulator/content/seeds/build.ts";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { KINDS } from "../../services/archive/restore/schema/kinds.ts";
import { planSchema } from "../../services/archive/restore/schema/plan.ts";
import {
  restoreSchemaAfter,
  restoreSchemaBefore,
} from "../../services/archive/restore/schema/restoreSchema.ts";
import type { SchemaWishes } from "../../services/archive/restore/schema/wishes.ts";
import type { Damage } from "./damage.ts";
import { fieldDamages } from "./damageToFields.ts";
import { modelDamages } from "./damageToModels.ts";
import { projectDamages } from "./damageToProject.ts";
import type { Editor } from "./editor.ts";
import { createItem, editField, editModel, newId, resource } from "./requests.ts";
import { access, documentsOf, memoryJournal, restored, schemaDifferences, wishes } from "./schemaSupport.ts";
import { nastySite } from "./support.ts";
import { everyPair } from "./switches.ts";

const { product, category, card } = furnitureIds.models;
const { models } = nastyIds;

async function damagedSite(
  all: readonly Damage["inflict"][],
  wanted: SchemaWishes,
  options: Parameters<typeof nastySite>[0] = {},
) {
  const here = nastySite(options);
  const before = here.state();
  const desired = await documentsOf(here, wanted.shell);
  for (const inflict of all) await inflict(here.editor());
  const plan = planSchema(desired, await documentsOf(here, wanted.shell), wanted);
  const journal = memoryJournal();
  const restore = { ...access(here), journal, clock: here.clock, desired, wishes: wanted, plan };
  return { here, before, desired, plan, journal, restore };
}

describe("before content is written", () => {
  test("rules only get wider: what both sides demand stays, what is only wanted waits (case 8)", async () => {
    const kicker = fieldIdOf(models.article, "kicker");
    const lead = fieldIdOf(models.article, "lead");
    const { here, restore, before } = await damagedSite(
      [
        (editor) => editField(editor, kicker, { validators: { required: {}, length: { max: 3 } } }),
        (editor) => editField(editor, lead, { validators: {} }),
        (editor) => editModel(editor, models.article, { all_locales_required: false }),
        (editor) => editModel(editor, product, { all_locales_required: true, draft_mode_active: false }),
      ],
      wishes("overwrite"),
    );
    const first = await here.clock.run(() => restoreSchemaBefore(restore));
    expect(first).toMatchObject({ ok: true, value: { refused: [] } });
    const { fields, models: found } = here.state();
    expect([fields[kicker]?.validators, fields[lead]?.validators]).toEqual([{}, {}]);
    expect(found[models.article]).toMatchObject({ all_locales_required: false });
    expect(found[product]).toMatchObject({ all_locales_required: false, draft_mode_active: true });
    await here.clock.run(() => restoreSchemaAfter(restore));
    expect(schemaDifferences(before, here.state())).toEqual([]);
  });

  test("a list of blocks holds those of both sides, and is narrowed when content is there (case 13)", async () => {
    const sections = fieldIdOf(product, "sections");
    const list = (ids: readonly string[]) => ({ rich_text_blocks: { item_types: ids }, size: { max: 10 } });
    const extra = newId("extra block");
    const { here, restore, before } = await damagedSite(
      [
        (editor) =>
          editor.call(
            "POST",
            "/item-types",
            resource("item_type", extra, { name: "Extra", api_key: "extra", modular_block: true }),
          ),
        (editor) => editField(editor, sections, { validators: list([extra]) }),
      ],
      wishes("mirror"),
    );
    await here.clock.run(() => restoreSchemaBefore(restore));
    const named = here.state().fields[sections]?.validators;
    expect(named).toMatchObject({ rich_text_blocks: { item_types: expect.arrayContaining([extra, card]) } });
    await here.clock.run(() => restoreSchemaAfter(restore));
    expect(schemaDifferences(before, here.state())).toEqual([]);
    expect(here.state().models).not.toHaveProperty(extra);
  });

  test("a model that comes back takes records that break its rules, in any locale (cases 8, 10)", async () => {
    const { here, restore, before } = await damagedSite([modelDamages.modelDeleted.inflict], wishes("add"));
    await here.clock.run(() => restoreSchemaBefore(restore));
    await createItem(here.editor(), newId("bare"), product, {});
    await here.editor().call("DELETE", `/items/${newId("bare")}`);
    await here.clock.run(() => restoreSchemaAfter(restore));
    expect(schemaDifferences(before, here.state())).toEqual([]);
  });
});

describe("what DatoCMS refuses", () => {
  test("keeps nothing else from coming back: a model with an id of its first years (case 19)", async () => {
    const all = [modelDamages.legacyModelDeleted.inflict, fieldDamages.fieldDeleted.inflict];
    const { here, restore, before } = await damagedSite(all, wishes("mirror"));
    const done = await restored(here, restore);
    expect(done.ok && done.value.refused).toEqual([
      expect.objectContaining({ what: "model", id: models.legacy, code: "VALIDATION_FORMAT" }),
    ]);
    const left = schemaDifferences(before, here.state());
    const ofLegacy = ["legacy", models.legacy, "9440098", "9440099", "944010"];
    expect(left.filter((line) => !ofLegacy.some((name) => line.includes(name)))).toEqual([]);
  });

  test("takes no field with it: one that is edited with a plugin comes back without it", async () => {
    const kind = fieldIdOf(product, "kind");
    const all = [
      (editor: Editor) => editor.call("DELETE", `/fields/${kind}`),
      projectDamages.pluginDeleted.inflict,
    ];
    const { here, restore, before } = await damagedSite(all, wishes("mirror", { kinds: KINDS }));
    here.project.faults.add({
      operation: "plugins.create",
      times: Number.POSITIVE_INFINITY,
      effect: { kind: "status", status: 422, code: "INVALID_FIELD" },
    });
    const done = await restored(here, restore);
    expect(done).toMatchObject({ value: { refused: [{ what: "plugin", code: "INVALID_FIELD" }] } });
    expect(done.ok && done.value.warnings).toContainEqual(
      expect.objectContaining({ code: "REFERENCE_LEFT_OUT", id: kind }),
    );
    const left = schemaDifferences(before, here.state());
    expect(left.filter((line) => !/^plugins|appearance/.test(line))).toEqual([]);
    expect(here.state().fields).toHaveProperty(kind);
  });

  test("ends a restore where nothing more can be written", async () => {
    const { here, restore } = await damagedSite([modelDamages.modelDeleted.inflict], wishes("add"));
    const effect = { kind: "status", status: 422, code: "PLAN_UPGRADE_REQUIRED" } as const;
    here.project.faults.add({ operation: "itemTypes.create", effect });
    expect(await restored(here, restore)).toMatchObject({ ok: false });
    expect(await restored(here, restore)).toMatchObject({ ok: true, value: { refused: [] } });
  });
});

describe("the scope", () => {
  test("of one model brings back it, its blocks and its workflow, and touches no other", async () => {
    const damages = [
      projectDamages.workflowDeleted.inflict,
      modelDamages.modelDeleted.inflict,
      modelDamages.outerBlockModelDeleted.inflict,
      modelDamages.modelRenamed.inflict,
      projectDamages.localeRemoved.inflict,
    ];
    const wanted = wishes("mirror", { models: [product] });
    const kinds = wanted.kinds.filter((kind) => kind !== "site");
    const { here, restore, before } = await damagedSite(damages, { ...wanted, kinds });
    expect(await restored(here, restore)).toMatchObject({ ok: true, value: { refused: [] } });
    const left = schemaDifferences(before, here.state());
    const isOther = (line: string) =>
      line.startsWith("site/") ||
      line.includes("default_value/it") ||
      line.startsWith(`models/${models.article}`);
    expect(left.filter((line) => !isOther(line))).toEqual([]);
    expect(left.filter((line) => line.includes("api_key"))).toHaveLength(1);
  });

  test("leaves out what names something outside of it, and says so", async () => {
    const damages = [modelDamages.linkedModelDeleted.inflict, fieldDamages.fieldDeleted.inflict];
    const kinds = ["model", "fieldset", "field"] as const;
    const all = [...damages, modelDamages.modelDeleted.inflict];
    const { here, plan, restore } = await damagedSite(all, { mode: "add", kinds, models: [product] });
    expect(plan.warnings).toContainEqual(
      expect.objectContaining({ code: "REFERENCE_LEFT_OUT", id: fieldIdOf(product, "category") }),
    );
    expect(await restored(here, restore)).toMatchObject({ ok: true, value: { refused: [] } });
    const { models, menuItems } = here.state();
    expect(models).toHaveProperty(product);
    expect(models).not.toHaveProperty(category);
    // Menus are not asked for, but nobody would find the model without its item.
    expect(menuItems[idFrom(`menu item of ${product}`)]).toMatchObject({
      label: "product",
      item_type: product,
    });
  });
});

test("webhooks and build triggers are created once, disabled and without headers", async () => {
  const wanted = wishes("add", { shell: true });
  const { here, restore } = await damagedSite(
    [
      (editor) => editor.call("DELETE", "/webhooks/128831"),
      (editor) => editor.call("DELETE", "/build-triggers/128832"),
    ],
    wanted,
  );
  expect(restore.plan.create.map(({ kind }) => kind)).toEqual(["webhook", "build_trigger"]);
  for (const _call of [1, 2])
    expect(await restored(here, restore)).toMatchObject({ ok: true, value: { refused: [] } });
  const [hooks, triggers] = [await here.client.webhooks.list(), await here.client.buildTriggers.list()];
  expect(hooks).toMatchObject([{ name: "Hook", enabled: false, headers: {}, http_basic_password: null }]);
  expect(triggers).toMatchObject([{ name: "Site", enabled: false }]);
});

test("nothing is changed before the journal has noted what it was", async () => {
  const { here, restore } = await damagedSite([fieldDamages.fieldRenamed.inflict], wishes("overwrite"));
  const damaged = here.state();
  const failing = {
    ok: false as const,
    failure: { cause: "STORE_FULL", sentence: "", problem: "", advice: "" },
  };
  const journal = { note: async () => failing };
  expect(await restored(here, { ...restore, journal })).toEqual(failing);
  expect(schemaDifferences(damaged, here.state())).toEqual([]);
});

test("the journal holds what things were, each once, and no token of the project", async () => {
  const all = [projectDamages.localeAdded.inflict, fieldDamages.fieldDeleted.inflict];
  const { here, restore, journal } = await damagedSite(all, wishes("mirror"));
  await restored(here, restore);
  const names = journal.entries.map(({ what, id }) => `${what} ${id}`);
  expect(new Set(names).size).toBe(names.length);
  expect(journal.entries).toContainEqual(expect.objectContaining({ what: "field", before: null }));
  expect(journal.entries).toContainEqual(
    expect.objectContaining({
      what: "site",
      before: expect.objectContaining({
        attributes: expect.objectContaining({ locales: ["en", "it", "fr", "de"] }),
      }),
    }),
  );
  expect(JSON.stringify(await here.editor().call("GET", "/site"))).toContain("maps-secret");
  expect(JSON.stringify(journal.entries)).not.toContain("maps-secret");
});

test("whatever is unknown of DatoCMS, a mirror ends equal", { timeout: 240_000 }, async () => {
  const damages = [
    modelDamages.modelCreated,
    modelDamages.blockModelDeleted,
    fieldDamages.fieldKeysSwapped,
    projectDamages.localeAdded,
    projectDamages.menuFolderDeleted,
  ];
  for (const contentUnknowns of everyPair()) {
    const all = damages.map(({ inflict }) => inflict);
    const { here, restore, before } = await damagedSite(all, wishes("mirror"), { contentUnknowns });
    const done = await restored(here, restore);
    const refused = done.ok ? done.value.refused : [];
    if (contentUnknowns.otherDeletedIds === "taken") {
      // Without its id nothing that is deleted can come back as what it was.
      expect([...new Set(refused.map(({ code }) => code))]).toEqual(["VALIDATION_UNIQUENESS"]);
      continue;
    }
    expect([contentUnknowns, refused]).toEqual([contentUnknowns, []]);
    expect([contentUnknowns, schemaDifferences(before, here.state())]).toEqual([contentUnknowns, []]);
  }
});
