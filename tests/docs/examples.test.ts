import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents, textAt } from "./documents.ts";
import { routesIn } from "./routes.ts";
import { type Demo, startDemo, textOf } from "./support.ts";

/** Those whose calls are made, in this order. */
const DOCUMENTS = ["docs/api.md", "docs/alerts.md"];
const MARK = "<!-- run";

type Example = { title: string; command: string; answer: string };

/** Marked shell blocks, each with the JSON block that must follow it. */
const EXAMPLES: Example[] = DOCUMENTS.flatMap((path) => textOf(path).split(MARK).slice(1)).map((part) => {
  const [, command = "", answer = ""] = /^[^\n]*-->\n```sh\n(.*?)```\n\n```json\n(.*?)```/s.exec(part) ?? [];
  return { title: /"\$URL([^"]*)"/.exec(command)?.[1] ?? "no address", command, answer };
});

describe("the examples, called in their order", () => {
  let running: Demo;
  beforeAll(async () => {
    running = await startDemo();
  }, 90_000);
  afterAll(() => running?.interrupt());

  it.each(EXAMPLES)("$title is answered as printed", async ({ command, answer }) => {
    const { stdout } = await promisify(execFile)("bash", ["-c", command], {
      env: { PATH: process.env.PATH, URL: running.url, SECRET: running.secret, ADMIN: running.adminSecret },
    });
    expect(masked(stdout)).toEqual(masked(answer));
  });

  it("are of routes that are there", async () => {
    const routes = routesIn(textOf("docs/api.md"));
    expect(routes).not.toHaveLength(0);
    // HEAD runs nothing: 405 where there is a route, 404 where there is none.
    for (const route of routes) {
      const headers = { "X-Datocms-Backups-Auth": running.secret };
      const { status } = await fetch(running.url + route.replace(":jobId", "job_x"), {
        method: "HEAD",
        headers,
      });
      expect({ route, isThere: status !== 404 }).toEqual({ route, isThere: true });
    }
  });

  it("end with the demo, on Ctrl-C", async () => {
    expect(await running.interrupt()).toEqual({ code: 0 });
    await expect(fetch(`${running.url}/healthz`)).rejects.toThrow();
  });
});

/** `restore.test.ts` runs the first; the other's calls are those of docs/api.md. */
const ELSEWHERE = ["docs/restore.md", "docs/self-hosting.md"];

it("every block of docs/ with curl is marked, so that none goes unchecked", () => {
  const blocks = documents()
    .filter((path) => path.startsWith("docs/") && !ELSEWHERE.includes(path))
    .flatMap((path) => [...(textAt(path) ?? "").matchAll(/```sh\n(.*?)```/gs)].map(([, text = ""]) => text));
  const withCurl = blocks.filter((block) => /^\s*curl /m.test(block));
  expect(withCurl).not.toHaveLength(0);
  expect(withCurl.toSorted()).toEqual(EXAMPLES.map(({ command }) => command).toSorted());
});

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
