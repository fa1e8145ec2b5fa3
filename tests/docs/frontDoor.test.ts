import { describe, expect, test } from "vitest";
import { documents, linksIn } from "./documents.ts";
import { textOf } from "./support.ts";

const README = textOf("README.md");

describe("README", () => {
  test("is read in a few minutes: at most 260 lines", () => {
    expect(README.trimEnd().split("\n").length).toBeLessThanOrEqual(260);
  });

  test("has its first command within 40 lines", () => {
    const before = README.split("```sh\n")[0] ?? "";
    expect(before.split("\n").length).toBeLessThanOrEqual(40);
  });

  test("says that backups live inside the project, before the first command", () => {
    expect(README.split("```sh\n")[0]).toContain("Backups live inside your DatoCMS project.");
  });

  test("leads to every document of docs/", () => {
    const [, list = ""] = README.split("\n## Documentation\n");
    const pages = documents().filter((path) => path.startsWith("docs/"));
    expect(pages.filter((path) => !linksIn(list).includes(path))).toEqual([]);
  });
});
