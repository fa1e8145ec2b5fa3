import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { setAside } from "../../services/archive/capture/quarantine.ts";
import { manifestKey } from "../../services/archive/manifest.ts";
import { openDiskStore } from "../../services/stores/disk.ts";
import { claimRoot } from "../../services/stores/root.ts";
import type { Store } from "../../services/stores/store.ts";
import { systemClock } from "../../utils/clock.ts";
import { value } from "../stores/conformance.ts";
import { emptyStore, prune, write } from "./retentionStore.ts";
import { DAY_MS } from "./retentionSupport.ts";
import { keysOf } from "./support.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Two objects were put aside: one 30 days ago, one now. */
async function inMemory() {
  const { store, clock } = await emptyStore();
  await write(store, clock, { id: "kept", texts: ["a"] });
  await spoil(store, "old");
  clock.pass(30 * DAY_MS);
  await spoil(store, "new");
  return { store, clock };
}

async function onDisk() {
  const root = await mkdtemp(join(tmpdir(), "quarantine-"));
  ends.push(() => rm(root, { recursive: true }));
  const store = value(await openDiskStore({ root }));
  await claimRoot(store, "1", Date.now());
  await write(store, systemClock, { id: "kept", texts: ["a"] });
  for (const name of ["old", "new"]) await spoil(store, name);
  const folder = join(root, "quarantine/objects");
  const [old = ""] = (await readdir(folder)).filter((name) => name.startsWith("old"));
  const at = new Date(Date.now() - 30 * DAY_MS);
  await utimes(join(folder, old), at, at);
  return { store, clock: systemClock };
}

async function spoil(store: Store, name: string): Promise<void> {
  value(await store.put(`objects/${name}`, new TextEncoder().encode("spoilt")));
  value(await setAside(store, `objects/${name}`));
  value(await store.delete([`objects/${name}`]));
}

const aside = async (store: Store) =>
  (await keysOf(store, "quarantine/")).map((key) => /(old|new)/.exec(key)?.[0]).toSorted();

describe.each([
  ["in memory", inMemory],
  ["on disk", onDisk],
])("what was put aside %s", (_, open) => {
  test("goes after 30 days with a prune, and not with a dry run", async () => {
    const { store, clock } = await open();
    const all = await keysOf(store);
    await prune(store, clock, { isDryRun: true });
    expect(await keysOf(store)).toEqual(all);
    await prune(store, clock);
    expect(await aside(store)).toEqual(["new"]);
    expect(await keysOf(store, "objects/")).toHaveLength(1);
  });

  test("stays while nothing may be swept", async () => {
    const { store, clock } = await open();
    value(await store.put(manifestKey("damaged"), new TextEncoder().encode("{}")));
    expect((await prune(store, clock)).refusal).toMatchObject({ cause: "SWEEP_REFUSED" });
    expect(await aside(store)).toEqual(["new", "old"]);
  });
});
