import { failed, type Result, succeeded } from "../../utils/failures.ts";
import { bytesOf, streamOf } from "./body.ts";
import { OBJECT_TOO_LARGE, type StoreFailure, StoreReadError, storeUnavailable } from "./failures.ts";
import { guarded } from "./guarded.ts";
import { codeIn, failureIn, failureOf, pageIn } from "./s3Answers.ts";
import { type Answer, createSender, type S3Options, type S3Request } from "./s3Requests.ts";
import { openObject } from "./s3Streams.ts";
import { putObject } from "./s3Writes.ts";
import { type Facts, MOST_OBJECT_BYTES, type Store } from "./store.ts";

export type { S3Options } from "./s3Requests.ts";

/** So many objects are deleted at once. One by one, because not every S3 knows the call for many. */
const DELETES_AT_ONCE = 8;
const NO_FACTS = storeUnavailable("an answer without size, time or version");

/**
 * A store in a bucket of AWS's S3, or of what speaks as it does: R2, B2, MinIO and others. Objects are addressed by
 * path, and kept private by the bucket's own settings.
 */
export function createS3Store(options: S3Options): Store {
  const { clock, bucket, prefix } = options;
  const sender = createSender(options);

  /** Deletes one object; undefined where it is gone. Google's S3 answers 404 where it was not there. */
  async function remove(key: string): Promise<StoreFailure | undefined> {
    const answer = await sender.sendPatiently({ method: "DELETE", key });
    if (answer.kind === "silent") return storeUnavailable(answer.why);
    const { ok, status } = answer.response;
    const code = await codeIn(answer.response);
    return ok || code === "NoSuchKey" ? undefined : failureOf(status, code);
  }

  /** The answer to a request that may be repeated; of HEAD also that there is nothing. */
  async function ask(request: S3Request): Promise<Result<Response, StoreFailure>> {
    const answer: Answer = await sender.sendPatiently(request);
    if (answer.kind === "silent") return failed(storeUnavailable(answer.why));
    const { response } = answer;
    const isUsable = response.ok || (response.status === 404 && request.method === "HEAD");
    return isUsable ? succeeded(response) : failed(await failureIn(response));
  }

  /** Without a `Date` this machine's clock stands for the store's. */
  function factsIn(headers: Headers): Facts | undefined {
    const [size, modified] = ["content-length", "last-modified"].map((name) => headers.get(name));
    const modifiedAt = Date.parse(modified ?? "");
    if (size === null || size === undefined || Number.isNaN(modifiedAt)) return undefined;
    const now = Date.parse(headers.get("date") ?? "");
    return { size: Number(size), modifiedAt, readAt: Number.isNaN(now) ? clock.now() : now };
  }

  return guarded({
    name: `s3://${bucket}/${prefix}`.replace(/\/$/, ""),

    put: (key, body, conditions = {}) => putObject(sender, key, body, conditions),

    async get(key) {
      const opened = await openObject(sender, key);
      if (!opened.ok) return opened;
      if (opened.value === undefined) return succeeded(undefined);
      const { size, headers, pieces, release } = opened.value;
      const [facts, etag] = [factsIn(headers), headers.get("etag")];
      if (facts === undefined || etag === null || size > MOST_OBJECT_BYTES) {
        await release();
        return failed(size > MOST_OBJECT_BYTES ? OBJECT_TOO_LARGE : NO_FACTS);
      }
      try {
        return succeeded({ ...facts, etag, bytes: await bytesOf(pieces, size) });
      } catch (error) {
        if (error instanceof StoreReadError) return failed(error.failure);
        throw error;
      }
    },

    async stream(key, range) {
      const opened = await openObject(sender, key, range);
      if (!opened.ok) return opened;
      if (opened.value === undefined) return succeeded(undefined);
      const { size, pieces, release } = opened.value;
      return succeeded({ size, body: streamOf(pieces, release) });
    },

    async head(key) {
      const answer = await ask({ method: "HEAD", key });
      if (!answer.ok) return answer;
      if (answer.value.status === 404) return succeeded(undefined);
      const facts = factsIn(answer.value.headers);
      return facts === undefined ? failed(NO_FACTS) : succeeded(facts);
    },

    async list({ prefix: begin = "", cursor, limit = 1 }) {
      const query = {
        "list-type": "2",
        "encoding-type": "url",
        "max-keys": String(limit),
        prefix: prefix + begin,
        ...(cursor !== undefined && { "start-after": prefix + cursor }),
      };
      const answer = await ask({ method: "GET", query });
      return answer.ok ? pageIn(answer.value, prefix, begin) : answer;
    },

    async delete(keys) {
      const open = [...keys];
      const failures: StoreFailure[] = [];
      const work = async () => {
        for (let key = open.pop(); key !== undefined && failures.length === 0; key = open.pop()) {
          const failure = await remove(key);
          if (failure !== undefined) failures.push(failure);
        }
      };
      await Promise.all(Array.from({ length: DELETES_AT_ONCE }, work));
      return failures[0] === undefined ? succeeded(undefined) : failed(failures[0]);
    },
  });
}
