import * as z from "zod/mini";
import { undoUntil } from "../../services/restoreService.ts";
import { counted } from "../../utils/words.ts";
import { defineCommand } from "../command.ts";
import { orRefuse } from "../project.ts";
import { restoresFor } from "../restores.ts";

export const restoreStatus = defineCommand({
  name: "restore status",
  summary: "list restores, and how they ended",
  flags: [],
  examples: [
    ["restore status", "the newest first"],
    ["restore status --json", "for scripts"],
  ],
  options: z.object({}),
  async run(cli) {
    const runs = orRefuse(await restoresFor(cli).runs());
    return {
      exit: 0,
      document: {
        ok: true,
        restores: runs.map((run) => {
          const { id, source, into, mode, only, startedAt, endedAt, undoneAt, applied, refused } = run;
          const until = undoUntil(run);
          return {
            ...{ id, source, into, mode, only, startedAt, endedAt, undoneAt },
            undoUntil: until === undefined ? null : new Date(until).toISOString(),
            ...{ applied, refused },
          };
        }),
      },
      text:
        runs.length === 0
          ? "Nothing was restored yet."
          : runs
              .map((run) => {
                const { id, source, into, target, startedAt, endedAt, undoneAt, applied, refused } = run;
                const until = undoUntil(run);
                const undo =
                  until === undefined ? "" : `, undo until ${new Date(until).toISOString().slice(0, 10)}`;
                const end = undoneAt
                  ? "taken back"
                  : endedAt
                    ? target
                      ? endOf(refused.length)
                      : "nothing written"
                    : "not finished";
                return `${startedAt.slice(0, 16).replace("T", " ")}  ${id}  ${source.name} → ${into}  ${counted(applied.records, "record")}  ${end}${undo}`;
              })
              .join("\n"),
    };
  },
});

function endOf(refused: number): string {
  return refused === 0 ? "done" : `${refused} refused`;
}
