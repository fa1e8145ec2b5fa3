import * as z from "zod";
import { parsedJson } from "../../../utils/json.ts";
import type { Schedules } from "../../sources/datocms/contentReader.ts";
import type { Resource } from "../../sources/datocms/resource.ts";
import type { Bytes } from "../../stores/body.ts";

/** What an archive's index says of a record: enough to tell whether it has changed since, and what it refers to. */
const IndexLine = z.object({
  id: z.string(),
  /** SHA-256 of the record as a listing without blocks shows it. */
  fingerprint: z.string(),
  /** Which of the model's files has its line, from 1. */
  file: z.int(),
  /** When it was read, to be read again in time: days since 1970-01-01. */
  readOn: z.int(),
  /** Ids of records and uploads that it refers to, in whatever version. */
  records: z.array(z.string()),
  uploads: z.array(z.string()),
});

export type IndexLine = z.infer<typeof IndexLine>;

/** A record's line in an archive, as the archive's contract has it. */
export interface RecordLine {
  readonly id: string;
  /** The model's id. */
  readonly model: string;
  readonly current: Resource;
  /** Null where it is not published, or where what is published is `current`. */
  readonly published: Resource | null;
  readonly publishedIsCurrent: boolean;
  readonly schedules: Schedules | null;
}

/** An index that is being made, as the bytes that are stored: as objects it would take twice the memory. */
export interface RecordIndex {
  add(lines: readonly IndexLine[]): void;
  /** How many lines it has. */
  size(): number;
  lines(): Iterable<IndexLine>;
  bytes(): Bytes;
}

export function createRecordIndex(): RecordIndex {
  const pieces: Bytes[] = [];
  let size = 0;
  return {
    add(lines) {
      size += lines.length;
      pieces.push(new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join("")));
    },
    size: () => size,
    *lines() {
      for (const piece of pieces) yield* indexFrom(new TextDecoder().decode(piece)) ?? [];
    },
    bytes: () => new Uint8Array(Buffer.concat(pieces)),
  };
}

/** Reads an index; undefined where a line has another form. */
export function indexFrom(text: string): IndexLine[] | undefined {
  const lines = linesOf(text).map(indexLineFrom);
  const read = lines.flatMap((line) => line ?? []);
  return read.length === lines.length ? read : undefined;
}

/** Reads one line of an index; undefined where it has another form. */
export function indexLineFrom(text: string): IndexLine | undefined {
  return IndexLine.safeParse(parsedJson(text)).data;
}

/** The lines of a text that ends with a line's end. */
export function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
