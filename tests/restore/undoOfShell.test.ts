import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import * as z from "zod";
import { restoresOnDisk, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** Webhooks belong to the project, not to an environment: one that a restore creates goes when it is undone. */

const List = z.object({
  data: z.array(
    z.object({ id: z.string(), attributes: z.looseObject({ name: z.string(), enabled: z.boolean() }) }),
  ),
});

async function restoredWithShell(into: { readonly kind: "new" | "existing"; readonly id: string }) {
  const site = nastySite();
  const restores = await restoresOnDisk(site);
  const editor = site.editor();
  const hooks = async () => List.parse(await editor.call("GET", "/webhooks")).data;
  const { id, before } = await site.clock.run(async () => {
    await restores.archive("main");
    if (into.kind === "existing") await site.client.environments.fork("main", { id: into.id });
    for (const hook of await hooks()) await editor.call("DELETE", `/webhooks/${hook.id}`);
    const before = await hooks();
    const asked = restores.request({ into, wishes: { mode: "overwrite", withShell: true } });
    return { before, ...valueFrom(await restores.service.apply(asked)) };
  });
  const undo = () => site.clock.run(async () => valueFrom(await restores.service.undo(id, 1_000)));
  return { site, editor, hooks, before, undo, restores, id };
}

test.each(["new", "existing"] as const)(
  "undo deletes what was created of the project: %s sandbox",
  async (kind) => {
    const { hooks, before, undo, site } = await restoredWithShell({ kind, id: "back" });
    const made = await site.clock.run(hooks);
    expect(made.length).toBeGreaterThan(before.length);
    expect((await undo()).refused).toEqual([]);
    expect(await site.clock.run(hooks)).toEqual(before);
  },
);

test("undo deletes it when the archive is gone", async () => {
  const { hooks, before, undo, site, restores } = await restoredWithShell({ kind: "new", id: "back" });
  await rm(`${restores.folder}/store/archives`, { recursive: true });
  expect((await undo()).refused).toEqual([]);
  expect(await site.clock.run(hooks)).toEqual(before);
});

test("undo leaves what somebody has turned on since", async () => {
  const { hooks, undo, site, editor } = await restoredWithShell({ kind: "existing", id: "back" });
  const [hook] = await site.clock.run(hooks);
  const attributes = { enabled: true };
  await site.clock.run(() =>
    editor.call("PUT", `/webhooks/${hook?.id}`, { data: { type: "webhook", id: hook?.id, attributes } }),
  );
  expect((await undo()).refused).toMatchObject([{ what: "webhook", code: "CHANGED_SINCE" }]);
  expect(await site.clock.run(hooks)).toMatchObject([{ id: hook?.id, attributes: { enabled: true } }]);
});

test("undo keeps the sandbox where it cannot read what the restore had created of the project", async () => {
  const { site, restores, id } = await restoredWithShell({ kind: "new", id: "back" });
  // A run of an older version has not kept it.
  await rm(`${restores.folder}/store/restores/${id}/schema.json.gz`);
  await rm(`${restores.folder}/store/archives`, { recursive: true });
  const undone = await site.clock.run(async () => {
    const undone = await restores.service.undo(id, 1_000);
    await site.clock.sleep(60_000);
    return undone;
  });
  expect(undone.ok).toBe(false);
  expect(site.project.environment("back")).toBeDefined();
});
