import type { RequestListener } from "node:http";
import { describe, expect, it } from "vitest";
import { virtualClock } from "../../emulator/clocks.ts";
import { deliver } from "../../services/notify/transport.ts";
import { systemClock } from "../../utils/clock.ts";
import { CADENCES } from "../../utils/config.ts";
import { ALWAYS, schedule } from "../simulation/judging.ts";
import { listen as listening, stopListening } from "../support/listening.ts";
import {
  ALL,
  type Behaviour,
  type Call,
  DISCORD,
  EMAIL,
  notifyingWorld,
  SLACK,
  WEBHOOK,
} from "./receiver.ts";
import { DiscordMessage, ResendEmail, SlackMessage } from "./vendors.ts";

/** A channel with a path that tells something. */
const listen = async (answer: RequestListener) => `${await listening(answer)}/secret-path`;

const real = { fetch, clock: systemClock };
const soon = (ms = 3_000) => ({ deadline: systemClock.monotonic() + ms });

describe("over a real connection", () => {
  it("what is taken is taken once, whole and as it was sent", async () => {
    const bodies: string[] = [];
    const url = await listen((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        bodies.push(`${request.method} ${request.headers["x-test"]} ${body}`);
        response.writeHead(202).end("thanks");
      });
    });
    const delivery = await deliver({ url, headers: { "X-Test": "1" }, body: "ünïcode" }, real, soon());
    expect(delivery).toEqual({ ok: true, status: 202 });
    expect(bodies).toEqual(["POST 1 ünïcode"]);
  });

  it.each([
    [404, 1],
    [400, 1],
    [401, 1],
    [500, 2],
    [503, 2],
    [429, 2],
  ])("%i is tried %i times", async (status, tries) => {
    let count = 0;
    const url = await listen((_, response) => {
      count += 1;
      response.writeHead(status).end();
    });
    expect(await deliver({ url }, real, soon())).toEqual({ ok: false, status, error: "REFUSED" });
    expect(count).toBe(tries);
  });

  it("a redirect is not followed", async () => {
    let reached = 0;
    const other = await listen((_, response) => {
      reached += 1;
      response.end();
    });
    const url = await listen((_, response) => response.writeHead(307, { Location: other }).end());
    expect(await deliver({ url, body: "{}" }, real, soon())).toMatchObject({ ok: false, status: 307 });
    expect(reached).toBe(0);
  });

  it("a first try that fails is made up for", async () => {
    let count = 0;
    const url = await listen((request, response) => {
      count += 1;
      if (count === 1) request.destroy();
      else response.end();
    });
    expect(await deliver({ url }, real, soon())).toEqual({ ok: true, status: 200 });
  });

  it("nobody there: unreachable, in words of ours", async () => {
    const url = await listen(() => {});
    await stopListening();
    const delivery = await deliver({ url }, real, soon());
    expect(delivery).toEqual({ ok: false, error: "UNREACHABLE" });
  });

  it("an answer without an end is not read", async () => {
    let sent = 0;
    const url = await listen((_, response) => {
      const more = () => {
        sent += 65_536;
        if (!response.destroyed && response.write("x".repeat(65_536))) setImmediate(more);
      };
      response.on("drain", more);
      more();
    });
    const began = systemClock.monotonic();
    expect(await deliver({ url }, real, soon())).toEqual({ ok: true, status: 200 });
    expect(systemClock.monotonic() - began).toBeLessThan(2_000);
    expect(sent).toBeLessThan(64 * 1_048_576);
  });

  it("no answer: given up at the deadline, the connection too", async () => {
    let closed = false;
    const url = await listen((request) => {
      request.socket.on("close", () => {
        closed = true;
      });
    });
    const began = systemClock.monotonic();
    expect(await deliver({ url }, real, soon(300))).toEqual({ ok: false, error: "TIMEOUT" });
    expect(systemClock.monotonic() - began).toBeLessThan(1_500);
    await expect.poll(() => closed).toBe(true);
  });
});

