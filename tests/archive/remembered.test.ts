import { expect, test } from "vitest";
import { remembered } from "../../services/archive/restore/remembered.ts";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { value } from "../stores/conformance.ts";
import { watchedStore } from "./support.ts";

/** A store that holds these objects, and the keys that were read of it. */
async function watched(objects: Readonly<Record<string, Uint8Array<ArrayBuffer>>>) {
  const store = createMemoryStore({ now: () => 0 });
  for (const [key, bytes] of Object.entries(objects)) value(await store.put(key, bytes));
  const { store: watching, read } = watchedStore(store);
  return { store, read, reader: remembered(watching) };
}

const bytes = (size: number) => new Uint8Array(size);

test("reads an object of an archive once, and gives it each time", async () => {
  const { read, reader } = await watched({ "objects/one": bytes(3) });
  for (let time = 0; time < 3; time += 1)
    expect(value(await reader.get("objects/one"))?.bytes).toEqual(bytes(3));
  expect(read).toEqual(["objects/one"]);
});

test("reads what may change, or was not there, anew", async () => {
  const { store, read, reader } = await watched({ "jobs/one.json": bytes(1) });
  for (const key of ["jobs/one.json", "objects/late"]) await reader.get(key);
  for (const key of ["jobs/one.json", "objects/late"]) value(await store.put(key, bytes(2)));
  for (const key of ["jobs/one.json", "objects/late"])
    expect(value(await reader.get(key))?.bytes).toEqual(bytes(2));
  expect(read).toHaveLength(4);
});

test("keeps so many bytes, and reads the others anew", async () => {
  const [most, half] = [16 * 1024 * 1024, 9 * 1024 * 1024];
  const { read, reader } = await watched({ "objects/1": bytes(half), "objects/2": bytes(half) });
  for (const key of ["objects/1", "objects/2", "objects/1", "objects/2"]) await reader.get(key);
  expect(2 * half).toBeGreaterThan(most);
  expect(read).toEqual(["objects/1", "objects/2", "objects/2"]);
});
