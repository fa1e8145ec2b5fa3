import { describe, expect, test } from "vitest";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { FaultEffect, Operation } from "../../emulator/emulator.ts";
import { assetKey } from "../../services/archive/assetKey.ts";
import type { UploadLine } from "../../services/archive/restore/uploads/line.ts";
import { readUploads } from "../../services/archive/restore/uploads/read.ts";
import { deleteUploads } from "../../services/archive/restore/uploads/remove.ts";
import { restoreUploads } from "../../services/archive/restore/uploads/restore.ts";
import { upload } from "../archive/support.ts";
import { value } from "../stores/conformance.ts";
import { uploadDamages } from "./damageToUploads.ts";
import { everyPair } from "./switches.ts";
import { contextFor, lose, memoryJournal, type Rescue, rescue, restored, unequal } from "./uploadsSupport.ts";

const { uploads } = nastyIds;
const { cover } = furnitureIds;
const lost = [uploads.unicode, uploads.empty];

/** Who made the uploads of the archive: not the token that restores them. */
const creator = { id: "104280", type: "user" };

/** An archive, and what was lost and edited since. */
async function damaged(): Promise<Rescue> {
  const site = await rescue();
  await uploadDamages.bytesReplaced.inflict(site.editor());
  await uploadDamages.metadataEdited.inflict(site.editor());
  await lose(site, lost);
  site.emulator.clearRequests();
  return site;
}

const operations: readonly Operation[] = [
  "uploads.list",
  "uploadRequest.create",
  "assets.put",
  "uploads.create",
  "uploads.update",
  "jobResults.find",
];
const effects: readonly FaultEffect[] = [
  { kind: "drop", when: "before" },
  { kind: "drop", when: "after" },
  { kind: "hang", when: "after" },
  { kind: "html", status: 502, when: "after" },
  { kind: "status", status: 500, when: "before" },
  { kind: "status", status: 429, when: "before" },
];

describe("whatever becomes of a call, all is as it was in the end:", () => {
  test.each(operations)("%s", async (operation) => {
    for (const effect of effects)
      for (const skip of [0, 1]) {
        const site = await damaged();
        site.project.faults.add({ operation, effect, skip });
        const done = value(await restored(site, "overwrite"));
        const name = JSON.stringify({ effect, skip });
        expect(done.refused, name).toEqual([]);
        expect(unequal(site.before, site.state()), name).toEqual([]);
      }
  });
});

const jobEffects: readonly FaultEffect[] = [
  { kind: "job-fails", code: "INTERNAL_SERVER_ERROR", status: 500 },
  { kind: "never-ends" },
];

describe("whatever becomes of a job, too:", () => {
  test.each(["uploads.create", "uploads.update"] as const)("%s", async (operation) => {
    for (const effect of jobEffects)
      for (const skip of [0, 1]) {
        const site = await damaged();
        site.project.faults.add({ operation, effect, skip });
        const done = value(await restored(site, "overwrite"));
        expect(done.refused, effect.kind).toEqual([]);
        expect(unequal(site.before, site.state()), effect.kind).toEqual([]);
      }
  });

  test("uploads.bulkDestroy", async () => {
    for (const effect of [...effects, ...jobEffects]) {
      const site = await rescue();
      site.project.faults.add({ operation: "uploads.bulkDestroy", effect });
      const context = await contextFor(site);
      const done = value(await site.clock.run(() => deleteUploads(context, uploads.twins)));
      expect(done, effect.kind).toMatchObject({ deleted: uploads.twins, refused: [] });
      expect(unequal(site.before, site.state()), effect.kind).toEqual([...uploads.twins]);
    }
  });
});

