import { expect, test } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { jobsOf } from "../../services/jobs/jobs.ts";
import { openOffsiteStore } from "../../services/offsiteStore.ts";
import { restoreFindings } from "../../services/restoreFindings.ts";
import { openRestores } from "../../services/restoreJobs.ts";
import { damages } from "./damages.ts";
import { editItem } from "./requests.ts";
import { restoresOf, restoresOnDisk, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** Restores that were begun, and have written nothing. */

test("a copy of the primary from before an edit is not told as the primary as it was", async () => {
  const site = nastySite();
  const healthy = await restoresOf(site);
  const editor = site.editor();
  let isEdited = false;
  const busy: typeof fetch = async (input, init) => {
    const answer = await site.emulator.fetch(input, init);
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    if (!isEdited && pathname.endsWith("/fork")) {
      isEdited = true;
      await editItem(editor, nastyIds.swap[0], { kicker: "Mine" });
    }
    return answer;
  };
  const { service, request } = await restoresOf(site, busy, healthy.folder);
  const only = [{ kind: "model", apiKey: "article" } as const];
  const asked = request({ into: { kind: "existing", id: "main" }, wishes: { mode: "overwrite", only } });
  const copies = () => site.project.environments().flatMap(({ primary, id }) => (primary ? [] : [id]));
  const planHash = async () => valueFrom(await service.preview(asked)).plan.hash;
  await site.clock.run(async () => {
    await healthy.archive("main");
    await damages.referredDeleted.inflict(editor);
    const refused = await service.apply({ ...asked, planHash: await planHash() });
    const [stale = ""] = copies();
    expect(refused).toMatchObject({
      failure: { cause: "DESTINATION_CHANGED", facts: { safetyCopy: stale } },
    });
    expect([refused.ok || refused.failure.sentence, isEdited]).toEqual([
      expect.stringContaining(stale),
      true,
    ]);
    const { warnings } = valueFrom(await service.apply({ ...asked, planHash: await planHash() }));
    const [fresh = ""] = copies().filter((id) => id !== stale);
    expect(warnings).toMatchObject([{ code: "SAFETY_COPY", ids: [fresh] }]);
    expect(site.state(fresh).records[nastyIds.swap[0]]).toMatchObject({ current: { kicker: "Mine" } });
  });
});

test("so is one whose command was cut off while it was made", async () => {
  const site = nastySite();
  const healthy = await restoresOf(site);
  const editor = site.editor();
  let isDead = false;
  const dying: typeof fetch = async (input, init) => {
    if (isDead) throw new Error("died");
    isDead = /\/fork\b/.test(String(input instanceof Request ? input.url : input));
    return site.emulator.fetch(input, init);
  };
  const { service, request } = healthy;
  const only = [{ kind: "model", apiKey: "article" } as const];
  const asked = request({ into: { kind: "existing", id: "main" }, wishes: { mode: "overwrite", only } });
  await site.clock.run(async () => {
    await healthy.archive("main");
    await damages.referredDeleted.inflict(editor);
    const { hash } = valueFrom(await service.preview(asked)).plan;
    const other = await restoresOf(site, dying, healthy.folder);
    expect(await other.service.apply({ ...asked, planHash: hash })).toMatchObject({ ok: false });
    await site.clock.sleep(60_000);
    await editItem(editor, nastyIds.swap[0], { kicker: "Mine" });
    const [stale = ""] = site.project.environments().flatMap(({ primary, id }) => (primary ? [] : [id]));
    const refused = await service.apply({ ...asked, planHash: hash });
    expect(refused).toMatchObject({
      failure: { cause: "DESTINATION_CHANGED", facts: { safetyCopy: stale } },
    });
    const again = valueFrom(await service.preview(asked)).plan.hash;
    const { warnings } = valueFrom(await service.apply({ ...asked, planHash: again }));
    expect(warnings).toMatchObject([{ code: "SAFETY_COPY" }]);
    expect(warnings[0]?.ids).not.toEqual([stale]);
  });
});

test("one whose sandbox DatoCMS refuses has ended", async () => {
  const site = nastySite({ plan: { sandboxLimit: 0 } });
  const { service, request, archive, folder } = await restoresOnDisk(site);
  const made = request({ into: { kind: "new", id: "back" }, wishes: { mode: "add" } });
  const variables = { BACKUP_STORE: `file://${folder}/store` };
  const { clock, emulator } = site;
  const findings = await clock.run(async () => {
    await archive("main");
    expect(await service.apply(made)).toMatchObject({ failure: { cause: "ENVIRONMENT_LIMIT_REACHED" } });
    const store = valueFrom(
      await openOffsiteStore({ variables, directory: folder, fetch: emulator.fetch, clock }),
    );
    return restoreFindings(valueFrom(await openRestores(jobsOf(store, clock))), clock.now());
  });
  expect(findings).toEqual([]);
  expect(valueFrom(await service.runs())).toMatchObject([{ endedAt: expect.any(String) }]);
});
