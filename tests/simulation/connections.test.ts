import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmulator } from "../../emulator/emulator.ts";
import type { HttpLimits } from "../../node/http.ts";
import { type Service, startService } from "../../node/service.ts";
import { createLogger } from "../../utils/logger.ts";
import { exchange, rawSocket } from "./rawSocket.ts";

/** What the self-hosted server makes of bytes that no client of good faith would send. */

const SECRET = "a-shared-secret-of-the-tests";
const MIB = 1024 * 1024;

let services: Service[] = [];
let log: string[] = [];

beforeEach(() => {
  services = [];
  log = [];
});
afterEach(() => Promise.all(services.map((service) => service.close())));

async function start(limits: Partial<HttpLimits> = {}): Promise<number> {
  const emulator = createEmulator();
  const service = await startService({
    port: 0,
    cron: false,
    logger: createLogger({ write: (line) => log.push(line), now: Date.now }),
    fetch: emulator.fetch,
    variables: { DATOCMS_FULLACCESS_API_TOKEN: "none", DATOCMS_BACKUPS_SHARED_SECRET: SECRET },
    limits,
  });
  services.push(service);
  return service.port;
}

const auth = `X-Datocms-Backups-Auth: ${SECRET}\r\n`;
const close = "Connection: close\r\n";
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
const healthz = `GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const lastHealthz = `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${close}\r\n`;

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !isSo(); await delay(5))
    if (Date.now() > end) throw new Error("It never came to that.");
}

describe("a health check", () => {
  it.each([
    ["HTTP/1.0 without a host, as HAProxy and Nagios send it", "GET /healthz HTTP/1.0\r\n\r\n", "200"],
    ["HEAD", "HEAD /healthz HTTP/1.0\r\n\r\n", "200"],
    ["an empty host", `GET /healthz HTTP/1.1\r\nHost:\r\n${close}\r\n`, "200"],
    ["an absolute address", `GET http://a/healthz HTTP/1.1\r\nHost: a\r\n${close}\r\n`, "200"],
    ["no host in HTTP/1.1, which demands one", `GET /healthz HTTP/1.1\r\n${close}\r\n`, "400"],
  ])("by %s", async (_, bytes, status) => {
    expect(statuses(await exchange(await start(), bytes))).toEqual([status]);
  });
});

