import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Manifest, readManifest, sealed } from "../../services/archive/manifest.ts";
import { sha256Of } from "../../services/stores/hashing.ts";

/** A file for a tar that a test makes; every part of its header may be wrong. */
export interface Entry {
  readonly name: string;
  readonly bytes?: Buffer;
  /** One character; "0" is a regular file. */
  readonly type?: string;
  readonly link?: string;
  /** What its header says, whatever there is. */
  readonly size?: number;
}

/** Writes a tar byte by byte, because libraries refuse to write the bad ones. */
export function tarWith(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1_024)]);
}

/** The files of a tar that is well. */
export function entriesOf(tar: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const text = (begin: number, end: number) =>
      tar.toString("utf8", at + begin, at + end).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 136), 8);
    const [name, prefix] = [text(0, 100), text(345, 500)];
    const bytes = tar.subarray(at + 512, at + 512 + size);
    entries.push({ name: prefix === "" ? name : `${prefix}/${name}`, bytes });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

function blocksOf({ name, bytes = Buffer.alloc(0), type = "0", link = "", size }: Entry): Buffer[] {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name, 0, 100);
  header.write(`${octal(0o644, 7)}${octal(0, 7)}${octal(0, 7)}`, 100);
  header.write(`${octal(size ?? bytes.length, 11)}${octal(0, 11)}`, 124);
  header.write(`        ${type}${link}`, 148);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return [header, bytes, Buffer.alloc(-bytes.length & 511)];
}

/** `SHA256SUMS` made anew for entries that a test has changed. */
export function summed(entries: readonly Entry[]): Entry[] {
  const others = entries.filter(({ name }) => name !== "SHA256SUMS");
  const lines = others.map(
    ({ name, bytes = Buffer.alloc(0) }) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`,
  );
  return [...others, { name: "SHA256SUMS", bytes: Buffer.from(lines.join("")) }];
}

/** The entries with another manifest, which is sealed as a manifest has to be. */
export function resealed(
  entries: readonly Entry[],
  change: (manifest: Manifest) => Partial<Manifest>,
): Entry[] {
  return summed(
    entries.map((entry) => {
      if (entry.name !== "manifest.json") return entry;
      const read = readManifest(String(entry.bytes));
      if (read.kind !== "read") throw new Error("The manifest cannot be read");
      const { sha256: _, ...content } = { ...read.manifest, ...change(read.manifest) };
      return { ...entry, bytes: Buffer.from(sealed(content).text) };
    }),
  );
}

/** The entries in which a file of lines holds others, to which all hashes fit. */
export function relined(entries: readonly Entry[], path: string, lines: readonly string[]): Entry[] {
  const plain = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  const bytes = gzipSync(plain);
  const sha256Plain = sha256Of(plain);
  const [sha256, object] = [sha256Of(bytes), `objects/${sha256Plain}.ndjson.gz`];
  const file = { path, object, sha256, size: bytes.length, sha256Plain, lines: lines.length };
  const replaced = entries.map((entry) => (entry.name === path ? { ...entry, bytes } : entry));
  return resealed(replaced, ({ files }) => ({
    files: files.map((each) => (each.path === path ? file : each)),
  }));
}
