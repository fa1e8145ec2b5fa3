import type { ListedArchive, Manifest } from "../../services/archiveService.ts";
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
