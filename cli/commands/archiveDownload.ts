import * as z from "zod/mini";
import {
  type ArchiveFailure,
  type Manifest,
  type PackedArchive,
  TarError,
} from "../../services/archiveService.ts";
import type { Result } from "../../utils/failures.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor, bytesText, percentages } from "../archives.ts";
import { type Cli, defineCommand } from "../command.ts";
import { CommandError, usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse, refusalOf } from "../project.ts";
import { type TarTarget, tarTarget } from "../tarFiles.ts";

const STANDARD_OUTPUT = "-";

export const archiveDownload = defineCommand({
  name: "archive download",
  summary: "write an archive into one file",
  description:
    "Writes the whole archive as one tar, which needs nothing but tar, zcat, jq and sha256sum to be read: README.txt in it says how. Every byte is held against its hash on the way.",
  argument: { name: "<archive>", help: "its id, `latest`, or a day: the newest of 2026-03-02" },
  flags: [
    { flags: "--output <file>", help: "the file to write; `-` is standard output" },
    { flags: "--force", help: "replace a file that is there" },
  ],
  examples: [
    ["archive download latest --output a.tar", "the newest one"],
    ["archive download 2026-03-02 --output -", "a day's, into a pipe"],
  ],
  options: z.object({
    output: z.optional(z.string()),
    force: z.optional(z.boolean()),
    json: z.optional(z.boolean()),
  }),
  endsItself: true,
  async run(cli, { output = "", force = false, json = false }, [name]) {
    if (name === undefined) throw usageError("Name an archive, or `latest`.");
    if (output === "") throw usageError("Say where to: --output archive.tar, or --output - for a pipe.");
    const isPiped = output === STANDARD_OUTPUT;
    if (isPiped && json) throw usageError("--json and --output - both want standard output.");
    const interruption = cli.io.interruption();
    const archives = await archivesFor(cli, interruption);
    const target = isPiped ? standardOutput(cli) : await tarTarget(output, force);
    const { bytes, manifest } = await written(cli, () => archives.download(name), target, interruption);
    const { id: archive, partial, warnings } = manifest;
    const missing = partial ? [missingText(manifest, cli.width)] : [];
    if (isPiped) for (const text of missing) cli.io.err.write(`${text}\n`);
    return {
      exit: 0,
      document: { ok: true, download: { file: output, bytes, archive, partial, warnings } },
      text: isPiped ? "" : [...textOf(output, bytes, cli.width), ...missing].join("\n"),
    };
  },
});

function textOf(file: string, bytes: number, width: number): string[] {
  return [
    `✔ ${file}: ${bytesText(bytes)}`,
    wrap(`To see what is in it: tar xOf ${file} README.txt`, width, "  "),
  ];
}

/** @throws CommandError 2 where the document, or nobody, would have it */
function standardOutput({ io }: Cli): TarTarget {
  if (io.out.isTerminal) throw usageError("A terminal is no place for a tar: name a file with --output.");
  return { write: (bytes) => io.outBytes(bytes), finish: async () => {}, abandon: async () => {} };
}

/**
 * @returns what was written, and how many bytes it has
 * @throws CommandError 1 where the archive is damaged or the file cannot be written, 130 where it was interrupted
 */
async function written(
  cli: Cli,
  download: () => Promise<Result<PackedArchive, ArchiveFailure>>,
  target: TarTarget,
  interruption: AbortSignal,
): Promise<{ bytes: number; manifest: Manifest }> {
  const show = percentages(cli, "download");
  let bytes = 0;
  try {
    const { body, size, manifest } = orRefuse(await download());
    for await (const piece of body) {
      if (interruption.aborted) throw new CommandError(130, "INTERRUPTED", "Interrupted.");
      await target.write(piece);
      bytes += piece.byteLength;
      show(Math.min(bytes, size), size);
    }
    await target.finish();
    return { bytes, manifest };
  } catch (error) {
    await target.abandon();
    throw error instanceof TarError ? refusalOf(error.failure) : error;
  } finally {
    cli.progress.end();
  }
}

/** Nobody is to take it for whole. */
function missingText({ id, warnings }: Manifest, width: number): string {
  const [first] = warnings;
  const what = first?.name === undefined ? first?.sentence : `${first.name}: ${first.sentence}`;
  const more = warnings.length > 1 ? ` And ${counted(warnings.length - 1, "other warning")}.` : "";
  return wrap(`${id} is not complete. ${what ?? ""}${more}`, width, "! ");
}
