import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createSpool, type SpoolLimits } from "../../node/spool.ts";
import { systemClock } from "../../utils/clock.ts";
import { entriesOf, tarWith } from "../archive/tarsByHand.ts";
import { scratchFolder } from "../support/scratchFolder.ts";
import { ADMIN, HOLDER, NOBODY, openServer, READER } from "./archiveServer.ts";
import { exchange, rawSocket } from "./rawSocket.ts";

const PATH = "/api/archives/upload";
const MIB = 1024 * 1024;

const atEnd: (() => Promise<unknown>)[] = [];
let tar: Buffer;
let id = "";
let manifest: Buffer;
beforeAll(async () => {
  const { create, archives, port, root } = await openServer(atEnd);
  await create();
  [id = ""] = await archives();
  manifest = await readFile(join(root, "store/archives", id, "manifest.json"));
  const answer = await fetch(`http://127.0.0.1:${port}/api/archives/latest/download`, {
    headers: { authorization: `Bearer ${ADMIN}` },
  });
  tar = Buffer.from(await answer.arrayBuffer());
});
afterAll(async () => {
  for (const end of atEnd.toReversed()) await end();
});

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

type Server = Awaited<ReturnType<typeof openServer>>;
const TYPE = { "content-type": "application/x-tar" };
const upload = ({ send }: Server, body: Uint8Array, secret = ADMIN, headers: HeadersInit = TYPE) =>
  send("POST", PATH, secret, { body: new Uint8Array(body), headers });
/** A request's head; `length` is what it says of the body. */
const head = (length: number, more = "", secret = ADMIN) =>
  `POST ${PATH} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/x-tar\r\nContent-Length: ${length}\r\n${more}\r\n`;
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
/** What lies in the store of archives. */
const stored = async ({ root }: Server) => {
  const folders = ["archives", "objects", "assets"].map((name) =>
    readdir(join(root, "store", name), { recursive: true }).catch(() => []),
  );
  return (await Promise.all(folders)).flat();
};
const open = (options?: Parameters<typeof openServer>[2], variables = {}) =>
  openServer(ends, variables, options);

