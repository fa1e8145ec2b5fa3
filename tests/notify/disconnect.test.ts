import { describe, expect, it } from "vitest";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { DISCONNECT, disconnectBody } from "../contract/wire.ts";
import { DISCORD, EMAIL, type NotifyingWorld, notifyingWorld, SLACK, WEBHOOK } from "./receiver.ts";

const CHANNELS = { ...WEBHOOK, ...SLACK, ...DISCORD, ...EMAIL };

async function disconnect(world: NotifyingWorld, runtime = {}): Promise<string> {
  const answer = await world.call("POST", DISCONNECT, { body: disconnectBody, runtime });
  expect(answer.status).toBe(200);
  const { scheduler } = answer.body as { scheduler: { disconnectedAt: string } };
  return scheduler.disconnectedAt;
}

/** As the plugin records a test of the connection. */
function test({ project, clock }: NotifyingWorld): void {
  project.user.setParameters("main", {
    ...project.environment("main")?.plugins[0]?.parameters,
    lambdaConnection: {
      status: "connected",
      lastCheckPhase: "config_connect",
      lastCheckedAt: new Date(clock.now()).toISOString(),
    },
  });
}

describe("a disconnect, which stops the alerts too, is sent", () => {
  it("to every channel, with what to do", async () => {
    const world = await notifyingWorld({}, CHANNELS);
    const disconnectedAt = await disconnect(world);
    expect(world.calls.map(({ channel }) => channel).sort()).toEqual([
      "discord",
      "email",
      "slack",
      "webhook",
    ]);
    const webhook = world.calls.find(({ channel }) => channel === "webhook");
    expect(JSON.parse(webhook?.body ?? "")).toMatchObject({
      type: "backup.disconnected",
      data: {
        cadence: null,
        date: disconnectedAt.slice(0, 10),
        sentence: expect.stringContaining("scheduler-disconnect"),
        advice: expect.stringContaining("test the connection"),
        cause: null,
        environmentId: null,
      },
    });
    for (const { body } of world.calls) expect(body).toContain("Scheduled backups were stopped");
  });

  it("once: repeating it stops nothing more", async () => {
    const world = await notifyingWorld({}, WEBHOOK);
    for (let time = 0; time < 5; time += 1) await disconnect(world);
    expect(world.kinds()).toEqual(["disconnected null"]);
  });

  it("again after somebody has started the schedule again, by another id", async () => {
    const world = await notifyingWorld({}, WEBHOOK);
    await disconnect(world);
    test(world);
    await disconnect(world);
    expect(world.kinds()).toEqual(["disconnected null", "disconnected null"]);
    const ids = world.calls.map(({ headers }) => headers.get("webhook-id"));
    expect(new Set(ids).size).toBe(2);
  });

  it("after the answer, where the host goes on", async () => {
    const hook = new Promise<Response>(() => {});
    const world = await notifyingWorld({}, WEBHOOK, { webhook: () => hook });
    const kept: Promise<unknown>[] = [];
    const { afterAnswer } = nodeRuntime(
      {
        variables: {},
        logger: { ...console, with: () => ({ ...console }) } as never,
        keep: (work) => kept.push(work),
      },
      "http",
    );
    const before = world.clock.now();
    await disconnect(world, { afterAnswer });
    expect(world.clock.now() - before).toBeLessThan(1_000);
    expect(kept).toHaveLength(1);
    await world.clock.run(() => Promise.all(kept));
    expect(world.kinds()).toEqual(["disconnected null", "disconnected null"]);
  });

  it("not where failures are not sent, and not where it could not be noted", async () => {
    const off = await notifyingWorld({}, { ...WEBHOOK, ALERT_ON_FAILURE: "off" });
    await disconnect(off);
    expect(off.calls).toEqual([]);
    const without = await notifyingWorld({ plugin: null }, WEBHOOK);
    expect((await without.call("POST", DISCONNECT, { body: disconnectBody })).status).toBe(404);
    expect(without.calls).toEqual([]);
  });

  it("and the answer does not depend on it", async () => {
    const world = await notifyingWorld({}, WEBHOOK, { webhook: () => new Response("", { status: 500 }) });
    await disconnect(world);
    expect(world.log.join("\n")).toContain('"event":"notification_failed"');
  });
});
