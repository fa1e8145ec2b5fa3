import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsV4Signer } from "aws4fetch";

/** A small S3 of the tests' own, in memory, with faults on demand: one bucket, no parts, no versions. */

export const BUCKET = "backups";
export const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI-EXAMPLEKEY" };

export interface Asked {
  readonly method: string;
  /** Within the bucket; empty: the bucket itself. */
  readonly key: string;
  readonly headers: IncomingMessage["headers"];
}

/** What goes wrong with one request. */
export type Fault =
  /** Refused, with a code of S3's. */
  | { readonly status: number; readonly code?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The connection is cut: before the request is carried out, after it, or in the middle of the answer's body. */
  | "cut"
  | "lost"
  | "half"
  /** Nothing is ever answered; or the body stops in its middle. */
  | "hang"
  | "stall";

export interface S3Server {
  /** Answers one request, as a server of `node:http` does. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Every request, in order. */
  readonly asked: Asked[];
  readonly objects: Map<string, StoredObject>;
  /** Says what goes wrong with a request; `number` counts those of this method from 1. */
  fault: (asked: Asked, number: number) => Fault | undefined;
  /** In bytes. */
  capacity: number;
  /** Called when it has gone silent over a request, for good. */
  onSilence: () => void;
}

export interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modified: Date;
  readonly meta: Readonly<Record<string, string>>;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const refusal = (status: number, code: string): Reply => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
});

export function createS3Server(): S3Server {
  const objects = new Map<string, StoredObject>();
  const asked: Asked[] = [];
  const server: S3Server = {
    answer,
    asked,
    objects,
    fault: () => undefined,
    capacity: Infinity,
    onSilence: () => {},
  };
  return server;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", `http://${request.headers.host}`);
    const [, bucket = "", ...path] = url.pathname.split("/");
    const key = path.map(decodeURIComponent).join("/");
    const one = { method: request.method ?? "", key, headers: request.headers };
    asked.push(one);
    const fault = server.fault(one, asked.filter(({ method }) => method === one.method).length);
    const body = await bodyOf(request);
    if (fault === "hang") return server.onSilence();
    if (body === undefined) return;
    if (fault === "cut") return void request.socket.destroy();
    if (typeof fault === "object") {
      const { status, code, headers = {} } = fault;
      return send(response, code === undefined ? { status, headers } : { ...refusal(status, code), headers });
    }
    const isSigned = await isSignedBy(request, url);
    const reply = !isSigned
      ? refusal(403, "SignatureDoesNotMatch")
      : bucket !== BUCKET
        ? refusal(404, "NoSuchBucket")
        : carryOut(one, url.searchParams, body);
    if (fault === "lost") return void request.socket.destroy();
    if (fault === "half" || fault === "stall")
      return sendHalf(response, reply, fault === "half" ? () => response.destroy() : silence);
    send(response, one.method === "HEAD" ? { ...reply, body: "" } : reply);
  }

  /** Half a body is on its way for a moment yet. */
  function silence(): void {
    setTimeout(() => server.onSilence(), 30);
  }

  function carryOut({ method, key, headers }: Asked, query: URLSearchParams, body: Buffer): Reply {
    if (method === "PUT") return put(key, headers, body);
    if (key === "") return list(query);
    const object = objects.get(key);
    if (method === "DELETE") {
      objects.delete(key);
      return { status: 204 };
    }
    if (object === undefined) return refusal(404, "NoSuchKey");
    if (headers["if-match"] !== undefined && headers["if-match"] !== object.etag)
      return refusal(412, "PreconditionFailed");
    return read(object, method === "HEAD" ? undefined : headers.range);
  }

  function put(key: string, headers: Asked["headers"], body: Buffer): Reply {
    const sum = (name: string) => createHash(name).update(body);
    if (headers["content-length"] === undefined) return refusal(411, "MissingContentLength");
    const md5 = headers["content-md5"];
    if (md5 !== undefined && md5 !== sum("md5").digest("base64")) return refusal(400, "BadDigest");
    const sha256 = String(headers["x-amz-content-sha256"]);
    if (/^[\da-f]{64}$/.test(sha256) && sha256 !== sum("sha256").digest("hex"))
      return refusal(400, "XAmzContentSHA256Mismatch");
    const present = objects.get(key);
    if (headers["if-none-match"] === "*" && present !== undefined) return refusal(412, "PreconditionFailed");
    if (headers["if-match"] !== undefined && present === undefined) return refusal(404, "NoSuchKey");
    if (headers["if-match"] !== undefined && headers["if-match"] !== present?.etag)
      return refusal(412, "PreconditionFailed");
    const used = [...objects].reduce((all, [each, { bytes }]) => all + (each === key ? 0 : bytes.length), 0);
    if (used + body.length > server.capacity) return refusal(507, "XMinioStorageFull");
    const meta = Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        name.startsWith("x-amz-meta-") ? [[name, String(value)]] : [],
      ),
    );
    const etag = `"${sum("md5").digest("hex")}"`;
    objects.set(key, { bytes: body, etag, modified: new Date(), meta });
    return { status: 200, headers: { etag } };
  }

  function list(query: URLSearchParams): Reply {
    const [prefix, after] = [query.get("prefix") ?? "", query.get("start-after") ?? ""];
    const limit = Math.min(1_000, Number(query.get("max-keys") ?? 1_000));
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
      .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    const contents = keys.slice(0, limit).map((key) => {
      const { bytes, modified } = objects.get(key) as StoredObject;
      // AWS writes a space as a plus there.
      const written = encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");
      return `<Contents><Key>${written}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>&quot;x&quot;</ETag><Size>${bytes.length}</Size></Contents>`;
    });
    const body = `<?xml version="1.0"?><ListBucketResult><IsTruncated>${keys.length > limit}</IsTruncated>${contents.join("")}</ListBucketResult>`;
    return { status: 200, headers: { "content-type": "application/xml" }, body };
  }
}

