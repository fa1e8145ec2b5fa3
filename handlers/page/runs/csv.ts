import type { KnownRun } from "../../../services/offsite.ts";
import { secretsIn } from "../../../utils/auth.ts";
import { scrub } from "../../../utils/logger.ts";
import { visible } from "../../../utils/visible.ts";
import type { RequestContext } from "../../requestContext.ts";
import { failureIn } from "./sentences.ts";

/** Runs as a table for spreadsheets: CSV as RFC 4180 has it. */

/** No file holds more runs. */
export const MOST_ROWS = 5_000;

/**
 * Without it, Excel reads UTF-8 as the machine's own code page and tears letters with accents. Programs have
 * `GET /api/runs`.
 */
const BYTE_ORDER_MARK = "\ufeff";

/** Every column by its name, which stays, and its order. Codes are those of `GET /api/runs`. */
const COLUMNS: Readonly<Record<string, (run: KnownRun) => string | number | null | undefined>> = {
  run_id: ({ id }) => id,
  began_at: ({ startedAt }) => new Date(startedAt).toISOString(),
  kind: ({ kind }) => kind,
  status: ({ status }) => status,
  trigger: ({ trigger }) => trigger,
  asked_by: ({ by }) => by,
  duration_ms: ({ durationMs }) => durationMs,
  datocms_calls: ({ calls }) => calls,
  bytes: ({ bytes }) => bytes,
  kinds_of_backup: ({ cadences }) => cadences.join(" "),
  environments: ({ backups = [], archive, restore, sandbox }) =>
    [...backups, archive, restore, sandbox].flatMap((each) => each?.environmentId ?? []).join(" "),
  archive_id: ({ archive, verify }) => archive?.id ?? verify?.archiveId,
  removed: (run) => removedBy(run).join(" "),
  cause: (run) => failureIn(run)?.cause,
  sentence: (run) => failureIn(run)?.sentence,
};

/** Ids of environments and archives. */
function removedBy({ kind, status, backups = [], prune, sandbox }: KnownRun): string[] {
  return [
    ...backups.flatMap(({ deletedEnvironmentIds }) => deletedEnvironmentIds),
    ...(prune?.deleted ?? []),
    ...(kind === "remove" && status === "done" && sandbox !== undefined ? [sandbox.environmentId] : []),
  ];
}

/** Answers with such a file. Throws what `csvFile` throws. */
export async function respondCsv(
  context: RequestContext,
  parts: AsyncGenerator<readonly KnownRun[], void>,
): Promise<Response> {
  const file = await csvFile(parts, secretsIn(context.env.variables));
  const name = `runs-${new Date(context.env.clock.now()).toISOString().slice(0, 10)}.csv`;
  return context.body(file, 200, {
    "Content-Type": "text/csv; charset=utf-8; header=present",
    "Content-Disposition": `attachment; filename="${name}"`,
  });
}

/**
 * A file that is written while it is read, so that it takes no more memory than one part does.
 *
 * @param parts runs in the order of the lines; what the first part throws is thrown, what a later one throws breaks the
 *   file off
 * @param secrets what no cell may hold
 */
export async function csvFile(
  parts: AsyncGenerator<readonly KnownRun[], void>,
  secrets: readonly string[] = [],
): Promise<ReadableStream<Uint8Array>> {
  const first = await parts.next();
  const encoder = new TextEncoder();
  const linesOf = (part: typeof first) =>
    part.done ? "" : part.value.map((run) => lineOf(run, secrets)).join("");
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const head = BYTE_ORDER_MARK + line(Object.keys(COLUMNS));
        controller.enqueue(encoder.encode(head + linesOf(first)));
      },
      async pull(controller) {
        const next = await parts.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(linesOf(next)));
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
}

function lineOf(run: KnownRun, secrets: readonly string[]): string {
  return line(Object.values(COLUMNS).map((of) => scrub(String(of(run) ?? ""), secrets)));
}

function line(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

/** Spreadsheets take text that begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection). */
const FORMULA = /^[=+\-@\t\r\n]/;

function cellOf(text: string): string {
  const harmless = visible(FORMULA.test(text) ? `'${text}` : text);
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
