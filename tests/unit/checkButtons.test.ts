import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RUNNER } from "../../scripts/runner.ts";
import { secretsIn } from "../../utils/auth.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/buttons.ts", import.meta.url));
const ONE = "https://github.com/owner-one/Backups.Of-Mine";
const TWO = "https://gitlab.com/owner-two/backups";
const README = "# Title\n\n<!-- buttons -->\nold\n<!-- /buttons -->\n\nThe rest.\n";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "buttons-"));
  put("README.md", README);
  put("package.json", manifest({ name: "a", license: "MIT", private: true }));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}

function text(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

function manifest(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

function run(...parameters: string[]): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUNNER, SCRIPT, ...parameters], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, said: stdout + stderr };
}

/** Where the buttons lead, by the host of the link. */
function links(): Map<string, URL> {
  const found = [...text("README.md").matchAll(/\]\((https:[^)]*\?[^)]*)\)/g)].map(
    ([, link]) => new URL(link ?? ""),
  );
  return new Map(found.map((url) => [url.host, url]));
}

describe("an address that is given", () => {
  test("stands in all three links and in package.json, and nothing else changes", () => {
    expect(run(ONE)).toMatchObject({ code: 0 });
    const found = links();
    expect([...found.keys()]).toEqual(["app.netlify.com", "vercel.com", "deploy.workers.cloudflare.com"]);
    expect(found.get("app.netlify.com")?.searchParams.get("repository")).toBe(ONE);
    expect(found.get("vercel.com")?.searchParams.get("repository-url")).toBe(ONE);
    expect(found.get("deploy.workers.cloudflare.com")?.searchParams.get("url")).toBe(ONE);
    expect(text("README.md")).toMatch(
      /^# Title\n\n<!-- buttons -->\n\[[\s\S]+\)\n<!-- \/buttons -->\n\nThe rest\.\n$/,
    );
    expect(text("README.md")).not.toContain("old");
    expect(text("package.json")).toBe(
      manifest({ name: "a", license: "MIT", repository: { type: "git", url: ONE }, private: true }),
    );
  });

  test("makes Vercel ask for the token and the secret, with a name that it accepts and no values", () => {
    run(ONE);
    const parameters = links().get("vercel.com")?.searchParams;
    const asked = parameters?.get("env")?.split(",") ?? [];
    expect(asked).toEqual(["DATOCMS_FULLACCESS_API_TOKEN", "CRON_SECRET"]);
    // Names that the code reads a token or a secret from.
    expect(secretsIn(Object.fromEntries(asked.map((name) => [name, name]))).toSorted()).toEqual(
      asked.toSorted(),
    );
    expect(parameters?.get("envDescription")).toMatch(/token.+secret/);
    expect(parameters?.get("project-name")).toBe("backups.of-mine");
    expect(parameters?.get("repository-name")).toBe("backups.of-mine");
    expect([...(parameters?.keys() ?? [])]).not.toContain("envDefaults");
  });

  test("replaces the one before, in package.json at its place", () => {
    run(ONE);
    expect(run(TWO)).toMatchObject({ code: 0 });
    expect(text("README.md")).not.toContain("owner-one");
    expect(text("package.json")).toBe(
      manifest({ name: "a", license: "MIT", repository: { type: "git", url: TWO }, private: true }),
    );
  });

  test.each([`${ONE}.git`, `${ONE}/`, `git+${ONE}.git`])("is understood as %s", (address) => {
    expect(run(address)).toMatchObject({ code: 0 });
    expect(links().get("app.netlify.com")?.searchParams.get("repository")).toBe(ONE);
  });

  test.each([
    "http://github.com/owner/repo",
    "https://example.com/owner/repo",
    "https://github.com.example.com/owner/repo",
    "https://github.com/owner",
    "https://github.com/owner/repo/tree/main",
    "https://github.com/owner/repo?a=b",
    "https://github.com/owner/repo)[x](https://example.com",
    "https://github.com/owner/..",
    "git@github.com:owner/repo.git",
    "owner/repo",
    "",
  ])("is refused as %s, and nothing is written", (address) => {
    const before = text("package.json");
    const { code, said } = run(address);
    expect(code).toBe(1);
    expect(said).toContain("https://github.com/<owner>/<repo>");
    expect(text("README.md")).toBe(README);
    expect(text("package.json")).toBe(before);
  });
});

describe("without an address", () => {
  test("package.json's is taken, in npm's form too, and left as it stands", () => {
    const named = manifest({ name: "a", repository: { type: "git", url: `git+${TWO}.git` } });
    put("package.json", named);
    expect(run()).toMatchObject({ code: 0 });
    expect(links().get("vercel.com")?.searchParams.get("repository-url")).toBe(TWO);
    expect(text("package.json")).toBe(named);
  });

  test("and without one in package.json, it asks for one", () => {
    const { code, said } = run();
    expect(code).toBe(1);
    expect(said).toContain("give its address");
  });
});

describe("--check", () => {
  test("passes on what was just written, and says no to anything else without writing", () => {
    run(ONE);
    expect(run("--check")).toMatchObject({ code: 0 });
    const changed = text("README.md").replace("owner-one", "somebody-else");
    put("README.md", changed);
    const { code, said } = run("--check");
    expect(code).toBe(1);
    expect(said).toContain("Out of date: README.md");
    expect(text("README.md")).toBe(changed);
  });

  test("says no to another repository than package.json's", () => {
    run(ONE);
    expect(run("--check", TWO)).toMatchObject({ code: 1 });
    expect(text("package.json")).toContain("owner-one");
  });
});

test.each([
  ["no markers", "# Title\n"],
  ["no end", "<!-- buttons -->\n"],
  ["two blocks", README + README],
  ["the end first", "<!-- /buttons -->\n<!-- buttons -->\n"],
])("a README with %s is left alone", (_, readme) => {
  put("README.md", readme);
  expect(run(ONE)).toMatchObject({ code: 1, said: expect.stringContaining("<!-- /buttons -->") });
  expect(text("README.md")).toBe(readme);
});

test("an option that is not known is refused", () => {
  expect(run("--chekc")).toMatchObject({ code: 2, said: expect.stringContaining("--chekc") });
});
