import { describe, expect, test } from "vitest";
import * as z from "zod";
import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { filesOfEnvironment } from "../../services/archive/restore/uploads/files.ts";
import { readUploads } from "../../services/archive/restore/uploads/read.ts";
import { deleteUploads } from "../../services/archive/restore/uploads/remove.ts";
import { restoreUploads } from "../../services/archive/restore/uploads/restore.ts";
import type { Journal } from "../../services/archive/restore/words.ts";
import { STORE_FULL } from "../../services/stores/failures.ts";
import { failed } from "../../utils/failures.ts";
import { TOKEN } from "../emulator/support.ts";
import { value } from "../stores/conformance.ts";
import { uploadDamages } from "./damageToUploads.ts";
import { requestsOf } from "./judge.ts";
import type { Site } from "./support.ts";
import {
  attributesOf,
  contextFor,
  lose,
  memoryJournal,
  rescue,
  restored,
  unequal,
} from "./uploadsSupport.ts";

const Found = z.object({ data: z.looseObject({ relationships: z.unknown() }) });

const { uploads } = nastyIds;
const { cover } = furnitureIds;

describe("an upload that is gone comes back with its id, its bytes and all that is said of it:", () => {
  test("of case 14 an image that is delivered optimised, an SVG file with scripts and a file without bytes", async () => {
    const site = await rescue();
    const lost = [uploads.image, uploads.drawing, uploads.empty];
    await lose(site, lost);
    const done = value(await restored(site, "add"));
    expect(done).toMatchObject({ created: expect.arrayContaining(lost), changed: [], refused: [] });
    expect(unequal(site.before, site.state())).toEqual([]);
  });

  test("not the video of case 14, whose bytes the archive could not get: it is told, and what is said of it is not lost elsewhere", async () => {
    const site = await rescue();
    await site
      .editor()
      .call("PUT", `/uploads/${uploads.video}`, change(uploads.video, { author: "Someone" }));
    expect(value(await restored(site, "overwrite")).refused).toEqual([]);
    expect(unequal(site.before, site.state())).toEqual([]);
    await lose(site, [uploads.video]);
    expect(value(await restored(site, "overwrite")).refused).toEqual([
      expect.objectContaining({ what: "upload", id: uploads.video, code: "ASSET_MISSING" }),
    ]);
  });

  test("of case 15 two with the same bytes, and one that was replaced", async () => {
    const site = await rescue();
    await lose(site, [...uploads.twins, uploads.replaced]);
    expect(value(await restored(site, "add")).created).toHaveLength(3);
    expect(unequal(site.before, site.state())).toEqual([]);
  });

  test("of case 16 one whose name DatoCMS writes in its own way, under a new address", async () => {
    const site = await rescue();
    const { url } = await attributesOf(site, uploads.unicode);
    await lose(site, [uploads.unicode]);
    expect(value(await restored(site, "add")).created).toEqual([uploads.unicode]);
    expect(unequal(site.before, site.state())).toEqual([]);
    expect((await attributesOf(site, uploads.unicode)).url).not.toBe(url);
  });

  test("with the letters of a name that it was given later, where DatoCMS keeps them", async () => {
    const site = await rescue({ contentUnknowns: { basenameLetters: "kept" } });
    expect(site.lines.find(({ id }) => id === cover)?.upload.attributes.basename).not.toBe("A Cover");
    await site.editor().call("PUT", `/uploads/${cover}`, change(cover, { basename: "A Cover" }));
    const context = await contextFor(site);
    const wanted = value(await site.clock.run(() => readUploads(context.reader, [cover])));
    await lose(site, [cover]);
    const restore = { wanted: wanted.values(), mode: "add", earlier: [] } as const;
    expect(value(await site.clock.run(() => restoreUploads(context, restore))).created).toEqual([cover]);
    expect((await attributesOf(site, cover)).basename).toBe("A Cover");
  });

  test("of case 19 one with a number for an id, where DatoCMS takes that; else it is told", async () => {
    const site = await rescue();
    await lose(site, [uploads.legacy]);
    expect(value(await restored(site, "add")).refused).toEqual([
      expect.objectContaining({ id: uploads.legacy, code: "VALIDATION_FORMAT" }),
    ]);
    site.project.settings.contentUnknowns.integerIds = "accept";
    expect(value(await restored(site, "add")).created).toEqual([uploads.legacy]);
    expect(unequal(site.before, site.state())).toEqual([]);
  });

  test("with its creator, where that is somebody of the project", async () => {
    const site = await rescue();
    const creator = { data: { type: "user", id: "104280" } };
    const document = { data: { type: "upload", id: cover, attributes: {}, relationships: { creator } } };
    await site.editor().call("PUT", `/uploads/${cover}`, document);
    const context = await contextFor(site);
    const wanted = [...value(await site.clock.run(() => readUploads(context.reader, [cover]))).values()];
    await lose(site, [cover]);
    const restore = { wanted, mode: "add", earlier: [] } as const;
    await site.clock.run(() => restoreUploads({ ...context, withCreators: false }, restore));
    expect((await upload(site, cover)).relationships).not.toMatchObject({ creator });
    await lose(site, [cover]);
    await site.clock.run(() => restoreUploads(context, restore));
    expect((await upload(site, cover)).relationships).toMatchObject({ creator });
  });
});