describe("in time", () => {
  const never: Behaviour = () => new Promise(() => {});

  it("each try has 5 seconds, and there are two", async () => {
    const clock = virtualClock();
    const fetchNever: typeof fetch = () => new Promise(() => {});
    const began = clock.monotonic();
    const post = { fetch: fetchNever, clock };
    expect(
      await clock.run(() => deliver({ url: "https://a.test" }, post, { deadline: 60_000 })),
    ).toMatchObject({
      error: "TIMEOUT",
    });
    expect(clock.monotonic() - began).toBe(10_500);
  });

  it("channels that hang keep a tick for no longer than the host lets it, and stop no backup", async () => {
    const hang = { webhook: never, slack: never, discord: never, email: never, heartbeat: never };
    const world = await notifyingWorld({}, { ...ALL, ALERT_ON_SUCCESS: "on" }, hang);
    let day = 0;
    for (const [budgetMs, forkMs] of [
      [25_000, 1_000],
      ...[17_000, 17_500, 18_000, 18_500, 19_000, 19_250, 19_500, 19_750].map((ms) => [25_000, ms] as const),
      [25_000, 60_000],
      [30_000, 40_000],
    ] as const) {
      world.project.settings.forkMs = forkMs;
      await world.goTo(day++, world.slots.daily.hour);
      const began = world.clock.monotonic();
      await world.tick("daily", { runtime: { budgetMs } });
      expect(world.clock.monotonic() - began).toBeLessThanOrEqual(budgetMs + 4_000);
    }
    expect(world.ready()).not.toEqual([]);
    expect(world.log.join("\n")).toContain('"event":"notification_failed"');
  });

  it("a run without channels has all of its time; one with channels ends 5 s sooner", async () => {
    const lasts = async (variables: Readonly<Record<string, string>>) => {
      const world = await notifyingWorld({ forkMs: 60 * 60_000 }, variables);
      await world.goTo(0, world.slots.daily.hour);
      const began = world.clock.monotonic();
      await world.tick("daily", { runtime: { budgetMs: 25_000 } });
      return world.clock.monotonic() - began;
    };
    const alone = await lasts({});
    const notified = await lasts({ ALERT_SLACK_WEBHOOK_URL: "https://slack.test/x" });
    expect(alone).toBeGreaterThan(20_000);
    expect(notified).toBeLessThanOrEqual(20_000);
  });

  it.each([
    ["refuse", () => new Response("no", { status: 403 })],
    ["fail", () => new Response("no", { status: 500 })],
    ["throw", () => Promise.reject(new TypeError("fetch failed"))],
    ["hang", never],
  ] as [string, Behaviour][])(
    "channels that %s change nothing of what is made and answered",
    async (_, behaviour) => {
      const broken = {
        webhook: behaviour,
        slack: behaviour,
        discord: behaviour,
        email: behaviour,
        heartbeat: behaviour,
      };
      const days = async (variables: Readonly<Record<string, string>>) => {
        const world = await notifyingWorld({}, variables, broken);
        const answers = [];
        for (let day = 0; day < 3; day += 1) {
          if (day === 1)
            world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
          await world.goTo(day, world.slots.daily.hour);
          const { status, body } = await world.call("GET", "/api/jobs/daily-backup");
          answers.push([status, Object.keys(body), world.ready()]);
        }
        return answers;
      };
      expect(await days({ ...ALL, ALERT_ON_SUCCESS: "on" })).toEqual(await days({}));
    },
  );
});

it("where nothing is configured no call is made and nothing is logged of it", async () => {
  const world = await notifyingWorld({}, {});
  world.project.faults.add({ operation: "environments.fork", effect: { kind: "job-fails" } });
  await world.live("daily", 0, 2);
  expect(world.calls).toEqual([]);
  expect(world.log.filter((line) => /notification|alert/.test(line))).toEqual([]);
});

it("an off-slot tick makes no call at all", async () => {
  const world = await notifyingWorld();
  const before = world.emulator.requests.length;
  for (let hours = 6; hours < 24; hours += 1) await world.tickAt("daily", 0, hours);
  expect(world.calls).toEqual([]);
  expect(world.emulator.requests.length).toBe(before);
});

