import { type Failure, failed, type Result, succeeded } from "../../../../utils/failures.ts";
import { textOf } from "../../../sources/datocms/resource.ts";
import type { StreamBody } from "../../../stores/body.ts";
import type { StoreFailure } from "../../../stores/failures.ts";
import type { Reason, UploadsContext } from "./context.ts";
import type { UploadLine } from "./line.ts";
import { refusalOf } from "./reasons.ts";
import { payloadOf, sendFile, uploadRequestIn } from "./storage.ts";

/** What came of a file that was to be put into DatoCMS's storage. */
export type Placed =
  | { readonly kind: "placed"; readonly path: string }
  | { readonly kind: "not placed"; readonly reason: Reason };

/** Puts files of uploads into DatoCMS's storage, from where uploads are made of them. */
export interface FilePlacer {
  /** Tells the path of a file again that was placed before, and of which no upload was made. */
  place(line: UploadLine): Promise<Result<Placed, Failure | StoreFailure>>;
  /** The file that was placed for an upload is used, or of no use. */
  forget(id: string): void;
}

const MOST_TRIES = 3;
/** The asset host may send former bytes for a while, and a storage have a bad moment. */
const PAUSE_MS = 2_000;

const MISSING: Reason = {
  code: "ASSET_MISSING",
  sentence: "The bytes of this file are in no place that could be asked.",
};
export const DIFFERS: Reason = {
  code: "ASSET_DIFFERS",
  sentence: "The bytes of this file that were found are not those that it was archived with.",
};
const NOT_TAKEN: Reason = {
  code: "STORAGE_UNAVAILABLE",
  sentence: "DatoCMS's storage did not take this file. Run the same command again.",
};

export function createFilePlacer(context: UploadsContext): FilePlacer {
  const { writes, files, clock } = context;
  const paths = new Map<string, string>();

  /** Asks for an address and sends a file there; undefined where that may go better another time. */
  async function store(
    filename: string,
    body: StreamBody,
    md5: string,
  ): Promise<Result<Placed | undefined, Failure>> {
    const payload = await payloadOf(body, md5);
    if (payload === undefined) return succeeded({ kind: "not placed", reason: DIFFERS });
    const document = { data: { type: "upload_request", attributes: { filename } } };
    const written = await writes.send("POST", "/upload-requests", document);
    if (written.kind === "stopped") return failed(written.failure);
    if (written.kind === "refused")
      return succeeded({ kind: "not placed", reason: refusalOf(written.errors) });
    // An address that nobody uses costs nothing.
    const request = written.kind === "done" ? uploadRequestIn(written.document) : undefined;
    if (request === undefined) return succeeded(undefined);
    const sent = await sendFile(request, payload, md5, context);
    if (sent.kind === "sent") return succeeded({ kind: "placed", path: request.path });
    return succeeded(sent.kind === "spoilt" ? { kind: "not placed", reason: DIFFERS } : undefined);
  }

  async function storePatiently(
    line: UploadLine,
    body: StreamBody,
    md5: string,
  ): Promise<Result<Placed, Failure>> {
    for (let tries = 1; ; tries += 1) {
      const stored = await store(filenameOf(line), body, md5);
      if (!stored.ok) return stored;
      const { value } = stored;
      const isFinal = value?.kind === "placed" || (value !== undefined && value.reason !== DIFFERS);
      if (isFinal || tries === MOST_TRIES)
        return succeeded(value ?? { kind: "not placed", reason: NOT_TAKEN });
      await clock.sleep(PAUSE_MS);
    }
  }

  async function place(line: UploadLine): Promise<Result<Placed, Failure | StoreFailure>> {
    const { md5 } = line.file;
    if (md5 === null) return succeeded({ kind: "not placed", reason: MISSING });
    let reason = MISSING;
    for (const source of files) {
      const found = await source.find(line);
      if (!found.ok) return found;
      if (found.value === undefined) continue;
      const placed = await storePatiently(line, found.value, md5);
      if (!placed.ok || placed.value.kind === "placed" || placed.value.reason !== DIFFERS) return placed;
      reason = DIFFERS;
    }
    return succeeded({ kind: "not placed", reason });
  }

  return {
    async place(line) {
      const known = paths.get(line.id);
      if (known !== undefined) return succeeded({ kind: "placed", path: known });
      const placed = await place(line);
      if (placed.ok && placed.value.kind === "placed") paths.set(line.id, placed.value.path);
      return placed;
    },
    forget(id) {
      paths.delete(id);
    },
  };
}

/** The name that a file was archived with: it decides what the new address looks like. */
function filenameOf({ id, upload }: UploadLine): string {
  return textOf(upload, "filename") || textOf(upload, "basename") || id;
}
