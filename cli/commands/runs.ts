import * as z from "zod/mini";
import { summaryAnswer } from "../../handlers/offsite/runAnswers.ts";
import { RUN_KINDS, RUN_STATUSES, type RunSummary } from "../../services/archiveService.ts";
import { minute } from "../../utils/moments.ts";
import { nearest } from "../../utils/nearest.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor, bytesText } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { table } from "../layout.ts";
import { orRefuse } from "../project.ts";
import { dayOf } from "../words.ts";

const COLUMNS = [
  { title: "BEGAN (UTC)" },
  { title: "KIND" },
  { title: "STATUS" },
  { title: "OF", spare: 1 },
  { title: "TOOK", isNumber: true, spare: 2 },
  { title: "STORED", isNumber: true, spare: 2 },
  { title: "RUN", spare: 3 },
] as const;

const USUAL = 20;
const MOST = 500;

export const runs = defineCommand({
  name: "runs",
  summary: "list what ran: backups, archives, verifications",
  description: "Lists the runs that the store has kept, the newest first. `runs show` tells all of one.",
  flags: [
    { flags: "--kind <kind>", help: "backup, archive, upload, verify, prune, restore, keep or remove" },
    { flags: "--status <status>", help: "done, partial, failed, creating or skipped" },
    { flags: "--since <date>", help: "began on this UTC day or later: 2026-03-02" },
    { flags: "--limit <count>", help: `at most so many, up to ${MOST}; ${USUAL} where none is named` },
  ],
  examples: [
    ["runs --status failed", "what went wrong"],
    ["runs --kind archive --since 2026-03-02", "archives since a day"],
  ],
  options: z.object({
    kind: z.optional(z.string()),
    status: z.optional(z.string()),
    since: z.optional(z.string()),
    limit: z.optional(z.string()),
  }),
  async run(cli, { kind, status, since, limit }) {
    const query = {
      kind: wordOf("--kind", RUN_KINDS, kind),
      status: wordOf("--status", RUN_STATUSES, status),
      since: since === undefined ? undefined : dayOf("--since", since),
      limit: limitOf(limit),
    };
    const page = orRefuse(await (await archivesFor(cli)).history.list(query));
    const rows = page.runs.map(rowOf);
    const more = page.cursor === undefined ? "." : ", and there are more.";
    return {
      exit: 0,
      document: { ok: true, runs: page.runs.map(summaryAnswer) },
      text: [
        ...(rows.length === 0 ? [] : [table(COLUMNS, rows, cli.width), ""]),
        `${counted(rows.length, "run")}${more}`,
      ].join("\n"),
    };
  },
});

function rowOf({ id, kind, status, startedAt, durationMs, bytes, cadences }: RunSummary): string[] {
  const took = `${Math.round(durationMs / 1_000)} s`;
  const stored = bytes === 0 ? "" : bytesText(bytes);
  return [minute(startedAt), kind, status, cadences.join(", "), took, stored, id];
}

/** @throws CommandError 2 `INVALID_USAGE` */
function wordOf<Word extends string>(
  flag: string,
  words: readonly Word[],
  typed: string | undefined,
): Word | undefined {
  if (typed === undefined) return undefined;
  const found = words.find((each) => each === typed.trim().toLowerCase());
  if (found !== undefined) return found;
  const meant = nearest(typed, words);
  const advice = meant === undefined ? `It is one of ${words.join(", ")}.` : `Did you mean '${meant}'?`;
  throw usageError(`${flag} knows no '${typed}'. ${advice}`, { expected: words });
}

/** @throws CommandError 2 `INVALID_USAGE` */
function limitOf(typed: string | undefined): number {
  if (typed === undefined) return USUAL;
  const limit = /^\d{1,4}$/.test(typed) ? Number(typed) : 0;
  if (limit >= 1 && limit <= MOST) return limit;
  throw usageError(`--limit must be a whole number from 1 to ${MOST}, not '${typed}'.`);
}
