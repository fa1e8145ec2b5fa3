import { expect, test } from "vitest";
import { fieldIdOf } from "../../emulator/content/seeds/build.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { createField, deleteField, deleteItem, editItem, newId, publish } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** Single records come back into a model that has got fields since the archive, and lost one. */

const { deletable } = nastyIds;
const { article } = nastyIds.models;
const only = [{ kind: "record", id: deletable }] as const;

async function grownSite() {
  const site = nastySite();
  const restores = await restoresOf(site);
  await site.clock.run(async () => {
    await restores.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" });
  });
  const editor = site.editor("sandbox");
  const badge = { label: "Badge", api_key: "badge", field_type: "string" };
  await createField(editor, newId("badge"), article, { ...badge, default_value: "new" });
  const record = () => site.state("sandbox").records[deletable];
  const apply = (mode: "add" | "overwrite" | "mirror") =>
    site.clock.run(async () => {
      const asked = restores.request({ wishes: { mode, only } });
      const { plan } = valueFrom(await restores.service.preview(asked));
      return { plan, ended: valueFrom(await restores.service.apply(asked)) };
    });
  return { editor, record, apply };
}

test("a record that was deleted gets what the new field has for a default", async () => {
  const { editor, record, apply } = await grownSite();
  await deleteItem(editor, deletable);
  const { ended } = await apply("add");
  expect(ended.refused).toEqual([]);
  expect(record()).toMatchObject({ status: "published", current: { slug: "deletable", badge: "new" } });
});

test("what somebody wrote into a new field stays, unless a mirror is asked for", async () => {
  const { editor, record, apply } = await grownSite();
  await editItem(editor, deletable, { badge: "Mine", kicker: "Edited" });
  await publish(editor, deletable);
  const first = await apply("overwrite");
  expect(first.plan.records).toMatchObject([{ id: deletable, fields: ["kicker"] }]);
  expect(first.ended.refused).toEqual([]);
  expect(record()).toMatchObject({ status: "published", current: { badge: "Mine", kicker: "Kicker" } });
  const second = await apply("mirror");
  expect(second.plan.records).toMatchObject([{ id: deletable, fields: ["badge"] }]);
  expect(second.ended.refused).toEqual([]);
  expect(record()).toMatchObject({ status: "published", current: { badge: null, kicker: "Kicker" } });
});

test("what a record had in a field that is gone is told", async () => {
  const { editor, record, apply } = await grownSite();
  await deleteItem(editor, deletable);
  await deleteField(editor, fieldIdOf(article, "kicker"));
  const { plan, ended } = await apply("add");
  const [warning] = plan.warnings.filter(({ code }) => code === "FIELDS_MISSING");
  expect(warning).toMatchObject({ id: deletable, sentence: expect.stringContaining("kicker") });
  expect(ended.refused).toEqual([]);
  expect(record()).toMatchObject({ status: "published" });
});
