import type { Platform } from "./platform.ts";
import { DAY_MS } from "./scene.ts";
import type { Stage } from "./steps.ts";
import { type Observed, observedTick } from "./tick.ts";

/** Ticks that are cheap and alike. */
const MANY = 20;
/** Each of them waits for a fork. */
const FEW = 4;

/** What ticks of one kind take on average. */
export interface Cost {
  readonly kind: string;
  readonly ticks: number;
  readonly calls: number;
  readonly cpuMs: number | undefined;
  readonly wallMs: number;
}

/** Lets each kind of tick come round several times; the steps have to be done, so that the process is warm. */
export async function measureTicks(stage: Stage, { idleTick }: Platform): Promise<Cost[]> {
  const { scene, firstTick } = stage;
  // Many ticks in a few seconds are our doing, not the service's.
  scene.project.settings.rateLimit = null;
  const costs = firstTick === undefined ? [] : [mean("daily, the first: makes a copy (cold)", [firstTick])];
  // The weekly job may have a process of its own, which does not run yet.
  await observedTick(stage, "weekly");
  costs.push(mean(idleTick, await observe(stage, MANY, "weekly")));
  costs.push(mean("daily, its copy is there", await observe(stage, MANY, "daily")));
  costs.push(mean("daily, makes a copy, removes the old one", await observe(stage, FEW, "daily", makeDue)));
  return costs;
}

async function observe(
  stage: Stage,
  times: number,
  job: "daily" | "weekly",
  prepare: (stage: Stage) => void = () => {},
): Promise<Observed[]> {
  const seen: Observed[] = [];
  for (let count = 0; count < times; count += 1) {
    prepare(stage);
    const forks = stage.scene.forks();
    seen.push(await observedTick(stage, job));
    const expected = prepare === makeDue ? 1 : 0;
    if (stage.scene.forks() - forks !== expected)
      throw new Error(`A ${job} tick asked for ${stage.scene.forks() - forks} forks, not ${expected}.`);
  }
  return seen;
}

/** Leaves yesterday's daily copy only. */
function makeDue({ scene: { project } }: Stage): void {
  for (const { id } of project.environments())
    if (id.startsWith("backup-plugin-daily-")) project.user.destroy(id);
  const yesterday = Date.now() - DAY_MS;
  const id = `backup-plugin-daily-${new Date(yesterday).toISOString().slice(0, 10)}`;
  project.user.fork(null, id, { createdAt: yesterday, ready: true });
}

function mean(kind: string, seen: readonly Observed[]): Cost {
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const cpu = seen.flatMap(({ cpuMs }) => (cpuMs === undefined ? [] : [cpuMs]));
  return {
    kind,
    ticks: seen.length,
    calls: average(seen.map(({ calls }) => calls)),
    cpuMs: cpu.length === seen.length ? average(cpu) : undefined,
    wallMs: average(seen.map(({ wallMs }) => wallMs)),
  };
}
