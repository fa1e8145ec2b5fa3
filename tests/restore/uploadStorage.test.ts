import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { describe, expect, test } from "vitest";
import { payloadOf, sendFile, uploadRequestIn } from "../../services/archive/restore/uploads/storage.ts";
import type { Bytes } from "../../services/stores/body.ts";
import { systemClock } from "../../utils/clock.ts";
import { streamed } from "../stores/conformance.ts";
import { listen } from "../support/listening.ts";

const MIB = 1024 * 1024;
const line = { fetch, clock: systemClock };

interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly isWhole: boolean;
}

/** A storage that notes what it is sent. */
async function storage(status = 200) {
  const taken: Taken[] = [];
  const url = await listen(async (request, response) => {
    let bytes = 0;
    try {
      for await (const piece of request) bytes += piece.length;
    } catch {
      // The sender has gone.
    }
    taken.push({ headers: request.headers, bytes, isWhole: request.complete });
    response.writeHead(status, { location: "/elsewhere" }).end();
  });
  return { url: `${url}/file`, taken };
}

/** A file of so many MiB in pieces of one. */
function file(mebibytes: number, lastByte = 1) {
  const pieces: Bytes[] = Array.from({ length: mebibytes }, () => new Uint8Array(MIB).fill(1));
  pieces.at(-1)?.fill(lastByte, MIB - 1);
  return streamed(pieces);
}

function md5Of(mebibytes: number): string {
  return createHash("md5")
    .update(new Uint8Array(mebibytes * MIB).fill(1))
    .digest("hex");
}

async function sent(url: string, mebibytes: number, lastByte?: number) {
  const headers = new Headers({ "x-upload-token": "secret" });
  const payload = await payloadOf(file(mebibytes, lastByte), md5Of(mebibytes));
  if (payload === undefined) return "spoilt before";
  return (await sendFile({ path: "/file", url, headers }, payload, md5Of(mebibytes), line)).kind;
}

describe.each([2, 9])("a file of %d MiB", (mebibytes) => {
  test("goes with its length and the headers that were named", async () => {
    const { url, taken } = await storage();
    expect(await sent(url, mebibytes)).toBe("sent");
    expect(taken).toMatchObject([{ bytes: mebibytes * MIB, isWhole: true }]);
    expect(taken[0]?.headers).toMatchObject({
      "x-upload-token": "secret",
      "content-length": String(mebibytes * MIB),
    });
    expect(taken[0]?.headers["transfer-encoding"]).toBeUndefined();
    expect(taken[0]?.headers["content-type"]).toBeUndefined();
  });

  test("that is not as it should be never arrives whole", async () => {
    const { url, taken } = await storage();
    expect(await sent(url, mebibytes, 2)).toBe(mebibytes === 2 ? "spoilt before" : "spoilt");
    expect(taken.filter(({ isWhole }) => isWhole)).toEqual([]);
  });

  test("goes nowhere else where the storage names another address", async () => {
    const { url, taken } = await storage(307);
    expect(await sent(url, mebibytes)).toBe("not taken");
    expect(taken).toHaveLength(1);
  });
});

test("an address is used only where nobody can read what goes there", () => {
  const request = (url: string, request_headers: object = {}) =>
    uploadRequestIn({
      data: {
        id: "/1/2-a.png",
        type: "upload_request",
        attributes: { url, request_headers: { ...request_headers } },
      },
    });
  expect(request("https://storage.example/a?signature=1", { "x-a": "b", "x-b": 1 })?.path).toBe("/1/2-a.png");
  expect(request("http://127.0.0.1:4011/a")).toBeDefined();
  for (const url of [
    "http://storage.example/a",
    "https://user:word@storage.example/a",
    "ftp://a.example/b",
    "",
  ])
    expect(request(url), url).toBeUndefined();
  expect(request("https://storage.example/a", { "not a name": "x" })).toBeUndefined();
});
