import { describe, expect, it } from "vitest";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { TOKEN } from "../emulator/support.ts";
import { damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { requestsOf } from "./judge.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** Somebody promotes the sandbox that a restore writes, or has written: what is live is not written any more. */

async function damaged() {
  const site = nastySite();
  const restores = await restoresOf(site);
  await site.clock.run(async () => {
    await restores.archive("main");
    await site.client.environments.fork("main", { id: "sandbox" });
    await damages.referredDeleted.inflict(site.editor("sandbox"));
    await damages.recordCreated.inflict(site.editor("sandbox"));
    await damages.fieldsetEdited.inflict(site.editor("sandbox"));
  });
  return { site, ...restores };
}

const writesTo = ({ emulator }: ReturnType<typeof nastySite>) => requestsOf(emulator, TOKEN, "sandbox");

/** Promotes the sandbox just before the first call that is asked for. */
async function promotedAt(isNow: (method: string, path: string) => boolean) {
  const { site, folder, request } = await damaged();
  const before = site.state("sandbox");
  const written = writesTo(site).length;
  let isLive = false;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const asked = new Request(input, init);
    if (!isLive && isNow(asked.method, new URL(asked.url).pathname)) {
      isLive = true;
      site.project.user.promote("sandbox");
    }
    return site.emulator.fetch(asked);
  };
  const { service } = await restoresOf(site, fetch, folder);
  const answer = await site.clock.run(() => service.apply(request({})));
  expect([answer, isLive]).toMatchObject([{ failure: { cause: "ENVIRONMENT_REPLACED" } }, true]);
  return { before, now: site.state("sandbox"), writes: writesTo(site).slice(written) };
}

describe("a sandbox that is promoted while a mirror goes into it", () => {
  it("is not written at all where that is before the first write", async () => {
    const { before, now, writes } = await promotedAt((_, path) => path === "/environments/sandbox");
    expect(writes).toEqual([]);
    expect(differencesOf(before, now)).toEqual([]);
  });

  it("loses no record", async () => {
    const { before, now } = await promotedAt((method, path) => method === "POST" && path === "/items");
    const lost = Object.keys(before.records).filter((id) => now.records[id] === undefined);
    expect(lost).toEqual([]);
  });
});

describe("the undo of a restore", () => {
  it("leaves a sandbox alone that was promoted since", async () => {
    const { site, service, request } = await damaged();
    const id = await site.clock.run(async () => valueFrom(await service.apply(request({}))).id);
    site.project.user.promote("sandbox");
    const live = site.state("sandbox");
    expect(live.records[nastyIds.deletable]).toBeDefined();
    const undone = await site.clock.run(() => service.undo(id, 1_000));
    expect(undone).toMatchObject({ failure: { cause: "CHANGED_SINCE" } });
    expect(differencesOf(live, site.state("sandbox"))).toEqual([]);
  });
});
