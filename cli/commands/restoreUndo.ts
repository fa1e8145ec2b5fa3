import * as z from "zod/mini";
import { counted } from "../../utils/words.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";
import { rateOf, refusedLines, restoresFor } from "../restores.ts";

export const restoreUndo = defineCommand({
  name: "restore undo",
  summary: "take a restore back",
  description:
    "Deletes the sandbox that a restore made, or puts back what things were before it. What somebody has changed since is left alone and listed.",
  argument: { name: "<restore>", help: "its id, as `restore status` lists it" },
  flags: [{ flags: "--fast", help: "16 calls a second instead of 8" }],
  examples: [
    ["restore undo restore_mwykaw0v", "one of `restore status`"],
    ["restore undo restore_mwykaw0v --json", "for scripts"],
  ],
  options: z.object({ fast: z.optional(z.boolean()) }),
  async run(cli, options, [id]) {
    if (id === undefined) throw usageError("Name a restore: `restore status` lists them.");
    const undone = orRefuse(await restoresFor(cli, cli.io.interruption()).undo(id, rateOf(options)));
    const { into, applied, refused, irreversible, deletedEnvironment } = undone;
    const isWhole = refused.length === 0;
    const what =
      deletedEnvironment === undefined
        ? `${into}: ${counted(applied.records, "record")} and ${counted(applied.uploads, "upload")} are as they were.`
        : `${deletedEnvironment} is deleted.`;
    return {
      exit: isWhole ? 0 : 1,
      document: { ok: isWhole, restore: undone },
      text: [
        `${isWhole ? "✔" : "!"} ${what}`,
        ...refusedLines(refused, cli.width),
        ...irreversible.map(({ sentence, id: of = "" }) => wrap(`${of}: ${sentence}`, cli.width, "! ")),
      ].join("\n"),
    };
  },
});
