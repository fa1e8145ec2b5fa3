import { describe, expect, it } from "vitest";
import { TOKEN } from "../emulator/support.ts";
import { type DamageName, damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { frozen } from "./frozen.ts";
import { requestsOf } from "./judge.ts";
import { type Restores, restoresOf, restoresOnDisk, valueFrom } from "./service.ts";
import { nastySite, type Site } from "./support.ts";

/** Several restores at once: one at a time into each environment. */

type Fetch = typeof fetch;

async function damagedTwice(name: DamageName) {
  const site = nastySite();
  const restores = await restoresOnDisk(site);
  const before = await site.clock.run(async () => {
    await restores.archive("main");
    for (const id of ["sandbox", "other"])
      await site.client.environments.fork("main", { id }, { immediate_return: true });
    await site.clock.sleep(60_000);
    const before = site.state("sandbox");
    for (const id of ["sandbox", "other"]) await damages[name].inflict(site.editor(id));
    return before;
  });
  return { site, before, restores };
}

/** Another process of the same machine, which knows that all others are gone, or not. */
function beside(site: Site, { folder }: Restores, isGone = false) {
  const holders = { name: "here#2#", isGone: () => isGone };
  return restoresOf(site, site.emulator.fetch, folder, { holders });
}

describe("a restore beside another one", () => {
  it("of the same target is refused, with the other's id and when it began", async () => {
    const { site, before, restores } = await damagedTwice("referredDeleted");
    const { request, folder } = restores;
    const still = frozen(site);
    const first = await restoresOf(site, still.fetch, folder, { clock: still.clock });
    const second = await beside(site, restores);
    const { refused, undo, applied } = await site.clock.run(async () => {
      const applying = first.service.apply(request({}));
      await still.reached;
      const [run] = valueFrom(await second.service.runs());
      const refused = await second.service.apply(request({ wishes: { mode: "add" } }));
      const undo = await second.service.undo(run?.id ?? "", 1_000);
      still.go();
      return { refused, undo, applied: valueFrom(await applying) };
    });
    const failure = { cause: "RESTORE_RUNNING", facts: { restore: applied.id, environmentId: "sandbox" } };
    expect([refused, undo]).toMatchObject([{ failure }, { failure }]);
    expect(applied.refused).toEqual([]);
    expect(differencesOf(before, site.state("sandbox"))).toEqual([]);
    expect(valueFrom(await second.service.runs())).toHaveLength(1);
  });

  it("of another target goes its own way", async () => {
    const { site, before, restores } = await damagedTwice("referredDeleted");
    const { request, folder } = restores;
    const still = frozen(site);
    const first = await restoresOf(site, still.fetch, folder, { clock: still.clock });
    const second = await beside(site, restores);
    await site.clock.run(async () => {
      const applying = first.service.apply(request({}));
      await still.reached;
      valueFrom(await second.service.apply(request({ into: { kind: "existing", id: "other" } })));
      still.go();
      valueFrom(await applying);
    });
    for (const id of ["sandbox", "other"]) expect(differencesOf(before, site.state(id))).toEqual([]);
  });

  it("whose process is gone goes on at once, and what is left of that one writes nothing more", async () => {
    const { site, before, restores } = await damagedTwice("referredDeleted");
    const { request, folder } = restores;
    const still = frozen(site);
    const first = await restoresOf(site, still.fetch, folder, { clock: still.clock });
    const second = await beside(site, restores, true);
    const { applied, written, late } = await site.clock.run(async () => {
      const applying = first.service.apply(request({}));
      await still.reached;
      const [run] = valueFrom(await second.service.runs());
      const applied = valueFrom(await second.service.apply(request({})));
      expect(applied.id).toBe(run?.id);
      const written = requestsOf(site.emulator, TOKEN, "sandbox").length;
      await site.clock.sleep(61_000);
      still.go();
      return { applied, written, late: await applying };
    });
    expect(applied.refused).toEqual([]);
    expect(late).toMatchObject({ failure: { cause: "RESTORE_TAKEN_OVER", facts: { restore: applied.id } } });
    expect(requestsOf(site.emulator, TOKEN, "sandbox")).toHaveLength(written);
    expect(differencesOf(before, site.state("sandbox"))).toEqual([]);
  });
});

/** Interrupts at the first record that is written once a field was changed. */
function interrupting({ emulator }: Site) {
  const interruption = new AbortController();
  let isLoose = false;
  const fetch: Fetch = async (input, init) => {
    const path = new URL(String(input)).pathname;
    if (init?.method === "PUT" && path.startsWith("/fields/")) isLoose = true;
    if (isLoose && init?.method !== "GET" && path.startsWith("/items")) interruption.abort();
    return init?.signal?.aborted ? Promise.reject(new Error("aborted")) : emulator.fetch(input, init);
  };
  return { fetch, signal: interruption.signal };
}

describe("a restore that somebody interrupts", () => {
  it("puts loosened validators back, and goes on later", async () => {
    const { site, before, restores } = await damagedTwice("circleDeleted");
    const { fetch, signal } = interrupting(site);
    const first = await restoresOf(site, fetch, restores.folder, { signal });
    const { request } = restores;
    const cut = await site.clock.run(() => first.service.apply(request({})));
    expect(cut.ok).toBe(false);
    expect(signal.aborted).toBe(true);
    const [run] = valueFrom(await restores.service.runs());
    expect(run?.loosened).not.toEqual([]);
    expect(site.state("sandbox").fields).toEqual(before.fields);
    expect(differencesOf(before, site.state("sandbox"))).not.toEqual([]);
    const ended = valueFrom(await site.clock.run(() => restores.service.apply(request({}))));
    expect(ended).toMatchObject({ id: run?.id, refused: [] });
    expect(differencesOf(before, site.state("sandbox"))).toEqual([]);
  });

  it("tells the validators that DatoCMS does not take back", async () => {
    const { site, restores } = await damagedTwice("circleDeleted");
    const { fetch, signal } = interrupting(site);
    const errors = [{ id: "e", type: "api_error", attributes: { code: "INVALID_FIELD", details: {} } }];
    const refusing: Fetch = async (input, init) =>
      signal.aborted && init?.method === "PUT"
        ? Response.json({ data: errors }, { status: 422 })
        : fetch(input, init);
    const first = await restoresOf(site, refusing, restores.folder, { signal });
    const cut = await site.clock.run(() => first.service.apply(restores.request({})));
    const [run] = valueFrom(await restores.service.runs());
    const ids = run?.loosened.map(({ id }) => id) ?? [];
    expect(cut).toMatchObject({ failure: { facts: { validatorsOff: expect.arrayContaining(ids) } } });
    expect(cut.ok || cut.failure.sentence).toContain(ids[0]);
  });
});
