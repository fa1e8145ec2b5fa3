import * as z from "zod/mini";
import { iso } from "../../handlers/answers.ts";
import { backupAnswer, coverageAnswer } from "../../handlers/backups.ts";
import type { Inventory, StoredBackup } from "../../services/backupService.ts";
import type { Cadence } from "../../utils/config.ts";
import { utcMinute } from "../../utils/instants.ts";
import { minute } from "../../utils/moments.ts";
import { counted } from "../../utils/words.ts";
import { defineCommand } from "../command.ts";
import { table, wrap } from "../layout.ts";
import { orRefuse, serviceFor } from "../project.ts";
import { cadenceOf, dayOf } from "../words.ts";

/** Enough for the contents of twenty backups, some at a time. */
const BUDGET_MS = 30_000;

/** What is nice to know is spared first, then what most names say as well. */
const COLUMNS = [
  { title: "BACKUP" },
  { title: "MADE (UTC)", spare: 1 },
  { title: "STATE" },
  { title: "RECORDS", isNumber: true, spare: 2 },
  { title: "FILES", isNumber: true, spare: 2 },
] as const;

export const list = defineCommand({
  name: "list",
  summary: "list the backups, newest first",
  flags: [
    { flags: "--since <date>", help: "made on this UTC day or later: 2026-03-02" },
    { flags: "--cadence <kind>", help: "daily, weekly, biweekly or monthly ones" },
  ],
  examples: [
    ["list", "all that there are"],
    ["list --cadence daily --since 2026-03-02", "some of them"],
  ],
  options: z.object({ since: z.optional(z.string()), cadence: z.optional(z.string()) }),
  async run(cli, { since, cadence }) {
    const wanted = {
      since: since === undefined ? undefined : dayOf("--since", since),
      cadence: cadence === undefined ? undefined : cadenceOf(cadence),
    };
    const found = orRefuse(await serviceFor(cli, { budgetMs: BUDGET_MS }).inventory(true));
    const backups = found.backups.filter((stored) => isWanted(stored, wanted));
    return {
      exit: 0,
      document: {
        ok: true,
        backups: backups.map((stored) => backupAnswer(stored, found.now)),
        total: found.backups.length,
        filtered: backups.length,
        coverage: coverageAnswer(found.coverage),
        checkedAt: iso(found.now),
      },
      text: textOf(found, backups, cli.width),
    };
  },
});

interface Wanted {
  readonly since: number | undefined;
  readonly cadence: Cadence | undefined;
}

function isWanted({ backup }: StoredBackup, { since = 0, cadence = backup.cadence }: Wanted): boolean {
  return backup.takenAt >= since && backup.cadence === cadence;
}

function textOf(found: Inventory, backups: readonly StoredBackup[], width: number): string {
  const all = found.backups.length;
  const count =
    backups.length === all ? counted(all, "backup") : `${backups.length} of ${counted(all, "backup")}`;
  const rows = backups.map(({ backup: { id, takenAt }, is, totals }) => [
    id,
    minute(takenAt),
    stateOf(is),
    totals === undefined ? "" : String(totals.records),
    totals === undefined ? "" : String(totals.uploads),
  ]);
  return [
    ...(rows.length === 0 ? [] : [table(COLUMNS, rows, width), ""]),
    wrap(`${count}. ${found.coverage.sentence}`, width),
  ].join("\n");
}

/** The state in the words for users. */
function stateOf(is: StoredBackup["is"]): string {
  switch (is.state) {
    case "creating":
      return `${is.hangs ? "hangs" : "being made"}${is.percentage === undefined ? "" : `, ${is.percentage} %`}`;
    case "held":
      return `protected until ${utcMinute(is.until).slice(0, 10)}`;
    case "superseded":
      return "replaced";
    case "destroying":
      return "being removed";
    case "ready":
      return "ready";
  }
}
