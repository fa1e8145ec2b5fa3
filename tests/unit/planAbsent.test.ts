import { describe, expect, test } from "vitest";
import { plan } from "../../services/backup/plan.ts";
import { INSUFFICIENT_PERMISSIONS } from "../../utils/failures.ts";
import { backupOf, catalogOf, environment } from "./environments.ts";
import {
  ASIDE,
  creating,
  type Described,
  destroying,
  FORCED,
  FORK,
  FRESH,
  NO_ROOM,
  next,
  run,
  stepFor,
  TODAY,
  TWO_DAYS_AGO,
  WEEKLY,
  YESTERDAY,
} from "./runs.ts";

const REFUSED = INSUFFICIENT_PERMISSIONS;

const LATER = Date.parse("2026-02-26T15:00:00Z");

const REUSE = { do: "reuse", copy: ASIDE, because: "no-room" };

describe("target absent, and its fork was accepted or refused for good", () => {
  test("an accepted fork that is gone has failed", () => {
    expect(next([YESTERDAY], { memory: { forkStarted: true } })).toEqual({
      do: "fail",
      cause: "FORK_FAILED",
      restore: [],
    });
  });
  test("is forked once more where a copy has gone for it and none is left", () => {
    const memory = { forkStarted: true, evicted: YESTERDAY, forksSent: 1 };
    expect(next([], { memory })).toEqual(FORK);
    expect(next([TWO_DAYS_AGO], { memory })).toMatchObject({ cause: "FORK_FAILED" });
    expect(next([], { memory: { ...memory, forksSent: 2 } })).toMatchObject({ cause: "FORK_FAILED" });
  });
  test("is forked once more where this run has made room since", () => {
    const memory = { forkStarted: true, forksSent: 1, inUseAtFork: 2 };
    const hasFreed = true;
    expect(next([YESTERDAY], { hasFreed, memory })).toEqual(FORK);
    const failure = { cause: "FORK_FAILED" };
    expect(next([YESTERDAY], { memory })).toMatchObject(failure);
    expect(next([YESTERDAY, WEEKLY], { hasFreed, memory })).toMatchObject(failure);
    expect(next([YESTERDAY], { hasFreed, memory: { ...memory, forksSent: 2 } })).toMatchObject(failure);
  });
  test("a refusal ends with its own cause", () => {
    expect(stepFor([YESTERDAY], { memory: { finalFailure: REFUSED } })).toEqual({
      do: "fail",
      failure: REFUSED,
      restore: [],
    });
  });
  test("the copy that was set aside gets its name back", () => {
    for (const memory of [{ forkStarted: true }, { finalFailure: REFUSED }])
      expect(next([ASIDE, YESTERDAY], { ...FRESH, memory })).toMatchObject({ do: "fail", restore: [ASIDE] });
  });
  test("of several set aside it is the newest", () => {
    const newer = environment(`${TODAY}-superseded-130000000`, {
      createdAt: Date.parse("2026-02-26T13:00:00Z"),
    });
    expect(next([ASIDE, newer], { memory: { forkStarted: true } })).toMatchObject({ restore: [newer.id] });
  });
  test("this comes before any lack of room", () => {
    expect(next([YESTERDAY], { capacity: 1, memory: { forkStarted: true } })).toMatchObject({
      cause: "FORK_FAILED",
    });
    expect(
      next([YESTERDAY], { capacity: 1, othersAtWork: true, memory: { finalFailure: REFUSED } }),
    ).toMatchObject({
      cause: "INSUFFICIENT_PERMISSIONS",
    });
  });
  test("one set aside for another date is left alone", () => {
    expect(next([`${YESTERDAY}-superseded-120000000`], { memory: { forkStarted: true } })).toMatchObject({
      restore: [],
    });
  });
});

