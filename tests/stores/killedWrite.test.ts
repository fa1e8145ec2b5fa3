import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bytesOf, readText, value } from "./conformance.ts";
import { newFolder, openDisk } from "./drivers.ts";

test("a write that is killed with its process leaves the old object, whatever it was writing", async () => {
  const root = await newFolder();
  value(await (await openDisk(root)).put("a", bytesOf("old")));
  const script = `
    const { openDiskStore } = await import(${JSON.stringify(new URL("../../services/stores/disk.ts", import.meta.url).href)});
    const { value: store } = await openDiskStore({ root: ${JSON.stringify(root)} });
    let pulls = 0;
    const open = () => new ReadableStream({ pull(controller) {
      pulls += 1;
      if (pulls > 20) process.kill(process.pid, "SIGKILL");
      controller.enqueue(new Uint8Array(1000));
    } });
    await store.put("a", { length: 1_000_000, open });`;
  const child = promisify(execFile)(process.execPath, [
    "--import",
    "tsx",
    "--input-type=module",
    "-e",
    script,
  ]);
  await expect(child).rejects.toMatchObject({ signal: "SIGKILL" });
  expect(await readdir(join(root, ".incoming"))).toHaveLength(1);
  const store = await openDisk(root);
  expect(await readText(store, "a")).toBe("old");
  expect(value(await store.list({})).objects).toHaveLength(1);
});
