import { parseArgs } from "node:util";
import { measureArtefacts } from "./artefacts.ts";
import { measureCopies } from "./copies.ts";
import { measureRequests } from "./requests.ts";
import { measureSimultaneousTicks } from "./simultaneous.ts";
import { measureSlots } from "./slots.ts";
import { measureStart } from "./start.ts";
import { missedIn, type Table, tableDocument, tableText } from "./table.ts";

const help = `Measures what the service costs. Nothing it does reaches DatoCMS.

Usage: npm run bench -- [options]

  --json    one JSON document instead of tables (npm run --silent bench -- --json)
  --help    this text

Exit code: 0 when every figure with a promise keeps it, 1 when one is missed or nothing could be measured,
2 for wrong options.
`;

const MEASURES: readonly (() => Promise<Table>)[] = [
  measureRequests,
  measureSimultaneousTicks,
  measureSlots,
  measureCopies,
  measureStart,
  measureArtefacts,
];

const flags = readFlags();
if (flags?.help) process.stdout.write(help);
else if (flags !== undefined) await bench(flags.json).catch(giveUp);

function readFlags() {
  try {
    const flag = { type: "boolean", default: false } as const;
    return parseArgs({ options: { json: flag, help: flag } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee --help.\n`);
    process.exitCode = 2;
    return undefined;
  }
}

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
