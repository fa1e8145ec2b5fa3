import { expect, test } from "vitest";
import { createMemoryStore } from "../../services/stores/memory.ts";
import { causeOf, storeConformance, value } from "./conformance.ts";
import { diskDriver, memoryDriver, s3Driver } from "./drivers.ts";

storeConformance("a store in memory", memoryDriver);
storeConformance("a store on a disk", diskDriver());
storeConformance("a store in S3", s3Driver());

test("a store in memory has room again for what is overwritten or deleted", async () => {
  const store = createMemoryStore({ now: Date.now, capacity: 10_000 });
  value(await store.put("a", new Uint8Array(9_000)));
  value(await store.put("a", new Uint8Array(9_500)));
  value(await store.delete(["a", "never"]));
  value(await store.put("b", new Uint8Array(10_000)));
  expect(causeOf(await store.put("c", new Uint8Array(1)))).toBe("STORE_FULL");
});
