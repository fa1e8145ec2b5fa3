import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import type { Bytes } from "../../stores/body.ts";
import { type ArchiveFailure, tarRefused } from "../failures.ts";

/** Headers of a tar as POSIX has them (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, ustar). */
export const HEADER_BYTES = 512;

/** What a header says of what follows it. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** What follows is no file, but says more of the file behind it. */
  readonly isExtension: boolean;
}

/** What an extension may say: what a path and a size have no room for, and times, which are of no interest. */
export interface Extensions {
  readonly name?: string;
  readonly size?: number;
}

const HARMLESS = ["mtime", "atime", "ctime"];
/** Bytes of a header that sum it up, and what stands for them in the sum. */
const SUM = { begin: 148, end: 156 } as const;
const BLANK = 0x20;

const UNREADABLE = tarRefused("The tar has a header that cannot be read, or this is no tar.");

/** Reads a header of 512 bytes that are not all zero. */
export function headerIn(block: Bytes): Result<TarHeader, ArchiveFailure> {
  const sum = block.reduce(
    (all, byte, place) => all + (place >= SUM.begin && place < SUM.end ? BLANK : byte),
    0,
  );
  const isSummed = latin(block, SUM.begin, SUM.end) === `${sum.toString(8).padStart(6, "0")}\0 `;
  if (!isSummed || latin(block, 257, 265) !== "ustar\x0000") return failed(UNREADABLE);
  const name = textIn(block.subarray(0, 100));
  const prefix = textIn(block.subarray(345, 500));
  const digits = /^([0-7]{11})[\0 ]$/.exec(latin(block, 124, 136))?.[1];
  if (name === undefined || prefix === undefined || digits === undefined) return failed(UNREADABLE);
  const path = prefix === "" ? name : `${prefix}/${name}`;
  const kind = latin(block, 156, 157);
  if (kind !== "0" && kind !== "x") {
    const shown = JSON.stringify(path.slice(0, 100));
    return failed(tarRefused(`The tar holds something that is not a regular file: ${shown}.`));
  }
  return succeeded({ name: path, size: Number.parseInt(digits, 8), isExtension: kind === "x" });
}

/** Reads what stands behind a header of extensions: lines of `<length> <name>=<value>`. */
export function extensionsIn(bytes: Bytes): Result<Extensions, ArchiveFailure> {
  let extensions: Extensions = {};
  for (let at = 0; at < bytes.byteLength; ) {
    const length = Number(/^([1-9]\d{0,4}) /.exec(latin(bytes, at, at + 6))?.[1]);
    const record = Number.isNaN(length) ? undefined : utf8(bytes.subarray(at, at + length));
    const [, name, value] = /^\d+ ([^=\0]+)=([^\0]*)\n$/.exec(record ?? "") ?? [];
    if (name === undefined || value === undefined || at + length > bytes.byteLength)
      return failed(UNREADABLE);
    const read = extensionOf(name, value);
    if (read === undefined)
      return failed(tarRefused(`The tar has a header with ${name.slice(0, 40)}, which no archive has.`));
    extensions = { ...extensions, ...read };
    at += length;
  }
  return succeeded(extensions);
}

function extensionOf(name: string, value: string): Extensions | undefined {
  if (name === "path") return { name: value };
  if (name === "size" && /^\d{1,15}$/.test(value)) return { size: Number(value) };
  return HARMLESS.includes(name) ? {} : undefined;
}

export function isZero(bytes: Bytes): boolean {
  return bytes.every((byte) => byte === 0);
}

/** A text that ends with its field, or before it with a zero and nothing but zeros; undefined for another. */
function textIn(field: Bytes): string | undefined {
  const end = field.indexOf(0);
  if (end < 0) return utf8(field);
  return isZero(field.subarray(end)) ? utf8(field.subarray(0, end)) : undefined;
}

function utf8(bytes: Bytes): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function latin(bytes: Bytes, begin: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(begin, end));
}
