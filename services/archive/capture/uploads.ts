import { mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { formatJson } from "../../../utils/json.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { type Asset, type AssetHost, assetOf } from "../../sources/datocms/assets.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import { type Resource, textOf } from "../../sources/datocms/resource.ts";
import type { ArchiveFailure } from "../failures.ts";
import type { ArchivedFile, Warning } from "../manifest.ts";
import type { AssetCopier, Copied } from "./assets.ts";
import type { ObjectWriter } from "./objects.ts";
import { endsFile } from "./recordFiles.ts";

export interface UploadCapture {
  readonly reader: ContentReader;
  readonly objects: ObjectWriter;
  readonly host: AssetHost;
  /** Undefined where only what is said of the files is archived. */
  readonly assets: AssetCopier | undefined;
  onUploads(uploads: number): void;
}

export interface CapturedUploads {
  readonly files: readonly ArchivedFile[];
  readonly ids: ReadonlySet<string>;
  /** Bytes of all files, each upload's counted. */
  readonly assetBytes: number;
  /** One for each file that is missing. */
  readonly missing: readonly Warning[];
  readonly isSteady: boolean;
}

/** Files are fetched side by side: they come from another host than the API, and wait for the network mostly. */
const AT_ONCE = 8;
const MOST_TRIES = 3;

/** Reads all uploads until a listing fits together, or for the third time, and copies their files. */
export async function captureUploads(
  capture: UploadCapture,
): Promise<Result<CapturedUploads, ArchiveFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const captured = await readUploads(capture);
    if (!captured.ok || captured.value.isSteady || attempt >= MOST_TRIES) return captured;
  }
}

async function readUploads(capture: UploadCapture): Promise<Result<CapturedUploads, ArchiveFailure>> {
  const { reader, objects, onUploads } = capture;
  const files: ArchivedFile[] = [];
  const ids = new Set<string>();
  const missing: Warning[] = [];
  let assetBytes = 0;
  let total: number | undefined;
  let isSteady = true;
  let open: string[] = [];

  const write = async () => {
    const lines = open;
    open = [];
    const number = String(files.length + 1).padStart(5, "0");
    const file = await objects.lines(`uploads/${number}.ndjson.gz`, lines);
    if (file.ok) files.push(file.value);
    return file;
  };

  for await (const page of reader.uploads()) {
    if (!page.ok) return page;
    total ??= page.value.total;
    const rows = page.value.rows.filter(({ id }) => !ids.has(id));
    isSteady &&= page.value.total === total && rows.length === page.value.rows.length;
    const copied = await copyAll(capture, rows);
    if (!copied.ok) return copied;
    for (const { upload, asset, bytes } of copied.value) {
      ids.add(upload.id);
      assetBytes += asset?.size ?? 0;
      if (bytes === "missing" && capture.assets !== undefined) missing.push(missingAsset(upload));
      const { md5 = null, size = null } = asset ?? {};
      open.push(
        formatJson({ ...upload, asset: { md5, size, bytes: bytes === "original" ? bytes : "missing" } }),
      );
      if (!endsFile(upload.id, open.length)) continue;
      const written = await write();
      if (!written.ok) return written;
    }
    onUploads(rows.length);
  }
  if (open.length > 0) {
    const written = await write();
    if (!written.ok) return written;
  }
  return succeeded({ files, ids, assetBytes, missing, isSteady: isSteady && ids.size === total });
}

interface CopiedUpload {
  readonly upload: Resource;
  readonly asset: Asset | undefined;
  readonly bytes: Copied;
}

function copyAll(
  { host, assets }: UploadCapture,
  uploads: readonly Resource[],
): Promise<Result<CopiedUpload[], ArchiveFailure>> {
  return sideBySide(uploads, AT_ONCE, async (upload) => {
    const asset = assetOf(upload, host);
    const copied = asset && assets ? await assets.copy(asset) : succeeded("missing" as const);
    return mapped(copied, (bytes) => ({ upload, asset, bytes }));
  });
}

function missingAsset(upload: Resource): Warning {
  const name = textOf(upload, "filename") ?? "";
  return {
    code: "ASSET_MISSING",
    sentence: "The asset host did not send this file as DatoCMS describes it.",
    id: upload.id,
    name,
  };
}