describe("what was edited is put back:", () => {
  const edited = ["bytesReplaced", "bytesReplacedInPlace", "metadataEdited", "uploadMoved"] as const;
  test.each(edited)("%s", async (damage) => {
    const site = await rescue();
    await uploadDamages[damage].inflict(site.editor());
    expect(unequal(site.before, site.state())).not.toEqual([]);
    const kept = site.state();
    expect(value(await restored(site, "add"))).toMatchObject({ created: [], changed: [], refused: [] });
    expect(unequal(kept, site.state())).toEqual([]);
    const done = value(await restored(site, "overwrite"));
    expect(done.refused).toEqual([]);
    expect(done.changed.length).toBeGreaterThan(0);
    expect(unequal(site.before, site.state())).toEqual([]);
  });

  test("metadata of a project that tells them by locale", async () => {
    const site = await rescue();
    const inside = site.project.inside("main");
    if (inside === undefined) throw new Error("Nothing lies in main");
    const { flags } = inside.content.site;
    inside.content.site = { ...inside.content.site, flags: { ...flags, non_localized_focal_points: false } };
    const metadata = { en: { alt: "Edited", title: "New", custom_data: { a: 1 }, focal_point: null } };
    await site
      .editor()
      .call("PUT", `/uploads/${uploads.image}`, change(uploads.image, { default_field_metadata: metadata }));
    const done = value(await restored(site, "overwrite", { only: [uploads.image] }));
    expect(done).toMatchObject({ changed: [uploads.image], refused: [] });
    const after = await attributesOf(site, uploads.image);
    expect(after.default_field_metadata).toMatchObject({
      en: {
        alt: "An image",
        title: null,
        custom_data: { id: "x", type: "item", relationships: { a: 1 } },
        focal_point: { x: 0.25, y: 0.75 },
      },
    });
  });

  test("all but what DatoCMS refuses, which is told with its code", async () => {
    const site = await rescue();
    await uploadDamages.innerCollectionDeleted.inflict(site.editor());
    await uploadDamages.bytesReplaced.inflict(site.editor());
    const done = value(await restored(site, "overwrite"));
    const sentence = expect.stringContaining("upload_collection");
    expect(done.refused).toEqual([{ what: "upload", id: cover, code: "VALIDATION_INVALID", sentence }]);
    expect(unequal(site.before, site.state())).toEqual([`${cover}/collection`]);
  });
});

describe("what nobody wants is deleted:", () => {
  test("and what a record has is told with DatoCMS's code", async () => {
    const site = await rescue();
    await uploadDamages.uploadCreated.inflict(site.editor());
    const context = await contextFor(site);
    const here = value(await site.clock.run(() => readUploads(context.reader, "all")));
    const surplus = [...here.keys()].filter((id) => !site.lines.some((line) => line.id === id));
    expect(surplus).toHaveLength(1);
    const done = value(await site.clock.run(() => deleteUploads(context, [...surplus, cover, "gone"])));
    expect(done.deleted).toEqual(surplus);
    expect(done.refused).toEqual([
      expect.objectContaining({ what: "upload", id: cover, code: "UPLOAD_IS_CURRENTLY_IN_USE" }),
    ]);
    expect(unequal(site.before, site.state())).toEqual([]);
  });
});

test("the files may come from another environment, as its asset host sends them", async () => {
  const site = await rescue();
  await site.clock.run(() => site.client.environments.fork("main", { id: "copy" }));
  const lost = [uploads.image, uploads.drawing, uploads.twins[0]];
  await lose(site, lost);
  const copy = await contextFor(site, { environment: "copy" });
  const wanted = value(await site.clock.run(() => readUploads(copy.reader, lost)));
  const host = { host: "www.datocms-assets.com", baseUrl: undefined };
  const context = await contextFor(site, {
    files: [filesOfEnvironment(host, site.emulator.fetch, site.clock)],
  });
  const restore = { wanted: wanted.values(), mode: "add", earlier: [] } as const;
  const done = value(await site.clock.run(() => restoreUploads(context, restore)));
  expect(done).toMatchObject({ created: lost, refused: [] });
  expect(unequal(site.before, site.state())).toEqual([]);
});

test("nothing is written where nothing differs, and one upload costs six calls at most", async () => {
  const site = await rescue();
  value(await restored(site, "overwrite"));
  expect(requestsOf(site.emulator, TOKEN, "main")).toEqual([]);
  const lost = [uploads.unicode, uploads.image, uploads.drawing, uploads.empty, cover].sort();
  await lose(site, lost);
  const before = site.emulator.requests.length;
  const journal = memoryJournal();
  value(await restored(site, "add", { journal }));
  // One of them asks for the schema, which a restore has read before.
  expect(site.emulator.requests.length - before - 1).toBeLessThanOrEqual(6 * lost.length);
  expect(journal.entries()).toEqual(lost.map((id) => ({ what: "upload", id, before: null })));
});

async function upload(site: Site, id: string) {
  return Found.parse(await site.editor().call("GET", `/uploads/${id}`)).data;
}

test("nothing is written that could not be undone", async () => {
  const site = await rescue();
  await uploadDamages.metadataEdited.inflict(site.editor());
  await lose(site, [uploads.empty]);
  site.emulator.clearRequests();
  const journal: Journal = { note: async () => failed(STORE_FULL) };
  expect(await restored(site, "overwrite", { journal })).toEqual(failed(STORE_FULL));
  const context = await contextFor(site, { journal });
  expect(await site.clock.run(() => deleteUploads(context, [cover]))).toEqual(failed(STORE_FULL));
  expect(requestsOf(site.emulator, TOKEN, "main")).toEqual([]);
});

function change(id: string, attributes: object) {
  return { data: { type: "upload", id, attributes } };
}