test("whatever is unknown of DatoCMS, all comes back but what is told as refused", async () => {
  for (const contentUnknowns of everyPair()) {
    const site = await rescue({ contentUnknowns });
    await uploadDamages.bytesReplaced.inflict(site.editor());
    await uploadDamages.metadataEdited.inflict(site.editor());
    await lose(site, lost);
    const done = value(await restored(site, "overwrite"));
    const isTaken = contentUnknowns.otherDeletedIds === "taken";
    const name = JSON.stringify(contentUnknowns);
    expect(done.refused.map(({ id }) => id).sort(), name).toEqual(isTaken ? lost.toSorted() : []);
    for (const { code } of done.refused) expect(code).toBe("VALIDATION_UNIQUENESS");
    expect(unequal(site.before, site.state()).sort(), name).toEqual(isTaken ? lost.toSorted() : []);
  }
});

test("a price plan without room ends the restore", async () => {
  const site = await damaged();
  const effect: FaultEffect = { kind: "status", status: 422, code: "PLAN_UPGRADE_REQUIRED" };
  site.project.faults.add({ operation: "uploadRequest.create", effect, times: Number.POSITIVE_INFINITY });
  expect(await restored(site, "overwrite")).toMatchObject({ ok: false });
});

test("a restore that is killed goes on, whenever that was, and finishes what it had begun", async () => {
  for (const mode of ["overwrite", "add"] as const)
    for (let calls = 0, wasKilled = true; wasKilled; calls += 1) {
      const site = await damaged();
      const creatorsOf = () =>
        lost.map((id) => site.project.inside("main")?.content.uploads.get(id)?.creator);
      const journal = memoryJournal();
      const killed = new AbortController();
      let left = calls;
      const fetchUntil: typeof fetch = async (input, init) => {
        if (left === 0) killed.abort();
        left -= 1;
        return site.emulator.fetch(input, init);
      };
      const first = await restored(site, mode, { fetch: fetchUntil, signal: killed.signal, journal });
      wasKilled = !first.ok;
      const again = value(await restored(site, mode, { journal, earlier: journal.entries() }));
      expect(again.refused, `after ${calls} calls`).toEqual([]);
      const open = unequal(site.before, site.state()).map((path) => path.split("/")[0]);
      expect(
        open.filter((id) => mode === "overwrite" || lost.some((each) => each === id)),
        `after ${calls} calls`,
      ).toEqual([]);
      expect(creatorsOf(), `after ${calls} calls`).toEqual(lost.map(() => creator));
    }
});

describe("the storage", () => {
  const bad: readonly FaultEffect[] = [
    { kind: "status", status: 403 },
    { kind: "status", status: 503 },
    { kind: "status", status: 302, headers: { location: "https://elsewhere.example/" } },
    { kind: "hang", when: "before" },
    { kind: "drop", when: "before" },
  ];
  test.each(bad)("that answers with $kind $status is asked again", async (effect) => {
    const site = await damaged();
    site.project.faults.add({ operation: "assets.put", effect, times: 2 });
    expect(value(await restored(site, "overwrite")).refused).toEqual([]);
    expect(unequal(site.before, site.state())).toEqual([]);
  });

  test("that does not take a file is told, and the others come back", async () => {
    const site = await damaged();
    const effect: FaultEffect = { kind: "hang", when: "before" };
    const environment = "unicode-file-1.png";
    site.project.faults.add({
      operation: "assets.put",
      effect,
      environment,
      times: Number.POSITIVE_INFINITY,
    });
    const done = value(await restored(site, "add"));
    expect(done.created).toEqual([uploads.empty]);
    expect(done.refused).toEqual([
      expect.objectContaining({ id: uploads.unicode, code: "STORAGE_UNAVAILABLE" }),
    ]);
    expect(value(await restored(site, "add", { earlier: [] })).refused).not.toEqual([]);
    site.project.faults.clear();
    expect(value(await restored(site, "add")).created).toEqual([uploads.unicode]);
  });

  test("is not sent anything where its address is not encrypted", async () => {
    const site = await damaged();
    const asked: string[] = [];
    const elsewhere: typeof fetch = async (input, init) => {
      asked.push(String(input));
      const answer = await site.emulator.fetch(input, init);
      if (!String(input).includes("/upload-requests")) return answer;
      const text = await answer.text();
      return new Response(text.replace("https://uploads", "http://uploads"), answer);
    };
    const done = value(await restored(site, "add", { fetch: elsewhere, only: lost }));
    expect(done.refused.map(({ code }) => code)).toEqual(["STORAGE_UNAVAILABLE", "STORAGE_UNAVAILABLE"]);
    expect(asked.filter((address) => address.includes("uploads.datocms-storage"))).toEqual([]);
  });
});

