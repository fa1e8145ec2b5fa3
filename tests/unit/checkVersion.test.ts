import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { VERSION } from "../../utils/version.ts";

test("the version that the code knows is package.json's", () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(manifest).toMatchObject({ version: VERSION });
});
