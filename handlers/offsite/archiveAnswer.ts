import type { ListedArchive, Manifest, PruneAnswer } from "../../services/archiveService.ts";
import { iso } from "../answers.ts";

/** An archive as every answer has it, in the order of its contract. */
export function archiveAnswer(manifest: Manifest) {
  const { id, createdAt, source, consistency, counts, partial, sha256 } = manifest;
  const { storedBytes, reusedBytes, calls, durationMs, encrypted, warnings } = manifest;
  return {
    id,
    createdAt,
    source,
    consistency,
    counts,
    partial,
    sha256,
    storedBytes,
    reusedBytes,
    calls,
    durationMs,
    encrypted,
    warnings,
  };
}

/** An archive in a list; one whose manifest cannot be read says why. */
export function listedAnswer({ id, writtenAt, manifest, isPinned, isUploaded }: ListedArchive) {
  const marks = { pinned: isPinned, uploaded: isUploaded };
  if (manifest.kind === "read") return { ...archiveAnswer(manifest.manifest), ...marks };
  return { id, writtenAt: iso(writtenAt), state: manifest.kind, ...marks };
}

/**
 * What a prune came to. `ok`: false where objects had to be left that may be surplus; `prune.refused` says why, and what
 * was to be done with archives is done all the same.
 */
export function pruneAnswer({ kept, deleted, removed, sweep, refusal }: PruneAnswer) {
  const refused = refusal === undefined ? null : { code: refusal.cause, sentence: refusal.sentence };
  return { ok: refused === null, prune: { kept, deleted, removed, sweep: sweep ?? null, refused } };
}
