import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCommandLine, UsageError } from "../cli/commandLine.ts";
import { cloneHead, install } from "./rehearse/clone.ts";
import { cloudflare } from "./rehearse/cloudflare.ts";
import { endAll } from "./rehearse/commands.ts";
import { netlify } from "./rehearse/netlify.ts";
import type { Platform } from "./rehearse/platform.ts";
import { rehearseDeploy } from "./rehearse/platformRehearsal.ts";
import { Report, say } from "./rehearse/report.ts";
import { vercel } from "./rehearse/vercel.ts";

const PLATFORMS: readonly Platform[] = [netlify, vercel, cloudflare];
const NAMES = PLATFORMS.map(({ name }) => name);

const COMMAND = {
  call: "npm run rehearse",
  purpose: `Rehearses the deploy on each platform: clones the commit, installs, builds as the platform does, and runs what
was built with the two variables of a deployment against a local DatoCMS. Nothing reaches DatoCMS or a platform;
npm ci may fetch packages.`,
  options: {
    only: {
      type: "string",
      value: "<platform>",
      multiple: true,
      help: `${NAMES.join(", ")}; may be given more than once`,
    },
    keep: { type: "boolean", help: "leave the clone and what was built" },
  },
  notes: `Reads no variables.
Exit code: 0 when every step went well, 1 when one failed, 2 for wrong options.`,
} as const;

await rehearse(
  readCommandLine(COMMAND, ({ only = [], keep = false }) => {
    const unknown = only.filter((name) => !NAMES.some((known) => known === name));
    if (unknown.length > 0)
      throw new UsageError(`--only knows ${NAMES.join(", ")}, not '${unknown.join(", ")}'`);
    return { only, keep };
  }),
);

interface Options {
  readonly only: readonly string[];
  readonly keep: boolean;
}

async function rehearse({ only, keep }: Options): Promise<void> {
  const began = performance.now();
  const directory = await realpath(await mkdtemp(join(tmpdir(), "rehearsal-")));
  const tidyUp = async () => {
    endAll();
    if (!keep) await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, async () => {
      await tidyUp();
      // What a shell expects of something that was interrupted before its end.
      process.exit(signal === "SIGINT" ? 130 : 143);
    });

  let failed: string[] = [];
  try {
    const chosen = PLATFORMS.filter(({ name }) => only.length === 0 || only.includes(name));
    failed = await rehearseAll(chosen, directory);
  } finally {
    await tidyUp();
  }
  if (keep) say(`Left in ${directory}`);
  const seconds = Math.round((performance.now() - began) / 1_000);
  say(
    failed.length === 0
      ? `Every step went well (${seconds} s).`
      : `FAILED: ${failed.join(", ")} (${seconds} s).`,
  );
  // The harness and the client leave timers behind that would keep the process.
  process.exit(failed.length === 0 ? 0 : 1);
}

/** @returns what failed */
async function rehearseAll(platforms: readonly Platform[], directory: string): Promise<string[]> {
  const report = new Report("all");
  const cloned = await report.step(
    "clone",
    () => cloneHead(directory),
    ({ head, uncommitted }) => ({
      text: head,
      more: uncommitted > 0 ? [`${uncommitted} uncommitted changes take no part`] : [],
    }),
  );
  if (cloned === undefined) return ["clone"];
  const { clone } = cloned;
  await report.step("packages", () => install(clone));
  if (report.failures.length > 0) return ["packages"];
  const failed: string[] = [];
  for (const platform of platforms) {
    const onPlatform = new Report(platform.name);
    await rehearseDeploy(platform, { clone, out: join(directory, platform.name) }, onPlatform);
    if (onPlatform.failures.length > 0) failed.push(platform.name);
  }
  return failed;
}