describe("each connection is answered or closed, and the next one served:", () => {
  const post = "POST /api/jobs/daily-backup HTTP/1.1\r\nHost: a\r\n";
  it.each<[string, string, RegExp]>([
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", /^HTTP\/1\.1 400/],
    ["a version that is none", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", /^HTTP\/1\.1 (400|505)/],
    ["a method that is none", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", /^HTTP\/1\.1 400/],
    ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", /^(HTTP\/1\.1 4|$)/],
    ["TRACE", `TRACE /healthz HTTP/1.1\r\nHost: a\r\n${close}\r\n`, /^HTTP\/1\.1 40/],
    ["OPTIONS *", `OPTIONS * HTTP/1.1\r\nHost: a\r\n${close}\r\n`, /^HTTP\/1\.1 [24]/],
    ["an address without a slash", `GET healthz HTTP/1.1\r\nHost: a\r\n${close}\r\n`, /^HTTP\/1\.1 40/],
    ["half an escape", `GET /%zz%2 HTTP/1.1\r\nHost: a\r\n${close}\r\n`, /^HTTP\/1\.1 40/],
    ["two slashes", `GET //b/healthz HTTP/1.1\r\nHost: a\r\n${close}\r\n`, /^HTTP\/1\.1 40/],
    ["a host that is none", `GET /healthz HTTP/1.1\r\nHost: a b/c\r\n${close}\r\n`, /^HTTP\/1\.1 400/],
    ["headers without end", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}`, /^HTTP\/1\.1 431/],
    ["an address without end", `GET /${"x".repeat(20_000)}`, /^HTTP\/1\.1 431/],
    ["two lengths", `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, /^HTTP\/1\.1 400/],
    [
      "a length and chunks",
      `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    [
      "a chunk that is none",
      `${post}${auth}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
      /^HTTP\/1\.1 400/,
    ],
    ["an expectation that is none", `${post}Expect: tea\r\n${close}\r\n`, /^HTTP\/1\.1 417/],
    [
      "an upgrade",
      `GET /healthz HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade, close\r\n\r\n`,
      /^HTTP\/1\.1 200/,
    ],
  ])("%s", async (_, bytes, answer) => {
    const port = await start();
    expect(await exchange(port, bytes)).toMatch(answer);
    expect(statuses(await exchange(port, lastHealthz))).toEqual(["200"]);
  });
});

describe("requests that are sent ahead", () => {
  it("are answered in their order", async () => {
    const bytes = `${healthz}GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n${healthz}HEAD /nothing HTTP/1.1\r\nHost: a\r\n${auth}\r\n${lastHealthz}`;
    expect(statuses(await exchange(await start(), bytes))).toEqual(["200", "401", "200", "404", "200"]);
  });

  it("end the connection when they are too many", async () => {
    const port = await start({ ahead: 4 });
    expect(statuses(await exchange(port, healthz.repeat(2_000))).length).toBeLessThanOrEqual(4);
    expect(log.length).toBeLessThanOrEqual(4);
  });
});

describe("a slow sender is cut off", () => {
  it.each([
    ["before it has sent anything", ""],
    ["in its first line", "GET /heal"],
    ["in its headers", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"],
    ["in its body", `POST /api/jobs/daily-backup HTTP/1.1\r\nHost: a\r\n${auth}Content-Length: 9\r\n\r\n{`],
    ["in its second request", `${healthz}GET /heal`],
  ])("%s", async (_, bytes) => {
    const port = await start({ requestMs: 400 });
    const began = performance.now();
    await exchange(port, bytes);
    expect(performance.now() - began).toBeGreaterThan(350);
    expect(performance.now() - began).toBeLessThan(2_500);
  });
});

describe("a caller that takes nothing of its answers", () => {
  it("is cut off, and costs one answer at a time", async () => {
    const port = await start({ answerMs: 300, ahead: 4 });
    const { socket, closed } = await rawSocket(port);
    socket.pause();
    const asked = `GET /openapi.json HTTP/1.1\r\nHost: a\r\n${auth}\r\n`;
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    // The kernel takes some of them; nobody takes the rest.
    const answered = () => log.length;
    for (let sent = 1; sent < 2_000 && !isClosed; sent += 1) {
      socket.write(asked);
      const end = Date.now() + 1_500;
      while (answered() < sent && !isClosed && Date.now() < end) {
        await delay(2);
        // A closed connection is seen only by who reads, or writes.
        if (socket.destroyed) break;
      }
      if (answered() < sent) break;
    }
    const begun = answered();
    socket.resume();
    await closed;
    expect(begun).toBeLessThan(2_000);
    expect(answered()).toBe(begun);
  });
});

describe("a body that nobody wants", () => {
  const refused = "POST /api/datocms/backup-now HTTP/1.1\r\nHost: a\r\nContent-Length: 500000000\r\n";

  it("is not read to its end", async () => {
    const port = await start();
    const { socket, closed, received } = await rawSocket(port, `${refused}\r\n`);
    const piece = Buffer.alloc(MIB);
    let sent = 0;
    for (; sent < 500 && !socket.destroyed; sent += 1)
      if (!socket.write(piece))
        await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    await closed;
    expect(sent).toBeLessThan(50);
    expect(statuses(received())).toEqual(["401"]);
    expect(received()).toMatch(/^Connection: close\r$/im);
  });

  it("is not asked for", async () => {
    const port = await start();
    expect(statuses(await exchange(port, `${refused}Expect: 100-continue\r\n\r\n`))).toEqual(["401"]);
    expect(statuses(await exchange(port, `${refused}${auth}Expect: 100-continue\r\n\r\n`))).toEqual(["413"]);
  });

  it("of a call that is wanted is asked for", async () => {
    const port = await start();
    const { socket, closed, received } = await rawSocket(
      port,
      `POST /api/datocms/plugin-health HTTP/1.1\r\nHost: a\r\n${auth}${close}Content-Length: 1\r\nExpect: 100-continue\r\n\r\n`,
    );
    await until(() => received().includes("100 Continue"));
    socket.write("{");
    expect(statuses(await closed)).toEqual(["100", "400"]);
  });
});

describe("connections", () => {
  it("are not more than agreed; one that ends makes room", async () => {
    const port = await start({ connections: 3 });
    const open = await Promise.all([1, 2, 3].map(() => rawSocket(port)));
    await delay(50);
    for (const each of [1, 2]) expect(await exchange(port, lastHealthz), `${each}`).toBe("");
    expect(log.filter((line) => line.includes("connections_full"))).toHaveLength(1);
    open[0]?.socket.destroy();
    await open[0]?.closed;
    await delay(50);
    expect(statuses(await exchange(port, lastHealthz))).toEqual(["200"]);
  });
});
