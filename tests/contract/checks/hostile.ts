import { expect } from "vitest";
import { expectError, expectOk, GAVE_UP_MS, pick, unlessCutOff } from "../expectations.ts";
import { type Check, group } from "../group.ts";
import type { Host } from "../host.ts";
import type { Answer, Scene, SendOptions } from "../scene.ts";
import { idOf } from "../tokens.ts";
import {
  BACKUP_NOW,
  backupNowBody,
  DAILY,
  DISCONNECT,
  disconnectBody,
  HEALTH,
  healthBody,
  ROUTES,
  SCHEDULED,
  STATUS,
  statusBody,
  WEEKLY,
} from "../wire.ts";

/** Every route takes POST. */
const PATHS = ROUTES.map(({ path }) => path);
const PLUGIN_CALLS = [
  { path: HEALTH, body: healthBody },
  { path: STATUS, body: statusBody },
  { path: DISCONNECT, body: disconnectBody },
] as const;

/** Sends within the bound, and finds the service alive afterwards. */
async function sent(scene: Scene, path: string, options: SendOptions): Promise<Answer> {
  const { clock } = scene.deployment;
  const began = clock.monotonic();
  const answer = await scene.send("POST", path, options);
  expect(clock.monotonic() - began).toBeLessThan(GAVE_UP_MS);
  return answer;
}

async function isAlive({ send }: Scene): Promise<void> {
  expectOk(await send("POST", HEALTH, { body: healthBody }));
}

/** Bytes that may be no text. */
function bytes(...parts: readonly (string | readonly number[])[]): ReadableStream<Uint8Array> {
  const all = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))),
  );
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(all));
      controller.close();
    },
  });
}

function nested(depth: number, inner = ""): string {
  return `${"[".repeat(depth)}${inner}${"]".repeat(depth)}`;
}

/** Bodies that no route may take for an object. */
const REFUSED: readonly (readonly [string, number, string, () => unknown])[] = [
  ["100,000 brackets", 413, "INVALID_BODY", () => nested(100_000)],
  ["30,000 brackets", 400, "INVALID_BODY", () => nested(30_000)],
  ["60,000 brackets that stay open", 400, "INVALID_JSON", () => "[".repeat(60_000)],
  ["10,000 objects that stay open", 400, "INVALID_JSON", () => '{"a":'.repeat(10_000)],
  ["half a document", 400, "INVALID_JSON", () => '{"event_type": "plugin_health_ping", "mpi": {"mess'],
  ["something behind the document", 400, "INVALID_JSON", () => "{} {}"],
  ["zero bytes", 400, "INVALID_JSON", () => "\0\0\0\0"],
  ["a form", 400, "INVALID_JSON", () => "event_type=plugin_health_ping&force=true"],
  ["XML", 400, "INVALID_JSON", () => '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
  ["a number beyond all", 400, "INVALID_BODY", () => "1e999999"],
  ["bytes that are no UTF-8", 400, "INVALID_JSON", () => bytes([0xff, 0xfe, 0xfd, 0x80, 0xc0])],
  ["UTF-16", 400, "INVALID_JSON", () => bytes([...Buffer.from("\ufeff{}", "utf16le")])],
  ["a character cut in half", 400, "INVALID_JSON", () => bytes('{"a": "', [0xf0, 0x9f, 0x98])],
];

/** Ways to say what a body is; the service goes by the body alone. */
const CONTENT_TYPES = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/octet-stream",
  "application/json; charset=utf-16",
  "image/png",
  "nonsense",
];

/** What a member may hold in place of what belongs there. */
const WRONG: readonly unknown[] = [
  null,
  0,
  -1.5,
  true,
  false,
  "",
  [],
  {},
  [[]],
  { toString: 1 },
  "__proto__",
];

/** Bodies that mean harm, on every route. */
export function hostileBodies(host: Host): void {
  group(host, "hostile bodies", { options: "shared" }, (check) => {
    for (const path of PATHS)
      check(`${path}: what is no object is refused in bounded time`, "no calls", async (scene) => {
        for (const [title, status, code, body] of REFUSED) {
          const answer = await sent(scene, path, { body: body() });
          expect({ title, status: answer.status }).toEqual({ title, status });
          expectError(answer, status, code);
        }
        await isAlive(scene);
      });

    for (const path of PATHS.filter((each) => each !== HEALTH))
      check(`${path}: 3 MB are refused, or cut off while they come`, "no calls", async (scene) => {
        const body = `{"a": "${"x".repeat(3_000_000)}"}`;
        const answer = await unlessCutOff(scene.send("POST", path, { body }));
        if (answer !== undefined) expectError(answer, 413, "INVALID_BODY");
        await isAlive(scene);
      });

    for (const path of PATHS)
      check(`${path}: a body of any content type is judged by itself`, "no calls", async (scene) => {
        for (const type of CONTENT_TYPES) {
          const headers = { "content-type": type };
          expectError(await sent(scene, path, { headers, body: "--x\r\nforce" }), 400, "INVALID_JSON");
          expectError(await sent(scene, path, { headers, body: "[]" }), 400, "INVALID_BODY");
        }
        await isAlive(scene);
      });
    check("a ping of any content type is answered", "no calls", async (scene) => {
      for (const type of CONTENT_TYPES)
        expectOk(await sent(scene, HEALTH, { headers: { "content-type": type }, body: healthBody }));
    });
    check("a ping behind a byte order mark is answered", "no calls", async (scene) => {
      expectOk(await sent(scene, HEALTH, { body: bytes([0xef, 0xbb, 0xbf], JSON.stringify(healthBody)) }));
    });
    members(check);
  });
  group(
    host,
    "hostile wishes",
    { options: { variables: { DATOCMS_BACKUPS_SHARED_SECRET: undefined } } },
    wishes,
  );
}

