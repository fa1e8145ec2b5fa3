import type { Environment } from "../../environment.ts";
import type { FaultEffect } from "../../faults.ts";
import type { State } from "../../state.ts";
import { deliveredBytes, md5Of } from "./delivery.ts";
import { uploadsAt } from "./paths.ts";
import type { Upload } from "./upload.ts";

export type AssetRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
};

export type AssetAnswer = {
  kind: "answer";
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  /** The connection is cut after so many bytes of the body; null: it is not. */
  cutAfter: number | null;
};

export type AssetOutcome = AssetAnswer | { kind: "dropped" } | { kind: "hung" };

/** `GET /<project>/<seconds>-<name>`: the bytes of an asset (facts 4). */
export function getAsset(state: State, request: AssetRequest): AssetAnswer {
  const upload = uploadAt(state, request.path);
  if (upload === undefined) return plainAnswer(404, "Not found");
  const isVideo = upload.file.mimeType.startsWith("video/");
  if (isVideo && isRawVideoOff(state)) return plainAnswer(422, "Raw videos are not served");
  const file = state.storage.staleAt(request.path, state.clock.now()) ?? upload.file;
  const bytes = deliveredBytes(file, state.settings.assetDelivery, request.query);
  return ranged(request, bytes, file.mimeType);
}

/** `PUT` of bytes to the address of an upload request: 403 unless all is as the request said (facts 5.2, row 9). */
export function putBytes(state: State, { path, headers, body }: AssetRequest): AssetAnswer {
  const isTaken = state.storage.put(path, headers.get("x-upload-token"), body, state.clock.now());
  return plainAnswer(isTaken ? 200 : 403, isTaken ? "" : "AccessDenied");
}

/** @returns what a fault makes of the answer that would have been */
export function spoilAsset(answer: AssetAnswer, fault: FaultEffect): AssetOutcome {
  switch (fault.kind) {
    case "status": {
      const spoilt = plainAnswer(fault.status, fault.code ?? "");
      return { ...spoilt, headers: { ...spoilt.headers, ...fault.headers } };
    }
    case "html":
      return plainAnswer(fault.status, "<!doctype html><h1>Something went wrong</h1>", "text/html");
    case "drop":
      return { kind: "dropped" };
    case "hang":
      return { kind: "hung" };
    case "cut-body":
      return { ...answer, cutAfter: fault.after };
    case "wrong-bytes":
      return { ...answer, body: answer.body.map((byte) => byte ^ 1) };
    default:
      return answer;
  }
}

function plainAnswer(status: number, text: string, type = "text/plain"): AssetAnswer {
  const body = Buffer.from(text);
  const headers = { "Content-Type": type, "Content-Length": String(body.byteLength) };
  return { kind: "answer", status, headers, body, cutAfter: null };
}

/** Parts for `Range`, with `If-Range` the part only of the same bytes (facts 4). */
function ranged({ method, headers }: AssetRequest, bytes: Uint8Array, mimeType: string): AssetAnswer {
  const etag = `"${md5Of(bytes)}"`;
  const common = {
    "Content-Type": mimeType,
    ETag: etag,
    "Accept-Ranges": "bytes",
    "Cache-Control": "public",
  };
  const answer = (status: number, body: Uint8Array, more: Record<string, string> = {}): AssetAnswer => ({
    kind: "answer",
    status,
    headers: { ...common, "Content-Length": String(body.byteLength), ...more },
    body: method === "HEAD" ? new Uint8Array() : body,
    cutAfter: null,
  });
  if (headers.get("if-none-match") === etag) return answer(304, new Uint8Array());
  const ifRange = headers.get("if-range");
  const range = /^bytes=(\d*)-(\d*)$/.exec(headers.get("range") ?? "");
  if (range === null || (ifRange !== undefined && ifRange !== etag)) return answer(200, bytes);
  const size = bytes.byteLength;
  const [, first = "", last = ""] = range;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (from > to) return answer(416, new Uint8Array(), { "Content-Range": `bytes */${size}` });
  return answer(206, bytes.subarray(from, to + 1), { "Content-Range": `bytes ${from}-${to}/${size}` });
}

/** An asset is there as long as any environment has it (facts 3). */
function uploadAt(state: State, path: string): Upload | undefined {
  const { oldAddress } = state.settings.contentUnknowns;
  const environments = state.environments.toSorted((a, b) => Number(b.primary) - Number(a.primary));
  const found = environments.flatMap((environment) => uploadsIn(environment, path));
  const [first] = found;
  const isOld = first !== undefined && newest(state, first.id)?.path !== path;
  return isOld && oldAddress === "gone" ? undefined : first;
}

function uploadsIn({ content }: Environment, path: string): Upload[] {
  return content === null ? [] : uploadsAt(content, path);
}

function newest({ environments }: State, id: string): Upload | undefined {
  return environments
    .flatMap(({ content }) => content?.uploads.get(id) ?? [])
    .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt))[0];
}

function isRawVideoOff({ environments }: State): boolean {
  const primary = environments.find((environment) => environment.primary);
  return primary?.content?.site.assets_cdn_default_settings.video.disable_serving_raw_videos === true;
}