describe("a vendor that limits the rate", () => {
  const ALL_FOUR = CADENCES;
  const FORKS_FAIL = { operation: "environments.fork", effect: { kind: "job-fails" } } as const;
  const TOLD = { ...WEBHOOK, ...SLACK, ...DISCORD, ...EMAIL };

  /** So many calls a window; the rest are told to come back in the next. */
  function limited(most: number, windowMs: number, waitS: number) {
    const taken: Call[] = [];
    const refused: Call[] = [];
    const behaviour: Behaviour = (call) => {
      if (taken.filter(({ at: then }) => call.at - then < windowMs).length < most) {
        taken.push(call);
        return new Response("ok");
      }
      refused.push(call);
      return new Response("slow down", { status: 429, headers: { "Retry-After": String(waitS) } });
    };
    return { taken, refused, behaviour };
  }

  it("hears of all four cadences, however many are sent at once", async () => {
    const vendors = {
      webhook: limited(1, 1_000, 1),
      slack: limited(1, 1_000, 1),
      email: limited(2, 1_000, 1),
      discord: limited(1, 2_000, 2),
    };
    const behaviours = Object.fromEntries(
      Object.entries(vendors).map(([channel, { behaviour }]) => [channel, behaviour]),
    );
    const world = await notifyingWorld({}, TOLD, behaviours);
    world.project.user.setParameters("main", schedule(ALL_FOUR));
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.goTo(0, 12);
    await world.call("GET", "/api/jobs/scheduled-backups");
    for (const [channel, { taken }] of Object.entries(vendors))
      for (const cadence of ALL_FOUR)
        expect(taken.map(({ body }) => body).join("\n"), channel).toContain(`The ${cadence} backup failed`);
    expect(vendors.slack.taken).toHaveLength(1);
    expect(vendors.email.taken).toHaveLength(1);
    SlackMessage.parse(JSON.parse(vendors.slack.taken[0]?.body ?? ""));
    DiscordMessage.parse(JSON.parse(vendors.discord.taken[0]?.body ?? ""));
    const mail = ResendEmail.parse(JSON.parse(vendors.email.taken[0]?.body ?? ""));
    expect(mail.subject.split("; ")).toEqual(ALL_FOUR.map((cadence) => `The ${cadence} backup failed`));
    expect(vendors.email.taken[0]?.headers.get("idempotency-key")?.length).toBeLessThanOrEqual(256);
  });

  it("is called one after another", async () => {
    let open = 0;
    let most = 0;
    const world = await notifyingWorld({}, WEBHOOK, {
      webhook: async () => {
        open += 1;
        most = Math.max(most, open);
        await world.clock.sleep(400);
        open -= 1;
        return new Response("ok");
      },
    });
    world.project.user.setParameters("main", schedule(ALL_FOUR));
    world.project.faults.add({ ...ALWAYS, ...FORKS_FAIL });
    await world.goTo(0, 12);
    await world.call("GET", "/api/jobs/scheduled-backups");
    expect(world.calls).toHaveLength(4);
    expect(most).toBe(1);
  });

  it.each([
    ["seconds", "3", 3_000],
    ["nothing at all", "0", 500],
    ["a date", "Thu, 01 Jan 1970 00:00:04 GMT", 4_000],
    ["what means nothing", "soon", 500],
  ])("is called again after the time that it names: %s", async (_, header, waited) => {
    const clock = virtualClock(0);
    const times: number[] = [];
    const busy: typeof fetch = async () => {
      times.push(clock.monotonic());
      return times.length === 1
        ? new Response("", { status: 429, headers: { "Retry-After": header } })
        : new Response("");
    };
    const began = clock.monotonic();
    const sent = () =>
      deliver({ url: "https://a.test" }, { fetch: busy, clock }, { deadline: began + 10_000 });
    expect(await clock.run(sent)).toEqual({ ok: true, status: 200 });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(waited);
  });

  it("is asked again as often as it says, and given up at once where it names more time than there is", async () => {
    const clock = virtualClock(0);
    let count = 0;
    const busy =
      (seconds: string): typeof fetch =>
      async () => {
        count += 1;
        return new Response("", { status: 429, headers: { "Retry-After": seconds } });
      };
    const began = clock.monotonic();
    const send = (seconds: string) =>
      clock.run(() =>
        deliver({ url: "https://a.test" }, { fetch: busy(seconds), clock }, { deadline: began + 10_000 }),
      );
    expect(await send("30")).toEqual({ ok: false, status: 429, error: "REFUSED" });
    expect([count, clock.monotonic() - began]).toEqual([1, 0]);
    expect(await send("3")).toEqual({ ok: false, status: 429, error: "REFUSED" });
    expect(count).toBe(1 + 4);
    expect(clock.monotonic() - began).toBe(9_000);
  });
});
