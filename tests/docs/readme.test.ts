import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES } from "../../handlers/routes.ts";
import { type Demo, startDemo, textOf } from "./support.ts";

const README = textOf("README.md");
const MARK = "<!-- run";

type Example = { title: string; command: string; answer: string };

/** Marked shell blocks, each with the JSON block that must follow it. */
const EXAMPLES: Example[] = README.split(MARK)
  .slice(1)
  .map((part) => {
    const [, command = "", answer = ""] =
      /^[^\n]*-->\n```sh\n(.*?)```\n\n```json\n(.*?)```/s.exec(part) ?? [];
    return { title: /"\$URL([^"]*)"/.exec(command)?.[1] ?? "no address", command, answer };
  });

describe("the README's examples, called in its order", () => {
  let running: Demo;
  beforeAll(async () => {
    running = await startDemo();
  }, 90_000);
  afterAll(() => running?.interrupt());

  it.each(EXAMPLES)("$title is answered as printed", async ({ command, answer }) => {
    const { stdout } = await promisify(execFile)("bash", ["-c", command], {
      env: { PATH: process.env.PATH, URL: running.url, SECRET: running.secret },
    });
    expect(masked(stdout)).toEqual(masked(answer));
  });

  it("lists routes that are there", async () => {
    expect(routesIn(README)).not.toHaveLength(0);
    // HEAD runs nothing: 405 where there is a route, 404 where there is none.
    for (const route of routesIn(README)) {
      const headers = { "X-Datocms-Backups-Auth": running.secret };
      const { status } = await fetch(running.url + route, { method: "HEAD", headers });
      expect({ route, isThere: status !== 404 }).toEqual({ route, isThere: true });
    }
  });

  it("ends the demo cleanly on Ctrl-C", async () => {
    expect(await running.interrupt()).toEqual({ code: 0 });
    await expect(fetch(`${running.url}/healthz`)).rejects.toThrow();
  });
});

describe("the README is whole", () => {
  it("marks every block with curl, so that none goes unchecked", () => {
    const blocks = [...README.matchAll(/```sh\n(.*?)```/gs)].map(([, text = ""]) => text);
    const withCurl = blocks.filter((block) => /^\s*curl /m.test(block));
    expect(withCurl).not.toHaveLength(0);
    expect(EXAMPLES.map(({ command }) => command)).toEqual(withCurl);
  });

  it("lists every route of the app", () => {
    const addresses = ROUTES.flatMap(({ path, aliases = [] }) => [path, ...aliases]);
    expect(new Set(routesIn(README))).toEqual(new Set(addresses));
  });

  it("explains every cause of a failure and no other", () => {
    const causes = valuesOf("FailureCause", "utils/failures.ts");
    expect(causes).not.toHaveLength(0);
    const section = README.split("## When something fails")[1]?.split("\n## ")[0] ?? "";
    const explained = [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, cause]) => cause);
    expect(explained.toSorted()).toEqual(causes.toSorted());
  });

  it.each([
    ["SkipReason", 1],
    ["SkipDetail", 2],
  ])("explains every %s of a skip and no other", (type, column) => {
    const values = valuesOf(type, "services/schedule/due.ts");
    expect(values).not.toHaveLength(0);
    const table = README.split("| Reason | Because |")[1]?.split("\n\n")[0] ?? "";
    const cells = [...table.matchAll(/^\|.*$/gm)].map(([line]) => line.split("|")[column] ?? "");
    const explained = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, value]) => value));
    expect([...new Set(explained)].toSorted()).toEqual(values.toSorted());
  });

  it("explains in docs/plugin.md only errors that there are", () => {
    const section = textOf("docs/plugin.md").split("## When something fails")[1]?.split("\n\n|")[1] ?? "";
    const codes = valuesOf("ErrorCode", "utils/errors.ts");
    const first = [...section.matchAll(/^\|?([^|\n]+)\|/gm)].map(([, cell = ""]) => cell).join(" ");
    const named = [...first.matchAll(/`([A-Z][A-Z_]+)(…?)`/g)];
    expect(named.length).toBeGreaterThan(10);
    for (const [, name = "", more] of named)
      expect(codes.filter((code) => (more === "" ? code === name : code.startsWith(name)))).not.toEqual([]);
  });

  it.each([
    "README.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/plugin.md",
    "docs/restore.md",
    "docs/rotation.md",
  ])("links in %s lead somewhere", (file) => {
    const targets = [...textOf(file).matchAll(/\]\((?!https:)([^)]+)\)/g)].map(([, target = ""]) => target);
    for (const target of targets) {
      const { pathname, hash } = new URL(target, `file:///${file}`);
      const text = textOf(pathname.slice(1));
      expect(text).not.toBe("");
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => `#${anchorOf(title)}`);
      if (hash !== "") expect(anchors).toContain(hash);
    }
  });
});

/** Every value of a union of texts, as the source has it. */
function valuesOf(type: string, path: string): string[] {
  const union = new RegExp(`type ${type} =(.*?);`, "s").exec(textOf(path))?.[1] ?? "";
  return [...union.matchAll(/"(\w+)"/g)].map(([, value = ""]) => value);
}

function routesIn(text: string): string[] {
  const paths = [
    ...text.matchAll(
      /[`"](\/(?:api|\.netlify\/functions)\/[^`"]+|\/healthz|\/readyz|\/metrics|\/openapi\.json)[`"]/g,
    ),
  ];
  return [...new Set(paths.map(([, path = ""]) => path).filter((path) => !path.endsWith("*")))];
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** Without dates, times and request ids; the contract's version, which looks like a date, stays. */
function masked(json: string): unknown {
  const text = JSON.stringify(JSON.parse(json))
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, "<time>")
    .replace(/(?<!"version":")\d{4}-\d{2}-\d{2}/g, "<date>")
    .replace(/\d{2}:\d{2} UTC/g, "<hour>")
    .replace(/(?<="largestGapSeconds":)\d+/g, "0")
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>");
  return JSON.parse(text);
}
