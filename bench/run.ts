import { readCommandLine } from "../cli/commandLine.ts";
import { measureArchiveMemory } from "./archiveMemory.ts";
import { measureArchives } from "./archives.ts";
import { measureArtefacts } from "./artefacts.ts";
import { measureCopies } from "./copies.ts";
import { measureOwnCpu } from "./ownCpu.ts";
import { measureRequests } from "./requests.ts";
import { measureRestoreMemory } from "./restoreMemory.ts";
import { measureRestores } from "./restores.ts";
import { measureSimultaneousTicks } from "./simultaneous.ts";
import { measureSlots } from "./slots.ts";
import { measureStart } from "./start.ts";
import { missedIn, type Table, tableDocument, tableText } from "./table.ts";
import { measureWorkerCpu } from "./workerCpu.ts";

const COMMAND = {
  call: "npm run bench",
  purpose: "Measures what the service costs. Nothing it does reaches DatoCMS.",
  options: {
    json: { type: "boolean", help: "one JSON document instead of tables (npm run --silent bench -- --json)" },
  },
  notes: `Reads no variables.
Exit code: 0 when every figure with a promise keeps it, 1 when one is missed or nothing could be measured, 2 for
wrong options.`,
} as const;

const MEASURES: readonly (() => Promise<Table>)[] = [
  measureRequests,
  measureSimultaneousTicks,
  measureSlots,
  measureCopies,
  measureOwnCpu,
  measureWorkerCpu,
  measureStart,
  measureArtefacts,
  measureArchives,
  measureArchiveMemory,
  measureRestores,
  measureRestoreMemory,
];

const { json } = readCommandLine(COMMAND, ({ json = false }) => ({ json }));
await bench(json).catch(giveUp);

/** Something could not be measured: that is no figure, and no success either. */
function giveUp(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function bench(asJson: boolean): Promise<void> {
  const tables: Table[] = [];
  for (const measure of MEASURES) {
    const table = await measure();
    tables.push(table);
    if (!asJson) process.stdout.write(`${tableText(table)}\n`);
  }
  const missed = tables.flatMap(missedIn);
  if (asJson) {
    const document = { ok: missed.length === 0, missed, tables: tables.map(tableDocument) };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    const verdict =
      missed.length === 0 ? "Every promised figure is reached." : `MISSED:\n${missed.join("\n")}`;
    process.stdout.write(`${verdict}\n`);
  }
  if (missed.length > 0) process.exitCode = 1;
}
