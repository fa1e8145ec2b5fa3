import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RUNNER } from "../../scripts/runner.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const KEPT = join(ROOT, "openapi.json");
const ADDRESSES = "utils/addresses.json";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openapi-"));
  mkdirSync(join(folder, "utils"));
  copyFileSync(join(ROOT, ADDRESSES), join(folder, ADDRESSES));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...parameters: string[]): { code: number | null; said: string } {
  const script = join(ROOT, "scripts/openapi.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, script, ...parameters], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, said: stdout + stderr };
}

test("the repository's openapi.json is what the schemas say", () => {
  copyFileSync(KEPT, join(folder, "openapi.json"));
  expect(run("--check")).toEqual({ code: 0, said: `openapi.json and ${ADDRESSES} are up to date.\n` });
});

test("--check refuses another one and leaves it alone; without it, it is written", () => {
  const file = join(folder, "openapi.json");
  const drifted = readFileSync(KEPT, "utf8").replace('"lastBackupAt"', '"lastBackup"');
  writeFileSync(file, drifted);
  expect(run("--check")).toEqual({ code: 1, said: "Out of date: openapi.json. Run: npm run openapi\n" });
  expect(readFileSync(file, "utf8")).toBe(drifted);
  expect(run()).toEqual({ code: 0, said: "openapi.json is written.\n" });
  expect(readFileSync(file, "utf8")).toBe(readFileSync(KEPT, "utf8"));
});

test("the addresses are those of the document, up to what varies in them", () => {
  const { paths }: { paths: object } = JSON.parse(readFileSync(KEPT, "utf8"));
  const addresses: string[] = JSON.parse(readFileSync(join(ROOT, ADDRESSES), "utf8"));
  expect(Object.keys(paths).filter((path) => !addresses.includes(path.replace(/\{.*/, "")))).toEqual([]);
  copyFileSync(KEPT, join(folder, "openapi.json"));
  writeFileSync(join(folder, ADDRESSES), JSON.stringify(addresses.slice(1)));
  expect(run("--check")).toEqual({ code: 1, said: `Out of date: ${ADDRESSES}. Run: npm run openapi\n` });
  expect(run()).toEqual({ code: 0, said: `${ADDRESSES} is written.\n` });
  expect(JSON.parse(readFileSync(join(folder, ADDRESSES), "utf8"))).toEqual(addresses);
});

test("--check misses a file that is not there", () => {
  expect(run("--check").code).toBe(1);
});
