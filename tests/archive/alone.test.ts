import { beforeEach, describe, expect, test } from "vitest";
import { type ArchiveHost, archivesIn as archivesOf } from "../../services/archiveService.ts";
import { projectFrom } from "../../services/backupService.ts";
import type { Store } from "../../services/stores/store.ts";
import type { Blog } from "../emulator/content/support.ts";
import { TOKEN } from "../emulator/support.ts";
import { value } from "../stores/conformance.ts";
import { archivesIn, DAILY, heldUp, jobsIn, projectWithStore, server } from "./jobsSupport.ts";
import { archived, memoryStore } from "./support.ts";

let world: Blog;
let store: Store;
let waited: string[];
beforeEach(async () => {
  ({ world, store } = await projectWithStore());
  waited = [];
  await archived(world, store);
});

const pass = (ms: number) => world.clock.run(() => world.clock.sleep(ms));
const made = async () => (await archivesIn(store)).length - 1;

/** Somebody at a terminal asks for an archive. */
function create(
  rest: { from?: string; isFull?: boolean } = {},
  host: Partial<ArchiveHost> = {},
  into = store,
) {
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN };
  const { clock, emulator } = world;
  const service = archivesOf(into, value(projectFrom(variables)), {
    ...{ variables, directory: "/", clock, fetch: emulator.fetch },
    ...host,
  });
  const request = {
    ...{ from: undefined, withAssets: true, isFull: false, callsPerSecond: 1_000, onProgress: () => {} },
    ...rest,
  };
  return world.clock.run(() => service.createAlone(request, (job) => void waited.push(job)));
}

describe("an archive that is made by hand", () => {
  test("beside one that a server makes is that one, where it is what was asked for", async () => {
    const held = heldUp(world);
    const looking = server(world, store, { fetch: held.fetch }).look();
    await pass(20_000);
    const creating = create();
    await pass(20_000);
    expect(await made()).toBe(0);
    held.go();
    const manifest = value(await creating);
    await looking;
    expect(manifest.source.environment).toBe(DAILY);
    expect(await made()).toBe(1);
    expect(waited).toEqual([(await jobsIn(world, store))[0]?.id]);
  });

  test("comes after it, where it is another", async () => {
    const held = heldUp(world);
    const looking = server(world, store, { fetch: held.fetch }).look();
    await pass(20_000);
    const creating = create({ from: "main" });
    await pass(20_000);
    held.go();
    expect(value(await creating).source.environment).toBe("main");
    await looking;
    expect(await made()).toBe(2);
    expect((await jobsIn(world, store)).map(({ state }) => state)).toEqual(["done", "done"]);
  });

  test("is the only one while it is made: a server waits for it", async () => {
    const held = heldUp(world);
    const creating = create({ from: "main" }, { fetch: held.fetch });
    await pass(20_000);
    expect(held.reached()).toBeGreaterThan(0);
    const other = server(world, store);
    const ofBackup = async () => (await archivesIn(store)).filter((key) => key.includes(DAILY));
    await other.look();
    expect(await jobsIn(world, store)).toMatchObject([{ cursor: { from: "main" }, state: "running" }]);
    held.go();
    expect(value(await creating).source.environment).toBe("main");
    expect(await ofBackup()).toEqual([]);
    await pass(60 * 60_000);
    await other.look();
    expect(await ofBackup()).toHaveLength(1);
  });

  test("goes on at once with one of a process that is gone, and makes one", async () => {
    const killed: Store = { ...store };
    const held = heldUp(world);
    const first = { name: "here#1#", isGone: () => false };
    void create({}, { fetch: held.fetch, holders: first }, killed).catch(() => {});
    await pass(20_000);
    killed.put = () => new Promise(() => {});
    killed.get = () => new Promise(() => {});
    const began = world.clock.monotonic();
    value(
      await create({}, { holders: { name: "here#2#", isGone: (holder) => holder.startsWith("here#1#") } }),
    );
    expect(world.clock.monotonic() - began).toBeLessThan(10_000);
    expect(waited).toEqual([]);
    expect(await made()).toBe(1);
    expect(await jobsIn(world, store)).toMatchObject([{ state: "done", epoch: 2 }]);
  });

  test("that is interrupted, or fails, leaves no job that somebody would go on with", async () => {
    const interruption = new AbortController();
    const held = heldUp(world);
    const creating = create({}, { fetch: held.fetch, signal: interruption.signal });
    await pass(20_000);
    interruption.abort();
    expect(await creating).toMatchObject({ ok: false });
    expect(await create({ from: "nowhere" })).toMatchObject({ failure: { cause: "ENVIRONMENT_NOT_FOUND" } });
    const causes = (await jobsIn(world, store)).map(({ state, failure }) => [state, failure?.cause]);
    expect(causes.toSorted()).toEqual([
      ["failed", "ENVIRONMENT_NOT_FOUND"],
      ["failed", "INTERRUPTED"],
    ]);
    expect(await made()).toBe(0);
  });

  test("writes nothing into a store of another project", async () => {
    const other = memoryStore(world);
    value(
      await other.put(
        "dato-archive.json",
        value(await store.get("dato-archive.json"))?.bytes ?? new Uint8Array(),
      ),
    );
    const root = JSON.parse(new TextDecoder().decode(value(await other.get("dato-archive.json"))?.bytes));
    const theirs = new TextEncoder().encode(JSON.stringify({ ...root, project: "999" }));
    value(await other.put("dato-archive.json", theirs));
    expect(await create({}, {}, other)).toMatchObject({ failure: { cause: "STORE_OF_ANOTHER_PROJECT" } });
    expect((await value(await other.list({ prefix: "" }))).objects.map(({ key }) => key)).toEqual([
      "dato-archive.json",
    ]);
  });
});
