import * as z from "zod/mini";
import { listedAnswer } from "../../handlers/offsite/archiveAnswer.ts";
import type { ListedArchive } from "../../services/archiveService.ts";
import { minute } from "../../utils/moments.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { table } from "../layout.ts";
import { orRefuse } from "../project.ts";

const COLUMNS = [
  { title: "ARCHIVE" },
  { title: "OF (UTC)", spare: 1 },
  { title: "RECORDS", isNumber: true, spare: 2 },
  { title: "UPLOADS", isNumber: true, spare: 2 },
  { title: "STATE" },
] as const;

export const archiveList = defineCommand({
  name: "archive list",
  summary: "list the archives, newest first",
  flags: [],
  examples: [
    ["archive list", "all that the store holds"],
    ["archive list --json", "the same for a script"],
  ],
  options: z.object({}),
  async run(cli) {
    const listed = orRefuse(await (await archivesFor(cli)).list());
    const total = listed.length;
    return {
      exit: 0,
      document: { ok: true, archives: listed.map(listedAnswer), total, filtered: total },
      text: [
        ...(total === 0 ? [] : [table(COLUMNS, listed.map(rowOf), cli.width), ""]),
        `${counted(total, "archive")}.`,
      ].join("\n"),
    };
  },
});

function rowOf({ id, writtenAt, manifest, isPinned, isUploaded }: ListedArchive): string[] {
  const marks = `${isPinned ? ", pinned" : ""}${isUploaded ? ", uploaded" : ""}`;
  if (manifest.kind !== "read") {
    const state = manifest.kind === "newer" ? "of a newer version" : "damaged";
    return [id, minute(writtenAt), "", "", `${state}${marks}`];
  }
  const { createdAt, counts, partial } = manifest.manifest;
  const state = partial ? "not complete" : "complete";
  return [
    id,
    minute(Date.parse(createdAt)),
    String(counts.records),
    String(counts.uploads),
    `${state}${marks}`,
  ];
}