describe("target absent, no room, and room may come by itself", () => {
  test("wait while one of ours is being destroyed, of whatever cadence", () => {
    for (const going of [YESTERDAY, WEEKLY])
      expect(next([destroying(going), TWO_DAYS_AGO], { capacity: 2 })).toEqual({ do: "wait", for: "room" });
  });
  test("wait while another cadence of this run is not done", () => {
    expect(next([YESTERDAY], { capacity: 1, othersAtWork: true })).toEqual({ do: "wait", for: "room" });
  });
  test("this comes before what a fresh run does without room", () => {
    expect(next([ASIDE], { ...FRESH, capacity: 1, othersAtWork: true })).toEqual({ do: "wait", for: "room" });
  });
  test("a foreign environment that goes is not waited for", () => {
    expect(next([destroying("staging")], { capacity: 1 })).toEqual(NO_ROOM);
  });
  test("then fork, as soon as there is room", () => {
    expect(next([TWO_DAYS_AGO], { capacity: 2, memory: { fullAt: 2 } })).toEqual(FORK);
  });
});

describe("target absent, no room, and a copy is dispensable", () => {
  const surplus = { backup: backupOf(environment(WEEKLY)), because: "beyond-count" } as const;
  test("that one goes, and nothing gives way", () => {
    for (const asked of [{}, FRESH, FORCED])
      expect(next([YESTERDAY, WEEKLY], { ...asked, capacity: 2, surplus })).toEqual({
        do: "prune",
        copy: WEEKLY,
      });
  });
  test("with few calls it goes only where none may give way", () => {
    const asked = { capacity: 2, surplus, prunesFirst: false };
    expect(next([YESTERDAY, WEEKLY], asked)).toEqual({ do: "mark", copy: YESTERDAY });
    expect(next([YESTERDAY, WEEKLY], { ...asked, rotation: "fork-first" })).toEqual({
      do: "prune",
      copy: WEEKLY,
    });
  });
  test("with room it stays: tidying up comes later", () => {
    expect(next([YESTERDAY, WEEKLY], { capacity: 3, surplus })).toEqual(FORK);
  });
});

describe("target absent, no room, fresh", () => {
  test("the copy that was set aside is the answer", () => {
    for (const room of [{ capacity: 1 }, { memory: { fullAt: 1 } }])
      expect(next([ASIDE], { ...FRESH, ...room })).toEqual(REUSE);
  });
  test("so it is when an older copy could go instead", () => {
    expect(next([ASIDE, YESTERDAY], { ...FRESH, capacity: 2 })).toEqual(REUSE);
  });
  test("a forced run lets go what was set aside for it, and no older copy, whoever set it aside", () => {
    const forced = { ...FORCED, capacity: 2, keep: 2 };
    const old = environment(ASIDE, { createdAt: Date.parse("2026-01-01T00:00:00Z") });
    for (const memory of [{}, { marked: ASIDE }])
      for (const aside of [ASIDE, old])
        expect(next([aside, YESTERDAY], { ...forced, memory })).toEqual({ do: "evict", copy: ASIDE });
  });
  test("a forced run waits until another one has evicted an older copy, or has been killed", () => {
    const older = `${YESTERDAY}-superseded-120000000`;
    const forced = { ...FORCED, capacity: 3, keep: 2 };
    const stepAfter = (turnsAwaited: number) =>
      next([ASIDE, older, WEEKLY], { ...forced, memory: { marked: ASIDE, turnsAwaited } });
    expect(stepAfter(4)).toMatchObject({ do: "wait", for: "turn" });
    expect(stepAfter(5)).toEqual({ do: "name-back", copy: older });
  });
  test("a forced run with nothing else to free breaks before it makes", () => {
    expect(next([ASIDE, WEEKLY], { ...FORCED, capacity: 2 })).toEqual({ do: "evict", copy: ASIDE });
  });
});

