import { describe, expect, test } from "vitest";
import { schedulerOf } from "../../services/schedule/scheduler.ts";

const SINCE = "2026-02-26T15:00:00.000Z";
const LATER = "2026-02-26T15:00:00.001Z";
const ENABLED = { enabled: true };
const DISABLED = { enabled: false, disconnectedAt: SINCE };

const disconnect = { schedulerDisconnect: { disconnectedAt: SINCE } };
const connection = (change: Record<string, unknown> = {}) => ({
  lambdaConnection: {
    status: "connected",
    endpoint: "https://example.com",
    lastCheckedAt: LATER,
    lastCheckPhase: "config_connect",
    ...change,
  },
});
const plugin = (parameters: Record<string, unknown>) => ({ id: "plugin-of-the-tests", parameters });
const of = (parameters: Record<string, unknown>) => schedulerOf({ paused: false }, plugin(parameters));

describe("scheduled runs may happen", () => {
  test("where no plugin is installed: nobody has disconnected", () => {
    expect(schedulerOf({ paused: false }, undefined)).toEqual(ENABLED);
  });

  test.each<[string, Record<string, unknown>]>([
    ["no parameters", {}],
    ["a connection", connection()],
    ["a failed connection: only a person's disconnect stops them", connection({ status: "disconnected" })],
    ["a blank deployment URL", { deploymentURL: "", lambdaConnection: null }],
    ["no note", { schedulerDisconnect: null }],
    ["a note without a time", { schedulerDisconnect: {} }],
    ["a note whose time is none", { schedulerDisconnect: { disconnectedAt: "yesterday" } }],
    ["a note whose time is a number", { schedulerDisconnect: { disconnectedAt: 1_772_118_000_000 } }],
    ["a note that is a text", { schedulerDisconnect: SINCE }],
  ])("with %s", (_, parameters) => {
    expect(of(parameters)).toEqual(ENABLED);
  });

  test.each(["config_connect", "finish_installation"])(
    "when somebody has tested the connection since (%s)",
    (lastCheckPhase) => {
      expect(of({ ...disconnect, ...connection({ lastCheckPhase }) })).toEqual(ENABLED);
    },
  );

  test("when it was tested since by another zone's clock", () => {
    const lastCheckedAt = "2026-02-26T16:30:00.000+01:00";
    expect(of({ ...disconnect, ...connection({ lastCheckedAt }) })).toEqual(ENABLED);
  });
});

describe("scheduled runs may not happen", () => {
  test.each<[string, Record<string, unknown>]>([
    ["after a disconnect", {}],
    ["with a connection that was lost", { lambdaConnection: null }],
    ["with a test at the same moment", connection({ lastCheckedAt: SINCE })],
    ["with an earlier test", connection({ lastCheckedAt: "2026-02-26T14:59:59.999Z" })],
    ["with a later test that failed", connection({ status: "disconnected" })],
    ["with a test whose time is none", connection({ lastCheckedAt: "later" })],
    [
      "with a test earlier by another zone's clock",
      connection({ lastCheckedAt: "2026-02-26T15:30:00.000+01:00" }),
    ],
    // Opening the plugin's screen checks the connection by itself: nobody has asked for runs again.
    ["when the plugin's screen was merely opened", connection({ lastCheckPhase: "config_mount" })],
  ])("%s", (_, parameters) => {
    expect(of({ ...disconnect, ...parameters })).toEqual(DISABLED);
  });
});

describe("a disconnect that remembers the test before it", () => {
  const EARLIER = "2026-02-26T14:40:00.000Z";
  const noted = (lastCheckedAt: unknown) => ({
    schedulerDisconnect: { disconnectedAt: SINCE, lastCheckedAt },
  });

  test.each<[string, unknown, Record<string, unknown>]>([
    ["that very test, of a browser that is ahead", LATER, connection({ lastCheckedAt: LATER })],
    ["that very test, of a browser that is behind", EARLIER, connection({ lastCheckedAt: EARLIER })],
    ["no test at all", null, {}],
    ["another test that failed", EARLIER, connection({ status: "disconnected" })],
    ["the plugin's screen, merely opened", EARLIER, connection({ lastCheckPhase: "config_mount" })],
    ["a test whose time is none", EARLIER, connection({ lastCheckedAt: "later" })],
  ])("holds with %s", (_, remembered, parameters) => {
    expect(of({ ...noted(remembered), ...parameters })).toEqual(DISABLED);
  });

  test.each<[string, unknown, Record<string, unknown>]>([
    ["a later one", EARLIER, connection()],
    ["one that a browser's clock puts before the disconnect", null, connection({ lastCheckedAt: EARLIER })],
    [
      "one that a browser's clock puts before the remembered one",
      LATER,
      connection({ lastCheckedAt: EARLIER }),
    ],
    ["the first one ever", null, connection()],
  ])("ends with another test: %s", (_, remembered, parameters) => {
    expect(of({ ...noted(remembered), ...parameters })).toEqual(ENABLED);
  });

  test("goes by the two clocks where what it remembers is no time", () => {
    expect(of({ ...noted(5), ...connection() })).toEqual(ENABLED);
    expect(of({ ...noted(5), ...connection({ lastCheckedAt: EARLIER }) })).toEqual(DISABLED);
  });
});

describe("the setting that pauses", () => {
  const PAUSED = { enabled: false, pausedBy: "BACKUP_SCHEDULER" };

  test("holds with and without the plugin, connected or not", () => {
    const paused = { paused: true };
    expect(schedulerOf(paused, undefined)).toEqual(PAUSED);
    expect(schedulerOf(paused, plugin({}))).toEqual(PAUSED);
    expect(schedulerOf(paused, plugin({ ...disconnect, ...connection() }))).toEqual(PAUSED);
    expect(schedulerOf(paused, plugin(disconnect))).toEqual(PAUSED);
  });
});
