import * as z from "zod";
import { mapped, type Result } from "../../../utils/failures.ts";
import { parsedJson } from "../../../utils/json.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import type { StoreFailure } from "../../stores/failures.ts";
import type { Store } from "../../stores/store.ts";
import { without } from "../capture/links.ts";
import { indexFrom, linesOf } from "../capture/recordIndex.ts";
import { readFile } from "../files.ts";
import type { ArchivedFile, Manifest } from "../manifest.ts";
import type { Problem, VerifiedAsset } from "./verify.ts";

const UploadLine = z.object({
  id: z.string(),
  asset: z.object({ md5: z.string().nullable(), size: z.number().nullable(), bytes: z.string() }),
});
const Line = z.object({ id: z.string() });

/** What the files of an archive say of each other. */
export interface CheckedContent {
  readonly problems: readonly Problem[];
  /** Files that are to be in the store, each once. */
  readonly assets: readonly VerifiedAsset[];
}

/** Files are read one after the other: each may have 8 MiB. */
const AT_ONCE = 1;

/**
 * Reads what uploads name, and for a deep look every line of every file.
 *
 * @param whole the files that are as they were written
 */
export async function checkContent(
  store: Store,
  manifest: Manifest,
  whole: readonly ArchivedFile[],
  isDeep: boolean,
): Promise<Result<CheckedContent, StoreFailure>> {
  const problems: Problem[] = [];
  const assets = new Map<string, VerifiedAsset>();
  const ids = new Set<string>();
  const wanted = new Set<string>();
  const wantedUploads = new Set<string>();
  let records = 0;
  const unreadable = (name: string) =>
    problems.push({
      what: "content",
      code: "UNREADABLE",
      sentence: `${name} has lines of no known form.`,
      name,
    });

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

  const isRead = ({ path }: ArchivedFile) => isDeep || path.startsWith("uploads/");
  const read = await sideBySide(whole.filter(isRead), AT_ONCE, async (file) =>
    mapped(await readFile(store, file), (text) => {
      if (text === undefined) return;
      if (file.path.startsWith("index/")) return readIndex(text, file.path);
      const lines = linesOf(text);
      if (file.lines !== undefined && lines.length !== file.lines) unreadable(file.path);
      const readLine = file.path.startsWith("uploads/") ? readUpload : readRecord;
      if (file.lines !== undefined) for (const line of lines) readLine(parsedJson(line), file.path);
      else if (parsedJson(text) === undefined) unreadable(file.path);
    }),
  );
  return mapped(read, () => {
    if (isDeep)
      problems.push(...counted(manifest, records, without(wanted, ids) + without(wantedUploads, ids)));
    return { problems, assets: [...assets.values()] };
  });
}

function counted(manifest: Manifest, records: number, dangling: number): Problem[] {
  const problems: Problem[] = [];
  const { counts } = manifest;
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
