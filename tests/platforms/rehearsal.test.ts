import { afterAll, expect, test } from "vitest";
import { cloudflare } from "../../scripts/rehearse/cloudflare.ts";
import { endAll } from "../../scripts/rehearse/commands.ts";
import { netlify } from "../../scripts/rehearse/netlify.ts";
import type { Platform, Site } from "../../scripts/rehearse/platform.ts";
import { rehearseArtefact } from "../../scripts/rehearse/platformRehearsal.ts";
import { Report } from "../../scripts/rehearse/report.ts";
import { vercel } from "../../scripts/rehearse/vercel.ts";
import { ROOT } from "../../scripts/root.ts";
import { BUILD_MS } from "../support/builtOnce.ts";
import { buildShipped } from "./cloudflare/worker.ts";
import { build } from "./netlify/functions.ts";
import { vercelBuild } from "./vercel/build.ts";

/** The steps take a quarter of a minute, and wait for the next hour where this one is nearly over. */
const STEPS_MS = 240_000;

/** Each platform, and where the build lies that the whole run shares. */
const BUILT: readonly [Platform, () => Promise<Site>][] = [
  [netlify, async () => ({ clone: ROOT, out: (await build()).directory })],
  [
    vercel,
    async () => {
      const { workPath, directory } = await vercelBuild();
      return { clone: workPath, out: directory };
    },
  ],
  [cloudflare, async () => ({ clone: ROOT, out: (await buildShipped()).directory })],
];

afterAll(endAll);

// They wait most of the time, so they do it side by side.
test.concurrent.each(BUILT)(
  "what is built for $name goes through every step of `npm run rehearse`",
  { timeout: BUILD_MS + STEPS_MS },
  async (platform, built) => {
    const said: string[] = [];
    const report = new Report(platform.name, (text) => said.push(text));
    await rehearseArtefact(platform, await platform.artefactIn(await built()), report);
    expect(report.failures, `\n${said.join("\n")}\n`).toEqual([]);
  },
);
