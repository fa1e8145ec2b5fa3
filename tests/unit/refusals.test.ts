import { beforeEach, describe, expect, test } from "vitest";
import { type VirtualClock, virtualClock } from "../../emulator/clocks.ts";
import { type App, createApp } from "../../handlers/app.ts";
import { createLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
// What is asked for is read beforehand: of a file that is loaded meanwhile the virtual clock knows nothing.
import "../../openapi.json";

const SECRET = "a-shared-secret-of-the-tests";

interface Answered {
  readonly status: number;
  /** Ms since the test began. */
  readonly at: number;
  readonly retryAfter: string | null;
}

let clock: VirtualClock;
let app: App;
let log: Record<string, unknown>[] = [];

beforeEach(() => {
  clock = virtualClock();
  app = createApp();
  log = [];
});

/** One call of a stranger, or of somebody with the secret. */
async function call(address?: string, secret = "a-guess-of-a-stranger"): Promise<Answered> {
  const logger = createLogger({ write: (line) => void log.push(JSON.parse(line)), now: () => clock.now() });
  const variables = { DATOCMS_BACKUPS_SHARED_SECRET: SECRET };
  const runtime = { ...nodeRuntime({ variables, logger, clock }, "http"), address };
  const headers = { "x-datocms-backups-auth": secret };
  const { status, headers: answered } = await app.fetch(
    new Request("http://localhost/openapi.json", { headers }),
    runtime,
  );
  return { status, at: clock.monotonic(), retryAfter: answered.get("retry-after") };
}

function calls(count: number, address?: string): Promise<Answered[]> {
  return clock.run(() => Promise.all(Array.from({ length: count }, () => call(address))));
}

const warnings = () => log.filter(({ event }) => event === "calls_refused");

/** The most answers within any second. */
function mostInASecond(answers: readonly Answered[]): number {
  const times = answers.map(({ at }) => at);
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}

describe("refused calls", () => {
  test("come fifty a second where nobody knows from whom they are", async () => {
    const answers = await calls(300);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(mostInASecond(answers)).toBe(50);
    expect(Math.max(...answers.map(({ at }) => at))).toBe(299 * 20);
  });

  test("come fifty a second from each known address, and none waits for another", async () => {
    const addresses = ["203.0.113.1", "203.0.113.2", "2001:db8::1", undefined];
    const groups = await clock.run(() =>
      Promise.all(addresses.map((address) => Promise.all(Array.from({ length: 90 }, () => call(address))))),
    );
    for (const answers of groups) {
      expect(mostInASecond(answers)).toBe(50);
      expect(Math.max(...answers.map(({ at }) => at))).toBe(89 * 20);
    }
  });

  test("are 429 while a hundred of their address wait", async () => {
    const answers = await calls(130, "203.0.113.1");
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(101);
    const others = answers.filter(({ status }) => status !== 401);
    for (const { status, at, retryAfter } of others)
      expect({ status, at, retryAfter }).toEqual({ status: 429, at: 0, retryAfter: "3" });
    const [later] = await calls(1, "203.0.113.1");
    expect(later?.status).toBe(401);
  });

  test("share their turn within the network that one IPv6 subscriber has", async () => {
    const answers = await clock.run(() =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) => call(`2001:db8:0:1::${(index + 1).toString(16)}`)),
      ),
    );
    expect(Math.max(...answers.map(({ at }) => at))).toBe(19 * 20);
  });

  test("wait in bounded number, however many addresses they come from", async () => {
    const answers = await clock.run(() =>
      Promise.all(
        Array.from({ length: 3_000 }, (_, index) => call(`203.0.${(index >> 8) & 15}.${index & 7}`)),
      ),
    );
    const waited = answers.filter(({ at }) => at > 0);
    expect(waited.length).toBeLessThanOrEqual(1_000);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
  });

  test("come at once again after a pause", async () => {
    await calls(100);
    await clock.advance(60_000);
    const from = clock.monotonic();
    const [answer] = await calls(1);
    expect(answer).toMatchObject({ status: 401, at: from });
  });
});

test("the right secret never waits, from whatever address", async () => {
  await clock.run(async () => {
    const guesses = Array.from({ length: 400 }, () => call("203.0.113.1"));
    guesses.push(...Array.from({ length: 100 }, () => call()));
    for (const address of ["203.0.113.1", undefined, "203.0.113.9"]) {
      const { status, at } = await call(address, SECRET);
      expect(status).toBe(200);
      // As long as the digests took, in which time moves from one waiting guess to the next.
      expect(at).toBeLessThan(400);
    }
    await Promise.all(guesses);
  });
});

describe("the log warns of refused calls", () => {
  test("at the first, with its address", async () => {
    await calls(1, "203.0.113.1");
    expect(warnings()).toMatchObject([{ level: "warn", calls: 1, addresses: ["203.0.113.1"] }]);
  });

  test("in few lines that sum them up", async () => {
    await calls(1_000, "203.0.113.1");
    await calls(5);
    expect(warnings().map(({ calls: count }) => count)).toEqual([1, 10, 100, 1_000]);
  });

  test("anew after a minute, and with what was not told yet", async () => {
    await calls(7, "203.0.113.1");
    await clock.advance(60_000);
    await calls(1, "203.0.113.2");
    expect(warnings()).toMatchObject([
      { calls: 1, addresses: ["203.0.113.1"] },
      { calls: 7, addresses: ["203.0.113.1"] },
      { calls: 1, addresses: ["203.0.113.2"] },
    ]);
  });

  test("with ten addresses at most", async () => {
    await clock.run(() => Promise.all(Array.from({ length: 200 }, (_, index) => call(`203.0.113.${index}`))));
    expect(warnings().at(-1)).toMatchObject({ calls: 100 });
    for (const { addresses } of warnings())
      expect(addresses).toHaveProperty(
        "length",
        expect.toSatisfy((n: number) => n <= 10),
      );
  });

  test("and has no line of its own for each that is 429", async () => {
    await calls(300, "203.0.113.1");
    const lines = log.filter(({ event, status }) => event === "request" && status === 429);
    expect(lines).toEqual([]);
  });
});
