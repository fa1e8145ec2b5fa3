import { expect, test } from "vitest";
import { idFrom } from "../../emulator/content/ids.ts";
import { fieldIdOf } from "../../emulator/content/seeds/build.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { ContentUnknowns } from "../../emulator/content/unknowns.ts";
import type { Mode } from "../../services/archive/restore/words.ts";
import type { Scope } from "../../services/restoreService.ts";
import { differencesOf } from "./differences.ts";
import type { Editor } from "./editor.ts";
import {
  block,
  createField,
  createItem,
  createModel,
  editField,
  editItem,
  editSite,
  newId,
  publish,
} from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** Rule 21: what a change of the schema takes from records that no plan names is in the journal before it. */

const { article, quote, page, home } = nastyIds.models;
const [one, two] = nastyIds.swap;
const badge = { label: "Badge", api_key: "badge", field_type: "string" };

/** So that nothing but the values tells it from what the archive has. */
async function write(editor: Editor, id: string, attributes: Readonly<Record<string, unknown>>) {
  await editItem(editor, id, attributes);
  await publish(editor, id);
}

interface Loss {
  readonly mode?: Mode;
  readonly only?: readonly Scope[];
  /** What is in the sandbox that the archive does not have. */
  add(editor: Editor): Promise<unknown>;
}

const losses: Readonly<Record<string, Loss>> = {
  "a field that goes": {
    add: async (editor) => {
      await createField(editor, newId("badge"), article, badge);
      await write(editor, one, { badge: "One" });
      await write(editor, two, { badge: "Two" });
    },
  },
  "a field of a block model that goes": {
    add: async (editor) => {
      await createField(editor, newId("badge"), quote, badge);
      const badged = block(idFrom("nasty quote 1"), undefined, { badge: "In a block" });
      await write(editor, idFrom("nasty article 1"), { quotes: [badged] });
    },
  },
  "a locale that goes": {
    add: async (editor) => {
      await editSite(editor, { locales: ["en", "it", "fr", "es"] });
      await write(editor, nastyIds.tree[0], { title: { en: "Page 1", es: "Pagina" } });
    },
  },
  "a type that goes back": {
    mode: "overwrite",
    add: async (editor) => {
      await editField(editor, fieldIdOf(home, "title"), { field_type: "json" });
      await editItem(editor, nastyIds.home, { title: '{"a":1}' });
      await editField(editor, fieldIdOf(article, "ratio"), { field_type: "boolean" });
      await editItem(editor, one, { ratio: true });
    },
  },
  "locales of a field that go": {
    mode: "overwrite",
    add: async (editor) => {
      await editField(editor, fieldIdOf(home, "title"), { localized: true });
      await editItem(editor, nastyIds.home, { title: { en: "Home", it: "Casa", fr: "Maison" } });
    },
  },
  "a key that goes back": {
    mode: "overwrite",
    add: async (editor) => {
      await editField(editor, fieldIdOf(article, "kicker"), { api_key: "intro", label: "Intro" });
      await editItem(editor, one, { intro: "Mine" });
      await write(editor, two, { intro: "Kicker", pinned: false });
    },
  },
  "a block model that goes": {
    add: async (editor) => {
      const id = newId("card");
      await createModel(editor, id, { name: "Card", api_key: "cards", modular_block: true });
      await createField(editor, newId("card text"), id, { ...badge, api_key: "said" });
      await createField(editor, newId("cards"), page, {
        label: "Cards",
        api_key: "cards",
        field_type: "rich_text",
        validators: { rich_text_blocks: { item_types: [id] } },
      });
      await write(editor, nastyIds.tree[0], { cards: [block(newId("a card"), id, { said: "Hi" })] });
    },
  },
  "a model that goes, with what links to its records": {
    add: async (editor) => {
      const id = newId("gone");
      await createModel(editor, id, { name: "Gone", api_key: "gone" });
      await createField(editor, newId("gone text"), id, { ...badge, api_key: "said" });
      await createItem(editor, newId("a gone one"), id, { said: "Here" });
      await createField(editor, newId("gone link"), page, {
        label: "Link",
        api_key: "link",
        field_type: "link",
        validators: { item_item_type: { item_types: [id] } },
      });
      await write(editor, nastyIds.tree[0], { link: newId("a gone one") });
    },
  },
  "records of one model, which others link to": {
    only: [{ kind: "model", apiKey: "row" }],
    add: async (editor) => {
      await createItem(editor, newId("row"), nastyIds.models.row, { name: "More" });
      await createField(editor, newId("row link"), page, {
        label: "Row",
        api_key: "row",
        field_type: "link",
        validators: { item_item_type: { item_types: [nastyIds.models.row] } },
      });
      await write(editor, nastyIds.tree[0], { row: newId("row") });
    },
  },
};

async function undoneAfter({ mode = "mirror", only = [], add }: Loss, unknowns: Partial<ContentUnknowns>) {
  const here = nastySite({ contentUnknowns: unknowns });
  const restores = await restoresOf(here);
  await here.clock.run(async () => {
    await restores.archive("main");
    await here.client.environments.fork("main", { id: "sandbox" });
    await add(here.editor("sandbox"));
  });
  const before = here.state("sandbox");
  const request = restores.request({ wishes: { mode, only } });
  const { id } = valueFrom(await here.clock.run(() => restores.service.apply(request)));
  const restored = here.state("sandbox");
  const undone = valueFrom(await here.clock.run(() => restores.service.undo(id, 1_000)));
  return { here, before, restored, undone };
}

test.each(Object.entries(losses))("restore undo brings back what went with %s", async (_what, loss) => {
  const { here, before, restored, undone } = await undoneAfter(loss, {});
  expect(differencesOf(before, restored)).not.toEqual([]);
  expect(undone.refused).toEqual([]);
  expect(differencesOf(before, here.state("sandbox"))).toEqual([]);
});

test("also where DatoCMS makes versions when a schema changes, and leaves what is published", async () => {
  for (const name of ["a field that goes", "a type that goes back", "a locale that goes"]) {
    const loss = losses[name] as Loss;
    const { here, before, undone } = await undoneAfter(loss, { schemaChangesMakeVersions: true });
    expect([name, undone.refused]).toEqual([name, []]);
    expect([name, differencesOf(before, here.state("sandbox"))]).toEqual([name, []]);
  }
});

test("what somebody edits after the restore stays, though the restore only took a field from it", async () => {
  const here = nastySite();
  const restores = await restoresOf(here);
  const editor = here.editor("sandbox");
  const undone = await here.clock.run(async () => {
    await restores.archive("main");
    await here.client.environments.fork("main", { id: "sandbox" });
    await losses["a field that goes"]?.add(editor);
    const { id } = valueFrom(await restores.service.apply(restores.request({})));
    await editItem(editor, one, { kicker: "Mine" });
    return valueFrom(await restores.service.undo(id, 1_000));
  });
  expect(undone.refused).toMatchObject([{ what: "record", id: one, code: "CHANGED_SINCE" }]);
  const { records } = here.state("sandbox");
  expect(records[one]).toMatchObject({ current: { kicker: "Mine", badge: null } });
  expect(records[two]).toMatchObject({ current: { badge: "Two" } });
});
