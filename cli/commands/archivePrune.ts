import * as z from "zod/mini";
import { pruneAnswer } from "../../handlers/offsite/archiveAnswer.ts";
import type { PruneAnswer } from "../../services/archiveService.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor, bytesText } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

export const archivePrune = defineCommand({
  name: "archive prune",
  summary: "delete the archives that no rule keeps",
  description:
    "Of one source the newest archive of so many days, weeks, months and years stays, as BACKUP_ARCHIVE_KEEP says; the newest and pinned ones always do. Deleted archives can be got back for seven days. What no archive has needed for another seven days is deleted from the store.",
  flags: [
    { flags: "--dry-run", help: "only show what would stay, what would go, and why" },
    { flags: "--force", help: "delete objects even where they are more than a fifth of all" },
  ],
  examples: [
    ["archive prune --dry-run", "what would go"],
    ["archive prune", "do it"],
  ],
  options: z.object({ dryRun: z.optional(z.boolean()), force: z.optional(z.boolean()) }),
  async run(cli, { dryRun: isDryRun = false, force: isForced = false }) {
    const pruned = orRefuse(await (await archivesFor(cli)).prune({ isDryRun, isForced }));
    const document = pruneAnswer(pruned);
    return {
      exit: document.ok ? 0 : 1,
      document,
      text: textOf(pruned, isDryRun, cli.width),
    };
  },
});

function textOf({ kept, removed, sweep, refusal }: PruneAnswer, isDryRun: boolean, width: number): string {
  const total = kept.length + removed.length;
  const gone = isDryRun ? "would be deleted" : removed.length === 1 ? "was deleted" : "were deleted";
  return [
    ...kept.map(({ id, because }) => wrap(`stays  ${id}: ${because.join(", ")}`, width, "  ")),
    ...removed.map(({ id, successor }) => wrap(`goes   ${id}: ${successor} stays`, width, "  ")),
    `${removed.length} of ${counted(total, "archive")} ${gone}.`,
    ...(sweep === undefined ? [] : [wrap(swept(sweep, isDryRun), width)]),
    ...(refusal === undefined ? [] : [wrap(refusal.sentence, width, "! ")]),
  ].join("\n");
}

function swept(
  { state, due, marked, deleted, deletedBytes }: NonNullable<PruneAnswer["sweep"]>,
  isDryRun: boolean,
): string {
  const waiting = `${counted(marked, "object")} that no archive needs will go in time.`;
  if (isDryRun) return `${counted(due, "object")} that no archive needs would go. ${waiting}`;
  const went = `${counted(deleted, "object")} that no archive needs went (${bytesText(deletedBytes)}).`;
  const reason = state === "waiting" ? " The others wait: an archive is being written." : "";
  return `${went}${reason} ${waiting}`;
}
