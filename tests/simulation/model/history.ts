import { end } from "./ending.ts";
import { type Breach, evidenceOf } from "./evidence.ts";
import { judgeDeeds } from "./judgeDeeds.ts";
import { judgeRuns } from "./judgeRuns.ts";
import { play } from "./play.ts";
import { count, type Reach } from "./reach.ts";
import type { History } from "./script.ts";
import { Stage } from "./stage.ts";
import { traceOf } from "./trace.ts";

/** What came of a history. */
export interface Played {
  readonly breaches: readonly Breach[];
  /** What happened, for people. */
  trace(): string;
}

/** Plays a history to its end and judges it by what DatoCMS has seen. */
export async function playHistory(history: History, reach: Reach): Promise<Played> {
  Math.random = randomFrom(history.setting.chance);
  const stage = new Stage(history.setting, reach);
  for (const [name, value] of Object.entries(history.setting.project.unknowns))
    count(reach, "unknown", `${name}: ${JSON.stringify(value)}`);
  await play(stage, history, reach);
  for (const { fault, hits } of stage.project.faults.list())
    if (hits > 0) count(reach, "fault", JSON.stringify(fault.effect), hits);
  const ending = await end(stage, reach);
  const evidence = evidenceOf(stage);
  const breaches = [...judgeDeeds(evidence), ...judgeRuns(evidence), ...ending];
  return { breaches, trace: () => traceOf(stage, history, breaches) };
}

/** Numbers from 0 to 1 that come again with the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
