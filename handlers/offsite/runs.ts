import * as z from "zod/mini";
import { type Offsite, RUN_KINDS, RUN_STATUSES, type RunFigures, statsOf } from "../../services/offsite.ts";
import { iso } from "../answers.ts";
import type { OffsiteHandlers } from "../offsite.ts";
import { ServiceError } from "../serviceError.ts";
import { opened, storeFailed } from "./opened.ts";
import { checkedQuery, limit } from "./request.ts";
import { runAnswer, summaryAnswer } from "./runAnswers.ts";
import { RUNS_FOLDER, runsCursor } from "./runsCursor.ts";

const MOST_LISTED = 500;

const since = z.pipe(
  z.union([z.iso.date(), z.iso.datetime({ offset: true })]),
  z.transform((text: string) => Date.parse(text)),
);
const Asked = z.object({
  kind: z.optional(z.enum(RUN_KINDS)),
  status: z.optional(z.enum(RUN_STATUSES)),
  since: z.optional(since),
  limit: limit(MOST_LISTED),
  cursor: z.optional(runsCursor),
});

const EXPECTED: Readonly<Record<string, string>> = {
  kind: `one of ${RUN_KINDS.join(", ")}`,
  status: `one of ${RUN_STATUSES.join(", ")}`,
  since: "a date or a time, such as 2026-11-26 or 2026-11-26T03:00:00Z",
  limit: `a whole number from 1 to ${MOST_LISTED}`,
  cursor: "the cursor of a page",
};

/** The routes about finished runs. */
export function runHandlers(offsite: Offsite): Pick<OffsiteHandlers, "runs" | "runStats" | "run"> {
  return {
    async runs(context) {
      const { cursor, ...asked } = checkedQuery(context, Asked, EXPECTED);
      const page = await (await opened(offsite)).history.list({
        ...asked,
        cursor: cursor && RUNS_FOLDER + cursor,
      });
      if (!page.ok) throw storeFailed(page.failure);
      const next = page.value.cursor?.slice(RUNS_FOLDER.length) ?? null;
      return context.json({ ok: true, runs: page.value.runs.map(summaryAnswer), cursor: next });
    },

    async runStats(context) {
      const { since: from = 0 } = checkedQuery(context, Asked, EXPECTED);
      const runs = await (await opened(offsite)).history.all(from);
      if (!runs.ok) throw storeFailed(runs.failure);
      const { kinds, cadences, ...whole } = statsOf(runs.value, context.env.clock.now());
      const each = (figures: Partial<Record<string, RunFigures>>) =>
        Object.fromEntries(
          Object.entries(figures).flatMap(([name, of]) =>
            of === undefined ? [] : [[name, figuresAnswer(of)]],
          ),
        );
      const oldest = runs.value.at(-1)?.startedAt;
      return context.json({
        ok: true,
        stats: { ...figuresAnswer(whole), kinds: each(kinds), cadences: each(cadences) },
        since: oldest === undefined ? null : iso(oldest),
      });
    },

    async run(context) {
      const kept = await opened(offsite);
      const found = await kept.history.get(context.req.param("runId") ?? "");
      if (!found.ok) throw storeFailed(found.failure);
      if (found.value === undefined)
        throw new ServiceError("RUN_NOT_FOUND", 404, "There is no run of this id.");
      const fate = await kept.fateOf(found.value);
      if (!fate.ok) throw storeFailed(fate.failure);
      return context.json({ ok: true, run: runAnswer(found.value, fate.value) });
    },
  };
}

function figuresAnswer({ successRate, medianDurationMs, ...figures }: RunFigures) {
  return { ...figures, successRate: successRate ?? null, medianDurationMs: medianDurationMs ?? null };
}