/** The body with another value at one place. */
function withValue(body: object, [key = "", ...deeper]: readonly string[], value: unknown): object {
  const inner = Object.entries(body).find(([name]) => name === key)?.[1];
  const isObject = typeof inner === "object" && inner !== null;
  const changed = deeper.length === 0 ? value : withValue(isObject ? inner : {}, deeper, value);
  return { ...body, [key]: changed };
}

const MEMBERS = [
  ["event_type"],
  ["mpi"],
  ["mpi", "message"],
  ["mpi", "version"],
  ["plugin"],
  ["plugin", "name"],
  ["plugin", "environment"],
];

function members(check: Check): void {
  for (const { path, body } of PLUGIN_CALLS) {
    const places = path === HEALTH ? [...MEMBERS, ["mpi", "phase"]] : MEMBERS;
    for (const place of places)
      check(`${path}: wrong types at ${place.join(".")} are refused`, "no calls", async (scene) => {
        // Any text that is not blank names an environment.
        const wrong = WRONG.filter((value) => place.at(-1) !== "environment" || value !== "__proto__");
        for (const value of wrong) {
          const answer = await sent(scene, path, { body: withValue(body, place, value) });
          expect({ value, status: answer.status }).toEqual({ value, status: 400 });
          expect(pick(answer.body, "error", "code")).toMatch(/^INVALID_[A-Z_]+$/);
        }
      });
    check(`${path}: members of prototypes are none of the body's`, "no calls", async (scene) => {
      const text = JSON.stringify(body);
      for (const key of ["__proto__", "constructor", "prototype"])
        expectError(await sent(scene, path, { body: `{"${key}": ${text}}` }), 400, "INVALID_EVENT_TYPE");
      expectError(
        await sent(scene, path, { body: `{"constructor": {"prototype": ${text}}}` }),
        400,
        "INVALID_EVENT_TYPE",
      );
      await isAlive(scene);
    });
    check(`${path}: deep, long and broken values come back short`, "no calls", async (scene) => {
      const deep = '{"event_type": {"a": [';
      for (const text of [
        `{"event_type": ${nested(30_000)}}`,
        `${deep.repeat(2_500)}${"]}}".repeat(2_500)}`,
        `{"event_type": "${"x".repeat(99)}\u{1f600}${"x".repeat(9_000)}"}`,
        '{"event_type": "\\ud800"}',
        '{"event_type": 1e999}',
        `{${Array.from({ length: 5_000 }, (_, index) => `"k${index}":1`).join()}}`,
      ]) {
        const answer = await sent(scene, path, { body: text });
        expectError(answer, 400, "INVALID_EVENT_TYPE");
        expect(answer.text.length).toBeLessThan(1_000);
      }
      const broken = bytes('{"event_type": "', [0xff, 0xc0, 0x80], '"}');
      expectError(await sent(scene, path, { body: broken }), 400, "INVALID_EVENT_TYPE");
      await isAlive(scene);
    });
  }

  check(`${BACKUP_NOW}: a scope of a wrong type names the four`, "no calls", async (scene) => {
    const wrong = [...WRONG, "constructor", "Daily", "daily ", ["daily"], { scope: "daily" }];
    for (const scope of wrong) {
      const answer = await sent(scene, BACKUP_NOW, { body: backupNowBody(scope) });
      expect({ scope, status: answer.status }).toEqual({ scope, status: 400 });
      expectError(answer, 400, "INVALID_SCOPE");
      expect(pick(answer.body, "error", "message")).toContain("daily | weekly | biweekly | monthly");
    }
    const deep = JSON.stringify(backupNowBody("deep")).replace('"deep"', nested(30_000));
    expectError(await sent(scene, BACKUP_NOW, { body: deep }), 400, "INVALID_SCOPE");
  });
  check(`${BACKUP_NOW}: a slot of a wrong type names the four`, "no calls", async (scene) => {
    for (const slot of [5, "daily", ["daily"], true]) {
      const answer = await sent(scene, BACKUP_NOW, { body: { ...backupNowBody("daily"), slot } });
      expectError(answer, 400, "INVALID_SCOPE");
    }
  });
  check(`${SCHEDULED}: no body makes it run what is not due`, "reads", async (scene) => {
    for (const cadence of ["daily", "weekly"]) scene.seed(idOf(cadence));
    for (const value of WRONG)
      expectOk(await sent(scene, SCHEDULED, { body: { force: value, slot: value, scope: value } }), {
        result: { skipped: true, reason: "NOT_DUE" },
      });
  });
}

/** Where nobody needs a secret, a young copy is the answer, unless somebody has really forced another. */
function wishes(check: Check): void {
  for (const [path, scope] of [
    [DAILY, "daily"],
    [WEEKLY, "weekly"],
    [BACKUP_NOW, "daily"],
  ] as const)
    check(`POST ${path}: only true forces`, "reads", async (scene) => {
      scene.seed(idOf(scope));
      const bodies: unknown[] = WRONG.filter((value) => value !== true).map((force) => ({ force }));
      bodies.push(
        { force: "yes" },
        { force: 1 },
        { force: [true] },
        { force: { valueOf: true } },
        '{"__proto__": {"force": true, "slot": {"scope": "monthly"}}}',
        '{"constructor": {"prototype": {"force": true}}}',
      );
      for (const body of bodies) {
        const answer = await sent(scene, path, { body, secret: null });
        // Where one process counts, it says so only six times within an hour.
        if (answer.status === 429) expectError(answer, 429, "RATE_LIMITED");
        else expectOk(answer, { result: { scope, createdEnvironmentId: idOf(scope), reused: true } });
      }
    });
}
