import * as z from "zod/mini";
import type { VerifyDepth, VerifyLevel } from "../../services/archiveService.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor, bytesText } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

const LEVELS: readonly VerifyLevel[] = ["quick", "full", "deep"];

export const archiveVerify = defineCommand({
  name: "archive verify",
  summary: "see whether an archive is as it was written",
  description:
    "quick: everything is there in its size. full: every byte is as it was written. deep: every line can be read, the counts are right, and what records refer to is there.",
  argument: { name: "<archive>", help: "its id, `latest`, or a day: the newest of 2026-03-02" },
  flags: [
    { flags: "--level <level>", help: "quick, full or deep; full where none is named" },
    {
      flags: "--sample <percent>",
      help: "quick, and reads the share of the bytes that was read longest ago",
    },
  ],
  examples: [
    ["archive verify latest", "every byte"],
    ["archive verify latest --level deep", "every line"],
  ],
  options: z.object({ level: z.optional(z.string()), sample: z.optional(z.string()) }),
  async run(cli, flags, [name]) {
    if (name === undefined) throw usageError("Name an archive, or `latest`.");
    const depth = depthOf(flags);
    const verified = orRefuse(await (await archivesFor(cli)).verify(name, depth));
    const { problems, archive, objects, bytes } = verified;
    const ok = problems.length === 0;
    const looked = `${counted(objects, "object")}, ${bytesText(bytes)}, ${typeof depth === "string" ? `level ${depth}` : `${depth.sample} % of them read`}`;
    return {
      exit: ok ? 0 : 1,
      document: { ok, verify: verified },
      text: ok
        ? `✔ ${archive} is as it was written (${looked})`
        : [
            `✘ ${archive} is damaged (${looked})`,
            ...problems.map(({ sentence }) => wrap(sentence, cli.width, "! ")),
          ].join("\n"),
    };
  },
});

type Flags = Readonly<Partial<Record<"level" | "sample", string | undefined>>>;

function depthOf({ level, sample }: Flags): VerifyDepth {
  if (level !== undefined && sample !== undefined) throw usageError("Use --level or --sample, not both.");
  if (sample === undefined) {
    const found = LEVELS.find((each) => each === (level ?? "full"));
    if (found === undefined) throw usageError(`--level must be quick, full or deep, not '${level}'.`);
    return found;
  }
  const percent = Number(sample.replace(/ *%$/, ""));
  if (!(percent > 0 && percent <= 100))
    throw usageError(`--sample must be a number of percent above 0, up to 100, not '${sample}'.`);
  return { sample: percent };
}
