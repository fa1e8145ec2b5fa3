import { describe, expect, test } from "vitest";
import { fieldIdOf } from "../../emulator/content/seeds/build.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import {
  loosenValidators,
  type OriginalValidators,
  tightenValidators,
} from "../../services/archive/restore/schema/loosen.ts";
import type { ContentWrites, Written } from "../../services/sources/datocms/contentWrites.ts";
import { failed, succeeded, unavailable } from "../../utils/failures.ts";
import { createItem, editField, newId, resource } from "./requests.ts";
import { access, memoryJournal, schemaDifferences } from "./schemaSupport.ts";
import { nastySite, type Site } from "./support.ts";

const { article, strict } = nastyIds.models;

function effects(here: Site, writes: ContentWrites = access(here).writes) {
  return { ...access(here), writes, journal: memoryJournal(), clock: here.clock };
}

/** A run's file: of a field that is in it, the first original counts. */
function runFile() {
  const kept = new Map<string, OriginalValidators>();
  const keep = async (originals: readonly OriginalValidators[]) => {
    for (const each of originals) if (!kept.has(each.id)) kept.set(each.id, each);
    return succeeded(undefined);
  };
  return { keep, kept: () => [...kept.values()] };
}

function dyingAfter(writes: ContentWrites, calls: number): ContentWrites {
  let left = calls;
  const dead: Written = { kind: "stopped", failure: unavailable() };
  return {
    ...writes,
    async send(...request) {
      left -= 1;
      return left < 0 ? dead : writes.send(...request);
    },
  };
}

describe("loosened validators", () => {
  test("let in what was refused, and publish two records that need each other (cases 6, 7)", async () => {
    const here = nastySite();
    const editor = here.editor();
    const [one, other] = nastyIds.swap;
    const slug = "two";
    await editor.call("PUT", `/items/${one}`, resource("item", one, { slug }));
    const publishOne = () => editor.call("PUT", `/items/${one}/publish`);
    await expect(publishOne()).rejects.toThrow("INVALID_FIELD");
    const pair = [newId("pair a"), newId("pair b")];
    const create = (id = "") => createItem(editor, id, strict, {});
    await expect(create(pair[0])).rejects.toThrow("VALIDATION_REQUIRED");

    const loose = await here.clock.run(() =>
      loosenValidators(effects(here), new Set([article, strict]), runFile().keep),
    );
    expect(loose.ok && loose.value.length).toBeGreaterThan(3);
    await publishOne();
    for (const id of pair) await create(id);
    for (const [id, partner] of [pair, pair.toReversed()])
      await editor.call("PUT", `/items/${id}`, resource("item", id, { partner }));
    await editor.call("PUT", `/items/${pair[0]}/publish`);
    const { records } = here.state();
    for (const id of [...pair, one ?? "", other ?? ""])
      expect(records[id]).toMatchObject({ status: "published" });
  });

  test("keep the models that fields name, also in the blocks of the records", async () => {
    const here = nastySite();
    await here.clock.run(() => loosenValidators(effects(here), new Set([article]), runFile().keep));
    const { fields } = here.state();
    const validators = Object.values(fields)
      .filter(({ model }) => model === article)
      .flatMap((field) => Object.keys(Object(field.validators)));
    expect([...new Set(validators)].toSorted()).toEqual([
      "items_item_type",
      "rich_text_blocks",
      "structured_text_blocks",
      "structured_text_inline_blocks",
      "structured_text_links",
    ]);
  });

  test("wait until the originals are kept, and stay where they cannot be", async () => {
    const here = nastySite();
    const before = here.state();
    const full = unavailable();
    const done = await here.clock.run(() =>
      loosenValidators(effects(here), new Set([article]), async () => {
        expect(schemaDifferences(before, here.state())).toEqual([]);
        return failed(full);
      }),
    );
    expect(done).toEqual(failed(full));
    expect(schemaDifferences(before, here.state())).toEqual([]);
  });

  test("are tightened again, whenever the process died", async () => {
    const models = new Set([article, strict]);
    for (let calls = 0; ; calls += 1) {
      const here = nastySite();
      const before = here.state();
      const file = runFile();
      const dying = effects(here, dyingAfter(access(here).writes, calls));
      const loose = await here.clock.run(() => loosenValidators(dying, models, file.keep));
      const dyingAgain = effects(here, dyingAfter(access(here).writes, calls));
      await here.clock.run(() => tightenValidators(dyingAgain, file.kept()));
      await here.clock.run(() => loosenValidators(effects(here), models, file.keep));
      const done = await here.clock.run(() => tightenValidators(effects(here), file.kept()));
      expect(done).toEqual(succeeded([]));
      expect(schemaDifferences(before, here.state())).toEqual([]);
      if (loose.ok) break;
    }
  });

  test("that DatoCMS refuses to put back are told", async () => {
    const here = nastySite();
    const file = runFile();
    await here.clock.run(() => loosenValidators(effects(here), new Set([article]), file.keep));
    here.project.faults.add({
      operation: "fields.update",
      times: Number.POSITIVE_INFINITY,
      effect: { kind: "status", status: 422, code: "INVALID_FIELD" },
    });
    const done = await here.clock.run(() => tightenValidators(effects(here), file.kept()));
    expect(done.ok && done.value.map(({ what, code }) => `${what} ${code}`)).toEqual(
      file.kept().map(() => "field INVALID_FIELD"),
    );
  });

  test("that somebody has changed meanwhile are told", async () => {
    const here = nastySite();
    const file = runFile();
    await here.clock.run(() => loosenValidators(effects(here), new Set([article]), file.keep));
    const related = fieldIdOf(article, "related");
    await editField(here.editor(), related, { validators: { items_item_type: { item_types: [strict] } } });
    const original = {
      id: related,
      validators: { size: { max: 3 }, items_item_type: { item_types: [article] } },
    };
    const done = await here.clock.run(() => tightenValidators(effects(here), [original]));
    expect(done.ok && done.value).toEqual([
      expect.objectContaining({ what: "field", id: related, code: "CHANGED_SINCE" }),
    ]);
  });

  test("leave alone what somebody has made strict since, and what is gone", async () => {
    const here = nastySite();
    const file = runFile();
    await here.clock.run(() => loosenValidators(effects(here), new Set([article]), file.keep));
    const [first, second] = file.kept();
    const path = (each?: OriginalValidators) => `/fields/${each?.id}`;
    const stricter = { data: { type: "field", id: first?.id, attributes: { validators: { required: {} } } } };
    await here.editor().call("PUT", path(first), stricter);
    await here.editor().call("DELETE", path(second));
    const done = await here.clock.run(() => tightenValidators(effects(here), file.kept()));
    expect(done).toEqual(succeeded([]));
    expect(here.state().fields[first?.id ?? ""]).toMatchObject({ validators: { required: {} } });
  });
});
