import * as z from "zod";
import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { parsedJson } from "../../../utils/json.ts";
import type { Bytes } from "../../stores/body.ts";
import { sha256Of } from "../../stores/hashing.ts";
import { linesOf } from "../capture/recordIndex.ts";
import { gunzip } from "../compression.ts";
import { type ArchiveFailure, tarRefused } from "../failures.ts";
import { ARCHIVE_ID, type ArchivedFile } from "../manifest.ts";

/** What unpacks to more of itself is made to fill memories; real lines, each with ids and times, stay far below. */
const MOST_RATIO = 200;
/** So many bytes harm nobody, whatever they were packed from. */
const HARMLESS_BYTES = 1_024 * 1_024;
const MOST_LINE_BYTES = 8 * 1_024 * 1_024;

/** Ids are DatoCMS's, and become parts of addresses and paths. */
const Line = z.object({ id: z.string().regex(ARCHIVE_ID) });

/**
 * Unpacks a file of an archive that somebody sent, and looks at its form.
 *
 * @returns its lines; none where it is a document
 */
export function checkedLines(file: ArchivedFile, bytes: Bytes): Result<readonly string[], ArchiveFailure> {
  const { path, lines: expected } = file;
  const isPacked = expected !== undefined;
  const plain = isPacked ? gunzip(bytes) : bytes;
  if (plain === undefined || sha256Of(plain) !== file.sha256Plain)
    return refused(`${path} does not unpack to what was packed.`);
  const ratio = plain.byteLength / bytes.byteLength;
  if (plain.byteLength > HARMLESS_BYTES && ratio > MOST_RATIO)
    return refused(`${path} unpacks to ${Math.round(ratio)} times its size.`);
  const text = new TextDecoder().decode(plain);
  if (!isPacked) return parsedJson(text) === undefined ? refused(`${path} is not JSON.`) : succeeded([]);
  const lines = linesOf(text);
  if (lines.length !== expected) return refused(`${path} has ${lines.length} lines instead of ${expected}.`);
  if (lines.some((line) => line.length > MOST_LINE_BYTES || Buffer.byteLength(line) > MOST_LINE_BYTES))
    return refused(`${path} has a line of more than 8 MiB.`);
  const isKnown = lines.every((line) => Line.safeParse(parsedJson(line)).success);
  return isKnown ? succeeded(lines) : refused(`${path} has a line without a usable id.`);
}

function refused(why: string) {
  return failed(tarRefused(why));
}
