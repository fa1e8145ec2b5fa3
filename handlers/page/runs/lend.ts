import {
  createRecentRuns,
  createRunReader,
  type History,
  type Kept,
  type KnownRun,
  type StoreFailure,
} from "../../../services/offsite.ts";
import type { Result } from "../../../utils/failures.ts";
import { type Opening, opened, storeFailed } from "../../offsite/opened.ts";
import { activity } from "./activity.ts";
import { askedRuns, type Filters, hasFilters, queryOf } from "./asked.ts";
import { runBar } from "./bar.ts";
import { MOST_ROWS, respondCsv } from "./csv.ts";
import { endsOf } from "./ends.ts";
import { respondList, respondRefused } from "./list.ts";
import { monthBefore, monthSection } from "./month.ts";
import { respondRun, respondUnknownRun } from "./one.ts";
import type { RunsLent } from "./routes.ts";

/** Runs of one page, and of one part of a file. */
const PAGE = 50;
const PART = 250;

/** What ran, for pages of a host that has a store. A store that fails is a failure like any other: it is thrown. */
export function lendRuns(offsite: Opening<Pick<Kept, "history" | "fateOf">>): RunsLent {
  const readRuns = createRunReader();
  const recentRuns = createRecentRuns(readRuns);

  /** Runs part by part, the newest first; throws where the store fails. */
  async function* partsOf(history: History, filters: Filters): AsyncGenerator<readonly KnownRun[], void> {
    let cursor: string | undefined;
    for (let count = 0; count < MOST_ROWS; ) {
      const limit = Math.min(PART, MOST_ROWS - count);
      const page = orThrow(await history.list({ ...queryOf(filters), cursor, limit }));
      yield orThrow(await readRuns(history, page.runs));
      cursor = page.cursor;
      count += page.runs.length;
      if (cursor === undefined) return;
    }
  }

  return {
    pages: {
      async list(context) {
        const asked = askedRuns(context);
        if (!asked.ok) return respondRefused(context, asked);
        const { history } = await opened(offsite);
        const listed = orThrow(
          await history.list({ ...queryOf(asked.filters), cursor: asked.cursor, limit: PAGE }),
        );
        const runs = orThrow(await readRuns(history, listed.runs));
        const { cursor } = listed;
        if (hasFilters(asked.filters) || asked.cursor !== undefined)
          return respondList(context, asked, { runs, cursor }, undefined);
        const now = context.env.clock.now();
        const month = orThrow(await history.all(monthBefore(now)));
        return respondList(context, asked, { runs, cursor }, monthSection(month, now));
      },

      async one(context) {
        const { history, fateOf } = await opened(offsite);
        const run = orThrow(await history.get(context.req.param("runId") ?? ""));
        if (run === undefined) return respondUnknownRun(context);
        return respondRun(context, run, orThrow(await fateOf(run)));
      },

      async csv(context) {
        const asked = askedRuns(context);
        if (!asked.ok) return respondRefused(context, asked);
        const { history } = await opened(offsite);
        return respondCsv(context, partsOf(history, asked.filters));
      },
    },

    async atAGlance(now) {
      const kept = await offsite.open();
      const recent = kept.ok ? await recentRuns(kept.value.history) : kept;
      if (!recent.ok) return undefined;
      const { bars, latest } = recent.value;
      return {
        bar(cadence) {
          const attempts = bars[cadence];
          return attempts && runBar(attempts);
        },
        activity: activity(latest, now),
        ends: endsOf(recent.value),
      };
    },
  };
}

function orThrow<T>(result: Result<T, StoreFailure>): T {
  if (!result.ok) throw storeFailed(result.failure);
  return result.value;
}
