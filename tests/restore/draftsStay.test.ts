import { expect, test } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { bulk, editItem, publish, unpublish } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

const [referrer, other] = nastyIds.referrers;
const { deletable } = nastyIds;

/** Loosened validators publish with a record what it links to: no draft may go out like that. */
test("a record comes back as a draft where its publication would publish somebody's draft", async () => {
  const site = nastySite();
  const restores = await restoresOf(site);
  const editor = site.editor("sandbox");
  const ended = await site.clock.run(async () => {
    await restores.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" });
    await bulk(editor, "destroy", [referrer, other]);
    await unpublish(editor, deletable);
    await editItem(editor, deletable, { kicker: "Secret" });
    const only = [{ kind: "record", id: referrer } as const];
    return valueFrom(await restores.service.apply(restores.request({ wishes: { mode: "add", only } })));
  });
  const { records } = site.state("sandbox");
  expect(records[deletable]).toMatchObject({ status: "draft", current: { kicker: "Secret" } });
  expect(records[referrer]).toMatchObject({
    status: "draft",
    current: { related: [nastyIds.updated, deletable] },
  });
  expect(ended.refused).toMatchObject([{ id: referrer, code: "UNPUBLISHED_LINK" }]);
  expect(ended.refused[0]?.sentence).toContain(deletable);
});

test("records of a model come back as drafts where that is asked for, and what is public stays", async () => {
  const site = nastySite();
  const restores = await restoresOf(site);
  const editor = site.editor("sandbox");
  const [one, two] = nastyIds.swap;
  const only = [{ kind: "model", apiKey: "article" } as const];
  const asked = restores.request({ wishes: { mode: "overwrite", only, isDraft: true } });
  const before = site.state();
  const again = await site.clock.run(async () => {
    await restores.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" });
    await bulk(editor, "destroy", [deletable]);
    await editItem(editor, one, { kicker: "Out" });
    await publish(editor, one);
    expect(valueFrom(await restores.service.apply(asked)).refused).toEqual([]);
    return valueFrom(await restores.service.preview(asked));
  });
  const { records } = site.state("sandbox");
  expect(records[deletable]).toMatchObject({ status: "draft", current: { slug: "deletable" } });
  expect(records[one]).toMatchObject({ status: "updated", published: { kicker: "Out" } });
  expect(records[one]).toMatchObject({ current: { kicker: "Kicker" } });
  expect(records[two]).toEqual(before.records[two]);
  expect(again.plan.records).toEqual([]);
});
