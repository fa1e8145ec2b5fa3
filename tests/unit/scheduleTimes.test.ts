import { expect, test } from "vitest";
import { scheduleTimes } from "../../node/scheduleTimes.ts";

const at = (instant: string) => Date.parse(instant);
const slot = (every: string, zone: string, now: string) => {
  const found = scheduleTimes.slotBefore({ every, zone }, at(now));
  return found === undefined ? undefined : new Date(found).toISOString();
};
const next = (every: string, zone: string, now: string) => {
  const found = scheduleTimes.nextAfter({ every, zone }, at(now));
  return found === undefined ? undefined : new Date(found).toISOString();
};

test.each([
  ["hourly", "UTC", "2026-03-04T10:59:59.999Z", "2026-03-04T10:00:00.000Z", "2026-03-04T11:00:00.000Z"],
  ["daily", "Asia/Tokyo", "2026-03-04T10:00:00Z", "2026-03-03T15:00:00.000Z", "2026-03-04T15:00:00.000Z"],
  ["weekly", "UTC", "2026-03-04T10:00:00Z", "2026-03-02T00:00:00.000Z", "2026-03-09T00:00:00.000Z"],
  ["monthly", "UTC", "2026-03-04T10:00:00Z", "2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"],
  ["30 2 * * MON-FRI", "UTC", "2026-03-07T10:00:00Z", "2026-03-06T02:30:00.000Z", "2026-03-09T02:30:00.000Z"],
])("%s in %s at %s has last come at %s, and comes at %s", (every, zone, now, last, following) => {
  expect(slot(every, zone, now)).toBe(last);
  expect(next(every, zone, now)).toBe(following);
});

test("a schedule has come from the millisecond of its time on, not before", () => {
  expect(slot("hourly", "UTC", "2026-03-04T10:00:00.000Z")).toBe("2026-03-04T10:00:00.000Z");
  expect(slot("hourly", "UTC", "2026-03-04T09:59:59.999Z")).toBe("2026-03-04T09:00:00.000Z");
});

test("a local time comes once where the clock is changed", () => {
  const berlin = "Europe/Berlin";
  // 02:30 is left out on 29 March, and comes twice on 25 October.
  expect(slot("30 2 * * *", berlin, "2026-03-29T12:00:00Z")).toBe("2026-03-29T01:00:00.000Z");
  expect(next("30 2 * * *", berlin, "2026-03-29T01:00:00Z")).toBe("2026-03-30T00:30:00.000Z");
  expect(slot("30 2 * * *", berlin, "2026-10-25T12:00:00Z")).toBe("2026-10-25T00:30:00.000Z");
  expect(next("30 2 * * *", berlin, "2026-10-25T00:30:00Z")).toBe("2026-10-26T01:30:00.000Z");
});

test.each([
  ["hourly", "Europe/Berlin", undefined],
  ["0 0 29 2 *", "UTC", undefined],
  ["0 25 * * *", "UTC", "every"],
  ["0 0 31 2 *", "UTC", "every"],
  ["0 0 * * * *", "UTC", "every"],
  ["yearly", "UTC", "every"],
  ["daily", "Mars/Base", "zone"],
] as const)("%s in %s: what cannot be used is %s", (every, zone, wrong) => {
  expect(scheduleTimes.wrongMember({ every, zone })).toBe(wrong);
});

test("what cannot be understood never comes", () => {
  expect(slot("yearly", "UTC", "2026-03-04T10:00:00Z")).toBeUndefined();
  expect(next("daily", "Mars/Base", "2026-03-04T10:00:00Z")).toBeUndefined();
});
