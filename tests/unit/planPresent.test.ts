import { describe, expect, test } from "vitest";
import { environment } from "./environments.ts";
import {
  ASIDE,
  creating,
  type Described,
  destroying,
  FORCED,
  FRESH,
  next,
  stepFor,
  TODAY,
  TWO_DAYS_AGO,
  YESTERDAY,
} from "./runs.ts";

describe("the target's id is the primary", () => {
  const promoted = environment(TODAY, { primary: true });
  test("stop, whatever was asked", () => {
    for (const asked of [{}, FRESH, FORCED, { capacity: 1 }, { memory: { forkStarted: true } }])
      expect(next([promoted, YESTERDAY], asked)).toEqual({ do: "stop", because: "promoted" });
  });
  test("stop even while another environment is in the making", () => {
    expect(next([promoted, creating("staging")])).toEqual({ do: "stop", because: "promoted" });
  });
});

describe("target creating", () => {
  test("wait for it, whoever began it and whatever was asked", () => {
    for (const asked of [{}, FRESH, FORCED, { capacity: 1 }, { memory: { forkStarted: true } }])
      expect(next([creating(TODAY), YESTERDAY], asked)).toEqual({ do: "wait", for: "copy" });
  });
});

describe("target ready under its name after this run's own copy has failed", () => {
  const noon = environment(TODAY).createdAt;
  const bearer = (change: object) => environment(TODAY, { createdAt: noon + 9_000, ...change });
  const memory = { forkStarted: true, madeAt: noon + 5_000, newestSeen: noon };
  test("is another run's where it is newer than that", () => {
    expect(next([bearer({})], { ...FORCED, memory })).toMatchObject({ do: "finish" });
  });
  test("is an old one that somebody named back where its content is older, whatever its creation says", () => {
    const old = bearer({ lastDataChangeAt: noon + 1_000 });
    expect(next([old], { ...FORCED, memory })).toMatchObject({ do: "fail", cause: "FORK_FAILED" });
  });
});

describe("target destroying", () => {
  test("wait until it is gone", () => {
    for (const asked of [{}, FRESH, FORCED, { memory: { forkStarted: true } }])
      expect(next([destroying(TODAY), YESTERDAY], asked)).toEqual({ do: "wait", for: "removal" });
  });
});

describe("target ready, fresh, not mine", () => {
  test("it is renamed out of the way", () => {
    for (const asked of [FRESH, FORCED])
      expect(next([TODAY, YESTERDAY], asked)).toEqual({ do: "set-aside", copy: TODAY });
  });
  test("a forced run does so on a full plan too", () => {
    expect(next([TODAY], { ...FORCED, capacity: 1 })).toEqual({ do: "set-aside", copy: TODAY });
  });
  test("a plan that is full only until a copy of ours is gone is no reason to answer with the old copy", () => {
    expect(next([TODAY, destroying(YESTERDAY)], { ...FRESH, capacity: 2 })).not.toMatchObject({
      do: "reuse",
    });
  });
  test("what this run made, or may have made, is not renamed", () => {
    for (const memory of [{ forkStarted: true }, { forkMayExist: true }])
      expect(next([TODAY], { ...FRESH, memory })).toEqual({ do: "finish", copy: TODAY, remove: [] });
  });
});

describe("target ready, fresh, but it is the very copy that this run set aside", () => {
  const memory = { setAside: environment(TODAY).createdAt };
  test("it is set aside again while a fork may still come", () => {
    expect(next([TODAY], { ...FRESH, memory: { ...memory, forkMayExist: true } })).toEqual({
      do: "set-aside",
      copy: TODAY,
    });
  });
  test("the run has failed when its fork is gone", () => {
    expect(next([TODAY], { ...FRESH, memory: { ...memory, forkStarted: true } })).toEqual({
      do: "fail",
      cause: "FORK_FAILED",
      restore: [],
    });
  });
});

describe("target ready", () => {
  test("done, when it is the only one", () => {
    expect(next([TODAY])).toEqual({ do: "finish", copy: TODAY, remove: [] });
  });
  test("copies beyond the count go, the oldest first", () => {
    expect(next([TODAY, YESTERDAY, TWO_DAYS_AGO])).toEqual({
      do: "finish",
      copy: TODAY,
      remove: [TWO_DAYS_AGO, YESTERDAY],
    });
    expect(next([TODAY, YESTERDAY, TWO_DAYS_AGO], { keep: 2 })).toMatchObject({ remove: [TWO_DAYS_AGO] });
    expect(next([TODAY, YESTERDAY, TWO_DAYS_AGO], { keep: 3 })).toMatchObject({ remove: [] });
  });
  test("superseded copies go before them", () => {
    const today = environment(TODAY, { createdAt: Date.parse("2026-02-26T15:00:00Z") });
    expect(next([today, ASIDE, YESTERDAY])).toMatchObject({ remove: [ASIDE, YESTERDAY] });
  });
  test("superseded copies go whatever the count is", () => {
    const today = environment(TODAY, { createdAt: Date.parse("2026-02-26T15:00:00Z") });
    expect(next([today, ASIDE, YESTERDAY], { keep: 9 })).toMatchObject({ remove: [ASIDE] });
  });
  test("a full plan changes nothing: the copy is there", () => {
    expect(next([TODAY, YESTERDAY], { capacity: 2 })).toMatchObject({ do: "finish", remove: [YESTERDAY] });
  });
});

describe("never destroyed:", () => {
  const everyRun: readonly Described[] = [
    {},
    { capacity: 1 },
    { capacity: 2 },
    { ...FORCED, capacity: 2 },
    { rotation: "delete-first" },
    { memory: { fullAt: 2 } },
  ];
  /** Names of what the steps of all these runs would destroy. */
  const condemned = (...sandboxes: Parameters<typeof stepFor>[0]) =>
    everyRun.flatMap((each) => {
      const step = stepFor(sandboxes, each);
      if (step.do === "evict") return [step.backup.environment.id];
      return step.do === "finish" ? step.prune.remove.map(({ backup }) => backup.id) : [];
    });

  test("the primary, whatever its name", () => {
    const primary = environment(YESTERDAY, { primary: true });
    expect(condemned(primary)).toEqual([]);
    expect(condemned(primary, TODAY)).toEqual([]);
  });
  test("anything not ours", () => {
    const foreign = [`${YESTERDAY}-keep`, "Backup-plugin-daily-2026-02-25", "backup-plugin-daily-2026-02-30"];
    expect(condemned(...foreign)).toEqual([]);
    expect(condemned(TODAY, ...foreign)).toEqual([]);
  });
  test("a copy in the making", () => {
    expect(condemned(creating(YESTERDAY))).toEqual([]);
    expect(condemned(TODAY, creating(YESTERDAY))).toEqual([]);
  });
  test("the source of a running fork", () => {
    expect(condemned(YESTERDAY, creating("staging", YESTERDAY))).toEqual([]);
    expect(condemned(TODAY, YESTERDAY, creating("staging", YESTERDAY))).toEqual([]);
  });
  test("a copy made or found ready by this run, however old it is", () => {
    const old = environment(TODAY, { createdAt: Date.parse("2026-01-01T00:00:00Z") });
    expect(condemned(old, YESTERDAY, TWO_DAYS_AGO)).not.toContain(TODAY);
  });
  test("but these tests would see it if one were", () => {
    expect(condemned(YESTERDAY)).toContain(YESTERDAY);
    expect(condemned(TODAY, YESTERDAY)).toContain(YESTERDAY);
  });
});
