import { expect, test } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { editItem, editModel, publish } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** `--draft` where a model has no drafts: what is written there is public at once. */

const [one] = nastyIds.swap;

async function edited() {
  const site = nastySite();
  const restores = await restoresOf(site);
  const before = site.state();
  await site.clock.run(async () => {
    await editModel(site.editor(), nastyIds.models.article, { draft_mode_active: false });
    await restores.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" });
    const editor = site.editor("sandbox");
    await editItem(editor, one, { kicker: "Out" });
    await publish(editor, one);
  });
  return { site, before, ...restores };
}

test("a single record is refused, and stays", async () => {
  const { site, service, request } = await edited();
  const only = [{ kind: "record", id: one } as const];
  const asked = request({ wishes: { mode: "overwrite", only, isDraft: true } });
  const refused = await site.clock.run(() => service.apply(asked));
  expect(refused).toMatchObject({ failure: { cause: "NO_DRAFTS" } });
  expect(site.state("sandbox").records[one]).toMatchObject({ current: { kicker: "Out" } });
});

test("records of a model come back as they were, and it is told that they are public", async () => {
  const { site, service, request, before } = await edited();
  const only = [{ kind: "model", apiKey: "article" } as const];
  const asked = request({ wishes: { mode: "overwrite", only, isDraft: true } });
  const { plan, outcome } = await site.clock.run(async () => ({
    plan: valueFrom(await service.preview(asked)).plan,
    outcome: valueFrom(await service.apply(asked)),
  }));
  const told = expect.objectContaining({ code: "NO_DRAFTS", ids: [one] });
  expect([plan.warnings, outcome.warnings]).toEqual([
    expect.arrayContaining([told]),
    expect.arrayContaining([told]),
  ]);
  expect(outcome).toMatchObject({ applied: { records: 1 }, refused: [] });
  expect(site.state("sandbox").records[one]).toMatchObject({
    status: "published",
    current: before.records[one]?.current,
  });
});
