import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import type { BuiltFunction } from "../../scripts/hosts/vercel/built.ts";
import { vercelProject } from "../../scripts/hosts/vercel/project.ts";
import { ROOT } from "../../scripts/root.ts";
import { vercelRuntime } from "../../utils/platformAdapters.ts";
import { waitUntil } from "../../vercel/waitUntil.ts";
import { PATHS, ROUTES } from "../contract/wire.ts";
import { BUILD_MS } from "../support/builtOnce.ts";
import { type BuildOutput, vercelBuild } from "./vercel/build.ts";

/** Functions of one deployment on Vercel's Hobby plan. */
const MOST_FUNCTIONS = 12;
/** A tenth of what Vercel takes, and several times what these are. */
const MOST_BYTES = 25_000_000;
/** Ten times what it takes here alone; tests run side by side. */
const SLOWEST_IMPORT_MS = 3_000;

const { config, entrypoints, targetOf } = vercelProject(ROOT);
const own = (path: string) => `${path.slice(1)}.ts`;

describe("vercel.json", () => {
  test("has a function for every documented route, and no more than Hobby allows", () => {
    const all = [...ROUTES.map(({ path }) => own(path)), "api/index.ts"].sort();
    expect(entrypoints).toEqual(all);
    expect(all.length).toBeLessThanOrEqual(MOST_FUNCTIONS);
  });

  test.each(ROUTES.filter(({ alias }) => alias !== undefined))("$alias leads to $path", ({ path, alias }) => {
    expect(targetOf(alias ?? "")).toEqual({
      kind: "function",
      entrypoint: own(path),
    });
  });

  test("sends what nobody else answers to the function for the rest", () => {
    const rest = { kind: "function", entrypoint: "api/index.ts" };
    for (const path of ["/", "/healthz", "/api", "/api/check", "/api/jobs", "/api/jobs/nothing/deep", "/x/y"])
      expect(targetOf(path), path).toEqual(rest);
    expect(PATHS.length).toBeGreaterThan(ROUTES.length);
    for (const { path } of ROUTES)
      expect(targetOf(path), path).toEqual({
        kind: "function",
        entrypoint: own(path),
      });
    expect(targetOf("/robots.txt")).toEqual({
      kind: "file",
      path: "public/robots.txt",
    });
  });

  test("lets a function live longer than its work takes", () => {
    const [maxDuration = 0] = Object.values(config.functions).map((each) => each.maxDuration);
    const runtimeWith = (headers: Record<string, string>) =>
      vercelRuntime({}, new Headers(headers), () => {});
    const http = runtimeWith({});
    const cron = runtimeWith({ "user-agent": "vercel-cron/1.0", "x-vercel-cron-schedule": "5 2 * * *" });
    expect(cron).toMatchObject({ isCron: true, afterAnswer: undefined });
    expect(cron.budgetMs).toBeLessThan(maxDuration * 1_000);
    expect(http.budgetMs + (http.afterAnswer?.budgetMs ?? Number.NaN)).toBeLessThan(maxDuration * 1_000);
  });
});

describe("what Vercel's builder makes of the repository", () => {
  let output: BuildOutput;
  beforeAll(async () => {
    output = await vercelBuild();
  }, BUILD_MS);

  test("is one Node 24 function for each file, with the time that vercel.json gives it", () => {
    expect(output.functions.map(({ entrypoint }) => entrypoint)).toEqual(entrypoints);
    for (const { entrypoint, runtime, maxDuration, handler } of output.functions)
      expect({ runtime, maxDuration, handler }, entrypoint).toEqual({
        runtime: "nodejs24.x",
        maxDuration: 300,
        handler: entrypoint.replace(/\.ts$/, ".js"),
      });
  });

  test("holds the service and what it imports: no tests, no emulator, nothing of other hosts", () => {
    for (const { files } of output.functions) {
      const ours = files.filter((name) => !name.startsWith("node_modules/"));
      expect(ours.length).toBeGreaterThan(30);
      expect(
        ours.filter(
          (name) =>
            !/^(?:(?:api|vercel|handlers|services|utils)\/.+\.js(?:\.map)?|(?:package|openapi|utils\/addresses)\.json)$/.test(
              name,
            ),
        ),
      ).toEqual([]);
      expect(ours.filter((name) => name.startsWith("api/")).length).toBeLessThanOrEqual(2);
    }
  });

  test("holds only packages that run in production", () => {
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
    const packages = new Set(output.functions.flatMap(({ files }) => files.flatMap(packageOf)));
    expect([...packages]).toEqual(expect.arrayContaining(["hono", "zod", "@datocms/cma-client"]));
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(["hono", "zod"]));
    for (const name of ["typescript", "croner", "@hono/node-server", "@vercel/node", "vitest"])
      expect(packages).not.toContain(name);
  });

  test("differs from function to function only in the function's own file", () => {
    const shared = output.functions.map(({ entrypoint, files }) => {
      const name = entrypoint.replace(/\.ts$/, ".js");
      return files.filter((file) => file !== name && file !== `${name}.map`);
    });
    for (const files of shared) expect(files).toEqual(shared[0]);
  });

  test("is small, and each function starts by itself", async () => {
    const rows: string[] = [];
    for (const built of output.functions) {
      const { importMs, answer } = await coldStart(built);
      expect(answer, built.entrypoint).toBe(404);
      expect(built.bytes, built.entrypoint).toBeLessThan(MOST_BYTES);
      expect(importMs, built.entrypoint).toBeLessThan(SLOWEST_IMPORT_MS);
      rows.push(`${built.entrypoint.padEnd(38)} ${(built.bytes / 1e6).toFixed(1)} MB, import ${importMs} ms`);
    }
    process.stdout.write(`\nVercel's functions\n${rows.join("\n")}\n`);
  });
});

describe("waitUntil", () => {
  const CONTEXT = Symbol.for("@vercel/request-context");
  test("hands the work to the request's own context, each time anew", async () => {
    const kept: [string, Promise<unknown>][] = [];
    let request = "first";
    const context = { waitUntil: (work: Promise<unknown>) => void kept.push([request, work]) };
    Reflect.set(globalThis, CONTEXT, { get: () => context });
    const [one, two] = [Promise.resolve(1), Promise.resolve(2)];
    waitUntil(one);
    request = "second";
    waitUntil(two);
    Reflect.deleteProperty(globalThis, CONTEXT);
    expect(kept).toEqual([
      ["first", one],
      ["second", two],
    ]);
  });

  test("does nothing outside of Vercel, and outside of a request", () => {
    expect(() => waitUntil(Promise.resolve())).not.toThrow();
    Reflect.set(globalThis, CONTEXT, { get: () => undefined });
    expect(() => waitUntil(Promise.resolve())).not.toThrow();
    Reflect.deleteProperty(globalThis, CONTEXT);
  });
});

function packageOf(file: string): string[] {
  const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
  return found === undefined ? [] : [found];
}

/** Starts a function in a new process and asks it for an address that it does not have. */
async function coldStart({ directory, handler }: BuiltFunction) {
  const url = pathToFileURL(join(directory, handler)).href;
  const program = `
    const begin = performance.now();
    const { default: entry } = await import(${JSON.stringify(url)});
    const importMs = Math.round(performance.now() - begin);
    const { status: answer } = await entry.fetch(new Request("https://project-one.test/nowhere"));
    console.log(JSON.stringify({ importMs, answer }));`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await once(child, "close");
  const last = said.trim().split("\n").at(-1) ?? "";
  return z.object({ importMs: z.number(), answer: z.number() }).parse(JSON.parse(last));
}
