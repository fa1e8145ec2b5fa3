import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { measureTicks } from "./measure.ts";
import type { Artefact, Platform } from "./platform.ts";
import { figures, say, step } from "./report.ts";
import { hourTurnsIn, type Scene, setScene } from "./scene.ts";
import { STEPS, type Stage } from "./steps.ts";

/**
 * Builds for one platform, runs what was built, and takes it through every step.
 *
 * @param directory for temporary files, outside the clone
 * @returns whether all of it went well
 */
export async function rehearseOn(platform: Platform, clone: string, directory: string): Promise<boolean> {
  const { name, needs } = platform;
  const missing = needs.filter((path) => !existsSync(join(clone, path)));
  if (missing.length > 0) {
    await step(name, "build", async () => {
      throw new Error(`Missing in this commit: ${missing.join(", ")}`);
    });
    return false;
  }
  const out = join(directory, name);
  await mkdir(out);
  const artefact = await step(
    name,
    "build",
    () => platform.build({ clone, out }),
    ({ contents }) => ({ text: contents }),
  );
  if (artefact === undefined) return false;

  const wait = hourTurnsIn();
  if (wait > 0) say(`${name.padEnd(10)}  waits ${Math.ceil(wait / 1_000)} s for the next hour to begin`);
  const scene = await setScene(platform);
  say(
    `${name.padEnd(10)}          variables: ${Object.keys(scene.variables).join(", ")} (the last one: local stand-in)`,
  );
  try {
    return await runSteps(platform, artefact, scene);
  } finally {
    await scene.close();
  }
}

async function runSteps(platform: Platform, artefact: Artefact, scene: Scene): Promise<boolean> {
  const { name } = platform;
  const began = performance.now();
  const running = await step(name, "start", () => artefact.start(scene.variables));
  if (running === undefined) return false;
  const stage: Stage = { scene, running, provider: name, firstTick: undefined };
  try {
    let startMs = 0;
    let failed = 0;
    for (const each of STEPS) {
      const found = await step(
        name,
        each.name,
        () => each.run(stage),
        (result) => result,
      );
      if (found === undefined) failed += 1;
      if (startMs === 0) startMs = performance.now() - began;
    }
    const costs = await step(name, "ticks measured", () => measureTicks(stage, platform));
    if (costs !== undefined) say(figures(platform, artefact, startMs, costs));
    return failed === 0 && costs !== undefined;
  } finally {
    await running.close();
  }
}
