import { expect, test } from "vitest";
import { modeOf } from "../../services/schedule/mode.ts";
import { shownFrequency } from "../../utils/cron.ts";

test.each([
  ["cron", "hourly", "slot"],
  ["cron", "daily", "date"],
  ["cron", "none", "date"],
  ["call", "hourly", "slot"],
  ["call", "daily", "slot"],
  ["call", "none", "slot"],
  ["by-date", "hourly", "date"],
  ["by-date", "daily", "date"],
  ["by-date", "none", "date"],
] as const)("%s where the cron comes %s: by %s", (trigger, frequency, mode) => {
  expect(modeOf(trigger, frequency)).toBe(mode);
});

test("the status shows the two frequencies that the plugin knows", () => {
  expect((["hourly", "daily", "none"] as const).map(shownFrequency)).toEqual(["hourly", "daily", "hourly"]);
});
