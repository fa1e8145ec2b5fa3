import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { TOKEN } from "../emulator/support.ts";
import { damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { requestsOf } from "./judge.ts";
import { editItem } from "./requests.ts";
import { restoresOnDisk, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** What is true of a restore into the primary environment, and of every preview. */

const into = { kind: "existing", id: "main" } as const;
const record = { kind: "record", id: nastyIds.deletable } as const;

async function damagedPrimary() {
  const site = nastySite();
  const restores = await restoresOnDisk(site);
  const before = site.state();
  await site.clock.run(async () => {
    await restores.archive("main");
    await damages.referredDeleted.inflict(site.editor());
  });
  return { site, before, ...restores };
}

describe("a preview", () => {
  it("writes nothing, neither to DatoCMS nor to the store", async () => {
    const { site, service, request, files } = await damagedPrimary();
    const [writes, stored] = [requestsOf(site.emulator, TOKEN, "main").length, await files()];
    await site.clock.run(async () => {
      for (const wishes of [{ mode: "mirror" }, { mode: "add", only: [record] }] as const)
        valueFrom(await service.preview(request({ into, wishes })));
      valueFrom(await service.preview(request({ into: { kind: "new", id: "back" } })));
      valueFrom(await service.diff({ kind: "archive", name: "latest" }, undefined, 1_000));
    });
    expect(requestsOf(site.emulator, TOKEN, "main")).toHaveLength(writes);
    expect(site.project.environments()).toHaveLength(1);
    expect(await files()).toEqual(stored);
  });
});

describe("a restore into the primary", () => {
  it("brings one record back with its links, and costs few calls", async () => {
    const { site, service, request, before, files, folder } = await damagedPrimary();
    const asked = request({ into, wishes: { mode: "add", only: [record], relinks: true } });
    const restored = await site.clock.run(async () => valueFrom(await service.apply(asked)));
    expect(restored.refused).toEqual([]);
    expect(differencesOf(before, site.state())).toEqual([]);
    expect(restored.calls).toBeLessThanOrEqual(30);
    const runs = (await files()).filter((path) => path.startsWith("store/runs/"));
    const texts = await Promise.all(runs.map((path) => readFile(join(folder, path), "utf8")));
    const kept = texts.map((text): unknown => JSON.parse(text));
    const { id } = restored;
    expect(kept).toContainEqual(
      expect.objectContaining({
        kind: "restore",
        status: "done",
        restore: { id, environmentId: "main", records: 3, uploads: 0, schema: 0, refused: [] },
      }),
    );
  });

  it("is refused for everything and for a mirror, and then changes nothing", async () => {
    const { site, service, request } = await damagedPrimary();
    const writes = requestsOf(site.emulator, TOKEN, "main").length;
    const refused = await site.clock.run(async () => [
      await service.apply(request({ into, wishes: { mode: "overwrite" } })),
      await service.apply(request({ into, wishes: { mode: "mirror", only: [record] } })),
    ]);
    expect(refused).toMatchObject([
      { failure: { cause: "PRIMARY_NEEDS_SCOPE" } },
      { failure: { cause: "PRIMARY_MIRROR" } },
    ]);
    expect(requestsOf(site.emulator, TOKEN, "main")).toHaveLength(writes);
  });

  it("is refused where the target is no longer what the plan was made for", async () => {
    const { site, service, request } = await damagedPrimary();
    const asked = request({ into, wishes: { mode: "add", only: [record], relinks: true } });
    const answer = await site.clock.run(async () => {
      const { plan } = valueFrom(await service.preview(asked));
      const [referrer = ""] = plan.records.filter((each) => each.do === "change").map(({ id }) => id);
      await editItem(site.editor(), referrer, { kicker: "Edited since" });
      return service.apply({ ...asked, planHash: plan.hash });
    });
    expect(answer).toMatchObject({ ok: false, failure: { cause: "DESTINATION_CHANGED" } });
    expect(site.state().records[nastyIds.deletable]).toBeUndefined();
  });

  it("of a model forks the primary first", async () => {
    const { site, service, request, before } = await damagedPrimary();
    const asked = request({
      into,
      wishes: { mode: "overwrite", only: [{ kind: "model", apiKey: "article" }] },
    });
    await site.clock.run(async () => {
      expect(await service.apply(asked)).toMatchObject({ failure: { cause: "PRIMARY_NEEDS_PLAN" } });
      const { plan } = valueFrom(await service.preview(asked));
      valueFrom(await service.apply({ ...asked, planHash: plan.hash }));
    });
    const [, safety] = site.project.environments();
    expect(safety?.id).toMatch(/^restore-safety-/);
    expect(site.state().records[nastyIds.deletable]).toEqual(before.records[nastyIds.deletable]);
  });
});