describe("target absent, no room, and an older copy of the cadence", () => {
  test("the oldest gives way: it is marked, and goes once that is seen", () => {
    const marked = `${TWO_DAYS_AGO}-superseded-120000000`;
    for (const room of [{ capacity: 2 }, { memory: { fullAt: 2 } }]) {
      expect(next([YESTERDAY, TWO_DAYS_AGO], room)).toEqual({ do: "mark", copy: TWO_DAYS_AGO });
      expect(next([YESTERDAY, marked], room)).toEqual({ do: "evict", copy: marked });
    }
  });
  test("a single copy on the only place goes at once: no other run could count on it", () => {
    for (const room of [{ capacity: 1 }, { memory: { fullAt: 1, limitRefusalsAsOnly: 2 } }])
      expect(next([YESTERDAY], room)).toEqual({ do: "evict", copy: YESTERDAY });
  });
  test("a single copy does not go for one refusal of a plan that does not tell its capacity: another fork may be gone", () => {
    expect(next([YESTERDAY], { memory: { fullAt: 1, limitRefusals: 9, limitRefusalsAsOnly: 1 } })).toEqual(
      FORK,
    );
  });
  test("nothing gives way for want of a place that a way back holds, which newer ones have outlived", () => {
    const old = "backup-plugin-weekly-2026-02-19";
    const listed = [YESTERDAY, WEEKLY, old];
    expect(next(listed, { capacity: 3, waysBack: new Set([old]) })).toEqual(NO_ROOM);
  });
  test("none gives way while a fork of ours is in the making, whatever its cadence: that one is waited for", () => {
    for (const making of [creating(TWO_DAYS_AGO), creating(WEEKLY)])
      expect(next([YESTERDAY, making], { capacity: 2, now: making.createdAt + 60_000 })).toMatchObject({
        do: "wait",
        for: "room",
        otherwise: { cause: "ENVIRONMENT_LIMIT_REACHED" },
      });
  });
  test("one that has been in the making for six hours is named in the failure", () => {
    const now = environment(WEEKLY).createdAt + 6 * 60 * 60 * 1_000;
    const step = stepFor([YESTERDAY, creating(WEEKLY)], { capacity: 2, now });
    expect(step).toMatchObject({
      do: "fail",
      failure: { cause: "ENVIRONMENT_LIMIT_REACHED", facts: { creating: [WEEKLY] } },
    });
    expect(step.do === "fail" && step.failure.sentence).toContain(WEEKLY);
  });
  test("none gives way where every other one is marked, and the shorter cadence's gets its name back", () => {
    const marked = `${YESTERDAY}-superseded-120000000`;
    const rival = `${WEEKLY}-superseded-120000000`;
    const memory = { marked };
    expect(next([marked, rival], { capacity: 2, memory })).toMatchObject({ do: "fail", restore: [marked] });
    const daily = `${TWO_DAYS_AGO}-superseded-120000000`;
    const weekly = { target: { cadence: "weekly", date: "2026-03-05" } as const };
    expect(next([daily, rival], { ...weekly, capacity: 2, memory: { marked: rival } })).toMatchObject({
      do: "wait",
      for: "turn",
      otherwise: { cause: "ENVIRONMENT_LIMIT_REACHED" },
    });
  });
  test("after five looks the shorter cadence's gets its name back, once, where the run may touch it", () => {
    const rival = `${WEEKLY}-superseded-120000000`;
    const daily = `${TWO_DAYS_AGO}-superseded-120000000`;
    const weekly = { target: { cadence: "weekly", date: "2026-03-05" } as const, capacity: 2 };
    const memory = { marked: rival, turnsAwaited: 5 };
    const stepAfter = (more: Described = {}) => next([daily, rival], { ...weekly, memory, ...more });
    expect(stepAfter()).toEqual({ do: "name-back", copy: daily });
    const failure = { do: "fail", cause: "ENVIRONMENT_LIMIT_REACHED", restore: [rival] };
    expect(stepAfter({ memory: { ...memory, namedBack: true } })).toEqual(failure);
    expect(stepAfter({ removes: "own" })).toEqual(failure);
    const named = next([TWO_DAYS_AGO, rival], { ...weekly, memory });
    expect(named).toEqual({ do: "evict", copy: rival });
  });
  test("of two marked ones of a cadence the newer gets its name back, and the older goes after that", () => {
    const older = `${TWO_DAYS_AGO}-superseded-120000000`;
    const newer = `${YESTERDAY}-superseded-120000000`;
    const listed = [newer, older, WEEKLY];
    const described = { capacity: 3, keep: 3 };
    const turn = { do: "wait", for: "turn", otherwise: { cause: "ENVIRONMENT_LIMIT_REACHED" } };
    expect(next(listed, { ...described, memory: { marked: older } })).toMatchObject(turn);
    expect(next([YESTERDAY, older, WEEKLY], { ...described, memory: { marked: older } })).toEqual({
      do: "evict",
      copy: older,
    });
    // The run of the newer one is by hand, and must leave the older.
    const byHand = { ...described, waysBack: new Set([older]), memory: { marked: newer } };
    expect(next(listed, byHand)).toEqual({ do: "name-back", copy: newer });
    expect(next([YESTERDAY, older, WEEKLY], byHand)).toMatchObject(turn);
    const afterFive = { ...byHand, memory: { marked: newer, turnsAwaited: 5 } };
    expect(next([YESTERDAY, older, WEEKLY], afterFive)).toEqual({ do: "name-back", copy: older });
  });
  test("what this run has marked itself, and must leave by now, keeps it from no other one", () => {
    const older = `${TWO_DAYS_AGO}-superseded-120000000`;
    const described = { capacity: 3, keep: 3, guarded: new Set([older]), memory: { marked: older } };
    expect(next([YESTERDAY, older, WEEKLY], described)).toEqual({ do: "mark", copy: YESTERDAY });
  });
  test("of two that killed runs have marked, the newer gets its name back after five looks", () => {
    const older = `${TWO_DAYS_AGO}-superseded-120000000`;
    const newer = `${YESTERDAY}-superseded-120000000`;
    const described = { capacity: 3, keep: 3 };
    expect(next([newer, older, WEEKLY], described)).toMatchObject({ do: "wait", for: "turn" });
    const memory = { turnsAwaited: 5 };
    expect(next([newer, older, WEEKLY], { ...described, memory })).toEqual({ do: "name-back", copy: newer });
    expect(next([YESTERDAY, older, WEEKLY], { ...described, memory })).toEqual({ do: "evict", copy: older });
  });
  test("a copy that is not the newest of its cadence is none to count on: another run may prune it", () => {
    const newest = `${YESTERDAY}-superseded-120000000`;
    const weekly = { target: { cadence: "weekly", date: "2026-03-05" } as const };
    expect(next([TWO_DAYS_AGO, newest, WEEKLY], { ...weekly, capacity: 3 })).toEqual(NO_ROOM);
  });
  test("what a run by hand must leave as a way back does not give way", () => {
    const waysBack = new Set([YESTERDAY]);
    expect(next([YESTERDAY], { capacity: 1, waysBack })).toEqual(NO_ROOM);
  });
  test("nothing gives way for a run that may remove nothing", () => {
    expect(next([YESTERDAY], { capacity: 1, removes: "nothing" })).toEqual(NO_ROOM);
    expect(next([YESTERDAY], { rotation: "delete-first", removes: "nothing" })).toEqual(FORK);
  });
  test("the oldest is the one that was taken first, whatever its name says", () => {
    const future = environment("backup-plugin-daily-2099-01-01", {
      createdAt: Date.parse("2026-02-01T00:00:00Z"),
    });
    expect(next([YESTERDAY, TWO_DAYS_AGO, future], { capacity: 3 })).toEqual({ do: "mark", copy: future.id });
  });
  test("one in the making never does", () => {
    expect(next([creating(YESTERDAY)], { capacity: 1 })).toEqual(NO_ROOM);
  });
  test("the source of a running fork never does", () => {
    const source = creating("staging", TWO_DAYS_AGO);
    const marked = `${YESTERDAY}-superseded-120000000`;
    expect(next([WEEKLY, YESTERDAY, TWO_DAYS_AGO, source], { capacity: 4 })).toEqual({
      do: "mark",
      copy: YESTERDAY,
    });
    expect(next([WEEKLY, marked, TWO_DAYS_AGO, source], { capacity: 4 })).toEqual({
      do: "evict",
      copy: marked,
    });
    expect(next([YESTERDAY, creating("staging", YESTERDAY)], { capacity: 2 })).toEqual(NO_ROOM);
  });
  test("another cadence's copy or a foreign environment never does", () => {
    expect(next([WEEKLY, "staging", `${YESTERDAY}-keep`], { capacity: 3 })).toEqual(NO_ROOM);
  });
  test("none does when one would not be enough", () => {
    expect(next([YESTERDAY, "staging", "qa"], { capacity: 2 })).toEqual(NO_ROOM);
  });
  test("none does with BACKUP_ROTATION=fork-first", () => {
    expect(next([YESTERDAY], { capacity: 1, rotation: "fork-first" })).toEqual(NO_ROOM);
  });

  test("while it goes, wait", () => {
    for (const limit of [1, 2, undefined])
      expect(
        next([destroying(YESTERDAY)], { capacity: limit, memory: { fullAt: 1, evicted: YESTERDAY } }),
      ).toMatchObject({
        do: "wait",
      });
  });
  test("when it is gone, fork", () => {
    for (const limit of [1, undefined])
      expect(next([], { capacity: limit, memory: { fullAt: 1, evicted: YESTERDAY } })).toEqual(FORK);
  });
  test("a removal without effect is asked for again, of the same copy only", () => {
    const marked = `${TWO_DAYS_AGO}-superseded-120000000`;
    expect(next([YESTERDAY, marked], { capacity: 2, memory: { evicted: marked } })).toEqual({
      do: "evict",
      copy: marked,
    });
  });
  test("a removal without effect is not asked for again once the copy is the source of a running fork", () => {
    const listed = [YESTERDAY, creating("staging", YESTERDAY)];
    expect(next(listed, { capacity: 2, memory: { evicted: YESTERDAY } })).not.toMatchObject({ do: "evict" });
  });
  test("a removal without effect is not asked for again once there is room", () => {
    expect(next([YESTERDAY], { capacity: 3, memory: { evicted: YESTERDAY } })).toEqual(FORK);
  });
  test("a copy that cannot go, because a fork copies from it, is not waited for once there is room", () => {
    const listed = [YESTERDAY, creating("staging", YESTERDAY)];
    expect(next(listed, { capacity: 3, memory: { evicted: YESTERDAY } })).toEqual(FORK);
  });
  test("a removal without effect is not asked for again while another copy of ours is going: it may do", () => {
    const listed = [YESTERDAY, destroying(TWO_DAYS_AGO)];
    expect(next(listed, { capacity: 2, memory: { evicted: YESTERDAY } })).toEqual({
      do: "wait",
      for: "room",
    });
  });
  test("a removal without effect is not asked for again once somebody has forked from the copy", () => {
    const listed = [YESTERDAY, environment("feature", { forkedFrom: YESTERDAY, createdAt: LATER })];
    expect(next(listed, { capacity: 2, memory: { evicted: YESTERDAY } })).toEqual(NO_ROOM);
    expect(next(listed, { rotation: "delete-first", memory: { evicted: YESTERDAY } })).toEqual(FORK);
  });
  test("a removal without effect is not asked for again once it would not be enough", () => {
    const listed = [YESTERDAY, "staging"];
    expect(next(listed, { capacity: 1, memory: { evicted: YESTERDAY } })).toEqual(NO_ROOM);
    expect(next([YESTERDAY], { keep: 2, memory: { evicted: YESTERDAY, fullAt: 1 } })).toEqual(NO_ROOM);
  });
  test("at most one gives way: a second is never destroyed", () => {
    expect(next([YESTERDAY], { capacity: 1, memory: { evicted: TWO_DAYS_AGO } })).toEqual(NO_ROOM);
  });
  test("after one has gone the plan gets time to notice", () => {
    expect(next([YESTERDAY], { memory: { evicted: TWO_DAYS_AGO, fullAt: 1, limitRefusals: 1 } })).toEqual({
      do: "wait",
      for: "notice",
    });
    expect(next([YESTERDAY], { hasFreed: true, memory: { fullAt: 1, limitRefusals: 4 } })).toEqual({
      do: "wait",
      for: "notice",
    });
    expect(next([YESTERDAY], { memory: { evicted: TWO_DAYS_AGO, fullAt: 1, limitRefusals: 99 } })).toEqual(
      NO_ROOM,
    );
  });
});

