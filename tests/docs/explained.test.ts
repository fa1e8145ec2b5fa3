import { describe, expect, it } from "vitest";
import { ROUTES } from "../../handlers/routes.ts";
import { Problem } from "../../handlers/schemas/runs.ts";
import { routesIn } from "./routes.ts";
import { textOf } from "./support.ts";

const API = textOf("docs/api.md");
const TROUBLESHOOTING = textOf("docs/troubleshooting.md");

describe("docs/api.md", () => {
  it("lists every route of the app", () => {
    const addresses = ROUTES.flatMap(({ path, aliases = [] }) => [path, ...aliases]);
    expect(new Set(routesIn(API))).toEqual(new Set(addresses));
  });

  it.each([
    ["SkipReason", 1],
    ["SkipDetail", 2],
  ])("explains every %s of a skip and no other", (type, column) => {
    const values = valuesOf(type, "services/schedule/due.ts");
    expect(values).not.toHaveLength(0);
    const table = API.split("| Reason | Because |")[1]?.split("\n\n")[0] ?? "";
    const cells = [...table.matchAll(/^\|.*$/gm)].map(([line]) => line.split("|")[column] ?? "");
    const explained = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, value]) => value));
    expect([...new Set(explained)].toSorted()).toEqual(values.toSorted());
  });
});

describe("docs/troubleshooting.md", () => {
  it("explains every cause of a failure and no other", () => {
    const causes = valuesOf("FailureCause", "utils/failures.ts");
    expect(causes).not.toHaveLength(0);
    const section = sectionOf(TROUBLESHOOTING, "Causes of a failed backup");
    const explained = [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, cause]) => cause);
    expect(explained.toSorted()).toEqual(causes.toSorted());
  });

  it("explains every problem of a backup that was made, and no other", () => {
    const section = sectionOf(TROUBLESHOOTING, "Problems");
    const explained = [...section.matchAll(/^- `([A-Z_]+)`:/gm)].map(([, code]) => code);
    expect(explained.toSorted()).toEqual(Problem.shape.code.options.toSorted());
  });

  it("explains only errors that there are", () => {
    const codes = valuesOf("ErrorCode", "handlers/serviceError.ts");
    const section = sectionOf(TROUBLESHOOTING, "Codes");
    const first = [...section.matchAll(/^\|([^|\n]+)\|/gm)].map(([, cell = ""]) => cell).join(" ");
    const named = [...first.matchAll(/`([A-Z][A-Z_]+)(…?)`/g)];
    expect(named.length).toBeGreaterThan(10);
    for (const [, name = "", more] of named)
      expect(codes.filter((code) => (more === "" ? code === name : code.startsWith(name)))).not.toEqual([]);
  });
});

function sectionOf(text: string, title: string): string {
  return text.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";
}

/** Every value of a union of texts, as the source has it. */
function valuesOf(type: string, path: string): string[] {
  const union = new RegExp(`type ${type} =(.*?);`, "s").exec(textOf(path))?.[1] ?? "";
  return [...union.matchAll(/"(\w+)"/g)].map(([, value = ""]) => value);
}
