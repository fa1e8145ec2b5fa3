import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";
import openapi from "../../openapi.json" with { type: "json" };
import { wrangler } from "../../scripts/hosts/cloudflare/workerd.ts";
import { ROOT } from "../../scripts/root.ts";
import { readAccess } from "../../utils/auth.ts";
import { TOKEN_VARIABLES } from "../../utils/config.ts";
import { BUILD_MS } from "../support/builtOnce.ts";
import { type Artefact, buildShipped } from "./cloudflare/worker.ts";

const KIB = 1_024;
/**
 * Gzip of the upload: our own reach, for a quick start. Cloudflare's limit on the free plan is 3 MiB. openapi.json, which
 * is served, is counted apart: it grows with every route, and runs nothing.
 */
const MOST_CODE_BYTES = 110 * KIB;
const MOST_DOCUMENT_BYTES = 16 * KIB;

const pathOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

const Metafile = z.object({
  outputs: z.record(
    z.string(),
    z.object({
      exports: z.array(z.string()),
      imports: z.array(z.object({ path: z.string() })),
      inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })),
    }),
  ),
});

describe("what a deploy uploads", () => {
  let artefact: Artefact;
  let code: Buffer;
  let output: z.infer<typeof Metafile>["outputs"][string] | undefined;
  beforeAll(async () => {
    artefact = await buildShipped();
    code = await readFile(join(artefact.directory, "out/worker.js"));
    const metafile = JSON.parse(await readFile(join(artefact.directory, "metafile.json"), "utf8"));
    output = Object.entries(Metafile.parse(metafile).outputs).find(([name]) => name.endsWith(".js"))?.[1];
  }, BUILD_MS);

  test("is built without a complaint", () => {
    expect(artefact.output).toContain("--dry-run: exiting now.");
    // Wrangler says so on Node 20, and builds all the same.
    const output = artefact.output.replace(/^.*Wrangler requires at least Node\.js.*$/gm, "");
    expect(output).not.toMatch(/warning|error/i);
  });

  test("is small", () => {
    expect(gzipSync(code).byteLength).toBeGreaterThan(20 * KIB);
    const document = gzipSync(JSON.stringify(openapi)).byteLength;
    expect(document).toBeLessThan(MOST_DOCUMENT_BYTES);
    expect(gzipSync(code).byteLength - document).toBeLessThan(MOST_CODE_BYTES);
  });

  test("is one module with a default export and nothing else, which needs nothing of Node", () => {
    expect(output?.exports).toEqual(["default"]);
    expect(output?.imports).toEqual([]);
    expect(code.toString()).not.toMatch(/["'`]node:/);
  });

  test("has of the DatoCMS client's universal core, by its ES modules, what the service uses", () => {
    const inputs = Object.keys(output?.inputs ?? {}).filter((path) => path.includes("@datocms/cma-client"));
    expect(inputs.filter((path) => !path.includes("@datocms/cma-client/dist/esm/"))).toEqual([]);
    const resources = inputs.flatMap((path) => /generated\/resources\/(\w+)\.js$/.exec(path)?.[1] ?? []);
    expect(resources.sort()).toEqual(["Environment", "Plugin", "PublicInfo", "SubscriptionLimit", "User"]);
  });

  test("has the smaller of zod's two APIs alone: one file that imports the other costs 15 KiB", () => {
    const inputs = Object.keys(output?.inputs ?? {}).filter((path) => path.includes("/zod/"));
    expect(inputs.length).toBeGreaterThan(5);
    expect(inputs.filter((path) => path.includes("/zod/v4/classic/"))).toEqual([]);
  });

  test("starts in workerd", { timeout: BUILD_MS }, async () => {
    const profile = join(artefact.directory, "startup.cpuprofile");
    await wrangler(ROOT, "check", "startup", "--outfile", profile);
    const { samples } = z
      .object({ samples: z.array(z.number()) })
      .parse(JSON.parse(await readFile(profile, "utf8")));
    expect(samples.length).toBeGreaterThan(0);
  });
});

describe("wrangler.toml", () => {
  const config = unstable_readConfig({ config: pathOf("wrangler.toml") });

  test("carries no value of a variable, and asks for nothing of Node", () => {
    expect(config.vars).toEqual({});
    expect(config.compatibility_flags).toEqual([]);
  });

  test("keeps the Worker's log", () => {
    expect(config.observability?.enabled).toBe(true);
  });
});

describe(".dev.vars.example", () => {
  test("asks for token and secret, and sets neither", async () => {
    const example = parseEnv(await readFile(pathOf(".dev.vars.example"), "utf8"));
    expect(example).toEqual({ [TOKEN_VARIABLES[0]]: "", DATOCMS_BACKUPS_SHARED_SECRET: "" });
    expect(readAccess(example)).toEqual({ kind: "open" });
  });
});
