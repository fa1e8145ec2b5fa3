import type { Project } from "../emulator/emulator.ts";
import { CADENCES, type Cadence } from "../utils/config.ts";

/**
 * Milliseconds between two instants in which a cadence that began with a ready copy had none: the longest of
 * all cadences'. Told from what DatoCMS had, not from what the service says.
 *
 * @param from milliseconds since 1970, like `to`
 * @returns null when no cadence had a copy at the beginning
 */
export function msWithoutCopy(project: Project, from: number, to: number): number | null {
  const times = CADENCES.flatMap((cadence) => msWithout(project, cadence, from, to) ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

function msWithout(project: Project, cadence: Cadence, from: number, to: number): number | undefined {
  const hasCopy = (at: number) =>
    project
      .existedAt(at)
      .some(
        ({ id, status, primary }) =>
          !primary && status === "ready" && id.startsWith(`backup-plugin-${cadence}-`),
      );
  if (!hasCopy(from)) return undefined;
  const changes = project.history.map(({ at }) => at).filter((at) => at > from && at < to);
  const moments = [...new Set(changes)].sort((a, b) => a - b);
  return moments
    .map((moment, index) => (hasCopy(moment) ? 0 : (moments[index + 1] ?? to) - moment))
    .reduce((sum, ms) => sum + ms, 0);
}
