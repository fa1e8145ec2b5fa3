import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sha256Of } from "../../services/stores/hashing.ts";
import { archivedProject, tarOf } from "./tarSupport.ts";

/** An archive is read by the tools of every system alone: tar, sha256sum, zcat and jq. */

let folder = "";
let project: Awaited<ReturnType<typeof archivedProject>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tar-"));
  project = await archivedProject();
  await writeFile(join(folder, "archive.tar"), await tarOf(project.store));
  expect(run("tar xf archive.tar && rm archive.tar")).toEqual({ exit: 0, out: "", err: "" });
});
afterAll(() => rm(folder, { recursive: true }));

function run(command: string) {
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-c", `set -o pipefail; ${command}`], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  return { exit: status, out: stdout, err: stderr };
}

test("tar finds just the files that the manifest names, and no folder's right is odd", async () => {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  expect(files).toHaveLength(project.manifest.files.length + 6);
  expect(all.every((entry) => entry.isFile() || entry.isDirectory())).toBe(true);
});

test("the commands of README.txt do what it says, each without a complaint", async () => {
  const readme = await readFile(join(folder, "README.txt"), "utf8");
  for (const line of readme.split("\n")) expect(line.length).toBeLessThanOrEqual(90);
  const commands = [...readme.matchAll(/^ {4}((?:sha256sum|zcat|jq|tar) .*)$/gm)].map(
    ([, line = ""]) => line,
  );
  expect(commands).toHaveLength(6);
  const [sums, models, first, drafts, , uploads] = commands.map((command) => {
    const ran = run(command);
    expect({ command, exit: ran.exit, err: ran.err }).toEqual({ command, exit: 0, err: "" });
    return ran.out;
  });
  expect(sums).toBe("");
  expect(models?.trim().split("\n").sort()).toEqual(["1 article", "1 author", "1 con"]);
  expect(JSON.parse(first ?? "")).toMatchObject({ name: "Ann" });
  expect(drafts?.trim().split("\n")).toHaveLength(1);
  expect(uploads).toMatch(/^\S+ a\.txt original$/m);
});

test("sha256sum finds a file that was changed", async () => {
  const path = join(folder, "schema/fields.json");
  const before = await readFile(path);
  await writeFile(path, "[]");
  expect(run("sha256sum --check --quiet SHA256SUMS")).toMatchObject({
    exit: 1,
    out: "schema/fields.json: FAILED\n",
  });
  await writeFile(path, before);
});

test("one record is read by its id, and a file as it was uploaded", async () => {
  const id = run("zcat records/author/*.ndjson.gz | jq -r .id").out.trim();
  const found = run(`zcat records/*/*.ndjson.gz | jq -r 'select(.id == "${id}") | .current.attributes.name'`);
  expect(found.out).toBe("Ann\n");
  const line = run("zcat uploads/*.ndjson.gz | jq -r 'select(.attributes.filename == \"large.bin\") | .id'");
  const bytes = await readFile(join(folder, "assets", line.out.trim(), "large.bin"));
  expect(bytes.equals(Buffer.alloc(3_000, 7))).toBe(true);
});

test("jq finds that the manifest names what is there, and its own hash", async () => {
  const sums = run("jq -r '.files[] | \"\\(.sha256)  \\(.path)\"' manifest.json | sha256sum --check --quiet");
  expect(sums).toEqual({ exit: 0, out: "", err: "" });
  const { out } = run("jq -jcS 'del(.sha256)' manifest.json");
  expect(sha256Of(Buffer.from(out))).toBe(project.manifest.sha256);
});
