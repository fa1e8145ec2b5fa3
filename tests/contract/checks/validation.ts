import { expect } from "vitest";
import { expectError, expectOk, unlessCutOff } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import { type Host, timesOf } from "../host.ts";
import type { Scene } from "../scene.ts";
import {
  DISCONNECT,
  disconnectBody,
  greeting,
  HEALTH,
  healthBody,
  PLUGIN,
  STATUS,
  statusBody,
} from "../wire.ts";

type Body = typeof statusBody;

interface Mistake {
  readonly title: string;
  readonly body: object;
  readonly code: string;
  readonly expected: string;
  /** Undefined: nothing was sent, so nothing is echoed. */
  readonly received?: unknown;
}

/** Every way to get a member wrong; the same for all calls of the plugin. */
function mistakesIn(body: Body): Mistake[] {
  const { event_type, mpi, plugin } = body;
  const event = { code: "INVALID_EVENT_TYPE", expected: event_type };
  const message = { code: "INVALID_MPI_MESSAGE", expected: mpi.message };
  const version = { code: "INVALID_MPI_VERSION", expected: mpi.version };
  const name = { code: "INVALID_PLUGIN_NAME", expected: PLUGIN };
  const environment = { code: "INVALID_PLUGIN_ENVIRONMENT", expected: "a non-empty string" };
  const { event_type: _, ...noEvent } = body;
  const { mpi: _mpi, ...noMpi } = body;
  const { plugin: _plugin, ...noPlugin } = body;
  const withMpi = (change: object) => ({ ...body, mpi: { ...mpi, ...change } });
  const withPlugin = (change: object) => ({ ...body, plugin: { ...plugin, ...change } });
  return [
    { title: "a wrong event", body: { ...body, event_type: "another" }, ...event, received: "another" },
    { title: "no event", body: noEvent, ...event },
    { title: "no mpi", body: noMpi, ...message },
    { title: "an mpi that is null", body: { ...body, mpi: null }, ...message },
    { title: "an mpi that is text", body: { ...body, mpi: "text" }, ...message },
    { title: "a wrong message", body: withMpi({ message: "PING" }), ...message, received: "PING" },
    {
      title: "a wrong version",
      body: withMpi({ version: "2020-01-01" }),
      ...version,
      received: "2020-01-01",
    },
    { title: "a version that is a number", body: withMpi({ version: 2026 }), ...version, received: 2026 },
    { title: "no plugin", body: noPlugin, ...name },
    { title: "a wrong plugin", body: withPlugin({ name: "other" }), ...name, received: "other" },
    { title: "no environment", body: withPlugin({ environment: undefined }), ...environment },
    { title: "a blank environment", body: withPlugin({ environment: " " }), ...environment, received: " " },
    { title: "an empty environment", body: withPlugin({ environment: "" }), ...environment, received: "" },
    {
      title: "an environment that is a number",
      body: withPlugin({ environment: 5 }),
      ...environment,
      received: 5,
    },
  ];
}

const phase = { code: "INVALID_MPI_PHASE", expected: "finish_installation | config_mount | config_connect" };
const PHASE_MISTAKES: readonly Mistake[] = [
  {
    title: "a wrong phase",
    body: { ...healthBody, mpi: { ...healthBody.mpi, phase: "lunch" } },
    ...phase,
    received: "lunch",
  },
  {
    title: "no phase",
    body: { ...healthBody, mpi: { ...statusBody.mpi, message: healthBody.mpi.message } },
    ...phase,
  },
];

function refuses(check: Check, path: string, mistakes: readonly Mistake[]): void {
  for (const { title, body, code, expected, received } of mistakes)
    check(`${title}: 400 ${code}`, "no calls", async ({ send }) => {
      const details = received === undefined ? { expected } : { expected, received };
      const answer = await send("POST", path, { body });
      expectError(answer, 400, code);
      expect(answer.body).toHaveProperty("error.details", details);
    });
}

/** Bodies that are no JSON object, on a call that needs one. */
function refusesBodies(check: Check, path: string): void {
  for (const [title, body] of [
    ["text that is no JSON", "{not json"],
    ["half a document", '{"event_type": "plugin'],
    ["an empty body", ""],
  ] as const)
    check(`${title}: 400 INVALID_JSON`, "no calls", async ({ send }) => {
      const answer = await send("POST", path, { body });
      expectError(answer, 400, "INVALID_JSON");
      expect(answer.body).toHaveProperty("error.details", {});
    });
  check("no body: 400 INVALID_JSON", "no calls", async ({ send }) => {
    expectError(await send("POST", path), 400, "INVALID_JSON");
  });
  for (const [body, received] of [
    ["[]", "array"],
    ["null", "null"],
    ['"text"', "string"],
    ["5", "number"],
    ["true", "boolean"],
  ] as const)
    check(`${body}: 400 INVALID_BODY`, "no calls", async ({ send }) => {
      const details = { expected: "object", received };
      expectError(await send("POST", path, { body }), 400, "INVALID_BODY", details);
    });
}

