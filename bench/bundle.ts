import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Table } from "./table.ts";

const ROOT = join(import.meta.dirname, "..");
const KIB = 1_024;

/** How large the HTTP app is with all that it needs, as a Worker would carry it. */
export async function measureBundle(): Promise<Table> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["handlers/app.ts"],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    // No API of any host: what does not bundle this way runs on Node only.
    platform: "neutral",
    mainFields: ["module", "main"],
    alias: { "@datocms/cma-client-node": "@datocms/cma-client/dist/esm/index.js" },
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("esbuild made no bundle.");
  const size = (bytes: number) => ({ value: bytes / KIB, unit: "KiB", digits: 1 });
  return {
    name: "bundle",
    title: "Bundle of handlers/app.ts",
    columns: { what: "Bundle", minified: "Minified", gzip: "Gzip" },
    rows: [
      {
        what: "app, services, hono, zod, DatoCMS client",
        minified: size(bundle.contents.byteLength),
        gzip: size(gzipSync(bundle.contents).byteLength),
      },
    ],
    notes: ["esbuild, with the client replaced by its universal core as in the Worker. For information."],
  };
}
