import * as z from "zod/mini";
import { archiveAnswer } from "../../handlers/offsite/archiveAnswer.ts";
import type { Estimate, Manifest, Progress } from "../../services/archiveService.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor, bytesText, CONSISTENCY } from "../archives.ts";
import { type Cli, defineCommand } from "../command.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

/** Calls a second: editors and builds keep their share of the 20 that DatoCMS allows. */
const USUAL_RATE = 8;
const FAST_RATE = 16;
const MOST_WARNINGS = 10;

export const archiveCreate = defineCommand({
  name: "archive create",
  summary: "archive an environment in the store",
  description:
    "Archives schema, records, uploads with their files, and settings, outside of DatoCMS. Without --from it takes the newest ready backup, or else the primary environment. What an earlier archive holds already is not read or stored again.",
  flags: [
    { flags: "--from <environment>", help: "the environment to archive" },
    { flags: "--no-assets", help: "leave out the files of uploads" },
    { flags: "--full", help: "read everything anew" },
    { flags: "--yes", help: "take more than a fifth of what the DatoCMS plan has left" },
    { flags: "--fast", help: "16 calls a second instead of 8" },
  ],
  examples: [
    ["archive create", "the newest backup"],
    ["archive create --from main", "the primary environment"],
  ],
  options: z.object({
    from: z.optional(z.string()),
    assets: z.optional(z.boolean()),
    full: z.optional(z.boolean()),
    fast: z.optional(z.boolean()),
    yes: z.optional(z.boolean()),
  }),
  endsItself: true,
  async run(cli, { from, assets = true, full = false, fast = false, yes = false }) {
    const interruption = cli.io.interruption();
    const archives = await archivesFor(cli, interruption);
    const request = {
      from,
      withAssets: assets,
      isFull: full,
      callsPerSecond: fast ? FAST_RATE : USUAL_RATE,
      isAccepted: yes,
      onEstimate: (estimate: Estimate) => cli.progress.show(estimateText(estimate), undefined),
      onProgress: progressOf(cli),
    };
    const made = await archives.createAlone(request, (job) =>
      cli.progress.show(`waiting for the archive that another process makes (${job})`, undefined),
    );
    cli.progress.end();
    if (!made.ok && interruption.aborted)
      return {
        exit: 130,
        document: { ok: false, interrupted: true },
        text: "Interrupted. The same command takes over what was stored.",
      };
    const manifest = orRefuse(made);
    return {
      exit: manifest.partial ? 1 : 0,
      document: { ok: !manifest.partial, archive: archiveAnswer(manifest) },
      text: textOf(manifest, cli.width),
    };
  },
});

function estimateText({ calls, bytes }: Estimate): string {
  const files = bytes === undefined ? "" : `, ${bytesText(bytes)} of files`;
  return `about ${counted(calls, "call")}${files}`;
}

/** A terminal's line is written anew; elsewhere each one stays. */
function progressOf({ progress, io: { clock, err } }: Cli): (progress: Progress) => void {
  const gap = err.isTerminal ? 200 : 10_000;
  const counts = { records: 0, uploads: 0 };
  let shownAt = clock.monotonic();
  return ({ unit, count }) => {
    counts[unit] += count;
    if (clock.monotonic() - shownAt < gap) return;
    shownAt = clock.monotonic();
    progress.show(`${counted(counts.records, "record")}, ${counted(counts.uploads, "upload")}`, undefined);
  };
}

function textOf(manifest: Manifest, width: number): string {
  const { id, source, counts, consistency, storedBytes, reusedBytes, calls, durationMs } = manifest;
  const { warnings, partial } = manifest;
  const mark = partial ? "✘" : "✔";
  const shown = warnings.slice(0, MOST_WARNINGS).map(({ sentence, name }) => {
    return wrap(name === undefined ? sentence : `${name}: ${sentence}`, width, "! ");
  });
  const more = warnings.length - shown.length;
  return [
    `${mark} ${id}${partial ? " is not complete" : ""}`,
    wrap(
      `${source.environment}: ${counted(counts.records, "record")}, ${counted(counts.uploads, "upload")}, ${counted(counts.models, "model")}; ${CONSISTENCY[consistency]}`,
      width,
      "  ",
    ),
    wrap(
      `${bytesText(storedBytes)} stored, ${bytesText(reusedBytes)} were there; ${counted(calls, "call")}, ${Math.round(durationMs / 1_000)} s`,
      width,
      "  ",
    ),
    ...shown,
    ...(more > 0 ? [`! ${counted(more, "more warning")}`] : []),
  ].join("\n");
}
