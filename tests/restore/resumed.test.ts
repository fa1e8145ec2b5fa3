import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { idFrom } from "../../emulator/content/ids.ts";
import { fieldIdOf } from "../../emulator/content/seeds/build.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { RestoreRequest, Wishes } from "../../services/restoreService.ts";
import { type DamageName, damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import type { Editor } from "./editor.ts";
import { createItem, deleteField, editItem, editUpload, newId } from "./requests.ts";
import { type Restores, restoresOf, restoresOnDisk, valueFrom } from "./service.ts";
import { nastySite, type Site } from "./support.ts";

/** A restore that was cut off and is called again: what nobody touched comes back, what somebody touched stays. */

type Fetch = typeof fetch;

const rows = [1, 2, 3, 4, 5, 6].map((number) => idFrom(`nasty row ${number}`));
const [row = ""] = rows;
const [swapped] = nastyIds.swap;
const { image } = nastyIds.uploads;
const rowState = (site: Site) => site.state("sandbox").records[row];
const CHANGED_SINCE = { code: "CHANGED_SINCE" };

interface Begun {
  readonly site: Site;
  readonly editor: Editor;
  readonly healthy: Restores;
  readonly request: RestoreRequest;
  readonly before: ReturnType<Site["state"]>;
}

async function damaged(inflict: (editor: Editor) => Promise<unknown>, wishes: Partial<Wishes> = {}) {
  const site = nastySite();
  const healthy = await restoresOnDisk(site, { recordsAtOnce: 2 });
  const editor = site.editor("sandbox");
  const before = await site.clock.run(async () => {
    await healthy.archive("main");
    site.project.user.fork(null, "sandbox", { ready: true });
    const before = site.state("sandbox");
    await inflict(editor);
    return before;
  });
  return { site, editor, healthy, request: healthy.request({ wishes }), before };
}

/** Does not send the first call of a kind, and nothing after it. */
function dyingAt({ emulator }: Site, isLast: (call: string) => boolean): Fetch {
  let isDead = false;
  return async (input, init) => {
    const { method, url } = new Request(input, init);
    isDead ||= isLast(`${method} ${new URL(url).pathname}`);
    if (isDead) throw new Error("died");
    return emulator.fetch(input, init);
  };
}

/** @param meanwhile what somebody does before the same command goes on with it */
async function resumed(
  { site, editor, healthy, request }: Begun,
  isLast: (call: string) => boolean,
  meanwhile: (editor: Editor) => Promise<unknown> = async () => undefined,
  asked = request,
) {
  const dying = await restoresOf(site, dyingAt(site, isLast), healthy.folder, { recordsAtOnce: 2 });
  return site.clock.run(async () => {
    expect(await dying.service.apply(asked)).toMatchObject({ ok: false });
    const [run] = valueFrom(await healthy.service.runs());
    expect(run).toMatchObject({ schemaPlan: expect.anything(), endedAt: null });
    await meanwhile(editor);
    return valueFrom(await healthy.service.apply(asked));
  });
}

async function editRows(editor: Editor): Promise<void> {
  for (const id of rows) await editItem(editor, id, { name: "Edited" });
}

/** Whether the run has noted what it begins with: the call that follows is the first after that. */
function isPrepared({ healthy: { folder } }: Begun): boolean {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const run = files.find((path) => path.endsWith("run.json"));
  return run !== undefined && /"schemaPlan": ?\{/.test(readFileSync(join(folder, run), "utf8"));
}

/** So many calls of a kind are carried out. */
function after(calls: number, pattern: RegExp) {
  let met = 0;
  return (call: string) => {
    if (pattern.test(call)) met += 1;
    return met > calls;
  };
}

describe("what nobody has touched", () => {
  it("comes back though the process died among the first of many records", async () => {
    const begun = await damaged(editRows, { mode: "overwrite" });
    const ended = await resumed(begun, after(1, /^PUT \/items\//));
    expect(ended.refused).toEqual([]);
    expect(differencesOf(begun.before, begun.site.state("sandbox"))).toEqual([]);
  });

  it.each<DamageName>(["fieldTypeChanged", "fieldLocalized", "fieldRenamed", "fieldOfBlockDeleted"])(
    "comes back though the schema was changed before the process died: %s",
    async (name) => {
      const begun = await damaged(
        async (editor) => {
          await editRows(editor);
          await editUpload(editor, image, { notes: "Edited" });
          await damages[name].inflict(editor);
        },
        { mode: "mirror" },
      );
      const ended = await resumed(begun, (call) => /^PUT \/uploads\//.test(call));
      expect(ended.refused).toEqual([]);
      expect(differencesOf(begun.before, begun.site.state("sandbox"))).toEqual([]);
    },
  );
});

describe("what somebody has changed since the run began", () => {
  const mine = (editor: Editor) => editItem(editor, row, { name: "Mine" });

  it("stays where the process died before it noted any record", async () => {
    const begun = await damaged(editRows, { mode: "overwrite" });
    const { hash } = valueFrom(
      await begun.site.clock.run(() => begun.healthy.service.preview(begun.request)),
    ).plan;
    const asked = { ...begun.request, planHash: hash };
    const ended = await resumed(begun, () => isPrepared(begun), mine, asked);
    expect(ended.refused).toMatchObject([{ id: row, ...CHANGED_SINCE }]);
    expect(rowState(begun.site)).toMatchObject({ current: { name: "Mine" } });
  });

  it("stays where the plan deletes it", async () => {
    const id = newId("row");
    const begun = await damaged(
      async (editor) => {
        await editRows(editor);
        await createItem(editor, id, nastyIds.models.row, { name: "New row" });
      },
      { mode: "mirror" },
    );
    const ended = await resumed(begun, after(1, /^PUT \/items\//), (editor) =>
      editItem(editor, id, { name: "Mine" }),
    );
    expect(ended.refused).toContainEqual(expect.objectContaining({ id, ...CHANGED_SINCE }));
    expect(begun.site.state("sandbox").records[id]).toMatchObject({ current: { name: "Mine" } });
  });

  it("stays where it is an upload", async () => {
    const begun = await damaged((editor) => editUpload(editor, image, { notes: "Edited" }), {
      mode: "overwrite",
    });
    const ended = await resumed(
      begun,
      () => isPrepared(begun),
      (editor) => editUpload(editor, image, { notes: "Mine" }),
    );
    expect(ended.refused).toMatchObject([{ what: "upload", id: image, ...CHANGED_SINCE }]);
    expect(begun.site.state("sandbox").uploads[image]).toMatchObject({ notes: "Mine" });
  });

  it("stays where it was saved while a field of another model came back", async () => {
    const begun = await damaged(
      async (editor) => {
        await editRows(editor);
        await deleteField(editor, fieldIdOf(nastyIds.models.article, "kicker"));
      },
      { mode: "mirror" },
    );
    const { site, editor, healthy, request } = begun;
    let hasSaved = false;
    const busy: Fetch = async (input, init) => {
      const { method, url } = new Request(input, init);
      if (!hasSaved && method === "POST" && /\/fields$/.test(new URL(url).pathname)) {
        hasSaved = true;
        await editItem(editor, row, { name: "Mine" });
        await editItem(editor, swapped, { lead: "Mine" });
      }
      return site.emulator.fetch(input, init);
    };
    const restores = await restoresOf(site, busy, healthy.folder);
    const ended = valueFrom(await site.clock.run(() => restores.service.apply(request)));
    const others = ended.refused.filter(({ code }) => code === CHANGED_SINCE.code).map(({ id }) => id);
    expect(others.toSorted()).toEqual([row, swapped].toSorted());
    expect(rowState(site)).toMatchObject({ current: { name: "Mine" } });
    expect(site.state("sandbox").records[swapped]).toMatchObject({ current: { lead: "Mine" } });
  });
});
