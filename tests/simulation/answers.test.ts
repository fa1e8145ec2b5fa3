import { expect, it } from "vitest";
import { createApp } from "../../handlers/app.ts";
import { createInFlightReads } from "../../services/datocms/inFlightReads.ts";
import { silentLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { createReads } from "../../utils/reads.ts";
import { bodyOf } from "./pluginCalls.ts";
import { TOKEN } from "./support.ts";

/** What answers of DatoCMS may cost this process, however large they are and however many fail. */

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** A service of one process, on real time. */
function serviceOn(fetchFn: typeof fetch) {
  const app = createApp();
  const variables = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN };
  const runtime = nodeRuntime(
    { variables, logger: silentLogger, fetch: fetchFn, reads: createReads(createInFlightReads()) },
    "http",
  );
  return async (method: string, path: string, body?: object) => {
    const request = new Request(`http://localhost${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const response = await app.fetch(request, runtime);
    return { status: response.status, body: await response.json() };
  };
}

/** Answers that never end, and how much of them was taken. */
function endless() {
  const taken = { largest: 0, now: 0, most: 0 };
  const fetchFn: typeof fetch = async () => {
    let own = 0;
    const end = () => {
      taken.now -= own;
    };
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          // All of them at once, as over many connections.
          await new Promise((resolve) => setImmediate(resolve));
          own += 64 * KIB;
          taken.now += 64 * KIB;
          taken.largest = Math.max(taken.largest, own);
          taken.most = Math.max(taken.most, taken.now);
          controller.enqueue(new Uint8Array(64 * KIB).fill(0x20));
        },
        cancel: end,
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { "Content-Type": "application/json" } });
  };
  return { taken, fetchFn };
}

const UNAVAILABLE = { error: { details: { cause: "DATOCMS_UNAVAILABLE" } } };

it("no answer is read beyond two MiB", async () => {
  const { taken, fetchFn } = endless();
  const { status, body } = await serviceOn(fetchFn)("POST", "/api/datocms/backup-status", bodyOf("status"));
  expect(status).toBe(500);
  expect(body).toMatchObject(UNAVAILABLE);
  expect(taken.largest).toBeGreaterThan(MIB);
  expect(taken.largest).toBeLessThanOrEqual(2 * MIB + 64 * KIB);
}, 20_000);

it("all answers under way take sixteen MiB together, whoever asked for them", async () => {
  const { taken, fetchFn } = endless();
  const call = serviceOn(fetchFn);
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0
        ? call("GET", `/api/restore-guide/environment-${index}?format=json`)
        : call("POST", "/api/jobs/initialize"),
    ),
  );
  for (const { status } of answers) expect(status).toBe(500);
  expect(taken.most).toBeGreaterThan(8 * MIB);
  expect(taken.most).toBeLessThanOrEqual(17 * MIB);
}, 20_000);

it("a call that fails leaves no timer behind", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const fetchFn: typeof fetch = () => Promise.reject(new TypeError("fetch failed"));
  const call = serviceOn(fetchFn);
  const before = timers();
  expect((await call("POST", "/api/datocms/backup-status", bodyOf("status"))).body).toMatchObject(
    UNAVAILABLE,
  );
  expect((await call("POST", "/api/jobs/initialize")).body).toMatchObject(UNAVAILABLE);
  expect(timers()).toBeLessThanOrEqual(before);
}, 20_000);
