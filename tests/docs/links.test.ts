import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsIn, documents, filesIn, linksIn, textAt } from "./documents.ts";

/** Every link of a text in the file `from` that leads nowhere. */
function deadLinksIn(text: string, from: string): string[] {
  return linksIn(text).filter((target) => {
    const [path = "", anchor] = target.split("#");
    const there = path === "" ? text : textAt(posix.join(posix.dirname(from), path));
    return there === undefined || (anchor !== undefined && !anchorsIn(there).includes(anchor));
  });
}

test("all documents are found", () => {
  for (const path of ["README.md", "docs/api.md", "docs/design/rotation.md", "emulator/README.md"])
    expect(documents()).toContain(path);
});

test.each(documents())("links in %s lead somewhere", (path) => {
  expect(deadLinksIn(textAt(path) ?? "", path)).toEqual([]);
});

test.each([
  ["[a](docs/none.md)", "docs/none.md"],
  ["[a](docs/api.md#none)", "docs/api.md#none"],
  ["[a\nb](#none)", "#none"],
  ["```sh\n# none\n```\n\n[a](#none)", "#none"],
])("a dead link is found: %s", (text, target) => {
  expect(deadLinksIn(text, "README.md")).toEqual([target]);
});

describe("the code", () => {
  const folders = ["services", "handlers", "utils", "node", "cli", "scripts", "emulator", "openapi"];
  const code = filesIn(folders).filter((path) => path.endsWith(".ts"));
  const named = code.flatMap((path) =>
    [...(textAt(path) ?? "").matchAll(/\b(?:docs\/[\w/-]+|[A-Z]{5,})\.md/g)].map(([name]) => ({
      path,
      name,
    })),
  );

  test("names documents in some places", () => {
    expect(named.length).toBeGreaterThan(3);
  });

  test("names no document that is not there", () => {
    const elsewhere = new Set(documents().map((path) => posix.basename(path)));
    const isThere = (name: string) => textAt(name) !== undefined || elsewhere.has(name);
    expect(named.filter(({ name }) => !isThere(name))).toEqual([]);
  });
});
