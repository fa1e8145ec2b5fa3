import type { Clock } from "../utils/clock.ts";
import { valueIn } from "../utils/failures.ts";
import { listArchives, momentOf } from "./archive/archives.ts";
import type { WatchedStore } from "./archiveWatch.ts";

/** A moment that one can go back to, outside of DatoCMS. */
export interface ArchivePoint {
  readonly id: string;
  /** Ms since the epoch. */
  readonly takenAt: number;
}

/** Every manifest is read for this. */
const MAX_AGE_MS = 5 * 60_000;

/**
 * The complete archives, for those who look; none where the store does not answer.
 *
 * @param offsite opened when it is needed
 */
export function createArchivePoints(
  clock: Clock,
  offsite: Pick<WatchedStore, "open">,
): () => Promise<readonly ArchivePoint[]> {
  let latest: { readonly at: number; readonly points: Promise<readonly ArchivePoint[]> } | undefined;

  async function read(): Promise<readonly ArchivePoint[]> {
    const opened = await offsite.open();
    const listed = opened.ok ? await listArchives(opened.value.store) : undefined;
    const archives = listed && valueIn(listed);
    // What has failed is looked at anew by whoever comes next.
    if (archives === undefined) latest = undefined;
    return (archives ?? []).flatMap((archive) => {
      const { manifest } = archive;
      const isComplete = manifest.kind === "read" && !manifest.manifest.partial;
      return isComplete ? [{ id: archive.id, takenAt: momentOf(archive) }] : [];
    });
  }

  return () => {
    const now = clock.monotonic();
    if (latest === undefined || now - latest.at > MAX_AGE_MS) latest = { at: now, points: read() };
    return latest.points;
  };
}
