import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { ProjectOptions } from "../../emulator/emulator.ts";
import { TOKEN } from "../emulator/support.ts";
import { damages } from "./damages.ts";
import { requestsOf } from "./judge.ts";
import { deleteUpload, resource } from "./requests.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite, type Site } from "./support.ts";

/** What is asked before the first write: who hears of it, and whether all of it can be had back. */

const into = { kind: "existing", id: "main" } as const;
const record = { kind: "record", id: nastyIds.deletable } as const;
const article = { kind: "model", apiKey: "article" } as const;

async function damaged(options: Partial<ProjectOptions> = {}) {
  const site = nastySite(options);
  const restores = await restoresOf(site);
  const before = site.state();
  await site.clock.run(async () => {
    await restores.archive("main");
    await damages.referredDeleted.inflict(site.editor());
  });
  return { site, before, ...restores };
}

const writesIn = ({ emulator }: Site) => requestsOf(emulator, TOKEN, "main").length;

describe("webhooks", () => {
  async function listening(count: number) {
    const here = await damaged();
    const events = [{ entity_type: "item", event_types: ["create", "update"], filters: null }];
    for (let number = 0; number < count; number += 1)
      await here.site
        .editor()
        .call(
          "POST",
          "/webhooks",
          resource("webhook", undefined, { name: `Hook ${number}`, url: "https://hooks.example", events }),
        );
    return here;
  }

  it("are counted by a preview, with the events that each hears of", async () => {
    const { site, service, request } = await listening(2);
    const asked = request({ into, wishes: { mode: "add", only: [record], relinks: true } });
    const { plan, events } = valueFrom(await site.clock.run(() => service.preview(asked)));
    const heard = plan.records.length;
    expect(heard).toBeGreaterThan(1);
    expect(events).toMatchObject({
      total: 2 * heard,
      webhooks: [
        { name: "Hook 0", events: heard },
        { name: "Hook 1", events: heard },
      ],
    });
  });

  it("hear of more than a hundred events in the primary only where somebody says so", async () => {
    const { site, service, request, before } = await listening(60);
    const asked = request({ into, wishes: { mode: "add", only: [record], relinks: true } });
    const writes = writesIn(site);
    const refused = await site.clock.run(() => service.apply(asked));
    expect(refused).toMatchObject({ failure: { cause: "MANY_EVENTS" } });
    expect(writesIn(site)).toBe(writes);
    valueFrom(await site.clock.run(() => service.apply({ ...asked, withHooks: true })));
    expect(site.state().records[nastyIds.deletable]).toEqual(before.records[nastyIds.deletable]);
  });
});

describe("where the plan has no place for a fork of the primary", () => {
  const FULL = { plan: { sandboxLimit: 0 } } as const;

  /** Some files of the project are never sent, and no archive of it would be complete. */
  async function withWholeFiles({ site, archives }: Awaited<ReturnType<typeof damaged>>): Promise<void> {
    const [first] = valueFrom(await (await archives()).list());
    const missing = first?.manifest.kind === "read" ? first.manifest.manifest.warnings : [];
    await site.clock.run(async () => {
      for (const { id = "" } of missing) await deleteUpload(site.editor(), id);
    });
  }

  it.each([
    ["no place", FULL],
    ["none without extra cost", { plan: { overageThreshold: 0 } } as const],
  ])("a complete archive is made first, and stays: %s", async (_, options) => {
    const begun = await damaged(options);
    await withWholeFiles(begun);
    const { site, service, request, files, archives } = begun;
    const asked = request({ into, wishes: { mode: "overwrite", only: [article] } });
    const restored = await site.clock.run(async () => {
      const { plan } = valueFrom(await service.preview(asked));
      return valueFrom(await service.apply({ ...asked, planHash: plan.hash }));
    });
    const [newest, first, ...others] = valueFrom(await (await archives()).list());
    expect([others, first?.isPinned]).toEqual([[], false]);
    expect(newest).toMatchObject({ isPinned: true, manifest: { manifest: { partial: false } } });
    expect(restored.warnings).toContainEqual(
      expect.objectContaining({ code: "SAFETY_COPY", ids: [newest?.id] }),
    );
    expect(site.project.environments()).toHaveLength(1);
    expect(site.state().records[nastyIds.deletable]).toBeDefined();
    expect((await files()).some((path) => path.endsWith("/room"))).toBe(false);
  });

  it("nothing is changed where an archive would not hold everything", async () => {
    const { site, service, request, folder } = await damaged(FULL);
    const variables = {
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      BACKUP_STORE: `file://${folder}/store`,
      BACKUP_ARCHIVE_ASSETS: "off",
    };
    const other = await restoresOf(site, site.emulator.fetch, folder, { variables });
    const asked = request({ into, wishes: { mode: "overwrite", only: [article] } });
    const writes = writesIn(site);
    const refused = await site.clock.run(async () => {
      const { plan } = valueFrom(await service.preview(asked));
      return other.service.apply({ ...asked, planHash: plan.hash });
    });
    expect(refused).toMatchObject({ failure: { cause: "NO_SAFETY" } });
    expect(writesIn(site)).toBe(writes);
  });
});

describe("a preview of a sandbox that an unfinished restore makes", () => {
  it("names the restore, and how to go on with it", async () => {
    const { site, service, request, folder } = await damaged();
    const asked = request({ into: { kind: "new", id: "back" }, wishes: { mode: "add" } });
    let isDead = false;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (isDead) throw new Error("died");
      isDead = /\/fork\b/.test(String(input));
      return site.emulator.fetch(input, init);
    };
    const dying = await restoresOf(site, fetch, folder);
    const preview = await site.clock.run(async () => {
      expect(await dying.service.apply(asked)).toMatchObject({ ok: false });
      return service.preview(asked);
    });
    const [run] = valueFrom(await service.runs());
    expect(preview).toMatchObject({
      failure: { cause: "RESTORE_UNFINISHED", facts: { restore: run?.id, environmentId: "back" } },
    });
    const other = await site.clock.run(() =>
      service.apply({ ...asked, wishes: { ...asked.wishes, mode: "mirror" } }),
    );
    expect(other).toMatchObject({ failure: { cause: "RESTORE_UNFINISHED" } });
  });
});