describe("an archive is uploaded over HTTP", () => {
  it("into another store, where it is what it was, pinned, and answered as create answers", async () => {
    const server = await open();
    const answer = await upload(server, tar);
    expect(answer).toMatchObject({ status: 201, body: { ok: true, archive: { id, partial: false } } });
    const folder = join(server.root, "store/archives", id);
    expect((await readFile(join(folder, "manifest.json"))).equals(manifest)).toBe(true);
    expect((await readdir(folder)).toSorted()).toEqual(["manifest.json", "pinned.json", "uploaded.json"]);
    const again = await fetch(`http://127.0.0.1:${server.port}/api/archives/${id}/download`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(Buffer.from(await again.arrayBuffer()).equals(tar)).toBe(true);
    const runs = async () => (await server.call("GET", "/api/runs?kind=upload")).body.runs;
    await expect.poll(runs).toHaveLength(1);
    const [run] = await runs();
    expect((await server.call("GET", `/api/runs/${run.id}`)).body).toMatchObject({
      run: { status: "done", trigger: "hand", bytes: tar.length, archive: { id, gone: false } },
    });
  });

  it("once: its id is refused where it is there already", async () => {
    const server = await open();
    await upload(server, tar, ADMIN, { "content-type": "application/octet-stream" });
    const before = await stored(server);
    expect(await upload(server, tar)).toMatchObject({
      status: 409,
      body: { error: { code: "ARCHIVE_REFUSED", details: { cause: "ARCHIVE_EXISTS" } } },
    });
    expect(await stored(server)).toEqual(before);
  });

  it("in pieces of no known number, and slower than any other request may be", async () => {
    const server = await open({ limits: { requestMs: 300 } });
    const { socket, closed } = await rawSocket(
      server.port,
      head(0, "Transfer-Encoding: chunked\r\nConnection: close\r\n").replace("Content-Length: 0\r\n", ""),
    );
    const size = Math.ceil(tar.length / 4);
    for (let at = 0; at < tar.length; at += size) {
      const piece = tar.subarray(at, at + size);
      socket.write(`${piece.length.toString(16)}\r\n`);
      socket.write(piece);
      socket.write("\r\n");
      await delay(700);
    }
    socket.write("0\r\n\r\n");
    expect(statuses(await closed)).toEqual(["201"]);
    expect(await server.archives()).toEqual([id]);
    // Other requests are held to their time as before.
    const slow = `POST /api/archives HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN}\r\nContent-Length: 9\r\n\r\n{`;
    expect(statuses(await exchange(server.port, slow))).toEqual(["408"]);
  });

  it("after its sender was told to go on, which no other is", async () => {
    const server = await open();
    const expecting = "Expect: 100-continue\r\nConnection: close\r\n";
    const padded = Buffer.concat([tar, Buffer.alloc(Math.max(0, 10_240 - (tar.length % 10_240)))]);
    const { socket, closed, received } = await rawSocket(server.port, head(padded.length, expecting));
    await expect.poll(received).toContain("100 Continue");
    socket.write(padded);
    expect(statuses(await closed)).toEqual(["100", "201"]);
    for (const [secret, status] of [
      [HOLDER, "403"],
      [NOBODY, "401"],
    ] as const)
      expect(statuses(await exchange(server.port, head(500 * MIB, expecting, secret)))).toEqual([status]);
  });
});

describe("nothing is written for", () => {
  it("whoever has another secret, or says that it is no file", async () => {
    const server = await open();
    expect(await upload(server, tar, HOLDER)).toMatchObject({
      status: 403,
      body: { error: { code: "ADMIN_SECRET_REQUIRED" } },
    });
    for (const secret of [READER, NOBODY]) expect((await upload(server, tar, secret)).status).toBe(401);
    for (const type of ["application/json", "multipart/form-data; boundary=x"])
      expect(await upload(server, tar, ADMIN, { "content-type": type })).toMatchObject({
        status: 415,
        body: { error: { code: "INVALID_BODY" } },
      });
    expect(await stored(server)).toEqual([]);
  });

  it("a tar that leads out, was changed, was cut, or is none", async () => {
    const server = await open();
    const changed = Buffer.from(tar);
    const at = changed.indexOf("createdAt");
    changed[at] = 0x43;
    const hostile = tarWith([...entriesOf(tar), { name: "../../evil.json", bytes: Buffer.from("{}") }]);
    for (const body of [
      hostile,
      changed,
      tar.subarray(0, -700),
      Buffer.from("This is no tar."),
      Buffer.alloc(0),
    ])
      expect(await upload(server, body)).toMatchObject({
        status: 400,
        body: { error: { code: "INVALID_BODY", details: { expected: expect.any(String) } } },
      });
    expect(await stored(server)).toEqual([]);
    expect(await readdir(server.root)).toEqual(["store"]);
  });

  it("one whose connection was cut in the middle; the next one is taken", async () => {
    const server = await open();
    const { socket, closed } = await rawSocket(server.port, head(tar.length));
    socket.write(tar.subarray(0, tar.length / 2));
    await delay(200);
    // While it comes, there is no room for another one.
    expect(await upload(server, tar)).toMatchObject({
      status: 409,
      body: { error: { details: { cause: "UPLOAD_UNDER_WAY" } } },
    });
    socket.destroy();
    await closed;
    expect(await stored(server)).toEqual([]);
    await expect.poll(async () => (await upload(server, tar)).status).toBe(201);
  });

  it("one that stands still, or is too large", async () => {
    const server = await open({ spool: { silenceMs: 300, most: 2 * MIB } });
    const { socket, closed } = await rawSocket(server.port, head(tar.length));
    socket.write(tar.subarray(0, 1_000));
    expect(statuses(await closed)).toEqual(["400"]);
    expect(statuses(await exchange(server.port, head(2 * MIB + 1)))).toEqual(["413"]);
    expect(await upload(server, Buffer.alloc(3 * MIB))).toMatchObject({
      status: 413,
      body: { error: { code: "INVALID_BODY", details: { expected: `at most ${2 * MIB} bytes` } } },
    });
    expect(await stored(server)).toEqual([]);
  });

  it("anybody where no store is set", async () => {
    const server = await open({}, { BACKUP_STORE: "" });
    expect(await upload(server, tar)).toMatchObject({ status: 404, body: { error: { code: "NO_STORE" } } });
  });
});

describe("what is spooled", () => {
  const spoolIn = async (limits: Partial<SpoolLimits> = {}) => {
    const folder = await scratchFolder("spool-");
    ends.push(() => rm(folder, { recursive: true }));
    return { folder, spool: createSpool(systemClock, limits, folder) };
  };
  const bodyOf = (text: string, length?: number) => ({ length, open: () => new Blob([text]).stream() });

  it("has no name that anybody could find, not even while it is there", async () => {
    const { folder, spool } = await spoolIn();
    const spooled = await spool.take(bodyOf("hello"));
    if (spooled.kind !== "whole") throw new Error(spooled.kind);
    expect(await readdir(folder)).toEqual([]);
    expect(new TextDecoder().decode(await spooled.tar.read(1, 3))).toBe("ell");
    await expect(spooled.tar.read(3, 3)).rejects.toThrow();
    await spooled.close();
  });

  it("leaves the disk room for others, and says where it cannot be used", async () => {
    const { spool } = await spoolIn({ spare: Number.MAX_SAFE_INTEGER });
    expect(await spool.take(bodyOf("hello"))).toEqual({ kind: "no room" });
    const nowhere = createSpool(systemClock, {}, join(tmpdir(), "no-such-folder"));
    expect(await nowhere.take(bodyOf("hello"))).toEqual({ kind: "unusable" });
  });

  it("has to bring a little all the time", async () => {
    const { spool } = await spoolIn({ silenceMs: 200, leastRate: 1_000 });
    let sent = 0;
    const drops = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await delay(50);
        sent += 1;
        controller.enqueue(new Uint8Array(1));
      },
    });
    expect(await spool.take({ length: undefined, open: () => drops })).toEqual({ kind: "stalled" });
    expect(sent).toBeLessThan(10);
  });
});