describe("target absent, no room, nothing to free", () => {
  test("fail, with the figures that explain it", () => {
    const step = stepFor(["staging", WEEKLY], { capacity: 2 });
    expect(step).toMatchObject({ do: "fail", restore: [] });
    expect(step).toMatchObject({
      failure: { cause: "ENVIRONMENT_LIMIT_REACHED", facts: { limit: 2, inUse: 2, ours: 1, foreign: 1 } },
    });
  });
  test("the sentence says that nothing was destroyed only where that is so", () => {
    const sentence = (described: Described) => {
      const step = stepFor(["staging"], described);
      return step.do === "fail" ? step.failure.sentence : "";
    };
    expect(sentence({ capacity: 1 })).toContain("nothing was destroyed");
    expect(sentence({ capacity: 1, memory: { evicted: YESTERDAY } })).not.toContain("nothing was destroyed");
  });
  test("the copy that was set aside gets its name back", () => {
    expect(next([ASIDE], { ...FORCED, capacity: 1, rotation: "fork-first" })).toMatchObject({
      do: "fail",
      restore: [ASIDE],
    });
  });
});

describe("target absent", () => {
  test("fork the primary, whatever it is called and whatever else exists", () => {
    expect(next([])).toEqual(FORK);
    expect(next([YESTERDAY, TWO_DAYS_AGO, "staging"], { capacity: 4 })).toEqual(FORK);
    expect(next([environment("live", { primary: true }), "main"])).toEqual({ ...FORK, source: "live" });
    expect(next([environment(YESTERDAY, { primary: true })])).toEqual({ ...FORK, source: YESTERDAY });
  });
  test("make before break: with room no copy goes first", () => {
    for (const rotation of ["auto", "fork-first"] as const)
      for (const limit of [3, undefined, Number.POSITIVE_INFINITY])
        expect(next([YESTERDAY, TWO_DAYS_AGO], { rotation, capacity: limit })).toEqual(FORK);
  });
  test("a copy that an earlier run set aside and left is the answer, where no fresh one is wanted", () => {
    for (const room of [{}, { capacity: 1 }])
      expect(next([ASIDE, YESTERDAY], room)).toEqual({ do: "reuse", copy: ASIDE, because: "present" });
  });
  test("fork again after a fork of unknown effect", () => {
    expect(next([YESTERDAY], { memory: { forksSent: 1 } })).toEqual(FORK);
  });
  test("without a primary in sight there is nothing to fork", () => {
    expect(plan(catalogOf([environment(YESTERDAY)]), run())).toMatchObject({
      do: "fail",
      failure: { cause: "PRIMARY_NOT_FOUND" },
    });
  });
  test("another cadence that is at work does not matter while there is room", () => {
    expect(next([YESTERDAY], { capacity: 2, othersAtWork: true })).toEqual(FORK);
  });
});

