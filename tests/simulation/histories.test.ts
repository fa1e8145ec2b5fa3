import { expect, inject, it, vi } from "vitest";
import { CI_SEED, seedFrom } from "../support/seed.ts";
import { count, type Reach, rowOf } from "./model/reach.ts";
import { provesItself } from "./model/run.ts";

const { shard, of, histories: usual } = inject("histories");
const FIRST_SEED = seedFrom("HISTORY_SEED");
/** Each shard plays its own histories, by a seed of its own. */
const SEED = FIRST_SEED + shard;
const HISTORIES = Math.ceil((Number(process.env.HISTORIES ?? usual) - shard) / of);

const reach: Reach = vi.hoisted(() => new Map());

vi.mock(import("../../services/backup/plan.ts"), async (importOriginal) => {
  const real = await importOriginal();
  return {
    ...real,
    plan(...asked) {
      const step = real.plan(...asked);
      count(reach, "plan", rowOf(step, asked[1]));
      return step;
    },
  };
});

it(`no history of ${HISTORIES} loses a copy (HISTORY_SEED=${FIRST_SEED})`, {
  timeout: 1_800_000,
}, async () => {
  const table = await provesItself({
    seed: SEED,
    histories: HISTORIES,
    reach,
    mustReach: FIRST_SEED === CI_SEED,
  });
  process.stdout.write(`${table}\n`);
  expect(table).toContain(`${HISTORIES} histories`);
});
