import * as z from "zod";
import { parsedJson } from "../../../utils/json.ts";
import { without } from "../capture/links.ts";
import { indexFrom, linesOf } from "../capture/recordIndex.ts";
import type { ArchivedFile, Manifest } from "../manifest.ts";
import type { Problem } from "./problem.ts";

const UploadLine = z.object({
  id: z.string(),
  asset: z.object({ md5: z.string().nullable(), size: z.number().nullable(), bytes: z.string() }),
});
const Line = z.object({ id: z.string() });

/** A file of uploads, as their lines name it. */
export interface NamedAsset {
  readonly uploadId: string;
  readonly md5: string;
  readonly size: number;
}

/** Takes the files of an archive, in whatever order, and finds what they say of each other. */
export interface ContentCheck {
  /** @param text of a file that is as it was written, unpacked */
  add(file: ArchivedFile, text: string): void;
  /** Files of uploads that are to be in the store, each once. */
  assets(): readonly NamedAsset[];
  /** What is wrong with the files that were added. */
  problems(): readonly Problem[];
}

/** @param isDeep every file is added, so that counts and links can be judged */
export function createContentCheck(manifest: Manifest, isDeep: boolean): ContentCheck {
  const problems: Problem[] = [];
  const assets = new Map<string, NamedAsset>();
  const ids = new Set<string>();
  const wanted = new Set<string>();
  const wantedUploads = new Set<string>();
  let records = 0;

  function unreadable(name: string): void {
    const sentence = `${name} has lines of no known form.`;
    problems.push({ what: "content", code: "UNREADABLE", sentence, name });
  }

  function readUpload(line: unknown, path: string): void {
    const upload = UploadLine.safeParse(line).data;
    if (upload === undefined) return void unreadable(path);
    see(upload.id);
    const { md5, size, bytes } = upload.asset;
    if (bytes !== "original" || md5 === null || size === null) return;
    assets.set(`${md5} ${size}`, { uploadId: upload.id, md5, size });
  }

  function readRecord(line: unknown, path: string): void {
    const record = Line.safeParse(line).data;
    if (record === undefined) return void unreadable(path);
    records += 1;
    see(record.id);
  }

  function see(id: string): void {
    if (ids.has(id))
      problems.push({ what: "content", code: "DUPLICATE", sentence: `${id} is there twice.`, name: id });
    ids.add(id);
  }

  function readIndex(text: string, path: string): void {
    const index = indexFrom(text);
    if (index === undefined) return void unreadable(path);
    for (const line of index) {
      for (const id of line.records) wanted.add(id);
      for (const id of line.uploads) wantedUploads.add(id);
    }
  }

  return {
    add({ path, lines: count }, text) {
      if (path.startsWith("index/")) return void readIndex(text, path);
      if (count === undefined && parsedJson(text) === undefined) unreadable(path);
      if (count === undefined) return;
      const lines = linesOf(text);
      if (lines.length !== count) unreadable(path);
      const readLine = path.startsWith("uploads/") ? readUpload : readRecord;
      for (const line of lines) readLine(parsedJson(line), path);
    },

    assets: () => [...assets.values()],

    problems() {
      if (!isDeep) return problems;
      const dangling = without(wanted, ids) + without(wantedUploads, ids);
      return [...problems, ...counted(manifest, records, dangling)];
    },
  };
}

function counted({ counts }: Manifest, records: number, dangling: number): Problem[] {
  const problems: Problem[] = [];
  if (records !== counts.records)
    problems.push({
      what: "content",
      code: "COUNT",
      sentence: `There are ${records} records, and the manifest says ${counts.records}.`,
    });
  if (dangling > counts.danglingLinks)
    problems.push({
      what: "content",
      code: "DANGLING",
      sentence: `${dangling - counts.danglingLinks} records or uploads that others refer to are missing.`,
    });
  return problems;
}