describe("BACKUP_ROTATION=delete-first", () => {
  const rotation = "delete-first";
  test("the oldest goes first when the count is reached, also with room", () => {
    expect(next([YESTERDAY], { rotation, capacity: 9 })).toEqual({ do: "evict", copy: YESTERDAY });
    expect(next([YESTERDAY, TWO_DAYS_AGO], { rotation, keep: 2 })).toEqual({
      do: "evict",
      copy: TWO_DAYS_AGO,
    });
  });
  test("nothing goes below the count", () => {
    expect(next([YESTERDAY], { rotation, keep: 2 })).toEqual(FORK);
    expect(next([WEEKLY], { rotation })).toEqual(FORK);
  });
  test("one goes, never a second", () => {
    const memory = { evicted: "backup-plugin-daily-2026-02-23" };
    expect(next([YESTERDAY, TWO_DAYS_AGO], { rotation, memory })).toEqual(FORK);
  });
  test("never one in the making or the source of a running fork", () => {
    expect(next([creating(YESTERDAY)], { rotation })).toEqual(FORK);
    expect(next([YESTERDAY, creating("staging", YESTERDAY)], { rotation })).toEqual(FORK);
  });
  test("none but the oldest, and none where that one has to stay", () => {
    const listed = [YESTERDAY, TWO_DAYS_AGO];
    expect(next([...listed, creating("staging", TWO_DAYS_AGO)], { rotation })).toEqual(FORK);
    expect(next(listed, { rotation, waysBack: new Set([TWO_DAYS_AGO]) })).toEqual(FORK);
    expect(next(listed, { rotation, guarded: new Set([TWO_DAYS_AGO]) })).toEqual(FORK);
  });
  test("none newer than what a run by hand must leave, on a full plan either", () => {
    const full = { rotation, keep: 2, capacity: 2 } as const;
    expect(next([YESTERDAY, TWO_DAYS_AGO], full)).toEqual({ do: "evict", copy: TWO_DAYS_AGO });
    expect(next([YESTERDAY, TWO_DAYS_AGO], { ...full, waysBack: new Set([TWO_DAYS_AGO]) })).toEqual(NO_ROOM);
  });
});
