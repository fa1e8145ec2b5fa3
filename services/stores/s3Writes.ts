import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { type Body, BodyError, isBytes } from "./body.ts";
import { type StoreFailure, storeUnavailable } from "./failures.ts";
import { contentMd5 } from "./hashing.ts";
import { failureIn } from "./s3Answers.ts";
import { type Answer, isBusy, isTransient, type S3Request, type Sender, TRIES } from "./s3Requests.ts";
import type { PutOptions, PutOutcome } from "./store.ts";

type Put = Result<PutOutcome, StoreFailure>;

/** Names the put that wrote an object, so that a look tells whether it was this one. */
const WRITE = "x-amz-meta-write";

const CONFLICT = succeeded({ kind: "conflict" } as const);

/**
 * Writes an object. A put under a condition is sent again after an unclear answer only where a look shows that its
 * condition still holds; it is known by a name of its own, which goes with every try.
 */
export async function putObject(sender: Sender, key: string, body: Body, options: PutOptions): Promise<Put> {
  const { ifAbsent, ifMatch } = options;
  const write = crypto.randomUUID();
  const request = putRequest(key, body, options, write);
  try {
    if (!ifAbsent && ifMatch === undefined) return await outcomeOf(await sender.sendPatiently(request));
    return await putOnce();
  } catch (error) {
    if (error instanceof BodyError) return failed(error.failure);
    throw error;
  }

  async function putOnce(): Promise<Put> {
    let isUnclear = false;
    for (let tries = 1; ; tries += 1) {
      const answer = await sender.send(request);
      const isRefused = answer.kind === "answered" && isRefusal(answer.response.status);
      if (!isRefused && !isTransient(answer)) return outcomeOf(answer);
      // The second of two tries is refused where the first one was carried out.
      if (isRefused && answer.response.status !== 409 && !isUnclear) return CONFLICT;
      if (!isBusy(answer)) {
        isUnclear = true;
        const seen = await look();
        if (seen !== "as before") return seen;
      }
      if (tries === TRIES) return outcomeOf(answer);
      await sender.pause(tries, answer);
    }
  }

  /** S3 answers 404 to a replacement of what is not there, and 409 to one of two writers at once. */
  function isRefusal(status: number): boolean {
    return status === 412 || status === 409 || (status === 404 && ifMatch !== undefined);
  }

  /** What became of a put whose answer does not tell: decided, or everything is as it was before. */
  async function look(): Promise<Put | "as before"> {
    const answer = await sender.sendPatiently({ method: "HEAD", key });
    if (answer.kind === "silent") return failed(storeUnavailable(answer.why));
    const { status, ok, headers } = answer.response;
    if (status === 404) return ifAbsent ? "as before" : CONFLICT;
    if (!ok) return failed(await failureIn(answer.response));
    if (headers.get(WRITE) === write) return outcomeOf(answer);
    return ifMatch !== undefined && headers.get("etag") === ifMatch ? "as before" : CONFLICT;
  }
}

function putRequest(key: string, body: Body, options: PutOptions, write: string): S3Request {
  const { ifAbsent, ifMatch, md5, sha256 } = options;
  const sum = isBytes(body) ? contentMd5(body) : md5 && Buffer.from(md5, "hex").toString("base64");
  return {
    method: "PUT",
    key,
    body,
    checksums: options,
    headers: {
      ...(sum !== undefined && { "content-md5": sum }),
      ...(sha256 !== undefined && { "x-amz-content-sha256": sha256 }),
      ...(ifAbsent && { "if-none-match": "*" }),
      ...(ifMatch !== undefined && { "if-match": ifMatch }),
      "content-type": "application/octet-stream",
      [WRITE]: write,
    },
  };
}

async function outcomeOf(answer: Answer): Promise<Put> {
  if (answer.kind === "silent") return failed(storeUnavailable(answer.why));
  const { response } = answer;
  if (!response.ok) return failed(await failureIn(response));
  const etag = response.headers.get("etag");
  response.body?.cancel().catch(() => {});
  return etag === null ? failed(storeUnavailable("no version")) : succeeded({ kind: "written", etag });
}