describe("bytes that are not those of the archive", () => {
  const keyIn = (site: Rescue, id: string) => keyOf(site.lines.find((line) => line.id === id));

  test.each(["other", "fewer", "more"] as const)("are never sent: %s ones in the store", async (which) => {
    const site = await damaged();
    const key = keyIn(site, uploads.unicode);
    const size = Number(key.split("-").at(-1));
    const length = { other: size, fewer: size - 1, more: size + 1 }[which];
    await site.store.put(key, new Uint8Array(length));
    const done = value(await restored(site, "add"));
    expect(done.refused).toEqual([expect.objectContaining({ id: uploads.unicode, code: "ASSET_DIFFERS" })]);
    expect(done.created).toEqual([uploads.empty]);
    expect(site.state().uploads[uploads.unicode]).toBeUndefined();
  });

  test("are told where only the store has lost them, and what else differs is put back", async () => {
    const site = await damaged();
    await site.store.delete([keyIn(site, cover), keyIn(site, uploads.unicode)]);
    const done = value(await restored(site, "overwrite"));
    expect(done.refused.map(({ id, code }) => [id, code]).sort()).toEqual(
      [
        [cover, "ASSET_MISSING"],
        [uploads.unicode, "ASSET_MISSING"],
      ].sort(),
    );
    const open = unequal(site.before, site.state());
    expect(open.sort()).toEqual([uploads.unicode, `${cover}/md5`, `${cover}/size`].sort());
  });

  test("that DatoCMS got otherwise than they were sent are told", async () => {
    const site = await damaged();
    const spoiling: typeof fetch = (input, init) => {
      const isFile = String(input).includes("unicode-file-1.png") && init?.method === "PUT";
      return site.emulator.fetch(input, isFile ? { ...init, body: "spoilt" } : init);
    };
    const done = value(await restored(site, "add", { fetch: spoiling }));
    expect(done.refused).toEqual([expect.objectContaining({ id: uploads.unicode, code: "ASSET_DIFFERS" })]);
  });
});

describe("a file that is too large for memory", () => {
  const LENGTH = 9 * 1024 * 1024;

  test("is sent as it is read, with its length, and only whole", async () => {
    const site = await rescue();
    const bytes = new Uint8Array(LENGTH).fill(7);
    const id = await site.clock.run(() => upload(site, "large.bin", bytes));
    const context = await contextFor(site);
    const wanted = value(await site.clock.run(() => readUploads(context.reader, [id])));
    await lose(site, [id]);
    const key = keyOf(wanted.get(id));
    await site.store.put(key, Buffer.concat([bytes.subarray(1), Uint8Array.of(8)]));
    const restore = { wanted: [...wanted.values()], mode: "add", earlier: [] } as const;
    const spoilt = value(await site.clock.run(() => restoreUploads(context, restore)));
    expect(spoilt.refused).toEqual([expect.objectContaining({ id, code: "ASSET_DIFFERS" })]);

    await site.store.put(key, bytes);
    const sent: (string | null)[] = [];
    const noting: typeof fetch = (input, init) => {
      if (init?.body instanceof ReadableStream) sent.push(new Headers(init.headers).get("content-length"));
      return site.emulator.fetch(input, init);
    };
    const done = value(await site.clock.run(() => restoreUploads({ ...context, fetch: noting }, restore)));
    expect(done).toMatchObject({ created: [id], refused: [] });
    expect(sent).toEqual([String(LENGTH)]);
  });
});

function keyOf(line: UploadLine | undefined): string {
  const { md5, size } = line?.file ?? {};
  if (md5 == null || size == null) throw new Error("Nothing is known of the file");
  return assetKey({ md5, size });
}