function read({ bytes, etag, modified, meta }: StoredObject, range: string | undefined): Reply {
  const headers = { etag, "last-modified": modified.toUTCString(), ...meta };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === undefined)
    return { status: 200, headers: { ...headers, "content-length": String(bytes.length) }, body: bytes };
  const begin = Number(first);
  const end = Math.min(bytes.length - 1, last === "" ? Infinity : Number(last));
  if (begin >= bytes.length) return refusal(416, "InvalidRange");
  const body = bytes.subarray(begin, end + 1);
  const contentRange = `bytes ${begin}-${end}/${bytes.length}`;
  return {
    status: 206,
    headers: { ...headers, "content-range": contentRange, "content-length": String(body.length) },
    body,
  };
}

/** The whole body; undefined where it breaks off. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of request) pieces.push(piece);
    return Buffer.concat(pieces);
  } catch {
    return undefined;
  }
}

/** Signs the request once more, with the keys that are right. */
async function isSignedBy({ method = "", headers }: IncomingMessage, url: URL): Promise<boolean> {
  const [, names = ""] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "") ?? [];
  const signed = Object.fromEntries(
    names.split(";").flatMap((name) => (name === "host" ? [] : [[name, String(headers[name])]])),
  );
  const datetime = String(headers["x-amz-date"]);
  const signer = new AwsV4Signer({
    ...KEYS,
    method,
    url: url.href,
    headers: signed,
    region: "auto",
    service: "s3",
    datetime,
  });
  return (await signer.sign()).headers.get("authorization") === headers.authorization;
}

function send(response: ServerResponse, { status, headers = {}, body = "" }: Reply): void {
  response.writeHead(status, { ...headers }).end(body);
}

function sendHalf(response: ServerResponse, { status, headers, body = "" }: Reply, then: () => void) {
  const whole = Buffer.from(body);
  response.writeHead(status, { "content-length": String(whole.length), ...headers });
  response.write(whole.subarray(0, whole.length / 2), then);
}