/** The handshake: the documented answer, and how bodies arrive, without one DatoCMS call. */
export function health(host: Host): void {
  group(host, "plugin health", { options: "shared" }, (check) => {
    for (const phase of ["finish_installation", "config_mount", "config_connect"])
      check(`answers the ping of ${phase}`, "no calls", async ({ send }) => {
        const answer = await send("POST", HEALTH, {
          body: { ...healthBody, mpi: { ...healthBody.mpi, phase } },
        });
        expectOk(answer);
        expect(answer.body).toEqual(greeting("PONG"));
      });
    check("takes members that it does not know", "no calls", async ({ send }) => {
      const body = { ...healthBody, debug: true, plugin: { ...healthBody.plugin, version: "9" } };
      expectOk(await send("POST", HEALTH, { body }));
    });
    check("takes any environment's name", "no calls", async ({ send }) => {
      const body = { ...healthBody, plugin: { ...healthBody.plugin, environment: "a-sandbox" } };
      expectOk(await send("POST", HEALTH, { body }));
    });
    check("sends back little of a long value", "no calls", async ({ send }) => {
      const answer = await send("POST", HEALTH, { body: { ...healthBody, event_type: "x".repeat(30_000) } });
      expectError(answer, 400, "INVALID_EVENT_TYPE");
      expect(answer.text.length).toBeLessThan(1_000);
    });
    refusesBodies(check, HEALTH);
    check("knows its other calls apart: a status request is no ping", "no calls", async ({ send }) => {
      expectError(await send("POST", HEALTH, { body: statusBody }), 400, "INVALID_EVENT_TYPE");
    });
  });
}

/** Every documented refusal of the plugin's calls. */
export function validation(host: Host): void {
  group(host, "plugin health: refusals", { options: "shared" }, (check) =>
    refuses(check, HEALTH, [...mistakesIn(healthBody), ...PHASE_MISTAKES]),
  );
  group(host, "status: refusals", { options: "shared" }, (check) => {
    refuses(check, STATUS, mistakesIn(statusBody));
    refusesBodies(check, STATUS);
  });
  group(host, "disconnect: refusals", { options: "shared" }, (check) => {
    refuses(check, DISCONNECT, mistakesIn(disconnectBody));
    refusesBodies(check, DISCONNECT);
  });
}

const LIMIT = 64 * 1024;

/** A valid ping, filled up with white space. */
function pingOf(bytes: number): string {
  return JSON.stringify(healthBody).padEnd(bytes, " ");
}

/** The same in chunks, so that nobody can tell its length beforehand. */
function inChunks(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(sent, sent + 16_384));
      sent += 16_384;
    },
  });
}

async function stillAnswers({ host, send }: Scene): Promise<void> {
  for (let time = 0; time < timesOf(host); time += 1)
    expectOk(await send("POST", HEALTH, { body: healthBody }));
}

/** How much of a body is read. */
export function bodySizes(host: Host): void {
  group(host, "body sizes", { options: "shared" }, (check) => {
    check("64 KiB are read", "no calls", async ({ send }) => {
      expectOk(await send("POST", HEALTH, { body: pingOf(LIMIT) }));
    });
    check("64 KiB in chunks are read", "no calls", async ({ send }) => {
      expectOk(await send("POST", HEALTH, { body: inChunks(pingOf(LIMIT)) }));
    });
    for (const [way, body] of [
      ["a byte more", () => pingOf(LIMIT + 1)],
      ["a byte more, in chunks", () => inChunks(pingOf(LIMIT + 1))],
    ] as const)
      check(`${way}: 413 INVALID_BODY, and the next requests work`, "no calls", async (scene) => {
        for (let time = 0; time < timesOf(host); time += 1) {
          expectError(await scene.send("POST", HEALTH, { body: body() }), 413, "INVALID_BODY");
          await stillAnswers(scene);
        }
      });
    for (const [way, body] of [
      ["3 MB", () => pingOf(3_000_000)],
      ["3 MB in chunks", () => inChunks(pingOf(3_000_000))],
    ] as const)
      check(`${way}: 413 or cut off while sending, and the next requests work`, "no calls", async (scene) => {
        for (let time = 0; time < timesOf(host); time += 1) {
          const answer = await unlessCutOff(scene.send("POST", HEALTH, { body: body() }));
          if (answer !== undefined) expectError(answer, 413, "INVALID_BODY");
          await stillAnswers(scene);
        }
      });
    check(
      "a 413 closes the connection",
      "no calls",
      async ({ send }) => {
        const answers = [
          await send("POST", HEALTH, { body: pingOf(LIMIT + 1) }),
          await send("POST", HEALTH, { body: inChunks(pingOf(LIMIT + 1)) }),
        ];
        expect(answers.map(({ headers }) => headers.get("connection"))).toEqual(["close", "close"]);
      },
      { needs: ["one-process"] },
    );
    for (const path of ["/api/datocms/backup-now", "/api/jobs/daily-backup", "/api/jobs/initialize"])
      check(`${path} refuses a large body before it runs`, "no calls", async ({ send }) => {
        expectError(await send("POST", path, { body: pingOf(LIMIT + 1) }), 413, "INVALID_BODY");
      });
  });
}
