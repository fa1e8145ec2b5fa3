import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RUNNER } from "../../scripts/runner.ts";
import { textOf } from "./support.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILES = ["docs/settings.md", ".env.example"] as const;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
  mkdirSync(join(folder, "docs"));
  for (const file of FILES) copyFileSync(join(ROOT, file), join(folder, file));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("finds both files up to date", () => {
  expect(run("--check")).toEqual({ code: 0, said: "docs/settings.md and .env.example are up to date.\n" });
});

it("with --check refuses another text and leaves it alone; without it, writes both files", () => {
  for (const file of FILES) change(file, (text) => text.replaceAll("BACKUP_KEEP_DAILY", "BACKUP_KEPT"));
  const said = "Out of date: docs/settings.md, .env.example. Run: npm run settings\n";
  expect(run("--check")).toEqual({ code: 1, said });
  expect(read("docs/settings.md")).toContain("BACKUP_KEPT");
  expect(run().code).toBe(0);
  for (const file of FILES) expect(read(file)).toBe(textOf(file));
});

it("touches nothing of the page outside its markers", () => {
  change("docs/settings.md", (text) => `Before\n${text}After\n`);
  expect(run("--check").code).toBe(0);
});

const read = (file: string) => readFileSync(join(folder, file), "utf8");
const change = (file: string, edit: (text: string) => string) =>
  writeFileSync(join(folder, file), edit(read(file)));

function run(...parameters: string[]) {
  const script = join(ROOT, "scripts/settings.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, script, ...parameters], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, said: stdout + stderr };
}
