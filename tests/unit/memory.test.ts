import { describe, expect, test } from "vitest";
import { freshMemory, type Memory, type RunEvent, remembered } from "../../services/backup/memory.ts";
import { busy } from "../../utils/failures.ts";

/** The memory of a run that has met some things, one after the other. */
function memoryAfter(...events: readonly RunEvent[]): Memory {
  return events.reduce(remembered, freshMemory(1_000, undefined));
}

const sent = (answer: "accepted" | "refused" | "no-room" | "unknown", isOnly = false): RunEvent => ({
  event: "fork-sent",
  answer,
  inUse: 3,
  isOnly,
});
const conflict: RunEvent = { event: "conflict", failure: busy() };
const evicted: RunEvent = { event: "evicted", identity: "backup-plugin-daily-2026-03-02 5" };
const waited: RunEvent = { event: "waited", for: "room" };
const noticed: RunEvent = { event: "waited", for: "notice" };

describe("what a run remembers of its forks", () => {
  test("the first that it saw in the making stays its own, until it sends another", () => {
    const first: RunEvent = { event: "seen-creating", createdAt: 2_000 };
    const other: RunEvent = { event: "seen-creating", createdAt: 3_000 };
    expect(memoryAfter(first, other)).toMatchObject({ forkStarted: true, madeAt: 2_000 });
    expect(memoryAfter(first, sent("refused"), other).madeAt).toBe(3_000);
  });

  test.each([
    ["accepted", true],
    ["unknown", true],
    ["refused", false],
    ["no-room", false],
  ] as const)("after one that was answered %s, may it exist? %s", (answer, mayExist) => {
    expect(memoryAfter(sent(answer))).toMatchObject({
      forkMayExist: mayExist,
      forksSent: 1,
      forkStarted: false,
    });
  });

  test("a refusal for want of room tells how many sandboxes are too many", () => {
    expect(memoryAfter(sent("no-room"), sent("no-room", true))).toMatchObject({
      fullAt: 3,
      limitRefusals: 2,
      limitRefusalsAsOnly: 1,
    });
  });

  test("the price plan is tried again after a wait only where a backup has gone for it", () => {
    expect(memoryAfter(sent("no-room"), waited)).toMatchObject({ hasWaited: true, fullAt: 3 });
    expect(memoryAfter(sent("no-room"), evicted, waited).fullAt).toBe(3);
    expect(memoryAfter(sent("no-room"), noticed).fullAt).toBeUndefined();
    expect(memoryAfter(sent("no-room"), evicted, { event: "waited", for: "removal" }).fullAt).toBe(3);
  });
});

test("a fifth conflict is one too many", () => {
  expect(memoryAfter(...Array(4).fill(conflict))).toMatchObject({
    lastFailure: busy(),
    finalFailure: undefined,
  });
  expect(memoryAfter(...Array(5).fill(conflict)).finalFailure).toEqual(busy());
});

test("a backup that was renamed to be set aside counts as not compared", () => {
  const marked = (isCompared: boolean): RunEvent => ({ event: "marked", id: "aside", isCompared });
  expect(memoryAfter(marked(true))).toMatchObject({ marked: "aside", compared: "aside" });
  expect(memoryAfter(marked(false))).toMatchObject({ marked: "aside", compared: undefined });
});
