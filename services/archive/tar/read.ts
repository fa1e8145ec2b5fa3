import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { Bytes } from "../../stores/body.ts";
import { type ArchiveFailure, tarRefused } from "../failures.ts";
import { extensionsIn, HEADER_BYTES, headerIn, isZero } from "./header.ts";

/** A tar that may be read at any place, such as a file. */
export interface TarFile {
  /** In bytes. */
  readonly size: number;
  /**
   * Reads just these bytes.
   *
   * @throws where they cannot be read, or the file has become shorter
   */
  read(at: number, length: number): Promise<Bytes>;
}

/** Where the bytes of a file lie in a tar. */
export interface TarMember {
  readonly at: number;
  readonly size: number;
}

export type TarMembers = ReadonlyMap<string, TarMember>;

const MOST_MEMBERS = 1_000_000;
/** Of what a header says beside its 512 bytes: a path and a size. */
const MOST_EXTENSION_BYTES = 8_192;
/** Programs fill a tar up to 10 KiB; more is not read. */
const MOST_TRAILING_BYTES = 64 * 1_024;

const TRUNCATED = tarRefused("The tar ends too soon: it was not written, or not copied, to its end.");

/**
 * Finds what is in a tar. Of the many forms of tar only the one of our own is taken: regular files by POSIX headers, whose
 * extensions say nothing but path, size and times. A library would take many more forms, some of them as something that
 * they are not, and tells no places.
 *
 * @returns `ARCHIVE_TAR_REFUSED` with what is wrong
 */
export async function membersOf(file: TarFile): Promise<Result<TarMembers, ArchiveFailure>> {
  const members = new Map<string, TarMember>();
  for (let at = 0; ; ) {
    const next = await memberAt(file, at);
    if (!next.ok) return next;
    if (next.value === "end") return succeeded(members);
    const { name, begin, size } = next.value;
    if (members.has(name)) return failed(tarRefused(`The tar has ${name} twice.`));
    if (members.size === MOST_MEMBERS)
      return failed(tarRefused(`The tar has more than ${MOST_MEMBERS} files.`));
    members.set(name, { at: begin, size });
    at = begin + padded(size);
  }
}

interface Found {
  readonly name: string;
  /** Where its bytes begin. */
  readonly begin: number;
  readonly size: number;
}

async function memberAt(file: TarFile, at: number): Promise<Result<Found | "end", ArchiveFailure>> {
  const header = await headerAt(file, at);
  if (!header.ok) return header;
  if (header.value === "end") return succeeded("end");
  const { name, size, isExtension } = header.value;
  const begin = at + HEADER_BYTES;
  const filled = await isFilledWithZeros(file, begin, size);
  if (!filled.ok) return filled;
  if (!isExtension) return checked({ name, begin, size });
  if (size > MOST_EXTENSION_BYTES) return failed(tarRefused("The tar has a header that is too long."));
  const extensions = extensionsIn(await file.read(begin, size));
  if (!extensions.ok) return extensions;
  const extended = await headerAt(file, begin + padded(size));
  if (!extended.ok) return extended;
  if (extended.value === "end" || extended.value.isExtension)
    return failed(tarRefused("The tar has a header that belongs to no file."));
  const whole = { ...extended.value, ...extensions.value };
  const body = begin + padded(size) + HEADER_BYTES;
  const isWhole = await isFilledWithZeros(file, body, whole.size);
  return isWhole.ok ? checked({ name: whole.name, begin: body, size: whole.size }) : isWhole;
}

async function headerAt(file: TarFile, at: number) {
  if (at + HEADER_BYTES > file.size) return failed(TRUNCATED);
  const block = await file.read(at, HEADER_BYTES);
  if (!isZero(block)) return headerIn(block);
  const rest = file.size - at;
  if (rest < 2 * HEADER_BYTES) return failed(TRUNCATED);
  const isEnd = rest <= MOST_TRAILING_BYTES && isZero(await file.read(at, rest));
  return isEnd ? succeeded("end" as const) : failed(tarRefused("The tar goes on behind its end."));
}

/** Whether the bytes are there, and the block that they end in holds nothing else. */
async function isFilledWithZeros(
  file: TarFile,
  begin: number,
  size: number,
): Promise<Result<void, ArchiveFailure>> {
  const end = begin + size;
  const filled = begin + padded(size);
  if (filled > file.size) return failed(TRUNCATED);
  if (filled === end || isZero(await file.read(end, filled - end))) return succeeded(undefined);
  return failed(tarRefused("The tar has bytes between its files."));
}

/** A path that leads nowhere else wherever the tar is unpacked. */
function checked(found: Found): Result<Found, ArchiveFailure> {
  const names = found.name.split("/");
  const isPath = names.every((name) => !["", ".", ".."].includes(name)) && !/[\p{Cc}\\]/u.test(found.name);
  const shown = JSON.stringify(found.name.slice(0, 100));
  return isPath ? succeeded(found) : failed(tarRefused(`The tar has a file with the path ${shown}.`));
}

function padded(size: number): number {
  return Math.ceil(size / HEADER_BYTES) * HEADER_BYTES;
}
