import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { measureTicks } from "./measure.ts";
import type { Artefact, Platform, Site } from "./platform.ts";
import { type Figures, figures, type Report } from "./report.ts";
import { hourTurnsIn, type Scene, setScene } from "./scene.ts";
import { STEPS, type Stage } from "./steps.ts";

/**
 * Builds for one platform, and takes what was built through every step.
 *
 * @param site whose folder for the artefact is not there yet
 * @param report knows afterwards what failed
 */
export async function rehearseDeploy(platform: Platform, site: Site, report: Report): Promise<void> {
  const artefact = await report.step(
    "build",
    async () => {
      const missing = platform.needs.filter((path) => !existsSync(join(site.clone, path)));
      if (missing.length > 0) throw new Error(`Missing in this commit: ${missing.join(", ")}`);
      await mkdir(site.out);
      await platform.build(site);
      return platform.artefactIn(site);
    },
    ({ contents }) => ({ text: contents }),
  );
  if (artefact === undefined) return;
  const measured = await rehearseArtefact(platform, artefact, report);
  if (measured !== undefined) report.say(figures(platform, artefact, await artefact.size(), measured));
}

/**
 * Runs what was built for one platform, and takes it through every step.
 *
 * @param report knows afterwards what failed
 * @returns undefined where the ticks could not be measured
 */
export async function rehearseArtefact(
  platform: Platform,
  artefact: Artefact,
  report: Report,
): Promise<Figures | undefined> {
  const wait = hourTurnsIn();
  if (wait > 0) report.note(`waits ${Math.ceil(wait / 1_000)} s for the next hour to begin`);
  const scene = await setScene(platform);
  report.note(`variables: ${Object.keys(scene.variables).join(", ")} (the last one: local stand-in)`);
  try {
    return await takeSteps(platform, artefact, scene, report);
  } finally {
    await scene.close();
  }
}

async function takeSteps(
  platform: Platform,
  artefact: Artefact,
  scene: Scene,
  report: Report,
): Promise<Figures | undefined> {
  const began = performance.now();
  const running = await report.step("start", () => artefact.start(scene.variables));
  if (running === undefined) return undefined;
  const stage: Stage = { scene, running, provider: platform.name, firstTick: undefined };
  try {
    let startMs = 0;
    for (const { name, run } of STEPS) {
      await report.step(
        name,
        () => run(stage),
        (found) => found,
      );
      if (startMs === 0) startMs = performance.now() - began;
    }
    const costs = await report.step("ticks measured", () => measureTicks(stage, platform));
    return costs && { startMs, costs };
  } finally {
    await running.close();
  }
}
