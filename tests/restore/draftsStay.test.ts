import { expect, test } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { bulk, editItem, unpublish } from "./requests.ts";
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
