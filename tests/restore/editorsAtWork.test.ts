import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { TOKEN } from "../emulator/support.ts";
import { type Editor, editorOf } from "./editor.ts";
import { bulk, editItem, editUpload } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** Somebody saves a record while it is restored: what they wrote does not go out, and nothing of it is lost. */

const [one, two] = nastyIds.swap;

/** @param saves whether the editor saves before a call; told its number, from 1, and its path */
async function restoredBeside(saves: (call: number, path: string) => boolean) {
  const site = nastySite();
  const healthy = await restoresOf(site);
  let saved = 0;
  const paths: string[] = [];
  const editor: Editor = editorOf(site.emulator, TOKEN, "sandbox");
  const busy: typeof fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    paths.push(path);
    if (saves(paths.length, path) && site.state("sandbox").records[one] !== undefined) {
      saved += 1;
      await editItem(editor, one, { kicker: `Draft ${saved}` });
    }
    return site.emulator.fetch(input, init);
  };
  const restores = await restoresOf(site, busy, healthy.folder);
  const ended = await site.clock.run(async () => {
    await healthy.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" });
    await bulk(editor, "destroy", [one, two]);
    const only = [one, two].map((id) => ({ kind: "record", id }) as const);
    paths.length = 0;
    return valueFrom(await restores.service.apply(restores.request({ wishes: { mode: "add", only } })));
  });
  return { site, restores, ended, saved, paths, record: () => site.state("sandbox").records[one] };
}

describe("a draft that somebody saves while a restore publishes", () => {
  it("stays a draft, and is told, with an editor who saves at every call", async () => {
    const { ended, saved, record, site } = await restoredBeside(() => true);
    expect(saved).toBeGreaterThan(0);
    expect(record()).toMatchObject({ status: "draft", published: null });
    expect(ended.refused).toEqual([expect.objectContaining({ id: one, code: "CHANGED_SINCE" })]);
    expect(site.state("sandbox").records[two]).toMatchObject({ status: "published" });
  });

  it("stays one whichever call they save before", { timeout: 240_000 }, async () => {
    const { paths } = await restoredBeside(() => false);
    const created = paths.lastIndexOf("/items", paths.indexOf("/items/bulk/publish"));
    let met = 0;
    for (let call = created; call <= paths.length; call += 1) {
      const { ended, saved, record } = await restoredBeside((each) => each === call);
      met += saved;
      // Their words are there, and nobody but the editors sees them.
      expect([call, record()]).toMatchObject([call, { current: { kicker: "Draft 1" } }]);
      expect([call, JSON.stringify(record()?.published)]).not.toContain("Draft 1");
      if (record()?.status === "draft")
        expect([call, ended.refused]).toMatchObject([call, [{ id: one, code: "CHANGED_SINCE" }]]);
    }
    expect(met).toBeGreaterThan(2);
  });

  it("is not written over when the restore is taken back", async () => {
    const { ended, record, restores, site } = await restoredBeside(() => true);
    const undone = valueFrom(await site.clock.run(() => restores.service.undo(ended.id, 1_000)));
    expect(undone.refused).toContainEqual(expect.objectContaining({ id: one, code: "CHANGED_SINCE" }));
    expect(record()?.current).toMatchObject({ kicker: expect.stringMatching(/^Draft/) });
  });
});

describe("an upload that somebody edits while it is restored", () => {
  it("stays as they left it, and is told", async () => {
    const site = nastySite();
    const healthy = await restoresOf(site);
    const editor: Editor = editorOf(site.emulator, TOKEN, "sandbox");
    const { image } = nastyIds.uploads;
    let saved = 0;
    const busy: typeof fetch = async (input, init) => {
      saved += 1;
      await editUpload(editor, image, { notes: `Mine ${saved}` });
      return site.emulator.fetch(input, init);
    };
    const ended = await site.clock.run(async () => {
      await healthy.archive("main");
      await site.client.environments.fork("main", { id: "sandbox" });
      await editUpload(editor, image, { notes: "Edited" });
      const only = [{ kind: "upload", id: image } as const];
      const { service, request } = await restoresOf(site, busy, healthy.folder);
      return valueFrom(await service.apply(request({ wishes: { mode: "overwrite", only } })));
    });
    expect(ended.refused).toMatchObject([{ what: "upload", id: image, code: "CHANGED_SINCE" }]);
    expect(site.state("sandbox").uploads[image]).toMatchObject({ notes: `Mine ${saved}` });
  });
});
