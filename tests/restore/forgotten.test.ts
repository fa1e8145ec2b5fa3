import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { sweepRestores } from "../../services/archive/restore/sweep.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { damages } from "./damages.ts";
import { deleteItem } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** What is kept of restores, for how long, and what never comes back. */

const OLD = "backup-plugin-daily-2026-02-28";
const { deletable } = nastyIds;
const record = { kind: "record", id: deletable } as const;
const from = { kind: "environment", id: OLD } as const;
const into = { kind: "existing", id: "sandbox" } as const;

async function damaged() {
  const site = nastySite();
  const restores = await restoresOf(site);
  await site.clock.run(async () => {
    await restores.archive("main");
    for (const id of [OLD, "sandbox"])
      await site.client.environments.fork("main", { id }, { immediate_return: true });
    await site.clock.sleep(60_000);
    await damages.referredDeleted.inflict(site.editor("sandbox"));
  });
  return { site, ...restores };
}

describe("what somebody has had forgotten", () => {
  it("is brought back from no backup, by its id or with everything, and is listed", async () => {
    const { site, service, request, archives } = await damaged();
    await site.clock.run(async () => {
      valueFrom(await (await archives()).forget(record));
      const single = request({ source: from, into, wishes: { mode: "add", only: [record] } });
      expect(valueFrom(await service.preview(single))).toMatchObject({
        plan: { records: [] },
        refused: [{ id: deletable, code: "FORGOTTEN" }],
      });
      expect(valueFrom(await service.apply(single)).refused).toMatchObject([
        { id: deletable, code: "FORGOTTEN" },
      ]);
      const all = request({ source: from, into, wishes: { mode: "add" } });
      const { plan } = valueFrom(await service.preview(all));
      expect(plan.warnings).toContainEqual(expect.objectContaining({ code: "FORGOTTEN", ids: [deletable] }));
      valueFrom(await service.apply(all));
      const found = { source: from, query: { kind: "words", words: deletable }, most: 5 } as const;
      expect(valueFrom(await service.find({ ...found, callsPerSecond: 1_000 })).total).toBe(0);
    });
    expect(site.state("sandbox").records[deletable]).toBeUndefined();
  });

  it("is not put back by undo, and is listed with the links to it", async () => {
    const { site, service, request, archives } = await damaged();
    const mirror = request({
      source: { kind: "environment", id: "sandbox" },
      into: { kind: "existing", id: "other" },
    });
    const undone = await site.clock.run(async () => {
      await site.client.environments.fork("main", { id: "other" }, { immediate_return: true });
      await site.clock.sleep(60_000);
      const { id } = valueFrom(await service.apply(mirror));
      expect(site.state("other").records[deletable]).toBeUndefined();
      valueFrom(await (await archives()).forget(record));
      return valueFrom(await service.undo(id, 1_000));
    });
    const [first, ...links] = undone.refused;
    expect(first).toMatchObject({ id: deletable, code: "FORGOTTEN" });
    expect(new Set(links.map(({ code }) => code))).toEqual(new Set(["DANGLING_LINK"]));
    expect(site.state("other").records[deletable]).toBeUndefined();
  });

  it("stays where it is there, also in a mirror", async () => {
    const { site, service, request, archives } = await damaged();
    await site.clock.run(async () => {
      await site.client.environments.fork("main", { id: "other" }, { immediate_return: true });
      await site.clock.sleep(60_000);
      await deleteItem(site.editor("other"), nastyIds.swap[0] ?? "");
      valueFrom(await (await archives()).forget(record));
      valueFrom(await service.apply(request({ source: from, into: { kind: "existing", id: "other" } })));
    });
    const { records } = site.state("other");
    expect([records[deletable], records[nastyIds.swap[0] ?? ""]]).toEqual([
      expect.anything(),
      expect.anything(),
    ]);
  });
});

describe("runs and journals", () => {
  it("go 90 days after they were written last, each as a whole", async () => {
    let now = Date.UTC(2026, 0, 1);
    const store = createMemoryStore({ now: () => now });
    const put = (key: string) => store.put(`restores/${key}`, new Uint8Array([1]));
    for (const key of ["restore_a/run.json", "restore_a/journal/000001.ndjson.gz", "restore_b/run.json"])
      await put(key);
    now += 60 * 24 * 60 * 60_000;
    await put("restore_b/run.json");
    now += 29 * 24 * 60 * 60_000;
    expect(valueFrom(await sweepRestores(store))).toEqual([]);
    now += 2 * 24 * 60 * 60_000;
    expect(valueFrom(await sweepRestores(store))).toEqual(["restore_a"]);
    const left = valueFrom(await store.list({ prefix: "restores/" })).objects.map(({ key }) => key);
    expect(left).toEqual(["restores/restore_b/run.json"]);
  });
});
