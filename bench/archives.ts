import { metaOf } from "../services/sources/datocms/resource.ts";
import {
  type ArchiveWorld,
  archiveWorld,
  type Cost,
  type Listing,
  type MadeArchive,
  rowsOf,
} from "./archiveWorld.ts";
import type { Cell, Table } from "./table.ts";
import { LATENCY_MS } from "./world.ts";

const RECORDS = 10_000;
const EDITED = RECORDS / 100;
/** Usual, and with --fast. */
const RATES = [8, 16];
/** Rows of a page with blocks, and of one without. */
const NESTED = 30;
const PLAIN = 500;
/** What a complete archive reads beside pages: the schema, lists, the environment before and after. */
const OTHER_CALLS = 16;
/** How much more an archive may cost than the least, and than a plain listing. */
const MOST = { calls: 1.15, time: 1.25, callsUnchanged: 60, percentUnchanged: 1, percentEdited: 75 } as const;

/** What archives cost beside loops that do nothing but list everything. */
export async function measureArchives(): Promise<Table> {
  const rows = [];
  for (const rate of RATES) rows.push(...(await measureAt(rate)));
  return {
    name: "archives",
    title: `Archives of ${RECORDS.toLocaleString("en")} records, half with blocks, at ${LATENCY_MS} ms latency and 60 calls in 3 s`,
    columns: {
      what: "Reading",
      rate: "Calls/s",
      calls: "DatoCMS calls",
      time: "Time",
      stored: "Stored",
      share: "Of the first",
    },
    rows,
    notes: [
      "Virtual time: the time that the code itself takes is left out.",
      `The first archive's calls: at most ${MOST.calls} times the least number: a page for ${NESTED} records with blocks, for ${PLAIN} others, for ${PLAIN} uploads, for ${NESTED} records that were edited since their publication, a call for each scheduled one, and ${OTHER_CALLS}.`,
      `The second one's: at most ${MOST.callsUnchanged} more than the loop without blocks.`,
      `Time: at most ${MOST.time} times the calls divided by their rate.`,
      "Stored: what the archive adds to the store. The files of uploads are a seventh of it here; in a real project they are most of it.",
    ],
  };
}

async function measureAt(rate: number) {
  const world = await archiveWorld(RECORDS, rate);
  const nested = await world.timed((reader) => listEverything(reader, world.listings, true));
  const plain = await world.timed((reader) => listEverything(reader, world.listings, false));
  const first = await world.archive(undefined);
  const second = await world.archive(first.manifest);
  await world.edit(EDITED);
  const third = await world.archive(second.manifest);
  const row = (what: string, made: MadeArchive, mostCalls?: number, mostPercent?: number) => ({
    what,
    rate: String(rate),
    calls: { value: made.calls, atMost: mostCalls },
    time: seconds(made.ms, (MOST.time * made.calls) / rate),
    stored: { value: made.storedBytes / 1_024, unit: "KiB" },
    share: percent(made.storedBytes / first.storedBytes, mostPercent),
  });
  return [
    loopRow("a loop, with blocks", rate, nested),
    loopRow("a loop, without blocks", rate, plain),
    row("first archive", first, Math.floor(MOST.calls * leastCalls(world.listings))),
    row("second, nothing edited", second, plain.calls + MOST.callsUnchanged, MOST.percentUnchanged),
    row(`third, ${EDITED} records edited`, third, undefined, MOST.percentEdited),
  ];
}

type Reader = Parameters<Parameters<ArchiveWorld["timed"]>[0]>[0];

async function listEverything(
  reader: Reader,
  listings: readonly Listing[],
  withBlocks: boolean,
): Promise<void> {
  for (const { modelId, ...listing } of listings)
    await rowsOf(
      modelId === undefined ? reader.uploads() : reader.records(modelId, withBlocks && listing.withBlocks),
    );
}

/** The calls without which a complete archive cannot be read. */
function leastCalls(listings: readonly Listing[]): number {
  const rows = listings.flatMap((listing) => listing.rows);
  const pages = listings.map((listing) =>
    Math.ceil(listing.rows.length / (listing.withBlocks ? NESTED : PLAIN)),
  );
  const edited = rows.filter((row) => metaOf(row, "status") === "updated");
  const scheduled = rows.filter((row) => typeof metaOf(row, "publication_scheduled_at") === "string");
  const sum = pages.reduce((all, each) => all + each, 0);
  return sum + Math.ceil(edited.length / NESTED) + scheduled.length + OTHER_CALLS;
}

function loopRow(what: string, rate: number, { calls, ms }: Cost) {
  return { what, rate: String(rate), calls: { value: calls }, time: seconds(ms), stored: null, share: null };
}

function seconds(ms: number, most?: number): Cell {
  const atMost = most === undefined ? undefined : Number(most.toFixed(1));
  return { value: ms / 1_000, unit: "s", digits: 1, atMost };
}

function percent(share: number, atMost?: number): Cell {
  return { value: 100 * share, unit: "%", digits: 1, atMost };
}
