import * as z from "zod/mini";
import { archiveAnswer } from "../../handlers/offsite/archiveAnswer.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor, bytesText, CONSISTENCY } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

export const archiveShow = defineCommand({
  name: "archive show",
  summary: "show what an archive holds",
  argument: { name: "<archive>", help: "its id, `latest`, or a day: the newest of 2026-03-02" },
  flags: [],
  examples: [
    ["archive show latest", "the newest one"],
    ["archive show 2026-03-02 --json", "the newest one of a day"],
  ],
  options: z.object({}),
  async run(cli, _, [name]) {
    if (name === undefined) throw usageError("Name an archive, or `latest`.");
    const manifest = orRefuse(await (await archivesFor(cli)).show(name));
    const { id, source, counts, consistency, partial, warnings, models, createdAt } = manifest;
    const shown = warnings.map(({ sentence, name: of }) =>
      wrap(of === undefined ? sentence : `${of}: ${sentence}`, cli.width, "! "),
    );
    return {
      exit: 0,
      document: { ok: true, archive: archiveAnswer(manifest) },
      text: [
        `${id}${partial ? ": not complete" : ""}`,
        `  of           ${source.environment}, ${createdAt} (${CONSISTENCY[consistency]})`,
        `  records      ${counts.records} in ${counted(models.length, "model")}`,
        `  uploads      ${counts.uploads}, ${bytesText(counts.assetBytes)}`,
        `  sha256       ${manifest.sha256}`,
        ...shown,
      ].join("\n"),
    };
  },
});
