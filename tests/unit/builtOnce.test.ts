import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { builtOnce } from "../support/builtOnce.ts";

describe("what is built once in a run", () => {
  test("is the same for all who ask at the same time, and later", async () => {
    const name = crypto.randomUUID();
    let builds = 0;
    const build = async (folder: string) => {
      builds += 1;
      await writeFile(join(folder, "made"), "whole");
    };
    const folders = await Promise.all([builtOnce(name, build), builtOnce(name, build)]);
    folders.push(await builtOnce(name, build));
    expect(builds).toBe(1);
    expect(new Set(folders).size).toBe(1);
    for (const folder of folders) expect(await readFile(join(folder, "made"), "utf8")).toBe("whole");
  });

  test("fails for all of them where it fails", async () => {
    const name = crypto.randomUUID();
    const build = () => Promise.reject(new Error("no space is left"));
    const failing = () => expect(builtOnce(name, build)).rejects.toThrow("no space is left");
    await Promise.all([failing(), failing()]);
    await failing();
  });
});
