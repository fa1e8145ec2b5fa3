import * as z from "zod/mini";
import { archiveAnswer } from "../../handlers/offsite/archiveAnswer.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor, bytesText, percentages } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";
import { openTar } from "../tarFiles.ts";

export const archiveUpload = defineCommand({
  name: "archive upload",
  summary: "take a downloaded archive into the store",
  description:
    "Takes a tar of `archive download` into the store. All of it is checked first; what is not as it was written is refused, and then nothing is written. The archive is pinned, so that it stays until somebody deletes it.",
  argument: { name: "<file>", help: "the tar" },
  flags: [],
  examples: [
    ["archive upload archive.tar", "into BACKUP_STORE"],
    ["archive upload archive.tar --json", "the same for a script"],
  ],
  options: z.object({}),
  async run(cli, _, [file]) {
    if (file === undefined) throw usageError("Name the file of a tar.");
    const archives = await archivesFor(cli);
    const tar = await openTar(file);
    try {
      const manifest = orRefuse(await archives.upload(tar, percentages(cli, "upload")));
      const { id, partial, source, counts } = manifest;
      const content = `${counted(counts.records, "record")}, ${counted(counts.uploads, "upload")}`;
      return {
        exit: partial ? 1 : 0,
        document: { ok: !partial, archive: archiveAnswer(manifest) },
        text: [
          `${partial ? "✘" : "✔"} ${id}${partial ? " is in the store, and is not complete" : ""}`,
          wrap(
            `${source.environment} of project ${source.projectId}: ${content}; ${bytesText(tar.size)}`,
            cli.width,
            "  ",
          ),
        ].join("\n"),
      };
    } finally {
      cli.progress.end();
      await tar.close();
    }
  },
});
